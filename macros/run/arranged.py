"""In which arrangements of its code a cell is built and run, and what a script is given for that.

The numbers are drawn anew in each session, for each cell or for cells that are built once for all of them
(`workplace`): nobody chooses the layouts that a verdict rests on. A cell that is
continued draws new ones, so that what it shows rests on more of them. Each is built in a folder of its own, with the
variable CLAIMS_LAYOUT set, by which the image's linker and C compiler arrange the code; 0 is their own arrangement, for
which nothing is set. The size of the environment, which moves the stack, differs between all processes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Sequence

from macros.lab.sandbox import LAYOUT_VARIABLE

OWN = 0
"""The arrangement that linker and compiler make by themselves."""

NUMBERS = range(1, 4097)
MOVES = 251
"""By how many multiples of 16 bytes `lab/inside/gcc` moves C code, at most."""

LONGEST_PADDING = 4095
FOLDER = ".layouts"


def drawn(count: int, rng: random.Random, before: Collection[int] = ()) -> tuple[int, ...]:
    """The numbers of so many layouts, none of which was there before: as many of each kind as of any other.

    Drawn without regard to their kind, a set may lack one altogether: four of four C programs once had their loop in
    the place where it takes twice as long, as a quarter of all have, and looked alike.
    """
    if count == 1:
        return (OWN,)
    kinds: dict[tuple[bool, bool], list[int]] = {}
    for number in rng.sample(NUMBERS, len(NUMBERS)):
        if number not in before:
            kinds.setdefault(kind_of(number), []).append(number)
    turns = itertools.zip_longest(*rng.sample(list(kinds.values()), len(kinds)))
    return tuple(itertools.islice((number for turn in turns for number in turn if number is not None), count))


def kind_of(number: int) -> tuple[bool, bool]:
    """Whether C functions begin at lines of the instruction cache, and to which half of 32 bytes their code is moved.

    That is what processors' front ends care about; see `lab/inside/gcc`. To Go's linker all numbers are alike.
    """
    return number % 2 == 1, number % MOVES % 2 == 1


class Layouts:
    """In which of these layouts each round of a cell is run."""

    def __init__(self, numbers: Sequence[int], rng: random.Random) -> None:
        self._rng = rng
        self._order: list[int] = []
        self._numbers = numbers

    def of(self, place: int) -> int:
        """That of the session's round `place`, counted from 0. Every run of as many rounds as layouts has each once."""
        while place >= len(self._order):
            self._order += self._rng.sample(self._numbers, len(self._numbers))
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
