"""What came out of one fresh process, and of all of a cell's processes.

These are the values that pass from the lab through the judges to the pages. They are plain and
immutable, and turn to JSON and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Value = int | float | str | bool
"""A number in the metric's declared unit, a text, or a truth value."""


@dataclass(frozen=True)
class Points:
    """The values of one process, each with its size; all are in the unit that the program printed."""

    unit: str
    sizes: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Observation:
    """One fresh process of one arm.

    `round` numbers the interleaved rounds from 0; `seconds` is the host's monotonic time for the
    process, the engine's exec included: for budgets and timings, never published as a value. `layout` numbers the
    arrangement of its code in memory, 0 for the compiler's own. `witnesses`: what the sentinel saw around it, by name
    (`lab.sentinel`); empty where none looked. `points`: of each growth, what it was taken over, to be drawn and not
    judged; empty in records that were taken before points were kept.
    """

    arm: str
    round: int
    seconds: float
    readings: Mapping[str, Value]
    layout: int = 0
    witnesses: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, Points] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "arm": self.arm,
            "round": self.round,
            "seconds": self.seconds,
            "readings": dict(self.readings),
            "layout": self.layout,
            "witnesses": dict(self.witnesses),
            "points": {name: [one.unit, one.sizes, one.values] for name, one in self.points.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Observation:
        return cls(
            data["arm"],
            data["round"],
            data["seconds"],
            dict(data["readings"]),
            data["layout"],
            dict(data["witnesses"]),
            {name: Points(unit, tuple(sizes), tuple(values)) for name, (unit, sizes, values) in data["points"].items()},
        )


@dataclass(frozen=True)
class NullPair:
    """The null control in one round: seconds of two fresh processes of one program, in two layouts."""

    round: int
    first: float
    second: float


@dataclass(frozen=True)
class QuietLevel:
    """What a witness reads on a quiet machine: its `typical` figure, and a `high` one that it seldom goes beyond."""

    typical: float
    high: float


@dataclass(frozen=True)
class Session:
    """The part of a cell's rounds that was taken in one run, with what the run knew of its machine.

    `begins` is its first round. `environment` names what must be the same for two sessions to be one
    sample: processor, kernel, cores, engine, image. `quiet` is each witness's level on this machine as it was known
    when the session ended; empty where no sentinel watched (exact claims need none).
    """

    begins: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    null_pairs: tuple[NullPair, ...] = ()
    quiet: Mapping[str, QuietLevel] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "begins": self.begins,
            "environment": dict(self.environment),
            "null_pairs": [[one.round, one.first, one.second] for one in self.null_pairs],
            "quiet": {name: [level.typical, level.high] for name, level in self.quiet.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Session:
        return cls(
            data["begins"],
            dict(data["environment"]),
            tuple(NullPair(*one) for one in data["null_pairs"]),
            {name: QuietLevel(*level) for name, level in data["quiet"].items()},
        )


@dataclass(frozen=True)
class Sample:
    """A metric's value in one process, or a quotient of a pair, with the round and the layout that it was taken in.

    `processes`: the places of the processes that it comes from in `Evidence.observations`.
    """

    value: Value
    round: int
    layout: int = 0
    processes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that a cell's experiment showed. Verdicts are derived from it and never stored in it.

    `missing` is what the probe said that the machine lacks; then there are no observations.
    `built` holds the readings of the build stage. `sessions` are in order of time, of one machine or of several.
    """

    observations: tuple[Observation, ...] = ()
    built: Mapping[str, Value] = field(default_factory=dict)
    missing: str | None = None
    sessions: tuple[Session, ...] = ()

    def series(self, metric: str, arm: str | None = None) -> list[Sample]:
        """The metric's values with their rounds, one per process in order of time; of one arm, or of all."""
        return [
            Sample(seen.readings[metric], seen.round, seen.layout, (place,))
            for place, seen in enumerate(self.observations)
            if metric in seen.readings and arm in (None, seen.arm)
        ] or ([Sample(self.built[metric], 0)] if metric in self.built else [])

    @property
    def layouts(self) -> frozenset[int]:
        """The numbers of the layouts that its processes ran in."""
        return frozenset(seen.layout for seen in self.observations)

    def session_of(self, number: int) -> Session | None:
        """The session in which a round was taken; None where none is known."""
        return next((one for one in reversed(self.sessions) if one.begins <= number), None)

    def sample(self, metric: str, arm: str | None = None) -> list[Value]:
        """The metric's values alone."""
        return [one.value for one in self.series(metric, arm)]

    def pairs(self, metric: str, of: str, over: str) -> list[tuple[int, int]]:
        """The places of neighbouring processes of one round, of arm `of` and of arm `over`, in order of time.

        A round holds each arm's processes equally often; the k-th of one arm is paired with the k-th of the other. A
        process without the metric (it could not measure) leaves its partner out, and no other pair moves up.
        """
        rounds: dict[int, tuple[list[int], list[int]]] = {}
        for place, seen in enumerate(self.observations):
            left, right = rounds.setdefault(seen.round, ([], []))
            if seen.arm == of:
                left.append(place)
            if seen.arm == over:
                right.append(place)
        return [
            (one, other)
            for _, (left, right) in sorted(rounds.items())
            for one, other in zip(left, right, strict=False)
            if metric in self.observations[one].readings and metric in self.observations[other].readings
        ]
