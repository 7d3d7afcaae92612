"""What a run tells while it runs."""

from __future__ import annotations

from macros.problems import Problem
from macros.run.job import Job


class Progress:
    """What a run tells while it runs. This one says nothing; callers override what they show."""

    def stage(self, text: str, slots: int = 1) -> None:
        """A step of the whole begins, in which at most `slots` cells may be at work."""

    def image(self, toolchain: str, text: str) -> None:
        """A step of an image's build."""

    def total(self, cells: int) -> None:
        """How many cells will run."""

    def ends(self, job: Job, problem: Problem | None) -> None:
        """A cell has its record, or a problem."""
