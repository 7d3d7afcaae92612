"""What a host says that works for others: a line with its time for each step. Its progress is its clients' business."""

from __future__ import annotations

import datetime

from macros.claim.cell import Cell
from macros.report.screen import Screen, inert_lines
from macros.run.progress import Progress
from macros.run.session import Fault


class Lines(Progress):
    """Calls come from several threads."""

    def __init__(self, errors: Screen) -> None:
        self._errors = errors

    def stage(self, text: str, slots: int = 1) -> None:
        self._errors.note(f"{datetime.datetime.now().astimezone():%H:%M:%S} {inert_lines(text)}")

    def image(self, toolchain: str, text: str) -> None:
        self.stage(f"{toolchain}: {text}")

    def ends(self, cell: Cell, fault: Fault | None) -> None:
        if fault is not None:
            self.stage(f"failed: {fault.what}")
