"""Plots as SVG: where every dot, interval and figure of a `results.plots.Plot` goes.

A plot has no width of its own: what lies across is given in percent and text in pixels, so it is read as well on a
phone as on a desk. It is drawn with the page's colours. The same plot always gives the same text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from macros.results.plots import Dot, Plot, PlotRow
from macros.verdict.finding import Finding
from macros.words import Language, figures

LEFT, RIGHT = 1.5, 98.5
"""Between which percent of the width the values lie."""

LANE, MOST_LANES = 5, 8
"""Height of the dots of one layout, in pixels; more layouts share lanes."""

HEAD, CASE, GAP, AXIS = 17, 26, 9, 30
MANY = 60
"""With more dots in a row, those that lie in one of BINS places are drawn as one, the larger the more they are."""

BINS = 100
FROM_RATIO = 12.0
"""Values that differ by a larger factor are drawn on a logarithmic axis."""


@dataclass(frozen=True)
class Axis:
    """From values to percent of the width."""

    low: float
    high: float
    logarithmic: bool

    def x(self, value: float) -> float:
        """Rounded, so that the text does not depend on the last bit of a platform's arithmetic."""
        low, high, value = (self._scaled(each) for each in (self.low, self.high, value))
        share = 0.5 if high == low else (value - low) / (high - low)
        return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 2)

    def _scaled(self, value: float) -> float:
        return math.log(max(value, self.low)) if self.logarithmic else value

    def ticks(self) -> list[float]:
        """Three to seven round values."""
        return _decades(self.low, self.high) if self.logarithmic else _steps(self.low, self.high)


@dataclass(frozen=True)
class Mark:
    """A drawn dot: `x` in percent, `y` in pixels. The more values it stands for, the larger its radius."""

    x: float
    y: float
    radius: float
    hollow: bool


@dataclass(frozen=True)
class Line:
    """One cell's row, everything but dots in percent across and pixels down. `where`: its shaded region."""

    toolchain: str
    shown: str
    finding: Finding
    top: int
    height: int
    marks: tuple[Mark, ...]
    interval: tuple[float, float] | None
    middle: float | None
    where: tuple[float, float]
    figures: tuple[float, ...]


@dataclass(frozen=True)
class Block:
    """The rows of one case under its title. `title` is empty where the claim has one case alone."""

    title: str
    top: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Drawing:
    """A whole plot. `ticks`: percent, and the text at it. `said`: one sentence a row, for those who do not see it."""

    title: str
    said: tuple[str, ...]
    blocks: tuple[Block, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int
    logarithmic: bool
    layouts: int
    loud: int


def drawing(plot: Plot, title: str, cases: dict[str, str], words: Language) -> Drawing:
    """`title`: of the quantity. `cases`: the titles of cases by name; with one alone none is shown."""
    axis = axis_of(plot)
    top, blocks = 4, []
    for case, group in groupby(plot.rows, key=lambda row: row.cell.cell.case):
        begins = top
        top += CASE if len(cases) > 1 else 0
        lines = []
        for row in group:
            lines.append(_line(row, axis, top, words))
            top += lines[-1].height + GAP
        blocks.append(Block(cases[case] if len(cases) > 1 else "", begins, tuple(lines)))
    return Drawing(
        title,
        tuple(_said(row, plot.unit, cases, words) for row in plot.rows),
        tuple(blocks),
        tuple((axis.x(tick), figures.quantity(tick, plot.unit)) for tick in axis.ticks()),
        top + AXIS,
        axis.logarithmic,
        max(len({dot.layout for dot in row.dots}) for row in plot.rows),
        sum(not dot.quiet for row in plot.rows for dot in row.dots),
    )


def axis_of(plot: Plot) -> Axis:
    """Around all that is drawn: dots, intervals and the source's figures."""
    values = [dot.value for row in plot.rows for dot in row.dots]
    values += [end for row in plot.rows for end in (row.low, row.high) if end is not None]
    values = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(values), max(values)
    if low > 0 and high / low > FROM_RATIO:
        return Axis(low / 1.15, high * 1.15, True)
    room = (high - low or abs(high) or 1.0) * 0.06
    return Axis(max(low - room, 0.0) if low >= 0 else low - room, high + room, False)


def _line(row: PlotRow, axis: Axis, top: int, words: Language) -> Line:
    lanes = sorted({dot.layout for dot in row.dots})
    height = HEAD + LANE * min(len(lanes), MOST_LANES) + 4
    low = LEFT if row.low is None else axis.x(row.low)
    high = RIGHT if row.high is None else axis.x(row.high)
    estimate = row.estimate
    value = estimate.value if estimate and not isinstance(estimate.value, (str, bool)) else None
    ends = None
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        ends = (axis.x(estimate.low), axis.x(estimate.high))
    return Line(
        row.cell.cell.toolchain,
        words.show(estimate).plain if estimate else "",
        row.finding,
        top,
        height,
        tuple(_marks(row.dots, lanes, axis, top + HEAD)),
        ends,
        None if value is None else axis.x(value),
        (low, high),
        tuple(axis.x(figure) for figure in (row.low, row.high) if figure is not None),
    )


def _marks(dots: Sequence[Dot], lanes: Sequence[int], axis: Axis, top: int) -> Iterator[Mark]:
    """A lane for each layout; within it one dot a process, or where there are many, one a place."""
    places: Counter[tuple[float, int, bool]] = Counter()
    for dot in dots:
        x = axis.x(dot.value)
        if len(dots) > MANY:
            x = round(LEFT + (RIGHT - LEFT) * round((x - LEFT) / (RIGHT - LEFT) * BINS) / BINS, 2)
        places[x, lanes.index(dot.layout) % MOST_LANES, not dot.quiet] += 1
    for (x, lane, hollow), count in sorted(places.items()):
        radius = 2.2 if len(dots) <= MANY else round(min(1.6 + 0.5 * math.log2(count), 4.0), 1)
        yield Mark(x, top + LANE * lane + LANE / 2, radius, hollow)


def _said(row: PlotRow, unit: str, cases: dict[str, str], words: Language) -> str:
    """A row in words: where, what was measured, from how many processes, and what the source's figure asks."""
    where = row.cell.cell.toolchain + (f", {cases[row.cell.cell.case]}" if len(cases) > 1 else "")
    shown = words.show(row.estimate).plain if row.estimate else f"{len(row.dots)} values"
    asked = [figures.quantity(end, unit) for end in (row.low, row.high) if end is not None]
    return f"{where}: {shown}; {' to '.join(asked)} is asked for; {words.verdict(row.finding.verdict)}."


def _steps(low: float, high: float) -> list[float]:
    span = high - low
    step = 10.0 ** math.floor(math.log10(span / 3)) if span > 0 else 1.0
    step *= next((times for times in (1, 2, 5) if span / (step * times) <= 6), 10)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for within in ((1,), (1, 3), (1, 2, 5)):
        ticks = [float(f"{times}e{power}") for power in exponents for times in within]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= 3:
            break
    return inside[:: math.ceil(len(inside) / 7)]
