"""The null control: one program in two layouts, run against itself in every round of a measuring session.

It has a box of its own under the same sandbox. Its two processes run under the sentinel, which so tells whether the
machine is quiet before anything is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

from macros.lab.box import Box, BoxSpec, Outcome, Runner
from macros.lab.sandbox import LAYOUT_VARIABLE
from macros.problems import EnvironmentFailed

SOURCE = (Path(__file__).parent / "null_control.c").read_bytes()

_BUILD = f"for layout in %d %d; do {LAYOUT_VARIABLE}=$layout gcc -O2 -o null-$layout null_control.c; done"
_SECONDS = 60.0
_LAYOUTS = range(1, 251)
"""Numbers that move C code by different distances (`inside/gcc`)."""


class NullControl:
    """Open it, read it once a round, close it. Its failures are the environment's. `layouts`: the two that it has."""

    def __init__(self, runner: Runner, image: str, rng: Random) -> None:
        self._runner = runner
        self._image = image
        self._rng = rng
        self.box: Box | None = None
        self.layouts = tuple(rng.sample(_LAYOUTS, 2))

    def open(self) -> None:
        files = {"null_control.c": SOURCE}
        self.box = self._runner.open(BoxSpec(image=self._image, claim="null-control", files=files))
        self._outcome(_BUILD % self.layouts, watched=False)

    def read(self) -> tuple[tuple[float, float], Mapping[str, float]]:
        """Seconds of a fresh process of each layout, in the order of `layouts`, and what the sentinel saw around them.

        Which of the two runs first is drawn anew each time.
        """
        order = self._rng.sample(self.layouts, 2)
        outcome = self._outcome("; ".join(f"./null-{layout}" for layout in order), watched=True)
        words = outcome.stdout.decode("ascii", "replace").split()
        try:
            seconds = dict(zip(order, (float(word) for word in words), strict=True))
        except ValueError as error:
            said = " ".join(words)[:80]
            raise EnvironmentFailed(f"the null control printed {said!r} instead of two times") from error
        return (seconds[self.layouts[0]], seconds[self.layouts[1]]), outcome.witnesses

    def close(self) -> None:
        if self.box is not None:
            self.box.__exit__(None, None, None)
            self.box = None

    def _outcome(self, script: str, *, watched: bool) -> Outcome:
        assert self.box is not None
        outcome = self.box.run(script, deadline=_SECONDS, watched=watched)
        if outcome.lost:
            self.close()  # A box that lost output is gone.
            self.open()
            outcome = self.box.run(script, deadline=_SECONDS, watched=watched)
        if outcome.status != 0:
            said = outcome.stderr.decode("utf-8", "replace").strip() or "it said nothing"
            raise EnvironmentFailed(f"the null control did not run: {said}")
        return outcome
