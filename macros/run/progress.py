"""What a run tells while it runs."""

from __future__ import annotations

from macros.claim.cell import Cell
from macros.run.session import Fault


class Progress:
    """This one says nothing; callers override what they show. Calls come from several threads."""

    def stage(self, text: str, slots: int = 1) -> None:
        """A step of the whole begins, in which at most `slots` cells may be at work; none while the run waits."""

    def image(self, toolchain: str, text: str) -> None:
        """A step of an image's build."""

    def total(self, cells: int) -> None:
        """How many cells will run."""

    def begins(self, cell: Cell) -> None:
        """A cell is at work."""

    def ends(self, cell: Cell, fault: Fault | None) -> None:
        """A cell has its record, or a fault."""
