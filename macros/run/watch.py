"""A measuring session: the sentinel's readings round by round, and what must stay the same for one sample.

The fastest that the sentinel ever ran on a machine is kept beside the ledger's records: a session that is busy from its
first minute to its last has nothing of its own to be compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from macros.evidence.observation import Calibration, Session
from macros.lab import sentinel

SAME = ("cpu", "kernel", "cores", "engine", "image")
"""What of an environment must not differ within one sample."""


class Reader(Protocol):
    def read(self) -> tuple[float, float]: ...


class Watch:
    """One session's sentinel. `best` is the least time known for this machine; it falls as better ones are seen."""

    def __init__(self, reader: Reader, best: float | None) -> None:
        self._reader = reader
        self.best = best
        self.latest: tuple[float, float] | None = None

    def before_round(self) -> None:
        self.latest = self._reader.read()
        self.best = min(*self.latest, self.best or self.latest[0])


class Attendance:
    """What one cell has of the session: the readings of the rounds that it took part in."""

    def __init__(self, watch: Watch | None, environment: Mapping[str, str], begins: int) -> None:
        self._watch = watch
        self._environment = {name: environment[name] for name in SAME if name in environment}
        self._begins = begins
        self._calibrations: list[Calibration] = []

    def note(self, number: int) -> None:
        """The cell's round `number` is about to run."""
        if self._watch is not None and self._watch.latest is not None:
            self._calibrations.append(Calibration(number, *self._watch.latest))

    def session(self) -> Session:
        best = self._watch.best if self._watch is not None else None
        return Session(self._begins, self._environment, tuple(self._calibrations), best)


def fits(session: Session, environment: Mapping[str, str]) -> bool:
    """Whether runs taken now would be of one sample with that session's."""
    return all(session.environment.get(name) == environment.get(name) for name in SAME)


def known_best(noted: object, cpu: str) -> float | None:
    """The least time in the ledger's note, for this processor and this sentinel."""
    best = noted.get(_name(cpu)) if isinstance(noted, dict) else None
    return float(best) if isinstance(best, (int, float)) else None


def with_best(noted: object, cpu: str, best: float) -> dict[str, object]:
    return {**(noted if isinstance(noted, dict) else {}), _name(cpu): best}


def _name(cpu: str) -> str:
    return f"{sentinel.DIGEST} {cpu}"
