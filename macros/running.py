"""What commands that run claims have in common: loading, running with progress, and the warnings of the run.

Imports stand inside, as in the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from macros.hosts import hosts_of
from macros.report.screen import Screen

if TYPE_CHECKING:
    from macros.claim.loading import LoadedClaim
    from macros.publish.up_to_date import Basis
    from macros.results.catalogue import CatalogueResult
    from macros.run.plan import Inputs, Mode


def execute(
    errors: Screen,
    folder: Path,
    ids: tuple[str, ...],
    *,
    fresh: bool = False,
    runs: bool = True,
    toolchains: Sequence[str] = (),
) -> CatalogueResult:
    """Load the claims named (all if none is), run what is missing unless `runs` is False, and judge."""
    from macros import steps
    from macros.run.plan import Mode

    mode = Mode.of_environment(fresh) if runs else Mode.FROZEN
    inputs, selected = load(folder, ids)
    steps.check_toolchains(inputs, toolchains)
    return run_selected(errors, inputs, selected, mode, toolchains)


def load(folder: Path, ids: tuple[str, ...]) -> tuple[Inputs, Sequence[LoadedClaim]]:
    """The catalogue, and the claims named in it."""
    from macros import steps

    inputs = steps.load(folder, ids)
    return inputs, inputs.catalogue.select(ids)


def run_selected(
    errors: Screen, inputs: Inputs, selected: Sequence[LoadedClaim], mode: Mode, toolchains: Sequence[str] = ()
) -> CatalogueResult:
    """Run and judge claims that are loaded, with progress on the screen; then give the run's warnings."""
    from macros import steps
    from macros.lab.setup import Leave
    from macros.report import display

    leave, hosts = Leave.given(), hosts_of(errors)
    with display.progress(errors, display.Live) as progress:
        result = steps.execute(
            inputs, selected, mode=mode, leave=leave, only_toolchains=toolchains, progress=progress, hosts=hosts
        )
    for warning in result.warnings:
        errors.note(warning, "yellow")
    return result


def basis_of(project: Path, claims: Path, ledger: Path | None, previous: Path | None, strict: bool) -> Basis:
    """From what the site of `claims site` is made, with its options."""
    from macros import steps
    from macros.lab.laboratory import machine_now
    from macros.publish.up_to_date import Basis
    from macros.results.history import file_of_last
    from macros.run.plan import Mode, Project

    mode = Mode.FROZEN if ledger is not None else Mode.of_environment()
    where = Project(claims)
    last = file_of_last(previous)
    return Basis(
        project,
        claims.resolve(),
        records=ledger or where.ledger.folder,
        more=(last,) if last is not None else (),
        options={"mode": mode.value, "strict": strict, "commit": steps.commit_of(where.root)},
        machine=lambda: machine_now(where.root) if mode is Mode.AUTO else {},
        anew=mode is Mode.FRESH,
    )
