"""From values to places in a drawing: an axis with its ticks, and paths of few letters.

A drawing has no width of its own: what lies across is a share of the width and what lies down is in pixels, so it is
read as well on a phone as on a desk. A place across is a whole number of thousandths of the width; so the text of a
drawing does not depend on the last bit of a platform's arithmetic.
"""

from __future__ import annotations

import itertools
import math
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

WIDTH = 1000
"""The width in the units of a place."""

LEFT, RIGHT = 15, 985
"""Between which places the values lie, if nothing stands beside them."""

HALF_LETTER, LINE = 10, 44
"""Half the width of a letter, in places, and how many letters fit into a line, where a drawing is 350 pixels wide.

In bold DejaVu Sans, than which few readers have a wider one; the theme takes whatever font a reader has.
"""

FROM_RATIO = 12.0
"""Values that differ by a larger factor are drawn on a logarithmic axis."""

MOST = 7
"""An axis has so many ticks, or fewer where their names need the room."""


@dataclass(frozen=True)
class Tick:
    """A named value of an axis: at what place across, and to which side of it the name stands (`anchor`)."""

    place: int
    anchor: str
    name: str

    def ends(self) -> tuple[int, int]:
        """From which place to which the name goes, in a font than which few readers have a wider one."""
        wide = width(self.name)
        left = self.place - {"start": 0, "middle": wide // 2, "end": wide}[self.anchor]
        return left, left + wide


@dataclass(frozen=True)
class Axis:
    """From values to places between `begin` and `end`; down instead of across where `begin` is the larger."""

    low: float
    high: float
    logarithmic: bool
    begin: int = LEFT
    end: int = RIGHT

    def place(self, value: float) -> int:
        """A value beyond an end is drawn at that end."""
        low, high, value = (self._scaled(each) for each in (self.low, self.high, value))
        share = 0.5 if high == low else (value - low) / (high - low)
        return round(self.begin + min(max(share, 0.0), 1.0) * (self.end - self.begin))

    def _scaled(self, value: float) -> float:
        return math.log(max(value, self.low)) if self.logarithmic else value

    def ticks(self, most: int = MOST) -> list[float]:
        """Round values, at most so many."""
        return (_decades if self.logarithmic else _steps)(self.low, self.high, most)

    def named_ticks(self, name: Callable[[float], str]) -> list[Tick]:
        """As many of an axis that goes across as have room for their names, on a phone too."""
        tries = (self._named(self.ticks(most), name) for most in range(MOST, 1, -1))
        return next((found for found in tries if found and _are_apart(found)), self._named(self.ticks()[:1], name))

    def _named(self, values: Iterable[float], name: Callable[[float], str]) -> list[Tick]:
        named = [(self.place(value), name(value)) for value in values]
        return [Tick(place, anchor(place, text), text) for place, text in named]


def axis_around(values: Iterable[float], begin: int = LEFT, end: int = RIGHT) -> Axis:
    """With some room at both ends. Values that are not finite have no place."""
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if low > 0 and high / low > FROM_RATIO:
        return Axis(low / 1.15, high * 1.15, True, begin, end)
    room = (high - low or abs(high) or 1.0) * 0.06
    return Axis(max(low - room, 0.0) if low >= 0 else low - room, high + room, False, begin, end)


def percent(place: int) -> str:
    """A place across, as an attribute of an element that is not part of a path."""
    return f"{place / 10:g}%"


def across(begin: int, end: int, y: int) -> str:
    """A path from one place to another."""
    return f"M{begin} {y}H{end}"


def down(x: int, top: int, bottom: int) -> str:
    """A path from one height to another."""
    return f"M{x} {top}V{bottom}"


def box(left: int, top: int, right: int, bottom: int) -> str:
    """A path around an area."""
    return f"M{left} {top}H{right}V{bottom}H{left}z"


def anchor(place: int, text: str) -> str:
    """To which side of its place a text stands, so that it is not cut at an edge, on a phone either."""
    half = width(text) // 2
    return "start" if place < half else ("end" if place > WIDTH - half else "middle")


def inside(place: int, text: str) -> tuple[int, str]:
    """The place nearest to that at which a text of whatever length stands inside, and to which side of it."""
    wide, side = width(text), anchor(place, text)
    nearest = {"start": min(place, max(WIDTH - wide, 0)), "middle": place, "end": max(place, min(wide, WIDTH))}
    return nearest[side], side


def wrapped(text: str) -> list[str]:
    """Its lines, none wider than a drawing on a phone. They are the same on a desk: text in a drawing does not flow."""
    return textwrap.wrap(text, LINE * len(text) // max(columns(text), 1))


def width(text: str) -> int:
    """In places, where a drawing is as wide as on a phone, and in a font than which few readers have a wider one."""
    return 2 * HALF_LETTER * columns(text)


def columns(text: str) -> int:
    """The width in letters; a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _are_apart(ticks: Sequence[Tick]) -> bool:
    return all(one.ends()[1] <= other.ends()[0] for one, other in itertools.pairwise(ticks))


def _steps(low: float, high: float, most: int) -> list[float]:
    gaps, span = most - 1, high - low
    step = 10.0 ** math.floor(math.log10(span / gaps)) if span > 0 else 1.0
    step *= next((times for times in (1, 2, 5) if span / (step * times) <= gaps), 10)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low: float, high: float, most: int) -> list[float]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for within in ((1,), (1, 3), (1, 2, 5)):
        ticks = [float(f"{times}e{power}") for power in exponents for times in within]
        between = [tick for tick in ticks if low <= tick <= high]
        if len(between) >= 3:
            break
    return between[:: math.ceil(len(between) / most)]
