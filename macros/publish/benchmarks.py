"""What the benchmarks left in the project's folder, for the pages that show it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from macros.results.falsified import Falsified, read_falsified
from macros.results.hostile import FILE as HOSTILE
from macros.results.hostile import Hostile, read_hostile
from macros.results.layout_effects import LayoutEffect, read_layout_effects

SHOWN = "shown"
"""The target of a figure that is shown for what it is, and that nothing is aimed at."""

PARTS = {
    "sentinel": "Does the sentinel see what slows a program?",
    "idle": "Is an idle machine left in peace?",
    "known": "Real programs with known answers, beside loads",
    "simulated": "Simulated claims with known answers, in nine families of noise",
    "layouts": "A real program against itself, in other layouts",
    "coverage": "Real programs of known duration",
    "again": "Real claims verified again and again, half of the time beside loads",
    "idle-or-busy": "The whole catalogue on an idle machine, and beside a load",
    "mutants": "Falsified statements",
    "analyses": "Other analyses of the same samples",
    "expected": "What the allowed error comes to",
}
"""The benchmark's parts in the order in which they are shown, and what each asks."""


@dataclass(frozen=True)
class Figure:
    """One figure of the benchmark: what was checked, what was aimed at, what came out, whether that is enough."""

    check: str
    target: str
    value: float
    met: bool
    part: str
    on: str
    machine: str

    @property
    def outcome(self) -> str:
        return "" if self.target == SHOWN else "met" if self.met else "missed"


def read_figures(project: Path) -> tuple[Figure, ...]:
    """The figures that `make bench-verdicts` left, of the parts that there are; none where it has not been run."""
    try:
        rows = json.loads((project / "bench" / "verdicts.json").read_text("utf-8"))
    except OSError:
        return ()
    return tuple(
        Figure(row["check"], row["target"], row["value"], row["met"], row["part"], row["on"], row["machine"])
        for row in rows
        if row["part"] in PARTS
    )


@dataclass(frozen=True)
class Benchmarks:
    """Of each benchmark nothing, or None, where it has not been run."""

    figures: tuple[Figure, ...] = ()
    layouts: tuple[LayoutEffect, ...] = ()
    falsified: Falsified | None = None
    hostile: Hostile | None = None


def read_benchmarks(project: Path) -> Benchmarks:
    """Of the project in that folder."""
    return Benchmarks(
        read_figures(project), read_layout_effects(project), read_falsified(project), read_hostile(project / HOSTILE)
    )
