"""A measuring session's witness: the sentinel's readings round by round, and what must stay the same for one sample.

The fastest that the sentinel ran on a machine lately is kept beside the ledger's records: a session that is busy from
its first minute to its last has nothing of its own to be compared with. A best time is forgotten after a month, since
firmware, neighbours and clocks change.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Protocol

from macros.evidence.observation import Calibration, Session
from macros.lab import sentinel

SAME = ("cpu", "kernel", "cores", "engine", "image")
"""What of an environment must not differ within one sample."""

REMEMBERED_DAYS = 30


class Reader(Protocol):
    def read(self) -> tuple[float, float]: ...


class Watch:
    """One run's sentinel. `best` is the least time known for this machine; it falls as better ones are seen.

    `best_seen` is the least of this run alone.
    """

    def __init__(self, reader: Reader, best: float | None) -> None:
        self._reader = reader
        self.best = best
        self.best_seen: float | None = None
        self.latest: tuple[float, float] | None = None

    def before_round(self) -> None:
        self.latest = self._reader.read()
        least = min(self.latest)
        self.best_seen = least if self.best_seen is None else min(self.best_seen, least)
        self.best = least if self.best is None else min(self.best, least)


class SessionLog:
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


def best_of(noted: object, machine: str, today: str) -> float | None:
    """The least time in the ledger's note for this machine and this sentinel, of the last days. `today`: ISO 8601."""
    days = noted.get(_name(machine)) if isinstance(noted, dict) else None
    return min(_recent(days, today).values(), default=None)


def with_best(noted: object, machine: str, today: str, best: float) -> dict[str, object]:
    """The note with a run's best time in it, one for each day, and without the days that are too long ago."""
    note = dict(noted) if isinstance(noted, dict) else {}
    days = _recent(note.get(_name(machine)), today)
    note[_name(machine)] = {**days, today: min(best, days.get(today, best))}
    return note


def _recent(days: object, today: str) -> dict[str, float]:
    if not isinstance(days, dict):
        return {}
    first = (datetime.date.fromisoformat(today) - datetime.timedelta(days=REMEMBERED_DAYS)).isoformat()
    return {
        day: float(seconds)
        for day, seconds in days.items()
        if first <= day <= today and isinstance(seconds, (int, float)) and seconds > 0
    }


def _name(machine: str) -> str:
    return f"{sentinel.DIGEST} {machine}"
