"""From what was judged to what the finding says of it: the subject, the predicate, the measured value, the cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.verdict.causes import (
    BudgetBeforeLeast,
    Cause,
    LikeNeighbours,
    NearThreshold,
    Scattered,
    TimeSpent,
    TooFewForInterval,
)
from macros.verdict.details import AsExpected, DependsOnLayout, Detail, MissedByMachine, NotAsExpected, Undecided
from macros.verdict.eprocess import Sides, fewest_trials, interval, sample_quantile
from macros.verdict.finding import Finding, Reason
from macros.verdict.parts import Measured, Predicate, Subject
from macros.verdict.quantities import unit_of

_OWN_FIGURES = ("p99", "p90", "max", "min", "mean", "sum")
"""Summaries within a process that must not pass for one over processes."""


def subject_of(claim: Claim, expectation: Expectation) -> Subject:
    """What the expectation speaks of."""
    if expectation.ratio is not None:
        ratio = expectation.ratio
        return Subject(ratio.metric, "", ratio.of, ratio.over, expectation.quantile)
    unit = unit_of(claim, expectation)
    if not expectation.statistical:
        return Subject(expectation.subject, unit)
    summary = claim.metrics[expectation.subject].summary
    return Subject(
        expectation.subject,
        unit,
        quantile=expectation.quantile,
        summary=summary if summary in _OWN_FIGURES else "",
    )


def predicate_of(
    expectation: Expectation, ends: Sequence[float] = (), verdicts: Sequence[VerdictName] = ()
) -> Predicate:
    """What is expected, with the thresholds that it is judged by."""
    name = expectation.predicate
    return Predicate(name, getattr(expectation, name), tuple(ends), tuple(verdicts))


@dataclass(frozen=True)
class JudgedSample:
    """A statistical predicate with the sample that it was judged on.

    `ends` are its thresholds and `verdicts` what lies between them; `values` the sample in order of time, and `sides`
    which of them count as witnesses, at the error `alpha`. `final`: somebody will read what the finding says. Its
    confidence sequence takes a hundred times as long as the verdict, and the lab asks for that after every run.
    """

    claim: Claim
    expectation: Expectation
    ends: Sequence[float]
    verdicts: Sequence[VerdictName]
    values: Sequence[float]
    sides: Sides | None
    alpha: float
    final: bool

    @cached_property
    def interval(self) -> tuple[float | None, float | None]:
        """The confidence sequence: (low, high), None for an end that is still infinite."""
        return interval(self.values, self.expectation.quantile, self.alpha, self.sides)

    def decided(self, verdict: VerdictName) -> Finding:
        """The finding that the predicate came to `verdict`, which is not inconclusive."""
        reason = Reason.MACHINE if verdict is VerdictName.DEPENDS else Reason.NONE
        return Finding(verdict, reason, self._decided(verdict) if self.final else None, self.alpha)

    def on_layout(self, layouts: int, ends: tuple[float, float]) -> Finding:
        """The finding that `layouts` of the code, which gave from one of the `ends` to the other, say otherwise."""
        detail = DependsOnLayout(*self._parts(), layouts, *ends) if self.final else None
        return Finding(VerdictName.DEPENDS, Reason.LAYOUT, detail, self.alpha)

    def undecided(self, reason: Reason, cause: Cause) -> Finding:
        """The finding that the predicate is open."""
        detail = Undecided(*self._parts(), cause) if self.final else None
        return Finding(VerdictName.INCONCLUSIVE, reason, detail, self.alpha)

    def bounded(self) -> bool:
        """Whether both ends of the confidence sequence are finite."""
        return None not in self.interval

    def short_of_budget(self) -> Cause | None:
        """How the budget ended before the most that the claim allows; None where it did not."""
        runs, samples = len(self.values), self.claim.experiment.samples if self.claim.experiment else None
        if samples is None:
            return None
        if runs < samples.at_least:
            return BudgetBeforeLeast(runs, samples.at_least)
        if samples.seconds is not None and runs < samples.at_most:
            return TimeSpent(samples.seconds, runs)
        return None

    def why_open(self, near: float) -> tuple[Reason, Cause]:
        """Too few runs for an interval, runs that count for too few, near the threshold (within `near`), or noisy."""
        low, high = self.interval
        if low is None or high is None:
            rate = self.expectation.quantile
            least = max(fewest_trials(side, self.alpha / 2) for side in (rate, 1 - rate))
            if len(self.values) >= least:
                # Only where they count for less can so many leave an end open.
                return Reason.NOISY, LikeNeighbours()
            return Reason.TOO_FEW_RUNS, TooFewForInterval(least)
        ends = [end for end in self.ends if low <= end <= high]
        if not ends:
            return Reason.NOISY, LikeNeighbours()
        if all(0 < end / near <= low and high <= end * near for end in ends):
            return Reason.NEAR_THRESHOLD, NearThreshold(near)
        return Reason.NOISY, Scattered()

    def _decided(self, verdict: VerdictName) -> Detail:
        if verdict is VerdictName.CONFIRMED:
            return AsExpected(*self._parts())
        if verdict is VerdictName.DEPENDS:
            assert self.expectation.machine is not None
            return MissedByMachine(*self._parts(), self.expectation.machine.factor)
        return NotAsExpected(*self._parts())

    def _parts(self) -> tuple[Subject, Predicate, Measured]:
        low, high = self.interval
        value = sample_quantile(self.values, self.expectation.quantile) if self.values else None
        return (
            subject_of(self.claim, self.expectation),
            predicate_of(self.expectation, self.ends, self.verdicts),
            Measured(value, low, high, len(self.values), paired=self.expectation.ratio is not None),
        )
