"""What came out of one fresh process, and of all of a cell's processes.

These are the values that pass from the lab through the judges to the pages. They are plain and
immutable, and turn to JSON and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Value = float | str | bool
"""A number in the metric's declared unit, a text, or a truth value."""


@dataclass(frozen=True)
class Observation:
    """One fresh process of one arm.

    `round` numbers the interleaved rounds from 0; `seconds` is the host's monotonic time for the
    process, the engine's exec included: for budgets and timings, never published as a value.
    """

    arm: str
    round: int
    seconds: float
    readings: Mapping[str, Value]

    def to_json(self) -> dict[str, Any]:
        return {"arm": self.arm, "round": self.round, "seconds": self.seconds, "readings": dict(self.readings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Observation:
        return cls(data["arm"], data["round"], data["seconds"], dict(data["readings"]))


@dataclass(frozen=True)
class Evidence:
    """All that a cell's experiment showed. Verdicts are derived from it and never stored in it.

    `missing` is what the probe said that the machine lacks; then there are no observations.
    `built` holds the readings of the build stage.
    """

    observations: tuple[Observation, ...] = ()
    built: Mapping[str, Value] = field(default_factory=dict)
    missing: str | None = None
    warnings: tuple[str, ...] = ()

    def sample(self, metric: str, arm: str | None = None) -> list[Value]:
        """The metric's values, one per process in order of time; of one arm, or of all that print it."""
        return [
            seen.readings[metric] for seen in self.observations if metric in seen.readings and arm in (None, seen.arm)
        ] or ([self.built[metric]] if metric in self.built else [])

    def pairs(self, metric: str, of: str, over: str) -> list[tuple[float, float]]:
        """(value of `of`, value of `over`) by adjacent processes of the ABBA rounds, in order of time.

        A round holds each arm's processes equally often; the k-th of one arm is paired with the k-th of the other.
        """
        found: list[tuple[float, float]] = []
        for number in sorted({seen.round for seen in self.observations}):
            in_round = [seen for seen in self.observations if seen.round == number and metric in seen.readings]
            left = [float(seen.readings[metric]) for seen in in_round if seen.arm == of]
            right = [float(seen.readings[metric]) for seen in in_round if seen.arm == over]
            found.extend(zip(left, right, strict=False))
        return found
