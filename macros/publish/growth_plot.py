"""A growth as a drawing: values over sizes, both logarithmic, the line of the median slope, and the slopes asked for.

A line of slope 1 goes through points that grow in proportion. The slopes that the statement asks for are the area that
opens from where the line begins: whatever ends in it has grown as was said.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macros.claim import units
from macros.publish.axes import RIGHT, Axis, Tick, across, down, percent
from macros.publish.drawing import Caption, Drawing, Layer, case_texts, row_texts, tick_texts
from macros.publish.plot_marks import Mark, gathered, paths, shape_of
from macros.results.plots import Plot, PlotRow
from macros.words import Language, figures
from macros.words.plot_words import PLOT_WORDS

BESIDE = 150
"""How far from the left edge the panels begin: the values' axis is named there."""

PANEL, HEAD, GAP, FOOT = 150, 20, 14, 24


UNITS = (("ns", "us", "ms", "s"), ("B", "kB", "MB", "GB"))
"""The units in which the values' axis is named, however the program printed them."""

ROOM = 1.3
"""The factor by which the axes go beyond what is drawn."""


@dataclass(frozen=True)
class Fit:
    """A line on logarithmic axes through (size, value), with its slope."""

    size: float
    value: float
    slope: float

    def at(self, size: float, slope: float | None = None) -> float:
        """The value of the line there, or of another one that begins at the same point."""
        return self.value * math.pow(size / self.size, self.slope if slope is None else slope)


@dataclass(frozen=True)
class Panel:
    """One cell's values with their line. `values`: the axis that goes up; `sizes`: across. `head`: of its text."""

    row: PlotRow
    line: Fit
    unit: str
    head: int
    sizes: Axis
    values: Axis


def fit(points: Sequence[tuple[float, float]], slope: float) -> Fit:
    """The line of that slope with as many points above it as below, beginning at the smallest size."""
    first = min(size for size, _ in points)
    height = statistics.median(math.log(value) - slope * math.log(size / first) for size, value in points)
    return Fit(first, math.exp(height), slope)


def points_of(row: PlotRow) -> list[tuple[float, float]]:
    """(size, value) of all curves."""
    return [pair for curve in row.curves for pair in zip(curve.points.sizes, curve.points.values, strict=True)]


def slope_of(row: PlotRow) -> float:
    """The median of the processes' slopes."""
    return statistics.median(dot.value for dot in row.dots)


def growth(plot: Plot, title: str, cases: Mapping[str, str], words: Language) -> Drawing:
    """A panel for each cell whose values were kept, all with the same axes."""
    says = PLOT_WORDS[words.name]
    panels, texts, bottom = _placed(plot, cases if len(cases) > 1 else {})
    for panel in panels:
        row = panel.row
        texts += row_texts(row, words, panel.head, says.slope)
        for tick in panel.values.ticks():
            label = figures.quantity(*in_its_unit(tick, panel.unit))
            texts.append(Caption(label, "0", panel.values.place(tick) + 4, looks="claim-plot-tick"))
        asked = says.slope.format(says.region(row.low, row.high, None, ""))
        texts.append(Caption(asked, percent(BESIDE + 10), panel.values.end + 13, looks="claim-plot-asked"))
    texts += tick_texts(ticks_of(panels[0].sizes), bottom + 14)
    kept, of = (
        sum(len(each) for each in some) for some in zip(*((p.row.curves, p.row.dots) for p in panels), strict=True)
    )
    shapes = tuple(sorted({mark.shape for panel in panels for mark in _marks(panel)}))
    key = [
        says.dot_of_growth,
        says.kept.format(figures.count(kept), figures.count(of)) if kept < of else "",
        says.line,
        says.slopes_shaded,
        says.both_logarithmic.format(plot.size),
    ]
    return Drawing(
        title,
        says.growth.format(title),
        tuple(said(panel, cases, words) for panel in panels),
        tuple(_layers(panels)),
        tuple(texts),
        bottom + FOOT,
        says.sentence(key),
        says.layouts,
        shapes if len(shapes) > 1 else (),
    )


def said(panel: Panel, cases: Mapping[str, str], words: Language) -> str:
    """A panel in words: the slope, what is asked for, and from what to what the values went."""
    says, row = PLOT_WORDS[words.name], panel.row
    where = row.cell.cell.toolchain + (f", {cases[row.cell.cell.case]}" if len(cases) > 1 else "")
    shown = says.slope.format(words.show(row.estimate).plain) if row.estimate else ""
    asked = says.asked.format(says.slope.format(says.region(row.low, row.high, None, "")))
    points = points_of(row)
    ends = [text for size, value in (min(points), max(points)) for text in _pair(size, value, panel.unit)]
    return f"{where}: " + says.sentence([shown, asked, says.grew.format(*ends), words.verdict(row.finding.verdict)])


