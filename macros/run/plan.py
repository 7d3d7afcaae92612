"""What must run: every cell's address, what the ledger has for it, and the sessions that are missing. Runs nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from macros.check.catalogue import policy_of
from macros.claim.cell import Cell
from macros.claim.loading import Catalogue, LoadedClaim
from macros.claim.scope import cells_of, scope_of
from macros.lab.images.pins import Toolchains
from macros.ledger.address import Address, machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.run.cell import needs_no_more
from macros.run.session import CellPlan, Session, plan_cell
from macros.verdict.policy import Policy


class Mode(StrEnum):
    """What a run may execute."""

    AUTO = "auto"
    """What has no result of this machine."""

    FRESH = "fresh"
    """Everything."""

    FROZEN = "frozen"
    """Nothing: a result of any machine will do, and a missing one is an error."""

    @classmethod
    def of_environment(cls, fresh: bool = False) -> Mode:
        """CLAIMS_MODE, or `auto`; `fresh` if the command line asks for it. Raises InvalidInput if that cannot be."""
        text = os.environ.get("CLAIMS_MODE", cls.AUTO)
        if text not in list(cls):
            known = ", ".join(cls)
            raise _wrong_mode(f"`{text}` is not a mode", f"set it to one of {known}")
        if fresh and text == cls.FROZEN:
            raise _wrong_mode("frozen runs nothing, but --fresh runs everything", "use only one of the two")
        return cls.FRESH if fresh else cls(text)


def _wrong_mode(what: str, fix: str) -> InvalidInput:
    return InvalidInput([Problem(Path("CLAIMS_MODE"), 1, 1, what, fix)])


@dataclass(frozen=True)
class Project:
    """Where things are. The ledger lies beside the claims' folder unless CLAIMS_LEDGER names another place."""

    claims: Path

    @property
    def root(self) -> Path:
        return self.claims.resolve().parent

    @property
    def ledger(self) -> Ledger:
        return Ledger(Path(os.environ.get("CLAIMS_LEDGER") or self.root / ".ledger"))


@dataclass(frozen=True)
class Inputs:
    """Checked input: the catalogue and the toolchains."""

    project: Project
    catalogue: Catalogue
    toolchains: Toolchains

    @cached_property
    def policy(self) -> Policy:
        """By what every claim of the catalogue is judged."""
        return policy_of(self.catalogue)

    def breadth(self, loaded: LoadedClaim) -> int:
        """In how many toolchains a claim is judged: all of its scope, also when a run is narrowed to some of them."""
        return len(scope_of(loaded.claim, self.toolchains.names, self.catalogue.settings))


@dataclass
class Plan:
    """The cells that have a record, the sessions that the others take, and the records that were found damaged."""

    records: dict[Cell, Record] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[Cell]:
        return [plan.cell for session in self.sessions for plan in session.cells]


Images = Mapping[str, Sequence[Mapping[str, str]]]
"""By toolchain: what a record says of each image (`Image.describe`) that may have been used."""


def make_plan(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    images: Images,
    machine: Mapping[str, Any] | None,
    mode: Mode,
) -> Plan:
    """Look every cell up. A record that does not decide its cell while samples are left is continued.

    `machine` are the facts of the machine whose records count; None: any machine's, the newest first.
    """
    plan = Plan()
    ledger = inputs.project.ledger
    for loaded in selected:
        missing: list[CellPlan] = []
        session = session_of(inputs, loaded, ())
        for cell in (cell for cells in cells_of(loaded.claim, toolchains, inputs.catalogue.settings) for cell in cells):
            ways = [plan_cell(loaded, cell, image["image"], image) for image in images[cell.toolchain]]
            way, record = _look_up(ledger, ways, machine, loaded.claim.asks_machine, mode)
            if record is not None and (mode is Mode.FROZEN or needs_no_more(session, way, record.evidence)):
                plan.records[cell] = record
            else:
                missing.append(way.model_copy(update={"before": record}))
        if missing:
            plan.sessions.append(session_of(inputs, loaded, tuple(missing)))
    plan.damaged = ledger.damaged
    return plan


def require_all(inputs: Inputs, plan: Plan, unknown: Sequence[str] = ()) -> None:
    """Raises EnvironmentFailed if a frozen build lacks a result.

    `unknown`: the toolchains of which the ledger knows no image that today's recipe gives.
    """
    if not plan.missing:
        return
    cells = [str(cell) for cell in plan.missing]
    shown = ", ".join(cells[:5]) + (f" and {len(cells) - 5} more" if len(cells) > 5 else "")
    older = inputs.project.ledger.older_form()
    hint = f" (it has {older} records of an older form, which this version does not read)" if older else ""
    if unknown:
        hint += f" (it knows no image of today's recipe of {', '.join(unknown)}: the Dockerfile or the pins changed)"
    raise EnvironmentFailed(
        f"the ledger {inputs.project.ledger.folder} has no result for {shown}{hint}, and nothing may be run now; "
        "`claims run` gets them (without CLAIMS_MODE=frozen), or `claims import FILE` takes them from another machine"
    )


def session_of(inputs: Inputs, loaded: LoadedClaim, cells: tuple[CellPlan, ...]) -> Session:
    """A claim's session with these cells."""
    return Session(
        claim=loaded.claim,
        folder=str(loaded.folder),
        files=loaded.files,
        cells=cells,
        breadth=inputs.breadth(loaded),
        policy=inputs.policy,
    )


def _look_up(
    ledger: Ledger, ways: Sequence[CellPlan], machine: Mapping[str, Any] | None, asks_machine: bool, mode: Mode
) -> tuple[CellPlan, Record | None]:
    """The way of running a cell of which there is a record, with the record; else the first way."""
    if mode is Mode.FRESH:
        return ways[0], None
    for way in ways:
        if machine is None:
            records = ledger.of_experiment(way.experiment.key)
            record = records[0] if records else None
        else:
            where = machine_half(machine, whole=asks_machine)
            record = ledger.get(Address(way.experiment.key, where.key))
        if record is not None:
            return way, record
    return ways[0], None
