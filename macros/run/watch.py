"""What guards a measuring session: the null control once a round, and what the sentinel saw around each process.

Before a round the machine may be waited for: while the null control's own processes are loud, up to a limit. The round
is then run all the same, and each of its processes is judged by its own witnesses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from macros.evidence.observation import NullPair, QuietLevel, Session
from macros.run import levels
from macros.run.levels import Day, Days
from macros.verdict.policy import Policy
from macros.verdict.sessions import loud_witnesses, others_at_work

SAME = ("cpu", "kernel", "cores", "engine", "image")
"""What of an environment must not differ within one sample."""

PATIENCE_SECONDS = 30.0
"""How long one claim's session waits for a quiet machine, all its rounds together."""

RUN_PATIENCE_SECONDS = 120.0
"""The same, all sessions of a run together: on a machine that is always busy, waiting helps none of them."""

PAUSE_SECONDS = 0.5


class Reader(Protocol):
    def read(self) -> tuple[tuple[float, float], Mapping[str, float]]: ...


class Watch:
    """One run's guard. `days`: what is known of this machine's quiet levels; `today`: ISO 8601."""

    def __init__(
        self,
        reader: Reader,
        days: Days,
        today: str,
        policy: Policy,
        *,
        patience: float = RUN_PATIENCE_SECONDS,
        on_wait: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reader = reader
        self._days = days
        self._today = today
        self._policy = policy
        self._left = patience
        self._left_of_session = 0.0
        self._on_wait = on_wait
        self._sleep = sleep
        self._readings: dict[str, list[float]] = {}
        self.quiet: Mapping[str, QuietLevel] = levels.levels(days, today)
        self._settled = levels.settled(self.quiet, days, today)
        self.latest: tuple[float, float] | None = None

    def before_session(self) -> None:
        """Another claim's session begins."""
        self._left_of_session = PATIENCE_SECONDS

    def before_round(self) -> bool:
        """Read the null control; wait while it is loud and there is patience left. Whether there was a wait.

        The quiet levels, `quiet`, are those of all that is known by now.
        """
        waited = False
        if self._readings:
            days = levels.with_day(self._days, self._today, self.seen())
            self.quiet = levels.levels(days, self._today)
            self._settled = levels.settled(self.quiet, days, self._today)
        while True:
            self.latest, witnesses = self._reader.read()
            if not witnesses or not loud_witnesses(witnesses, self.quiet, self._policy):
                return waited
            if min(self._left, self._left_of_session) < PAUSE_SECONDS:
                return waited
            waited = True
            self._on_wait()
            self._left -= PAUSE_SECONDS
            self._left_of_session -= PAUSE_SECONDS
            self._sleep(PAUSE_SECONDS)

    def saw(self, witnesses: Mapping[str, float]) -> None:
        """What the sentinel saw around a process that counts. Beside others' work nothing is learnt of quiet."""
        if others_at_work(witnesses, self._settled, self._policy):
            return
        for name, figure in witnesses.items():
            self._readings.setdefault(name, []).append(figure)

    def seen(self) -> dict[str, Day]:
        """This run's readings."""
        return levels.of_readings(self._readings)


class SessionLog:
    """What one cell has of the session: the null control of the rounds that it took part in, and the quiet levels."""

    def __init__(self, watch: Watch | None, environment: Mapping[str, str], begins: int) -> None:
        self._watch = watch
        self._environment = {name: environment[name] for name in SAME if name in environment}
        self._begins = begins
        self._null_pairs: list[NullPair] = []

    def note(self, number: int) -> None:
        """The cell's round `number` is about to run."""
        if self._watch is not None and self._watch.latest is not None:
            self._null_pairs.append(NullPair(number, *self._watch.latest))

    def saw(self, witnesses: Mapping[str, float]) -> None:
        """What the sentinel saw around one of the cell's processes."""
        if self._watch is not None and witnesses:
            self._watch.saw(witnesses)

    def session(self) -> Session:
        quiet = self._watch.quiet if self._watch is not None else {}
        return Session(self._begins, self._environment, tuple(self._null_pairs), quiet)


def fits(session: Session, environment: Mapping[str, str]) -> bool:
    """Whether runs taken now would belong to one sample with that session's."""
    return all(session.environment.get(name) == environment.get(name) for name in SAME)
