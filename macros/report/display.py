"""What a run shows while it runs: what is at work, and the time left.

On a terminal these are moving bars, elsewhere a line now and then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from macros.claim.cell import Cell
from macros.run.progress import Progress as RunProgress
from macros.run.session import Fault
from macros.words import inert

SECONDS_BETWEEN_LINES = 10.0
SPEED_OVER = 1800.0
"""Seconds over which cells are counted to tell the time left: they differ much in how long they take."""

_LONGEST_LINE = 500
_CELLS_SHOWN = 3


class Bars(Progress):
    """Rich's bars, and under them the cells that are at work."""

    at_work: str = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.at_work:
            yield Text(f"  {self.at_work}", "dim", no_wrap=True, overflow="ellipsis")


class Live(RunProgress):
    """Shows a run's progress on a console. Its methods are called from several threads."""

    def __init__(self, console: Console, bars: Bars, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._bars = bars
        self._clock = clock
        self._lock = threading.RLock()
        self._bar: TaskID | None = None
        self._stage = ""
        self._running: dict[Cell, None] = {}
        self._failed = 0
        self._unsaid: list[str] = []
        self._said: float | None = None

    def stage(self, text: str, slots: int = 1) -> None:
        with self._lock:
            self._stage = inert.terminal(text, _LONGEST_LINE)
            self._show()

    def image(self, toolchain: str, text: str) -> None:
        step = inert.terminal(f"{toolchain}: {text}", _LONGEST_LINE)
        with self._lock:
            if self._console.is_terminal:
                self._bars.console.print(f"  {step}", style="dim", markup=False, soft_wrap=True)
            else:
                self._unsaid.append(step)
            self._show()

    def total(self, cells: int) -> None:
        with self._lock:
            self._bar = self._bars.add_task(self._stage, total=cells)

    def begins(self, cell: Cell) -> None:
        with self._lock:
            self._running[cell] = None
            self._show()

    def ends(self, cell: Cell, fault: Fault | None) -> None:
        with self._lock:
            self._running.pop(cell, None)
            if self._bar is not None:
                self._bars.advance(self._bar)
            if fault is not None:
                self._failed += 1
                if self._console.is_terminal:
                    self._bars.console.print(f"  failed: {cell}", style="red", markup=False, soft_wrap=True)
            self._show()

    def close(self) -> None:
        """At the end, say what has not been said yet about the host's images, if it is due."""
        with self._lock:
            if self._unsaid:
                self._show()

    def _show(self) -> None:
        if self._console.is_terminal:
            self._bars.at_work = self._cells_at_work()
            if self._bar is None:
                self._bars.at_work = self._stage
            else:
                self._bars.update(self._bar, description=self._stage)
            return
        now = self._clock()
        if self._said is not None and now - self._said < SECONDS_BETWEEN_LINES:
            return
        line = "; ".join(part for part in (*self._unsaid, self._count(), self._stage, self._cells_at_work()) if part)
        if line:
            self._said = now
            self._unsaid.clear()
            self._console.print(line, markup=False, soft_wrap=True)

    def _count(self) -> str:
        if self._bar is None:
            return ""
        task = self._bars.tasks[0]
        failed = f", {self._failed} failed" if self._failed else ""
        left = f", {time_left(task.time_remaining)}" if task.time_remaining else ""
        return f"{task.completed:.0f} of {task.total:.0f} cells{failed}{left}"

    def _cells_at_work(self) -> str:
        cells = [str(cell) for cell in self._running]
        more = f" and {len(cells) - _CELLS_SHOWN} more" if len(cells) > _CELLS_SHOWN else ""
        return ", ".join(cells[:_CELLS_SHOWN]) + more


def time_left(seconds: float) -> str:
    """`about 3 min left`; the estimate is no better than that."""
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {seconds / 3600:.1f} h left"


class _TimeLeft(ProgressColumn):
    """In the same words as in lines: a clock that counts seconds down would claim more than is known."""

    def render(self, task: Task) -> Text:
        return Text(time_left(task.time_remaining) if task.time_remaining else "")


L = TypeVar("L", bound=Live)


@contextmanager
def progress(console: Console, kind: type[L]) -> Iterator[L]:
    """A live display for the time of a run."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        _TimeLeft(),
    )
    terminal = console.is_terminal
    with Bars(
        *columns, console=console, transient=True, disable=not terminal, speed_estimate_period=SPEED_OVER
    ) as bars:
        live = kind(console, bars)
        try:
            yield live
        finally:
            live.close()
