"""Plots of `results.plots` as drawings: a row for each cell, with its dots in lanes or as a curve of shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from macros.publish.axes import LEFT, RIGHT, WIDTH, Axis, across, axis_around, box, down, inside, percent
from macros.publish.drawing import Caption, Drawing, Layer, case_texts, row_texts, tick_texts
from macros.publish.growth_plot import growth
from macros.publish.plot_marks import SHAPES, Mark, gathered, paths, shape_of
from macros.results.plots import Dot, Plot, PlotKind, PlotRow, scattered
from macros.words import Language, figures
from macros.words.plot_words import PLOT_WORDS

LANE, MOST_LANES = 6, 8
"""Height of the dots of one layout, in pixels; more layouts share lanes."""

SHARES = 64
"""The height of a curve of shares."""

HEAD, LABEL, GAP, FOOT = 17, 13, 10, 28


@dataclass(frozen=True)
class Line:
    """What is drawn in one cell's row: places across, and pixels down. `label`: its region is named above it.

    `bar`: the height of the interval. `steps`: the path of a curve of shares.
    """

    row: PlotRow
    head: int
    top: int
    bottom: int
    label: bool
    marks: tuple[Mark, ...]
    bar: int
    interval: tuple[int, int] | None
    middle: int | None
    where: tuple[int, int]
    figures: tuple[int, ...]
    steps: str = ""


def drawings(plot: Plot, title: str, cases: Mapping[str, str], words: Language) -> list[Drawing]:
    """`title`: of the quantity. `cases`: the titles of cases by name; with one alone none is shown.

    Of a growth the values by size, and the slopes as rows unless a number says them.
    """
    if plot.kind is not PlotKind.GROWTH:
        return [rows(plot, title, cases, words)]
    found = [growth(plot, title, cases, words)] if any(row.curves for row in plot.rows) else []
    if any(scattered(row) for row in plot.rows):
        found.append(rows(plot, PLOT_WORDS[words.name].slopes if found else title, cases, words))
    return found


def rows(plot: Plot, title: str, cases: Mapping[str, str], words: Language) -> Drawing:
    """One drawing of all rows, under the titles of their cases."""
    says, shares = PLOT_WORDS[words.name], plot.kind is PlotKind.SHARES
    axis = axis_of(plot)
    lines, texts, height = _placed(plot, axis, cases if len(cases) > 1 else {})
    for line in lines:
        texts += row_texts(line.row, words, line.head)
        if line.label:
            asked = says.region(line.row.low, line.row.high, line.row.figure, plot.unit)
            if shares:
                asked = says.holding_there.format(asked, line.row.holding, len(line.row.dots))
                texts.append(
                    Caption(figures.percent(line.row.quantile), "100%", line.bar - 4, "end", "claim-plot-tick")
                )
            x, side = inside(_label(line.row, axis), asked)
            texts.append(Caption(asked, percent(x), line.top - 3, side, "claim-plot-asked"))
    ticks = axis.named_ticks(lambda value: figures.quantity(value, plot.unit))
    texts += tick_texts(ticks, height - 10)
    grid = Layer("claim-plot-grid", "".join(down(tick.place, 4, height - FOOT + 4) for tick in ticks))
    shapes = sorted({mark.shape for line in lines for mark in line.marks if mark.shape < SHAPES})
    loud = any(not dot.quiet for row in plot.rows for dot in row.dots)
    key = [
        says.dot_of_shares if shares else says.dot,
        says.bar,
        says.shaded,
        says.logarithmic if axis.logarithmic else "",
        says.ring if loud else "",
    ]
    return Drawing(
        title,
        (says.shares if shares else says.rows).format(title),
        tuple(said(row, plot.unit, cases, words) for row in plot.rows),
        (grid, *_layers(lines)),
        tuple(texts),
        height,
        says.sentence(key),
        says.layouts,
        tuple(shapes) if len(shapes) > 1 else (),
    )


def axis_of(plot: Plot) -> Axis:
    """Around all that is drawn: dots, and the ends of regions."""
    values = [dot.value for row in plot.rows for dot in row.dots]
    return axis_around([*values, *(end for row in plot.rows for end in (row.low, row.high) if end is not None)])


def said(row: PlotRow, unit: str, cases: Mapping[str, str], words: Language) -> str:
    """A row in words: where, what was measured, what is asked for, and in how many processes it is so."""
    says = PLOT_WORDS[words.name]
    where = row.cell.cell.toolchain + (f", {cases[row.cell.cell.case]}" if len(cases) > 1 else "")
    shown = words.show(row.estimate).plain if row.estimate else ""
    asked = says.region(row.low, row.high, row.figure, unit)
    holding = says.holding.format(figures.count(row.holding), figures.count(len(row.dots)))
    verdict = words.verdict(row.finding.verdict)
    return f"{where}: " + says.sentence([shown, says.asked.format(asked) if asked else "", holding, verdict])


def _placed(plot: Plot, axis: Axis, cases: Mapping[str, str]) -> tuple[list[Line], list[Caption], int]:
    """All lines one below the other, the titles of their cases, and the height of all."""
    lines: list[Line] = []
    titles: list[Caption] = []
    top = 4
    region: object = None
    shares = plot.kind is PlotKind.SHARES
    for case, group in groupby(plot.rows, key=lambda row: row.cell.cell.case):
        if cases:
            texts, top = case_texts(cases[case], top)
            titles += texts
        for row in group:
            asked = (row.low, row.high, row.figure)
            line = line_of(row, axis, top, label=shares or asked != region, shares=shares)
            lines.append(line)
            region, top = asked, line.bottom + GAP
    return lines, titles, top + FOOT


def line_of(row: PlotRow, axis: Axis, top: int, *, label: bool, shares: bool) -> Line:
    """One row from `top` on."""
    lanes = sorted({dot.layout for dot in row.dots})
    begin = top + HEAD + (LABEL if label else 0)
    end = begin + (SHARES if shares else LANE * min(len(lanes), MOST_LANES) + 4)
    bar = end - round(row.quantile * SHARES) if shares else end
    estimate = row.estimate
    value = estimate.value if estimate and not isinstance(estimate.value, (str, bool)) else None
    ends = None
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        ends = (axis.place(estimate.low), axis.place(estimate.high))
    dots = _ranked(row.dots, lanes, axis, end) if shares else _in_lanes(row.dots, lanes, axis, begin)
    return Line(
        row,
        top + HEAD - 5,
        begin,
        end,
        label,
        gathered(dots),
        bar,
        ends,
        None if value is None else axis.place(value),
        (
            LEFT if row.low is None else axis.place(row.low),
            RIGHT if row.high is None else axis.place(row.high),
        ),
        tuple(axis.place(figure) for figure in row.named),
        _steps(dots, end) if shares else "",
    )


def _in_lanes(dots: Sequence[Dot], lanes: Sequence[int], axis: Axis, top: int) -> list[tuple[int, int, int]]:
    """A lane for each layout."""
    found = []
    for dot in dots:
        lane = lanes.index(dot.layout)
        y = top + 2 + LANE // 2 + LANE * (lane % MOST_LANES)
        found.append((axis.place(dot.value), y, shape_of(lane, dot.quiet)))
    return found


def _ranked(dots: Sequence[Dot], lanes: Sequence[int], axis: Axis, bottom: int) -> list[tuple[int, int, int]]:
    """Each as high as the share of dots up to its value; equal values are as high as the last of them."""
    values = sorted(dot.value for dot in dots)
    rank = {value: number for number, value in enumerate(values, start=1)}
    return [
        (
            axis.place(dot.value),
            bottom - round(rank[dot.value] / len(dots) * SHARES),
            shape_of(lanes.index(dot.layout), dot.quiet),
        )
        for dot in sorted(dots, key=lambda dot: (dot.value, dot.layout, dot.quiet))
    ]


def _steps(dots: Iterable[tuple[int, int, int]], bottom: int) -> str:
    """The line through the dots, from the one edge to the other."""
    path = f"M{LEFT} {bottom}"
    for x, y in dict.fromkeys((x, y) for x, y, _ in dots):
        path += f"H{x}V{y}"
    return f"{path}H{RIGHT}"


def _layers(lines: Sequence[Line]) -> list[Layer]:
    """From the back to the front."""
    where = "".join(box(line.where[0], line.top, line.where[1], line.bottom) for line in lines)
    named = "".join(down(x, line.top, line.bottom) for line in lines for x in line.figures)
    steps = "".join(line.steps for line in lines)
    halves = "".join(across(LEFT, RIGHT, line.bar) for line in lines if line.steps)
    found = [Layer("claim-plot-where", where), Layer("claim-plot-grid", halves), Layer("claim-plot-figure", named)]
    found.append(Layer("claim-plot-steps", steps))
    found += [Layer(looks, path) for looks, path in paths(mark for line in lines for mark in line.marks)]
    bars: dict[str, str] = {}
    middles: dict[str, str] = {}
    for line in lines:
        verdict = line.row.finding.verdict.value
        if line.interval:
            bars[verdict] = bars.get(verdict, "") + across(*line.interval, line.bar)
        if line.middle is not None:
            ends = (line.bar - 7, line.bar + 7) if line.steps else (line.top - 1, line.bottom + 4)
            middles[verdict] = middles.get(verdict, "") + down(line.middle, *ends)
    found += [Layer(f"claim-plot-interval claim-chip--{verdict}", path) for verdict, path in bars.items()]
    found += [Layer(f"claim-plot-middle claim-chip--{verdict}", path) for verdict, path in middles.items()]
    return [layer for layer in found if layer.path]


def _label(row: PlotRow, axis: Axis) -> int:
    """Where the region is named: at its figure, else at its end."""
    given = next((end for end in (row.figure, row.high, row.low) if end is not None), None)
    return WIDTH // 2 if given is None else axis.place(given)
