"""The section of a claim's page on other people's machines: their values beside ours, and a forest plot of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from macros.publish.axes import LEFT, RIGHT, Axis
from macros.publish.card import Card
from macros.publish.plots import GAP, HEAD, axis_of
from macros.publish.provenance import machine_name
from macros.results.catalogue import CellResult, ClaimResult
from macros.results.elsewhere import Elsewhere, agrees
from macros.results.forest import Forest, ForestRow, forests_of
from macros.results.plots import Dot, Plot
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Finding
from macros.words import Language, figures
from macros.words.elsewhere import ELSEWHERE

LONGEST_NAME = 52
"""Characters of a machine's name in a plot: so many fit on a phone. The list above it has the whole name."""

BAR, TOP, AXIS = 12, 4, 30
"""Heights in pixels: of a row's bar, above the first row, of the axis."""


@dataclass(frozen=True)
class Machine:
    """One other machine. `letter` tells two of one model apart; `finding` is its own, `says` how it stands to ours."""

    letter: str
    name: str
    file: str
    executed: str
    finding: Finding
    says: str


@dataclass(frozen=True)
class Place:
    """A machine's cell: its finding, and the judged values with the titles that they need. None: it did not run it."""

    finding: Finding
    values: tuple[tuple[str, Estimate], ...]


@dataclass(frozen=True)
class Row:
    """One release in one case: ours, then each machine's in order."""

    toolchain: str
    case: str
    places: tuple[Place | None, ...]


@dataclass(frozen=True)
class ForestLine:
    """A machine's row in a forest plot, below its name and its value: percent across, pixels down."""

    name: str
    shown: str
    finding: Finding
    top: int
    interval: tuple[float, float] | None
    middle: float | None
    where: tuple[float, float]
    figures: tuple[float, ...]


@dataclass(frozen=True)
class ForestDrawing:
    """A whole one. `said`: a sentence for each machine, for those who do not see it."""

    title: str
    said: tuple[str, ...]
    lines: tuple[ForestLine, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int
    head: int
    bar: int


def elsewhere_values(card: Card, others: Sequence[Elsewhere], words: Language) -> dict[str, object]:
    """What the section's template needs."""
    forests = forests_of(card.result, others, card.policy)
    return {
        "says": ELSEWHERE[words.name],
        "machines": [_machine(card.result, other, place, words) for place, other in enumerate(others)],
        "compared": [_letter(place) for place, other in enumerate(others) if other.result is not None],
        "rows": _rows(card, [other.result for other in others if other.result is not None]),
        "forests": [_drawing(forest, card, others, words) for forest in forests],
    }


def _machine(result: ClaimResult, other: Elsewhere, place: int, words: Language) -> Machine:
    says = ELSEWHERE[words.name]
    if other.result is None:
        finding, relation = Finding(other.verdict), says.earlier
    else:
        finding = other.result.finding
        same = (finding.verdict, finding.reason) == (result.finding.verdict, result.finding.reason)
        relation = says.agrees if agrees(result, other) else says.agrees_in_part if same else says.differs
    return Machine(_letter(place), machine_name(other.facts), other.file, other.executed, finding, relation)


def _letter(place: int) -> str:
    """A, B, …, Z, then numbers."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _rows(card: Card, others: Sequence[ClaimResult]) -> list[Row]:
    names = dict.fromkeys(name_of_subject(each) for each in card.result.claim.expect)
    theirs = [{(one.cell.toolchain, one.cell.case): one for one in other.cells} for other in others]

    def place(cell: CellResult | None) -> Place | None:
        if cell is None:
            return None
        judged = [(card.metric_title(name), cell.judged.estimates.get(name)) for name in names]
        values = tuple((title if len(names) > 1 else "", one) for title, one in judged if one is not None)
        return Place(cell.judged.finding, values)

    return [
        Row(
            row.cell.cell.toolchain,
            group.title if len(card.groups) > 1 else "",
            (place(row.cell), *(place(cells.get((row.cell.cell.toolchain, group.case))) for cells in theirs)),
        )
        for group in card.groups
        for row in group.rows
    ]


def _drawing(forest: Forest, card: Card, others: Sequence[Elsewhere], words: Language) -> ForestDrawing:
    axis = _axis(forest)
    step = 2 * HEAD + BAR + GAP
    case = f", {title}" if (title := _case_title(card, forest.case)) else ""
    lines = tuple(
        _line(one, axis, TOP + step * place, _name(one, others, words), words) for place, one in enumerate(forest.rows)
    )
    return ForestDrawing(
        f"{card.metric_title(forest.name)}, {forest.toolchain}{case}",
        tuple(f"{line.name}: {line.shown}; {words.verdict(line.finding.verdict)}." for line in lines),
        lines,
        tuple((_x(axis, tick), figures.quantity(tick, forest.unit)) for tick in axis.ticks()),
        TOP + step * len(lines) + AXIS,
        2 * HEAD,
        BAR,
    )


def _case_title(card: Card, case: str) -> str:
    return next((group.title for group in card.groups if group.case == case), "") if len(card.groups) > 1 else ""


def _name(one: ForestRow, others: Sequence[Elsewhere], words: Language) -> str:
    if one.facts is None:
        name = f"{ELSEWHERE[words.name].ours}: {machine_name(one.row.cell.record.facts)}"
    else:
        place = next(place for place, other in enumerate(others) if other.facts is one.facts)
        name = f"{_letter(place)}: {machine_name(one.facts)}"
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _axis(forest: Forest) -> Axis:
    """Around the values, their intervals and the source's figures."""
    ends = [
        replace(one.row, dots=tuple(Dot(number, 0, 0, True) for number in _numbers(one.row.estimate)))
        for one in forest.rows
    ]
    return axis_of(Plot(forest.name, forest.unit, tuple(ends)))


def _numbers(estimate: Estimate | None) -> list[float]:
    if estimate is None:
        return []
    given = (estimate.value, estimate.low, estimate.high)
    return [float(one) for one in given if one is not None and not isinstance(one, (str, bool))]


def _line(one: ForestRow, axis: Axis, top: int, name: str, words: Language) -> ForestLine:
    row, estimate = one.row, one.row.estimate
    interval = middle = None
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        interval = (_x(axis, estimate.low), _x(axis, estimate.high))
    if estimate is not None and not isinstance(estimate.value, (str, bool)):
        middle = _x(axis, float(estimate.value))
    return ForestLine(
        name,
        words.show(estimate).plain if estimate is not None else "–",
        row.finding,
        top,
        interval,
        middle,
        (LEFT / 10 if row.low is None else _x(axis, row.low), RIGHT / 10 if row.high is None else _x(axis, row.high)),
        tuple(_x(axis, figure) for figure in row.named),
    )


def _x(axis: Axis, value: float) -> float:
    """In percent of the width."""
    return axis.place(value) / 10
