"""In which arrangements of its code a cell is built and run, and what a script is given for that.

The numbers are drawn for each cell and each session: nobody chooses the layouts that a verdict rests on. A cell that is
continued draws new ones, so that what it shows rests on more of them. Each is built in a folder of its own, with the
variable CLAIMS_LAYOUT set, by which the image's linker and C compiler arrange the code; 0 is their own arrangement, for
which nothing is set. The size of the environment, which moves the stack, differs between all processes.
"""

from __future__ import annotations

import random
from collections.abc import Collection

from macros.lab.sandbox import LAYOUT_VARIABLE

OWN = 0
"""The arrangement that linker and compiler make by themselves."""

NUMBERS = range(1, 4097)
LONGEST_PADDING = 4095
FOLDER = ".layouts"


class Layouts:
    """The layouts of one cell in one session: `numbers`, and which of them each round is run in."""

    def __init__(self, count: int, rng: random.Random, before: Collection[int] = ()) -> None:
        self._rng = rng
        self._order: list[int] = []
        unseen = [number for number in NUMBERS if number not in before]
        self.numbers = tuple(rng.sample(unseen, count)) if count > 1 else (OWN,)

    def of(self, place: int) -> int:
        """That of the session's round `place`, counted from 0. Every run of as many rounds as layouts has each once."""
        while place >= len(self._order):
            self._order += self._rng.sample(self.numbers, len(self.numbers))
        return self._order[place]


def making(layout: int) -> str:
    """What the build of a layout begins with: a copy of all files, in which it goes on."""
    if layout == OWN:
        return ""
    copied = f'for each in *; do [ ! -e "$each" ] || cp -R "$each" {FOLDER}/{layout}/; done'
    return f"mkdir -p {FOLDER}/{layout}; {copied}; {entering(layout)}"


def entering(layout: int) -> str:
    """What a process of a layout begins with."""
    return "" if layout == OWN else f"cd {FOLDER}/{layout}; export {LAYOUT_VARIABLE}={layout}; "


def padded(rng: random.Random) -> str:
    """A variable of random length, in the environment of all that the script starts."""
    return f"export CLAIMS_PADDING={'x' * rng.randint(0, LONGEST_PADDING)}; "
