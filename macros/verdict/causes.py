"""Why a statistical predicate is open. Each class has a published `code`, which never changes its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class BudgetBeforeLeast:
    """The budget ended after `runs`, and the claim asks for `least`."""

    code: ClassVar[str] = "budget-before-least"
    runs: int
    least: int


@dataclass(frozen=True)
class TimeSpent:
    """The processes' time, as the claim gives it, was over after `runs`."""

    code: ClassVar[str] = "time-spent"
    time: str
    runs: int


@dataclass(frozen=True)
class TooFewForInterval:
    """At this error an interval takes `least` runs."""

    code: ClassVar[str] = "too-few-for-interval"
    least: int


@dataclass(frozen=True)
class LikeNeighbours:
    """Neighbouring runs resemble one another, so that each counts for less than one."""

    code: ClassVar[str] = "like-neighbours"


@dataclass(frozen=True)
class NearThreshold:
    """The whole interval lies within `factor` of the threshold."""

    code: ClassVar[str] = "near-threshold"
    factor: float


@dataclass(frozen=True)
class Scattered:
    """The runs scatter so widely that the interval reaches over a threshold."""

    code: ClassVar[str] = "scattered"


@dataclass(frozen=True)
class DidNotMeasure:
    """In `runs` the machine did not let the program measure."""

    code: ClassVar[str] = "did-not-measure"
    runs: int


@dataclass(frozen=True)
class BusyRounds:
    """`rounds` in which the machine was busy do not count for what a busy machine could cause."""

    code: ClassVar[str] = "busy-rounds"
    rounds: int


@dataclass(frozen=True)
class TooLoud:
    """Others were at work beside the processes of `loud` of `rounds`, which is too many to believe the others."""

    code: ClassVar[str] = "too-loud"
    loud: int
    rounds: int


@dataclass(frozen=True)
class NullControlFired:
    """The null control saw a difference between two layouts of one program."""

    code: ClassVar[str] = "null-control-fired"


@dataclass(frozen=True)
class SessionsDiffer:
    """The runs come from sessions that differ in the `names` of their environment."""

    code: ClassVar[str] = "sessions-differ"
    names: tuple[str, ...]


@dataclass(frozen=True)
class Drifting:
    """The values rise or fall from the first run to the last."""

    code: ClassVar[str] = "drifting"


@dataclass(frozen=True)
class OperationNotInCode:
    """The loop's machine code, as `metric` counts it, does not hold the operation that is measured."""

    code: ClassVar[str] = "operation-not-in-code"
    metric: str


@dataclass(frozen=True)
class NoEmptyLoop:
    """No process gives both the value and that of the empty loop, which is `metric`."""

    code: ClassVar[str] = "no-empty-loop"
    metric: str


@dataclass(frozen=True)
class LikeEmptyLoop:
    """The value is `ratio` times that of the empty loop (None: beyond any number), and not surely `least` times."""

    code: ClassVar[str] = "like-empty-loop"
    ratio: float | None
    least: float


@dataclass(frozen=True)
class MovedByLayout:
    """The `layouts` of the code differ so much that another one may lie on the other side of a threshold.

    `lowest` and `highest` are what they gave, in the subject's unit.
    """

    code: ClassVar[str] = "moved-by-layout"
    layouts: int
    lowest: float
    highest: float


Cause = (
    BudgetBeforeLeast
    | TimeSpent
    | TooFewForInterval
    | LikeNeighbours
    | NearThreshold
    | Scattered
    | DidNotMeasure
    | BusyRounds
    | TooLoud
    | NullControlFired
    | SessionsDiffer
    | Drifting
    | OperationNotInCode
    | NoEmptyLoop
    | LikeEmptyLoop
    | MovedByLayout
)
