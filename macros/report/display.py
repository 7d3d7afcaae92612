"""What a run shows while it runs: the stage, a bar over the cells, the time each stage took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from macros.claim.cell import Cell
from macros.run.progress import Progress as RunProgress
from macros.run.session import Fault


class Live(RunProgress):
    """Prints stages with their time; on a terminal, moving bars too, and elsewhere a line now and then."""

    SECONDS_BETWEEN_LINES = 15.0

    def __init__(self, console: Console, bars: Progress) -> None:
        self._console = console
        self._bars = bars
        self._bar: TaskID | None = None
        self._stage = ""
        self._begun = time.monotonic()
        self._said = time.monotonic()
        self._total = 0
        self._done = 0

    def stage(self, text: str, slots: int = 1) -> None:
        self.end_stage()
        self._stage, self._begun = text, time.monotonic()
        self._bars.console.print(f"▸ {text}")

    def end_stage(self) -> None:
        """Print how long the stage took."""
        if self._stage:
            self._bars.console.print(f"  {self._stage}: {time.monotonic() - self._begun:.1f} s", style="dim")
            self._stage = ""

    def image(self, toolchain: str, text: str) -> None:
        self._bars.console.print(f"  image {toolchain}: {text}", style="dim", markup=False)

    def total(self, cells: int) -> None:
        self._total = cells
        self._bar = self._bars.add_task("cells", total=cells)

    def ends(self, cell: Cell, fault: Fault | None) -> None:
        self._done += 1
        if self._bar is not None:
            self._bars.update(self._bar, advance=1, description=str(cell))
        if fault is not None:
            self._bars.console.print(f"  failed: {cell}", style="red", markup=False)
        if not self._console.is_terminal and time.monotonic() - self._said > self.SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            self._console.print(f"  {self._done} of {self._total} cells", style="dim")


L = TypeVar("L", bound=Live)


@contextmanager
def progress(console: Console, kind: type[L]) -> Iterator[L]:
    """A live display for the time of a run."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        live = kind(console, bars)
        try:
            yield live
        finally:
            live.end_stage()
