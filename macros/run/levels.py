"""What each of the sentinel's witnesses reads on this machine when it is quiet: learnt, as a distribution that ages.

Beside the ledger's records a note holds a few quantiles of each witness for each day. The level is that of the quietest
day of the last month: the day on which the witness's lower quartile was least, of those with enough readings. So a busy
day teaches nothing, and what firmware, clocks or neighbours have changed for good is forgotten after a month. Readings
beside which others were surely at work are left out before (`watch`). What that means of the stretch of all probes is
itself learnt; if a machine becomes much slower for good, its old days are forgotten and it is learnt anew.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import numpy as np

from macros.evidence.observation import QuietLevel
from macros.lab import sentinel

REMEMBERED_DAYS = 30

ENOUGH = 100
"""Readings, for a day to be looked at by itself; where no day has so many, all of them are taken together."""

PARTS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
"""The quantiles that are kept of a day."""

_TYPICAL, _HIGH = PARTS.index(0.25), PARTS.index(0.99)
_GRAIN = 1000

Day = tuple[int, Sequence[float]]
"""How many readings there were, and their quantiles at `PARTS`."""

Days = Mapping[str, Mapping[str, Day]]
"""By date (ISO 8601), each witness's."""


def of_readings(readings: Mapping[str, Sequence[float]]) -> dict[str, Day]:
    """One run's readings by witness, as a day."""
    return {name: (len(seen), [float(q) for q in np.quantile(seen, PARTS)]) for name, seen in readings.items() if seen}


def with_day(days: Days, today: str, seen: Mapping[str, Day]) -> dict[str, dict[str, Day]]:
    """The days with a run's readings added to today's, and without those that are too long ago."""
    kept = {day: dict(of_day) for day, of_day in recent(days, today).items()}
    present = kept.setdefault(today, {})
    for name, more in seen.items():
        present[name] = _together([present[name], more]) if name in present else more
    return kept


def levels(days: Days, today: str) -> dict[str, QuietLevel]:
    """The quiet level of every witness that there are readings of."""
    by_name: dict[str, list[Day]] = {}
    for of_day in recent(days, today).values():
        for name, day in of_day.items():
            by_name.setdefault(name, []).append(day)
    return {name: _level(of_witness) for name, of_witness in by_name.items()}


def settled(known: Mapping[str, QuietLevel], days: Days, today: str) -> dict[str, QuietLevel]:
    """Of the levels `known`, those of a witness of which one recent day has readings enough."""
    enough = {name for of_day in recent(days, today).values() for name, (count, _) in of_day.items() if count >= ENOUGH}
    return {name: level for name, level in known.items() if name in enough}


def recent(days: Days, today: str) -> Days:
    """Those of the last `REMEMBERED_DAYS`."""
    first = (datetime.date.fromisoformat(today) - datetime.timedelta(days=REMEMBERED_DAYS)).isoformat()
    return {day: of_day for day, of_day in days.items() if first <= day <= today}


def noted(note: object, machine: str) -> Days:
    """What a note of the ledger holds for a machine and this sentinel; nothing of a note of another form."""
    days = note.get(_name(machine)) if isinstance(note, dict) else None
    if not isinstance(days, dict):
        return {}
    return {
        day: {name: (one[0], one[1]) for name, one in of_day.items() if _whole(one)}
        for day, of_day in days.items()
        if isinstance(of_day, dict)
    }


def with_noted(note: object, machine: str, days: Days) -> dict[str, object]:
    """The note with a machine's days in it."""
    return {**(note if isinstance(note, dict) else {}), _name(machine): days}


def _level(days: Sequence[Day]) -> QuietLevel:
    enough = [quantiles for count, quantiles in days if count >= ENOUGH]
    quietest = min(enough, key=lambda quantiles: quantiles[_TYPICAL]) if enough else _together(days)[1]
    return QuietLevel(quietest[_TYPICAL], quietest[_HIGH])


def _together(days: Sequence[Day]) -> Day:
    """Several as one: each day's distribution, drawn straight between its quantiles, by its number of readings."""
    total = sum(count for count, _ in days)
    grid = (np.arange(_GRAIN) + 0.5) / _GRAIN
    points = np.concatenate([np.interp(grid, PARTS, quantiles) for _, quantiles in days])
    weights = np.concatenate([np.full(_GRAIN, count / _GRAIN) for count, _ in days])
    order = np.argsort(points)
    shares = (np.cumsum(weights[order]) - weights[order] / 2) / total
    return total, [float(q) for q in np.interp(PARTS, shares, points[order])]


def _whole(one: object) -> bool:
    if not isinstance(one, (list, tuple)) or len(one) != 2:
        return False
    count, quantiles = one
    return (
        isinstance(count, int)
        and count > 0
        and isinstance(quantiles, list)
        and len(quantiles) == len(PARTS)
        and all(isinstance(q, (int, float)) for q in quantiles)
    )


def _name(machine: str) -> str:
    return f"{sentinel.DIGEST} {machine}"
