"""The sentinel: a fixed program beside the measured ones, by which a busy machine gives itself away.

It runs in a box of its own under the same sandbox, as two fresh processes at the start of every round. What its times
mean is the judges' business (`verdict.sessions`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from macros.lab.box import Box, BoxSpec, Runner
from macros.problems import EnvironmentFailed

SOURCE = (Path(__file__).parent / "sentinel.c").read_bytes()
DIGEST = hashlib.sha256(SOURCE).hexdigest()[:16]
"""Times of different sentinels cannot be compared."""

_BUILD = "gcc -O2 -pthread -o sentinel sentinel.c"
_RUN = "./sentinel; ./sentinel"
_SECONDS = 60.0


class Sentinel:
    """Open it, read it once a round, close it. Its failures are the environment's."""

    def __init__(self, runner: Runner, image: str) -> None:
        self._runner = runner
        self._image = image
        self._box: Box | None = None

    def open(self) -> None:
        self._box = self._runner.open(BoxSpec(image=self._image, claim="sentinel", files={"sentinel.c": SOURCE}))
        self._said(_BUILD)

    def read(self) -> tuple[float, float]:
        """Seconds of two fresh processes, one after the other."""
        words = self._said(_RUN).split()
        try:
            first, second = (float(word) for word in words)
        except ValueError as error:
            raise EnvironmentFailed(f"the sentinel printed {' '.join(words)[:80]!r} instead of two times") from error
        return first, second

    def close(self) -> None:
        if self._box is not None:
            self._box.__exit__(None, None, None)
            self._box = None

    def _said(self, script: str) -> str:
        assert self._box is not None
        outcome = self._box.run(script, deadline=_SECONDS)
        if outcome.lost:
            outcome = self._box.run(script, deadline=_SECONDS)
        if outcome.status != 0:
            said = outcome.stderr.decode("utf-8", "replace").strip() or "it said nothing"
            raise EnvironmentFailed(f"the sentinel did not run: {said}")
        return outcome.stdout.decode("ascii", "replace")
