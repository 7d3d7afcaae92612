"""Dots as paths: one path for all that look alike, which takes a tenth of the room of an element for each.

A dot is a stroke without length, whose line ends make it round or square in pixels, however wide the drawing is. Its
shape tells the layout of the code, its size how many values it stands for; a ring says that others were at work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHAPES = 4
"""A disc, a square, a bar, and two points one above the other; more layouts than these share them."""

RING = SHAPES
MANY = 60
"""With more dots in one row, those that lie in one of BINS places are drawn as one."""

BINS = 100
_PENS = (("h0", 0, 0), ("h0", 0, 0), ("v4", -2, 2), ("h0m0 3h0", -1, 2), ("h0", 0, 0))
"""For each shape what is drawn, and where that begins and ends above or below its place."""


SWATCHES = ("M5 5h0", "M5 5h0", "M5 3v4", "M5 4h0m0 3h0")
"""Each shape alone, in a square of ten pixels."""


@dataclass(frozen=True)
class Mark:
    """A drawn dot at a place: `count` values that would lie upon each other."""

    x: int
    y: int
    shape: int
    count: int

    @property
    def size(self) -> int:
        """0 for one value, 1 for two or three, 2 for more."""
        return 0 if self.count == 1 else (1 if self.count < 4 else 2)

    @property
    def looks(self) -> str:
        """The classes of the stylesheet."""
        return f"k{self.shape}" + (f" s{self.size}" if self.size else "")


def shape_of(lane: int, quiet: bool) -> int:
    """`lane`: the how manieth of its row's layouts."""
    return lane % SHAPES if quiet else RING


def gathered(dots: Sequence[tuple[int, int, int]]) -> tuple[Mark, ...]:
    """Dots (place, height, shape) as marks, from left to right."""
    step = 1000 // BINS if len(dots) > MANY else 1
    places = Counter((round(x / step) * step, y, shape) for x, y, shape in dots)
    return tuple(Mark(x, y, shape, count) for (x, y, shape), count in sorted(places.items()))


def paths(marks: Iterable[Mark]) -> list[tuple[str, str]]:
    """(classes, path) for all marks that look alike. Of a ring there is the inside as well, drawn upon it."""
    alike: dict[tuple[int, int], list[Mark]] = {}
    for mark in marks:
        alike.setdefault((mark.shape, mark.size), []).append(mark)
    found = []
    for (shape, _), some in sorted(alike.items()):
        path, looks = _path(some), some[0].looks
        found.append((looks, path))
        if shape == RING:
            found.append((looks.replace(f"k{RING}", f"k{RING + 1}"), path))
    return found


def _path(marks: Sequence[Mark]) -> str:
    """The first one's place from the edge, each other one's from the end of the one before."""
    pen, begins, ends = _PENS[marks[0].shape]
    text, x, y = "", 0, 0
    for mark in sorted(marks, key=lambda mark: (mark.y, mark.x)):
        across, down = mark.x - x, mark.y + begins - y
        text += f"{'m' if text else 'M'}{across}{down if down < 0 else f' {down}'}{pen}"
        x, y = mark.x, mark.y + ends
    return text
