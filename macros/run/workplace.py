"""Where a cell's processes run: a box, with what was built in it.

Cells of one session that differ in nothing but what their runs find in the environment (`run_env`) are built alike.
They share a workplace: it is built once, in one set of layouts. Each of their runs is a fresh process as ever, and
nothing of it is left running afterwards. Where a process may have taken the box with it, every other cell goes on
in a box of its own.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from macros.evidence.observation import Value
from macros.lab.box import Box, Outcome
from macros.ledger.address import digest
from macros.ledger.record import Output
from macros.run import arranged
from macros.run.session import CellPlan


@dataclass(frozen=True)
class Ready:
    """What came of probe and build: what the machine lacks, or what the build's output reads as; and both outputs."""

    missing: str | None
    built: Mapping[str, Value]
    outputs: Mapping[str, Output]


class Displaced(Exception):
    """Another process may have taken the box with it. The cell needs one of its own."""


class Workplace:
    """One box for one or several cells, which take turns. `layouts`: the numbers of those that it is built in.

    Whoever runs a process in it holds `turn`. `ready` is None until it is built.
    """

    def __init__(self, layouts: Sequence[int]) -> None:
        self.layouts = tuple(layouts)
        self.turn = threading.RLock()
        self.ready: Ready | None = None
        self._spoilt = False
        self._box: Box | None = None
        self._inside = 0

    def enter(self, open_box: Callable[[], Box]) -> None:
        """The first to come opens the box."""
        with self.turn:
            if self._box is None:
                self._box = open_box()
            self._inside += 1

    def leave(self) -> None:
        """The last to go lets the box go."""
        with self.turn:
            self._inside -= 1
            if self._inside == 0 and self._box is not None:
                self._box.__exit__(None, None, None)
                self._box = None

    def run(self, script: str, *, deadline: float, watched: bool) -> Outcome:
        """One fresh process. Raises BoxFailed, and Displaced where it did not begin."""
        with self.turn:
            assert self._box is not None
            if self._spoilt:
                raise Displaced
            self._spoilt = True
            outcome = self._box.run(script, deadline=deadline, watched=watched)
            self._spoilt = outcome.status is None or outcome.out_of_memory
            return outcome


def workplaces(plans: Sequence[CellPlan], layouts: int, rng: random.Random) -> list[tuple[Workplace, list[CellPlan]]]:
    """Which cells work where, in the order of the plans.

    A cell that continues a record has a place of its own, with layouts that the record does not have.
    """
    found: dict[str, tuple[Workplace, list[CellPlan]]] = {}
    for number, plan in enumerate(plans):
        alike = _inputs(plan) if plan.before is None else str(number)
        if alike not in found:
            before = () if plan.before is None else {seen.layout for seen in plan.before.evidence.observations}
            found[alike] = Workplace(arranged.drawn(layouts, rng, before)), []
        found[alike][1].append(plan)
    return list(found.values())


def _inputs(plan: CellPlan) -> str:
    """All that a cell is built from and run with, but `run_env`. What runs may write, they write for all: so the same
    scripts are a condition as well."""
    return digest([plan.image, plan.runtime, plan.env, plan.probe, plan.build, plan.arms])
