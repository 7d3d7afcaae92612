"""The section of a claim's page on other people's machines: their values beside ours, and a forest plot of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from macros.publish.axes import LEFT, RIGHT, Axis, axis_around, percent
from macros.publish.card import Card
from macros.publish.provenance import machine_name
from macros.results.catalogue import CellResult, ClaimResult
from macros.results.elsewhere import Elsewhere, agrees
from macros.results.forest import Forest, ForestRow, forests_of
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Finding
from macros.words import Language, figures
from macros.words.elsewhere import ELSEWHERE
from macros.words.plot_words import PLOT_WORDS

LONGEST_NAME = 48
"""Characters of a machine's name in a plot: so many fit on a phone. The list above it has the whole name."""

LINE, BAR, GAP, TOP, AXIS = 17, 12, 9, 4, 30
"""Heights in pixels: of a line of text, of a row's bar, between rows, above the first row, of the axis."""


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
    """A machine's row in a forest plot, below its name and its value: percent across, pixels down. `where`: from
    where and how wide.
    """

    name: str
    shown: str
    finding: Finding
    top: int
    interval: tuple[str, str] | None
    middle: str
    where: tuple[str, str]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class ForestDrawing:
    """A whole one. `said`: a sentence for each machine, for those who do not see it. `ticks`: place, anchor, text."""

    title: str
    said: tuple[str, ...]
    lines: tuple[ForestLine, ...]
    ticks: tuple[tuple[str, str, str], ...]
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
    step = 2 * LINE + BAR + GAP
    case = f", {title}" if (title := _case_title(card, forest.case)) else ""
    ticks = axis.named_ticks(lambda value: figures.quantity(value, forest.unit))
    lines = tuple(
        _line(one, axis, TOP + step * place, _name(one, others, words), words) for place, one in enumerate(forest.rows)
    )
    return ForestDrawing(
        f"{card.metric_title(forest.name)}, {forest.toolchain}{case}",
        tuple(
            f"{_name(one, others, words)}: {_said(one, line, forest.unit, words)}"
            for one, line in zip(forest.rows, lines, strict=True)
        ),
        lines,
        tuple((percent(tick.place), tick.anchor, tick.name) for tick in ticks),
        TOP + step * len(lines) + AXIS,
        2 * LINE,
        BAR,
    )


def _said(one: ForestRow, line: ForestLine, unit: str, words: Language) -> str:
    """A machine's row in words: what was measured, what is asked for, and the verdict."""
    says = PLOT_WORDS[words.name]
    asked = says.region(one.low, one.high, None, unit)
    return says.sentence([line.shown, says.asked.format(asked) if asked else "", words.verdict(one.finding.verdict)])


def _case_title(card: Card, case: str) -> str:
    return next((group.title for group in card.groups if group.case == case), "") if len(card.groups) > 1 else ""


def _name(one: ForestRow, others: Sequence[Elsewhere], words: Language) -> str:
    if one.facts is None:
        return f"{ELSEWHERE[words.name].ours}: {machine_name(one.cell.record.facts)}"
    place = next(place for place, other in enumerate(others) if other.facts is one.facts)
    return f"{_letter(place)}: {machine_name(one.facts)}"


def _axis(forest: Forest) -> Axis:
    """Around the values, their intervals and the source's figures."""
    ends = [
        end
        for one in forest.rows
        for end in (one.estimate.value, one.estimate.low, one.estimate.high, one.low, one.high)
    ]
    return axis_around(float(end) for end in ends if end is not None)


def _line(one: ForestRow, axis: Axis, top: int, name: str, words: Language) -> ForestLine:
    low, high = one.estimate.low, one.estimate.high
    begin = LEFT if one.low is None else axis.place(one.low)
    end = RIGHT if one.high is None else axis.place(one.high)
    return ForestLine(
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        words.show(one.estimate).plain,
        one.finding,
        top,
        None if low is None or high is None else (percent(axis.place(low)), percent(axis.place(high))),
        percent(axis.place(float(one.estimate.value))),
        (percent(begin), percent(max(end - begin, 0))),
        tuple(percent(axis.place(figure)) for figure in (one.low, one.high) if figure is not None),
    )
