"""What is known: the catalogue's claims with their records, judged just now, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from macros.claim.catalogue import DEFAULTS, CatalogueSettings
from macros.claim.fields import VerdictName
from macros.claim.loading import LoadedClaim
from macros.claim.model import Claim, Control
from macros.claim.natural import natural_key
from macros.claim.scope import cells_of
from macros.ledger.address import machine_half
from macros.ledger.record import Cell, Record
from macros.problems import Problem
from macros.verdict.analyses import Analyses, analyses_of_cell, holds_or_fails, together
from macros.verdict.combine import combine
from macros.verdict.contradiction import contradicts
from macros.verdict.controls import checked_by_controls
from macros.verdict.finding import CellFinding, Finding
from macros.verdict.flips import Unflipped, unflipped, verdicts_of_cases
from macros.verdict.judge import judge_cell
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.quantities import CannotJudge

if TYPE_CHECKING:
    from macros.results.elsewhere import ByClaim


class State(StrEnum):
    """Where a value comes from. A stale one has no state: a page that would show it is not built."""

    FRESH = "fresh"
    """This machine ran it, now or before."""

    FROZEN = "frozen"
    """It was stored before, and nothing was run or asked of an engine for this build."""

    IMPORTED = "imported"
    """It came in a file that somebody exported."""


@dataclass(frozen=True)
class CellResult:
    """A cell with its record, the verdict judged from it just now, and where it comes from.

    `analyses`: how the verdict fares in others; None where it is not decided or not measured, and for controls.
    """

    cell: Cell
    record: Record
    judged: CellFinding
    state: State = State.FRESH
    analyses: Analyses | None = None

    @property
    def machine(self) -> str:
        """The key of the machine that showed it, with all of its facts in it."""
        return machine_half(self.record.facts, whole=True).key


@dataclass(frozen=True)
class ControlResult:
    """A control's run in one toolchain.

    `result` is judged in the case that the control departs from, `also` are the findings of the same run in the others.
    """

    control: Control
    result: CellResult
    also: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What came out, in each of the control's cases."""
        return (self.result.judged.finding, *self.also)

    @property
    def finding(self) -> Finding:
        """What came out: the first that is not as it was known to be, if there is one."""
        return next((one for one in self.findings if one.verdict.value != self.control.expected), self.findings[0])

    @property
    def ok(self) -> bool:
        """It came out as expected in each of its cases."""
        return self.finding.verdict.value == self.control.expected

    @property
    def ran(self) -> bool:
        """Whether the machine has what it needs; where it lacks it, the claim is untestable too."""
        return self.result.judged.finding.verdict is not VerdictName.UNTESTABLE


@dataclass(frozen=True)
class ClaimResult:
    """A claim with all of its cells, its controls, and its verdict. `files` are the program files as they were run.

    `analyses`: how the verdict fares in others; None where it is not decided, or not by what is measured.
    """

    claim: Claim
    folder: Path
    cells: tuple[CellResult, ...]
    controls: tuple[ControlResult, ...]
    finding: Finding
    files: Mapping[str, bytes] = field(default_factory=dict)
    analyses: Analyses | None = None

    @property
    def contradicts(self) -> bool:
        """The measured verdict contradicts the recorded one. Inconclusive and untestable contradict nothing."""
        return contradicts(self.claim, self.finding, self.claim.recorded)

    @property
    def unflipped(self) -> list[Unflipped]:
        """The verdicts of its cases that no control of theirs flips."""
        controls = [(one.control, one.result.cell.toolchain, one.finding) for one in self.controls]
        return unflipped(self.claim, self._findings, controls)

    @property
    def verdicts_of_cases(self) -> int:
        """How many decided verdicts its judged cases have."""
        return verdicts_of_cases(self.claim, self._findings)

    @property
    def _findings(self) -> dict[tuple[str, str], Finding]:
        return {(one.cell.toolchain, one.cell.case): one.judged.finding for one in self.cells}

    def judging_cells(self) -> Iterable[CellResult]:
        """The claim's own cells that are not shown for context only: its verdict is made of theirs."""
        return (cell for cell in self.cells if not self.claim.case(cell.cell.case).context)

    def every_cell(self) -> Iterable[CellResult]:
        """The claim's own cells, then those of its controls."""
        yield from self.cells
        yield from (control.result for control in self.controls)


@dataclass(frozen=True)
class Selection:
    """To what a run was narrowed: the claims and the toolchains that were named. Empty: all of them.

    `since`: the revision since which a change affects just these claims, which may then be none; `shard`: which part
    of how many they are, as `2/3`. Empty: neither was asked.
    """

    claims: tuple[str, ...] = ()
    toolchains: tuple[str, ...] = ()
    since: str = ""
    shard: str = ""


