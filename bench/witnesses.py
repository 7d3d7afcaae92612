"""What a simulated sentinel says, and the evidence that judges get with it: the one place that knows their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.random import Generator

from macros.evidence.observation import Evidence, Observation, QuietLevel, Session

QUIET: Mapping[str, float] = {"latency/1": 60e-6, "stretch/1": 0.012}
"""Seconds that probes take on a quiet machine: two of them, since all of them would see alike what is simulated."""

JITTER = 0.02
"""The probes' own scatter, of their times."""


def witnesses_of(slowdown: float, rng: Generator) -> dict[str, float]:
    """What the sentinel tells of a process where the probes run so many times slower than on a quiet machine.

    Work of others that slows a process by a factor takes the rest of its processor's time.
    """
    times = {
        name: seconds * slowdown * (1 + abs(float(scatter)))
        for (name, seconds), scatter in zip(QUIET.items(), rng.normal(0, JITTER, len(QUIET)), strict=True)
    }
    return {**times, "others_here": max(1 - 1 / slowdown, 0.0)}


LEVELS = {name: QuietLevel(seconds * (1 + JITTER / 3), seconds * (1 + 2.6 * JITTER)) for name, seconds in QUIET.items()}
"""What a run has learnt of them: the lower quartile, and what one in a hundred goes beyond."""


def evidence_of(observations: Sequence[Observation]) -> Evidence:
    """One session of a machine whose quiet levels are known."""
    return Evidence(tuple(observations), sessions=(Session(quiet=LEVELS),))
