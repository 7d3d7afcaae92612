"""What must run: every cell's key, what the ledger has for it, and why. Runs nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TypedDict

from macros.check.catalogue import policy_of
from macros.claim.cell import Cell
from macros.claim.loading import Catalogue, LoadedClaim
from macros.claim.model import Claim
from macros.claim.scope import cells_of, scope_of
from macros.evidence.observation import Evidence
from macros.lab import machine
from macros.lab.images import building
from macros.lab.images.pins import Toolchains
from macros.ledger.address import MEANING, key_of
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.run.job import Job, job_of, key_parts
from macros.verdict.judge import enough, judge_cell, worthwhile
from macros.verdict.policy import Policy


class Mode(StrEnum):
    """What a run may execute."""

    AUTO = "auto"
    FRESH = "fresh"
    FROZEN = "frozen"

    @classmethod
    def of_environment(cls) -> Mode:
        """CLAIMS_MODE, or `auto`. Raises InvalidInput for another word."""
        text = os.environ.get("CLAIMS_MODE", cls.AUTO)
        if text not in list(cls):
            known = ", ".join(cls)
            raise InvalidInput(
                [Problem(Path("CLAIMS_MODE"), 1, 1, f"`{text}` is no mode", f"set it to one of {known}")]
            )
        return cls(text)


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


@dataclass
class Plan:
    """What every cell's key is, which of them have a record, and which must run."""

    keys: dict[Cell, tuple[str, dict[str, str]]] = field(default_factory=dict)
    records: dict[Cell, Record] = field(default_factory=dict)
    jobs: list[tuple[Job, Record | None]] = field(default_factory=list)


def make_plan(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    found: Mapping[str, building.Image],
    mode: Mode,
) -> Plan:
    """Look every cell up. A record that does not decide its cell while samples are left is continued."""
    plan = Plan()
    here = machine.describe()
    ledger = inputs.project.ledger
    for loaded in selected:
        for cell in (cell for cells in cells_of(loaded.claim, toolchains, inputs.catalogue.settings) for cell in cells):
            job = job_of(loaded, cell)
            parts = key_parts(job, found[cell.toolchain].content, here)
            plan.keys[cell] = (key_of(parts, cell), parts)
            record = None if mode is Mode.FRESH else ledger.get(plan.keys[cell][0])
            if record is not None and (mode is Mode.FROZEN or enough_for(inputs, job, record.evidence)):
                plan.records[cell] = record
            else:
                plan.jobs.append((job, record))
    return plan


def explain(inputs: Inputs, selected: Sequence[LoadedClaim]) -> list[tuple[Cell, str]]:
    """Why each cell would run or not. Runs nothing and builds nothing."""
    names = tuple(inputs.toolchains.names)
    noted = inputs.project.ledger.noted("images")
    explained: list[tuple[Cell, str]] = []
    for loaded in selected:
        for cell in (cell for cells in cells_of(loaded.claim, names, inputs.catalogue.settings) for cell in cells):
            try:
                found = building.recall(
                    inputs.toolchains, [cell.toolchain], noted, root=inputs.catalogue.dockerfile.parent
                )
            except EnvironmentFailed as error:
                explained.append((cell, f"would run: {error}"))
                continue
            explained.append((cell, _why(inputs, job_of(loaded, cell), found[cell.toolchain].content)))
    return explained


def _why(inputs: Inputs, job: Job, content: str) -> str:
    ledger = inputs.project.ledger
    parts = key_parts(job, content, machine.describe())
    key = key_of(parts, job.cell)
    record = ledger.get(key)
    if record is not None:
        processes = len(record.evidence.observations)
        if enough_for(inputs, job, record.evidence):
            return f"would not run: its result is in the ledger ({processes} processes, key {key[:12]})"
        return f"would go on: {processes} processes do not decide it and more are allowed"
    before = ledger.latest_parts(job.cell)
    if before is None:
        return "would run: it never ran here"
    changed = [MEANING[part] for part in parts if before.get(part) != parts[part]]
    return f"would run: changed since its last result: {', '.join(changed) or 'its record was removed'}"


def enough_for(inputs: Inputs, job: Job, evidence: Evidence) -> bool:
    """Whether a cell needs no further process. Raises CannotJudge for readings of a kind that nobody expects."""
    if not enough(job.claim, job.cell.case, evidence, **_terms(inputs, job)):
        return False
    judge_cell(job.claim, job.cell.case, evidence, **_terms(inputs, job))
    return True


def worthwhile_for(inputs: Inputs, job: Job, evidence: Evidence) -> bool:
    """Whether a cell that has used its budget up should get what others have left over."""
    return worthwhile(job.claim, job.cell.case, evidence, **_terms(inputs, job))


class _Terms(TypedDict):
    toolchains: int
    policy: Policy
    control: bool


def _terms(inputs: Inputs, job: Job) -> _Terms:
    """By what a cell is judged besides its evidence."""
    return {
        "toolchains": breadth_of(inputs, job.claim),
        "policy": inputs.policy,
        "control": bool(job.cell.control),
    }


def breadth_of(inputs: Inputs, claim: Claim) -> int:
    """In how many toolchains a claim is judged: all of its scope, also when a run is narrowed to some of them."""
    return len(scope_of(claim, inputs.toolchains.names, inputs.catalogue.settings))
