"""What a plot of a claim shows: every process of every cell, beside what the source says. Pure; no pixels here.

A claim has one plot for each quantity that its statistical expectations speak of. What a compiler, a file or a counter
says is exact: a number says it, so there is no plot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from macros.claim.model import Expectation
from macros.claim.natural import natural_key
from macros.claim.units import UnitError
from macros.results.catalogue import CellResult, ClaimResult
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Finding
from macros.verdict.policy import Policy
from macros.verdict.quantities import figures, unit_of
from macros.verdict.sessions import quietness
from macros.verdict.statistical import series


@dataclass(frozen=True)
class Dot:
    """One fresh process, or one pair of them. `quiet`: the sentinel saw nobody else at work."""

    value: float
    round: int
    layout: int
    quiet: bool


@dataclass(frozen=True)
class PlotRow:
    """One cell. Where the expectation holds, the value lies between `low` and `high`; None: no limit on that side."""

    cell: CellResult
    dots: tuple[Dot, ...]
    estimate: Estimate | None
    finding: Finding
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Plot:
    """All cells of one quantity, by case, and in each the oldest toolchain first. `name` is that of its estimates."""

    name: str
    unit: str
    rows: tuple[PlotRow, ...]


def plots_of(result: ClaimResult, policy: Policy) -> list[Plot]:
    """In the order of the expectations. Cells without a sample have no row, and a plot has at least one."""
    rows: dict[tuple[str, str], list[PlotRow]] = {}
    if not result.claim.statistical:
        return []
    for cell in _in_order(result):
        judged = [each for each in result.claim.expect if each.applies_to(cell.cell.case)]
        loud = quietness(cell.record.evidence, policy).loud
        for expectation, finding in zip(judged, cell.judged.expectations, strict=True):
            if expectation.statistical:
                row = _row(result, cell, expectation, finding, policy, loud)
                key = (name_of_subject(expectation), unit_of(result.claim, expectation))
                others = rows.setdefault(key, [])
                if row.dots and not any(other.cell is cell and _same_region(other, row) for other in others):
                    others.append(row)
    return [Plot(name, unit, tuple(found)) for (name, unit), found in rows.items() if found]


def _in_order(result: ClaimResult) -> Iterator[CellResult]:
    order = [case.name for case in result.claim.cases]
    yield from sorted(result.cells, key=lambda each: (order.index(each.cell.case), natural_key(each.cell.toolchain)))


def _row(
    result: ClaimResult,
    cell: CellResult,
    expectation: Expectation,
    finding: Finding,
    policy: Policy,
    loud: frozenset[int],
) -> PlotRow:
    """`loud`: the places of the cell's processes that ran beside others' work."""
    dots = tuple(
        Dot(float(one.value), one.round, one.layout, not loud.intersection(one.processes))
        for one in series(result.claim, expectation, cell.record.evidence)
        if not isinstance(one.value, (str, bool))
    )
    low, high = region(result, expectation, policy)
    return PlotRow(cell, dots, cell.judged.estimates.get(name_of_subject(expectation)), finding, low, high)


def region(result: ClaimResult, expectation: Expectation, policy: Policy) -> tuple[float | None, float | None]:
    """Between which values the expectation holds; nothing is known of that where its figure does not fit the unit."""
    try:
        found = figures(result.claim, expectation, policy)
    except UnitError:
        return None, None
    if len(found) == 2:
        return found
    (figure,) = found
    upper = expectation.predicate == "below" or expectation.grows == "slower"
    return (None, figure) if upper else (figure, None)


def _same_region(one: PlotRow, other: PlotRow) -> bool:
    return (one.low, one.high) == (other.low, other.high)
