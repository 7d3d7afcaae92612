"""What a drawing is made of, whatever it shows: strokes and areas that look alike as one path each, and texts.

Paths are drawn in a frame that is `WIDTH` wide and as high as the drawing has pixels; lines keep their width in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from macros.publish.axes import WIDTH, Tick, percent, width, wrapped
from macros.results.plots import PlotRow
from macros.words import Language

LINE = 15
"""From one line of a text to the next, in pixels."""


@dataclass(frozen=True)
class Layer:
    """All strokes or areas that look alike. `looks`: their classes in the stylesheet."""

    looks: str
    path: str


@dataclass(frozen=True)
class Caption:
    """A text at a place across, in percent, and at a height. `verdict`: its last part, in the verdict's colour."""

    text: str
    x: str
    y: int
    anchor: str = "start"
    looks: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Drawing:
    """A whole plot. `title` and `said`, a sentence for each row, are for those who do not see it.

    `key`: what its marks mean. `shapes`: those that tell layouts apart, after the words `layouts`; empty where there is
    one layout.
    """

    caption: str
    title: str
    said: tuple[str, ...]
    layers: tuple[Layer, ...]
    texts: tuple[Caption, ...]
    height: int
    key: str
    layouts: str = ""
    shapes: tuple[int, ...] = ()


def case_texts(title: str, top: int) -> tuple[list[Caption], int]:
    """A case's title, in as many lines as it takes, and where they end."""
    lines = wrapped(title)
    texts = [Caption(line, "0", top + 17 + LINE * number, looks="claim-plot-case") for number, line in enumerate(lines)]
    return texts, top + 26 + LINE * (len(lines) - 1)


def row_texts(row: PlotRow, words: Language, y: int, form: str = "{}") -> list[Caption]:
    """What stands over a row: the toolchain, and at the other end the value in that form, with its verdict.

    Both have room beside each other on a phone: where the line is too long, how many processes there were is left out.
    """
    toolchain, verdict = row.cell.cell.toolchain, row.finding.verdict
    word = words.verdict(verdict)
    shown = words.show(row.estimate) if row.estimate else None
    values = [form.format(text) for text in (shown.plain, shown.brief)] if shown else [""]
    value = next((each for each in values if width(f"{toolchain} {each} {word}") <= WIDTH), values[-1])
    return [Caption(toolchain, "0", y), Caption(value, "100%", y, "end", f"claim-chip--{verdict.value}", word)]


def tick_texts(ticks: Iterable[Tick], y: int) -> list[Caption]:
    """The names under an axis that goes across."""
    return [Caption(tick.name, percent(tick.place), y, tick.anchor, "claim-plot-tick") for tick in ticks]