def _pair(size: float, value: float, unit: str) -> tuple[str, str]:
    return figures.quantity(*in_its_unit(value, unit)), figures.quantity(size, "")


def in_its_unit(value: float, unit: str) -> tuple[float, str]:
    """A time or a size in the largest unit of which it is one or more; another quantity as it is."""
    for known in UNITS:
        if unit in known:
            scaled = [(units.convert(value, unit, other), other) for other in known]
            return next(((number, other) for number, other in reversed(scaled) if number >= 1), scaled[0])
    return value, unit


def _placed(plot: Plot, cases: Mapping[str, str]) -> tuple[list[Panel], list[Caption], int]:
    """All panels one below the other, the titles of their cases, and where the last one ends."""
    drawn = [row for row in plot.rows if row.curves]
    lines = [fit(points_of(row), slope_of(row)) for row in drawn]
    sizes, values = axes_of(drawn, lines)
    panels: list[Panel] = []
    titles: list[Caption] = []
    top = 4
    case = None
    for row, line in zip(drawn, lines, strict=True):
        if cases and row.cell.cell.case != case:
            case = row.cell.cell.case
            texts, top = case_texts(cases[case], top)
            titles += texts
        begin = top + HEAD
        up = Axis(values.low, values.high, True, begin + PANEL, begin)
        panels.append(Panel(row, line, row.curves[0].points.unit, top + 12, sizes, up))
        top = begin + PANEL + GAP
    return panels, titles, top - GAP


def axes_of(rows: Sequence[PlotRow], lines: Sequence[Fit]) -> tuple[Axis, Axis]:
    """Sizes across and values up, around all points and lines, and around where the slopes asked for lead."""
    points = [point for row in rows for point in points_of(row)]
    values = [value for _, value in points]
    for row, line in zip(rows, lines, strict=True):
        last = max(size for size, _ in points_of(row))
        slopes = [slope for slope in (row.low, row.high, line.slope) if slope is not None]
        values += [line.value, *(line.at(last, slope) for slope in slopes)]
    sizes = [size for size, _ in points]
    across_ = Axis(min(sizes) / ROOM, max(sizes) * ROOM, True, BESIDE, RIGHT)
    return across_, Axis(min(values) / ROOM, max(values) * ROOM, True, PANEL, 0)


def ticks_of(sizes: Axis) -> list[Tick]:
    """Of the axis that goes across: a size has no unit."""
    return sizes.named_ticks(lambda size: figures.quantity(size, ""))


def asked_for(panel: Panel) -> str:
    """The area that opens from the line's beginning between the slopes asked for."""
    line, low, high = panel.line, panel.row.low, panel.row.high
    last = max(size for size, _ in points_of(panel.row))
    begin, end = panel.sizes.place(line.size), panel.sizes.place(last)
    upper = panel.values.end if high is None else panel.values.place(line.at(last, high))
    lower = panel.values.begin if low is None else panel.values.place(line.at(last, low))
    up = f"V{upper}" if high is None else ""
    back = f"H{begin}" if low is None else ""
    return f"M{begin} {panel.values.place(line.value)}{up}L{end} {upper}V{lower}{back}z"


def _layers(panels: Sequence[Panel]) -> list[Layer]:
    """From the back to the front."""
    grid, where = "", ""
    marks: list[Mark] = []
    lines: dict[str, str] = {}
    ticks = ticks_of(panels[0].sizes)
    for panel in panels:
        up, sizes, line = panel.values, panel.sizes, panel.line
        grid += "".join(across(BESIDE, RIGHT, up.place(tick)) for tick in up.ticks())
        grid += "".join(down(tick.place, up.end, up.begin) for tick in ticks)
        where += asked_for(panel)
        last = max(size for size, _ in points_of(panel.row))
        ends = (sizes.place(line.size), up.place(line.value), sizes.place(last), up.place(line.at(last)))
        verdict = panel.row.finding.verdict.value
        lines[verdict] = lines.get(verdict, "") + "M{} {}L{} {}".format(*ends)
        marks += _marks(panel)
    found = [Layer("claim-plot-where", where), Layer("claim-plot-grid", grid)]
    found += [Layer(f"claim-plot-middle claim-chip--{verdict}", path) for verdict, path in lines.items()]
    return found + [Layer(looks, path) for looks, path in paths(marks)]


def _marks(panel: Panel) -> tuple[Mark, ...]:
    layouts = sorted({curve.layout for curve in panel.row.curves})
    return gathered(
        [
            (panel.sizes.place(size), panel.values.place(value), shape_of(layouts.index(curve.layout), quiet=True))
            for curve in panel.row.curves
            for size, value in zip(curve.points.sizes, curve.points.values, strict=True)
        ]
    )
