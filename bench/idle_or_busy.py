"""The whole catalogue run anew on an idle machine, and again beside a load: whether that changes what it says.

Each of the two runs has a ledger of its own, from which an interrupted one goes on; when both have ended these are
removed. In place of the idle side a `claims.json` of a run on an idle machine may be given.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.keeping import ledger_in
from bench.loads import HALF_DUTY, NONE, Place, load
from macros import steps
from macros.claim.loading import LoadedClaim
from macros.lab.engine.runner import DockerRunner
from macros.lab.setup import Leave
from macros.results.catalogue import CatalogueResult
from macros.results.feed_reading import read
from macros.run.plan import Inputs, Mode
from macros.run.progress import Progress

DECISIVE = {"confirmed", "refuted"}


@dataclass(frozen=True)
class Said:
    """What one run said of a claim, and of each of its cells by `toolchain, case`."""

    verdict: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Compared:
    """Both runs' claims, by id."""

    idle: Mapping[str, Said]
    busy: Mapping[str, Said]

    @property
    def both(self) -> list[str]:
        """The claims that were measured in both."""
        return [
            name for name, one in self.idle.items() if name in self.busy and one.verdict and self.busy[name].verdict
        ]

    @property
    def differing(self) -> list[str]:
        """Claims whose verdicts differ, undecided ones included."""
        return [name for name in self.both if self.idle[name].verdict != self.busy[name].verdict]

    @property
    def contradictory(self) -> list[tuple[str, str]]:
        """Cells that one of them confirms and the other refutes."""
        return [
            (name, cell)
            for name in self.both
            for cell, verdict in self.idle[name].cells.items()
            if {verdict, self.busy[name].cells.get(cell, "")} == DECISIVE
        ]


def compare(root: Path, cache: Path, progress: Progress, idle_feed: Path | None = None) -> Compared:
    """Run both sides; the busy one beside half duty on the cells' core. What fails is compared with nothing."""
    inputs = steps.load(root / "claims")
    claims = [one for one in inputs.catalogue.select(()) if one.claim.kind.executable]
    folders = {NONE: cache / "ledger-idle", HALF_DUTY: cache / "ledger-busy"}

    def side(name: str) -> dict[str, Said]:
        with DockerRunner() as runner, ledger_in(folders[name], known), load(name, Place(runner.cpus(), runner, "")):
            results = _run(inputs, claims, progress)
        for problem in results.problems:
            print(f"failed beside {name}: {problem}")
        return of_results(results)

    known = inputs.project.ledger
    compared = Compared(of_feed(idle_feed) if idle_feed else side(NONE), side(HALF_DUTY))
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)  # The next run measures anew.
    return compared


def _run(inputs: Inputs, claims: Sequence[LoadedClaim], progress: Progress) -> CatalogueResult:
    """Everything that its ledger does not hold yet: all of it, but for a run that goes on."""
    return steps.execute(inputs, claims, mode=Mode.AUTO, leave=Leave.given(), progress=progress)


def of_results(results: CatalogueResult) -> dict[str, Said]:
    """What a run said."""
    return {
        name: Said(
            one.finding.verdict.value,
            {f"{cell.cell.toolchain}, {cell.cell.case}": cell.judged.finding.verdict.value for cell in one.cells},
        )
        for name, one in results.claims.items()
    }


def of_feed(file: Path) -> dict[str, Said]:
    """What a published run said of the claims that were executed."""
    return {
        one.id: Said(one.verdict.value, {f"{cell.toolchain}, {cell.case}": cell.verdict.value for cell in one.cells})
        for one in read(file.read_text("utf-8"), file).claims
        if one.cells
    }
