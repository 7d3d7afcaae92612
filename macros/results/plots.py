"""What a plot of a claim shows: every process of every cell, beside what the source says. Pure; no pixels here.

A claim has one plot for each quantity that its statistical expectations speak of. There is no plot where a number says
it: what a compiler, a file or a counter says is exact, and processes that all gave the same are one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from macros.claim.metrics import JsonLines
from macros.claim.model import Claim, Expectation
from macros.claim.natural import natural_key
from macros.claim.units import UnitError
from macros.evidence.observation import Points
from macros.evidence.points import points_of
from macros.results.catalogue import CellResult, ClaimResult
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Finding
from macros.verdict.policy import Policy
from macros.verdict.quantities import figures, threshold, unit_of
from macros.verdict.sessions import quietness
from macros.verdict.statistical import series

SAME = 1e-3
"""Values that differ by less than this part of the largest are one: they would be drawn upon each other."""

_TAIL = re.compile(r"(^|_)(p[6-9]\d*|max)(_|$)")


class PlotKind(StrEnum):
    """How a plot is drawn."""

    ROWS = "rows"
    """A row for each cell, with a dot for each process."""

    SHARES = "shares"
    """Which share of the processes lies below each value: for a tail, a P99 or a maximum of each process."""

    GROWTH = "growth"
    """The values over the sizes, both logarithmic, and the slopes as rows."""


@dataclass(frozen=True)
class Dot:
    """One fresh process, or one pair of them. `quiet`: the sentinel saw nobody else at work."""

    value: float
    round: int
    layout: int
    quiet: bool


@dataclass(frozen=True)
class Curve:
    """One process's values by size."""

    points: Points
    layout: int


@dataclass(frozen=True)
class PlotRow:
    """One cell. Where the expectation holds, the value lies between `low` and `high`; None: no limit on that side.

    `figure`: what the expectation names itself, where that is no end: the middle of a band. `quantile`: which
    quantile of the processes is judged. `curves`: those of a growth's processes
    that were kept.
    """

    cell: CellResult
    dots: tuple[Dot, ...]
    estimate: Estimate | None
    finding: Finding
    low: float | None
    high: float | None
    figure: float | None = None
    quantile: float = 0.5
    curves: tuple[Curve, ...] = ()

    @property
    def named(self) -> tuple[float, ...]:
        """The figures that the expectation names: the middle of a band, else the end."""
        given = (self.low, self.high) if self.figure is None else (self.figure,)
        return tuple(one for one in given if one is not None)

    @property
    def holding(self) -> int:
        """How many of the dots lie where the expectation holds."""
        low = float("-inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        return sum(low <= dot.value <= high for dot in self.dots)


@dataclass(frozen=True)
class Plot:
    """All cells of one quantity, by case, and in each the oldest toolchain first. `name` is that of its estimates.

    `size`, of a growth: the name of what its values grow with.
    """

    name: str
    unit: str
    rows: tuple[PlotRow, ...]
    kind: PlotKind = PlotKind.ROWS
    size: str = ""


def plots_of(result: ClaimResult, policy: Policy) -> list[Plot]:
    """In the order of the expectations. Cells without a sample have no row, and a plot has at least one."""
    rows: dict[tuple[str, str], list[PlotRow]] = {}
    kinds: dict[tuple[str, str], PlotKind] = {}
    if not result.claim.statistical:
        return []
    for cell in _in_order(result):
        judged = [each for each in result.claim.expect if each.applies_to(cell.cell.case)]
        loud = quietness(cell.record.evidence, policy).loud
        for expectation, finding in zip(judged, cell.judged.expectations, strict=True):
            if expectation.statistical:
                row = _row(result, cell, expectation, finding, policy, loud)
                key = (name_of_subject(expectation), unit_of(result.claim, expectation))
                kinds.setdefault(key, _kind(result.claim, expectation))
                others = rows.setdefault(key, [])
                if row.dots and not any(other.cell is cell and _same_region(other, row) for other in others):
                    others.append(row)
    made = [Plot(*key, tuple(found), kinds[key], _size(result.claim, key[0])) for key, found in rows.items()]
    return [plot for plot in made if not a_number_says_it(plot.rows)]


def a_number_says_it(rows: Sequence[PlotRow]) -> bool:
    """In each cell all processes gave the same value, and the values of a growth were not kept either."""
    return not any(scattered(row) or row.curves for row in rows)


def scattered(row: PlotRow) -> bool:
    """Whether its processes gave different values."""
    values = [dot.value for dot in row.dots]
    return max(values) - min(values) > SAME * max(abs(value) for value in values)


def without_samples(result: ClaimResult) -> Iterator[tuple[int, CellResult]]:
    """Where a plot has nothing to show and should: the place of the expectation, and the cell.

    A process that says that it could not measure, and a machine that lacks what it takes, are no such case.
    """
    for cell in result.cells:
        evidence = cell.record.evidence
        if evidence.missing is not None or any(not seen.readings for seen in evidence.observations):
            continue
        for place, expectation in enumerate(result.claim.expect):
            judged = expectation.statistical and expectation.applies_to(cell.cell.case)
            if judged and not series(result.claim, expectation, evidence):
                yield place, cell


def _kind(claim: Claim, expectation: Expectation) -> PlotKind:
    if expectation.predicate == "grows":
        return PlotKind.GROWTH
    if expectation.ratio is not None:
        return PlotKind.ROWS
    summary = claim.metrics[expectation.subject].summary
    tail = summary in ("p90", "p99", "max") or _TAIL.search(expectation.subject) or expectation.quantile != 0.5
    return PlotKind.SHARES if tail else PlotKind.ROWS


def _size(claim: Claim, name: str) -> str:
    metric = claim.metrics.get(name)
    return metric.against or "" if isinstance(metric, JsonLines) else ""


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
    return PlotRow(
        cell,
        dots,
        cell.judged.estimates.get(name_of_subject(expectation)),
        finding,
        low,
        high,
        _figure(result.claim, expectation),
        expectation.quantile,
        tuple(_curves(result.claim, expectation, cell)),
    )


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


def _figure(claim: Claim, expectation: Expectation) -> float | None:
    """The middle of a band; a growth in proportion has the slope 1."""
    if expectation.grows == "linear":
        return 1.0
    if expectation.about is None:
        return None
    try:
        return threshold(expectation.about, unit_of(claim, expectation))
    except UnitError:
        return None


def _curves(claim: Claim, expectation: Expectation, cell: CellResult) -> Iterator[Curve]:
    """What a growth was taken over, of every process; in an older record only of the first, whose output was kept."""
    name, metric = expectation.subject, claim.metrics.get(expectation.subject)
    ran = [seen for seen in cell.record.evidence.observations if name in seen.readings]
    if not isinstance(metric, JsonLines) or metric.against is None or not ran:
        return
    if any(seen.points for seen in ran):
        yield from (Curve(seen.points[name], seen.layout) for seen in ran if name in seen.points)
        return
    seen = ran[0]
    for output in cell.record.outputs:
        points = points_of(name, metric, output.stdout, output.stderr)
        if output.stage == seen.arm and points is not None:
            yield Curve(points, seen.layout)


def _same_region(one: PlotRow, other: PlotRow) -> bool:
    return (one.low, one.high) == (other.low, other.high)
