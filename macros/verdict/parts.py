"""The parts that findings are made of. Thresholds, values and intervals are in the unit of their subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.evidence.observation import Value

DIFFERENT_VALUES = 4
"""How many different readings of an exact metric a finding keeps."""


@dataclass(frozen=True)
class Subject:
    """What a predicate speaks of: a metric in `unit`, or its ratio between the arms `of` and `over`.

    `quantile` over fresh processes; None where every process must answer alike. `summary`: how a process makes one
    value of several, where that is a figure of its own that must not pass for one over processes (p99, max, ...).
    """

    metric: str
    unit: str = ""
    of: str = ""
    over: str = ""
    quantile: float | None = None
    summary: str = ""


@dataclass(frozen=True)
class Predicate:
    """What was expected. `name` and `given` as the claim has them.

    `ends`: the thresholds that were judged against, from low to high; `verdicts`: what a quantile below, between and
    above them means, one more than ends; it is empty for predicates about every process, and `ends` for texts.
    """

    name: str
    given: Value | tuple[str, ...]
    ends: tuple[float, ...] = ()
    verdicts: tuple[VerdictName, ...] = ()

    @property
    def confirmed(self) -> tuple[float | None, float | None]:
        """The ends of the region in which the predicate holds; None where it is open."""
        place = self.verdicts.index(VerdictName.CONFIRMED)
        return (self.ends[place - 1] if place else None), (self.ends[place] if place < len(self.ends) else None)


@dataclass(frozen=True)
class Measured:
    """The sample's quantile with the interval that was judged; `value` is None where nothing was measured.

    `n` counts runs, or pairs of runs where `paired`. `low` and `high` are None where that end is still infinite.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    paired: bool = False


@dataclass(frozen=True)
class Readings:
    """What `n` processes gave, each value once and in order of time; `more` different ones are left out."""

    values: tuple[Value, ...]
    more: int
    n: int

    @classmethod
    def of(cls, sample: Sequence[Value]) -> Readings:
        # True equals 1 in Python, and they are two readings here.
        different = tuple({(isinstance(value, bool), value): value for value in sample}.values())
        kept = different[:DIFFERENT_VALUES]
        return cls(kept, len(different) - len(kept), len(sample))


@dataclass(frozen=True)
class CellVerdict:
    """What one cell came to."""

    toolchain: str
    case: str
    verdict: VerdictName