@dataclass(frozen=True)
class CatalogueResult:
    """Everything that is published.

    `machines`: the facts of each machine that showed something, by key. `toolchains`: a name to its exact version.
    `base`: supplier and digest of the base image, empty where there are several. `mode`: auto, fresh or frozen.
    `selection`: None for the whole catalogue. `lost`: the claims that were asked for and are missing; `problems`: why,
    one or more for each; `failed_by_environment` tells whether any of them is the environment's. `warnings`: what
    readers of the terminal should know. `settings` and `policy`: the catalogue's. `elsewhere`: what other people's
    machines showed, by claim; it has no part in anything else.
    """

    claims: Mapping[str, ClaimResult]
    machines: Mapping[str, Mapping[str, Any]]
    base: Mapping[str, str]
    toolchains: Mapping[str, str]
    generated: str
    source_commit: str
    mode: str = "auto"
    selection: Selection | None = None
    lost: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    failed_by_environment: bool = False
    warnings: tuple[str, ...] = ()
    settings: CatalogueSettings = DEFAULTS
    policy: Policy = DEFAULT
    elsewhere: ByClaim = field(default_factory=dict)

    @property
    def frozen(self) -> bool:
        return self.mode == "frozen"


def judge_claims(
    selected: Sequence[LoadedClaim],
    records: Mapping[Cell, Record],
    toolchains: tuple[str, ...],
    breadths: Mapping[str, int],
    *,
    frozen: bool,
    settings: CatalogueSettings = DEFAULTS,
    policy: Policy = DEFAULT,
) -> tuple[dict[str, ClaimResult], list[Problem]]:
    """Every claim that has all of its records, judged; and what is wrong with those that cannot be.

    `breadths`: by claim, the toolchains that its error is shared over.
    """
    judged: dict[str, ClaimResult] = {}
    problems: list[Problem] = []
    for loaded in selected:
        claim = loaded.claim.id
        own, for_controls = cells_of(loaded.claim, toolchains, settings)
        if not all(cell in records for cell in (*own, *for_controls)):
            continue
        try:
            judged[claim] = _judged(loaded, own, for_controls, records, toolchains, breadths[claim], frozen, policy)
        except CannotJudge as error:
            # The expectations may have been edited since the readings were stored.
            fix = "correct the expectation, or the metric that it reads"
            problems.append(loaded.document.problem(("expect",), f"{claim}: {error}", fix))
    return judged, problems


def _judged(
    loaded: LoadedClaim,
    own: Sequence[Cell],
    for_controls: Sequence[Cell],
    records: Mapping[Cell, Record],
    toolchains: tuple[str, ...],
    breadth: int,
    frozen: bool,
    policy: Policy,
) -> ClaimResult:
    claim = loaded.claim

    def result(cell: Cell) -> CellResult:
        record = records[cell]
        judged = judge_cell(
            claim, cell.case, record.evidence, toolchains=breadth, control=bool(cell.control), policy=policy
        )
        return CellResult(cell, record, judged, _state(record, frozen), None if cell.control else other(cell, judged))

    def other(cell: Cell, judged: CellFinding) -> Analyses | None:
        verdict, evidence = judged.finding.verdict, records[cell].evidence
        return analyses_of_cell(claim, cell.case, evidence, verdict, judged.expectations, policy)

    cells = tuple(result(cell) for cell in own)
    by_name = {control.name: control for control in claim.controls}

    def checked(cell: Cell) -> ControlResult:
        control = by_name[cell.control]
        others = claim.cases_of(control)[1:]
        evidence = records[cell].evidence
        also = [judge_cell(claim, case, evidence, toolchains=breadth, control=True, policy=policy) for case in others]
        return ControlResult(control, result(cell), tuple(one.finding for one in also))

    controls = tuple(checked(cell) for cell in for_controls)
    by_place = {(one.cell.toolchain, one.cell.case): one.judged for one in cells}
    finding = combine(claim, by_place, toolchains)
    findings = {place: cell.finding for place, cell in by_place.items()}
    finding = checked_by_controls(claim, finding, findings, [(one.control, one.finding) for one in controls])
    judged = ClaimResult(claim, loaded.folder, cells, controls, finding, loaded.files)
    if not holds_or_fails(finding):
        return judged
    return replace(judged, analyses=together([one.analyses for one in judged.judging_cells() if one.analyses]))


def _state(record: Record, frozen: bool) -> State:
    if record.origin is not None:
        return State.IMPORTED
    return State.FROZEN if frozen else State.FRESH


def in_order_of_source(claims: Iterable[ClaimResult]) -> list[ClaimResult]:
    """By where the source says them: 1.2 comes before 1.10."""
    return sorted(claims, key=lambda result: (natural_key(result.claim.source.where), result.claim.id))


def machines_of(claims: Iterable[ClaimResult]) -> dict[str, Mapping[str, Any]]:
    """The facts of every machine that showed something, by the key of all of its facts."""
    return {cell.machine: cell.record.facts for claim in claims for cell in claim.every_cell()}


def base_of(claims: Iterable[ClaimResult]) -> dict[str, str]:
    """Supplier and digest of the base image that all results' images were made from; empty where there are several, or
    no results.
    """
    images = [cell.record.image for claim in claims for cell in claim.every_cell()]
    bases = {(image.get("base_supplier", ""), image.get("base_digest", "")) for image in images}
    if len(bases) != 1:
        return {}
    ((supplier, digest),) = bases
    return {"supplier": supplier, "digest": digest}
