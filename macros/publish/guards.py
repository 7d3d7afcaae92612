"""What prose was written for: verdicts of claims, releases and cases, held against what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.claim.natural import natural_key
from macros.publish import lookup
from macros.publish.page_problems import PageProblem, nothing_called
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.verdict.contradiction import contradicts
from macros.verdict.finding import Finding, Mark, Reason

Names = str | Sequence[str] | None
"""One name, several, or none in particular."""


@dataclass(frozen=True)
class Found:
    """A verdict that prose relies on: of the claim, or of some of its cells."""

    result: ClaimResult
    verdict: VerdictName
    cells: tuple[CellResult, ...] = ()


@dataclass(frozen=True)
class Unmet:
    """What a guard found instead. `wrong`: it contradicts the prose; otherwise one of the two does not decide.

    `where`: the cells, as a phrase; "" for the whole claim. `by_machine`: the prose says what the claim's file
    records, and what was timed here says otherwise; or a cell is near its bound, on the other side of it.
    """

    guard: Found
    finding: Finding
    where: str
    wrong: bool
    by_machine: bool = False


def names(given: Names) -> tuple[str, ...]:
    """The names, in their order."""
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def found(results: CatalogueResult, claim: str, verdict: str, toolchain: Names, case: Names) -> Found:
    """The guard that a page names. Without a case, all cases that count are meant; without a toolchain, all of them."""
    result = lookup.find_claim(results, claim)
    if verdict not in list(VerdictName):
        raise nothing_called("verdict", verdict, VerdictName)
    if toolchain is None and case is None:
        return Found(result, VerdictName(verdict))
    toolchains, cases = names(toolchain), names(case)
    for name in toolchains:
        if name not in lookup.toolchains_of(result):
            raise nothing_called(f"toolchain of claim `{claim}`", name, lookup.toolchains_of(result))
    for name in cases:
        if name not in lookup.cases_of(result):
            raise nothing_called(f"case of claim `{claim}`", name, lookup.cases_of(result))
    among = result.cells if cases else tuple(result.judging_cells())
    cells = [
        cell
        for cell in among
        if (not toolchains or cell.cell.toolchain in toolchains) and (not cases or cell.cell.case in cases)
    ]
    if not cells:
        raise PageProblem(
            f"claim `{claim}` did not run in those cells", "name a toolchain and a case that ran together"
        )
    return Found(result, VerdictName(verdict), tuple(sorted(cells, key=lambda one: natural_key(one.cell.toolchain))))


def unmet(guard: Found) -> list[Unmet]:
    """What was measured otherwise, one entry for each verdict that came out instead."""
    claim, whole = guard.result.claim, guard.result.finding
    if not guard.cells or whole.reason is Reason.CONTROL:
        # A claim whose controls did not work has shown nothing in any cell.
        if whole.verdict is guard.verdict:
            return []
        by_machine = claim.statistical and not guard.cells and guard.verdict is claim.recorded
        return [Unmet(guard, whole, "", contradicts(claim, whole, guard.verdict), by_machine)]
    others: dict[VerdictName, list[CellResult]] = {}
    for cell in guard.cells:
        if cell.judged.finding.verdict is not guard.verdict:
            others.setdefault(cell.judged.finding.verdict, []).append(cell)
    # A claim that came out as recorded was run on a machine like the one that its pages were written for.
    elsewhere = claim.statistical and contradicts(claim, whole, claim.recorded)
    return [
        Unmet(
            guard,
            (first := cells[0].judged.finding),
            _where(cells),
            contradicts(claim, first, guard.verdict),
            claim.statistical and (elsewhere or all(Mark.NEAR_BOUND in cell.judged.finding.marks for cell in cells)),
        )
        for cells in others.values()
    ]


def _where(cells: Sequence[CellResult]) -> str:
    one_case = all(cell.cell.case == "default" for cell in cells)
    return ", ".join(cell.cell.toolchain if one_case else f"{cell.cell.toolchain} ({cell.cell.case})" for cell in cells)
