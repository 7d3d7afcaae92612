"""A judged predicate in words: what was expected, what was measured, and what would help where it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.verdict import wording
from macros.verdict.eprocess import Sides, fewest_trials, interval, sample_quantile
from macros.verdict.finding import Finding, Reason
from macros.verdict.quantities import unit_of


@dataclass(frozen=True)
class Told:
    """`ends` are the predicate's thresholds, `values` what was judged and by which `sides`, at the error `alpha`."""

    claim: Claim
    expectation: Expectation
    ends: Sequence[float]
    values: Sequence[float]
    sides: Sides | None
    alpha: float

    @cached_property
    def range(self) -> tuple[float | None, float | None]:
        """The confidence sequence. It is computed only where it is told: the lab asks after every run, and is not."""
        return interval(self.values, self.expectation.quantile, self.alpha, self.sides)

    def decided(self, verdict: VerdictName) -> Finding:
        if verdict is VerdictName.CONFIRMED:
            detail = f"{self._measured()}, as expected ({self._expected()})."
            return Finding(verdict, detail=detail, alpha=self.alpha)
        if verdict is VerdictName.DEPENDS:
            assert self.expectation.machine is not None
            detail = (
                f"Expected {self._expected()}; {self._measured(capital=False)}: missed by less than "
                f"{self.expectation.machine.factor:g} times, which another machine may make up for."
            )
            return Finding(verdict, Reason.MACHINE, detail, self.alpha)
        return Finding(
            verdict, detail=f"Expected {self._expected()}; {self._measured(capital=False)}.", alpha=self.alpha
        )

    def undecided(self, reason: Reason, why: str) -> Finding:
        detail = f"{self._measured()}, which does not decide {self._expected()}: {why}."
        return Finding(VerdictName.INCONCLUSIVE, reason, detail, self.alpha)

    def closed(self) -> bool:
        """Whether both ends of the confidence sequence are finite."""
        return None not in self.range

    def short_of_budget(self) -> str:
        """How the budget ended before the least number of runs, or ""."""
        runs, samples = len(self.values), self.claim.experiment.samples if self.claim.experiment else None
        if samples is None:
            return ""
        if runs < samples.at_least:
            return f"the budget ended after {runs} of at least {samples.at_least} runs"
        if samples.seconds is not None and runs < samples.at_most:
            return f"the budget of {samples.seconds} ended after {runs} runs"
        return ""

    def why_undecided(self, near: float) -> tuple[Reason, str]:
        """Too few runs for an interval, near the threshold, or noisy."""
        low, high = self.range
        if low is None or high is None:
            rate = self.expectation.quantile
            least = max(fewest_trials(side, self.alpha / 2) for side in (rate, 1 - rate))
            return Reason.TOO_FEW_RUNS, f"at this level of error an interval takes at least {least} runs"
        ends = [end for end in self.ends if low <= end <= high]
        if not ends:
            return Reason.NOISY, "neighbouring runs resemble each other, so that they count for less than one each"
        if all(0 < end / near <= low and high <= end * near for end in ends):
            return Reason.NEAR_THRESHOLD, "it lies too near to the threshold"
        return Reason.NOISY, "the runs scatter too widely"

    # ---- phrases ---------------------------------------------------------------------------------

    @property
    def _unit(self) -> str:
        return unit_of(self.claim, self.expectation)

    def _expected(self) -> str:
        expectation = self.expectation
        given = getattr(expectation, expectation.predicate)
        if expectation.predicate == "grows":
            return {"linear": "linear growth (a slope of 0.9 to 1.1)", "faster": "a slope above 1.1"}.get(
                given, "a slope below 0.9"
            )
        figure = given if isinstance(given, str) else wording.figure(given, self._unit)
        if expectation.predicate != "about":
            return f"{expectation.predicate} {figure}"
        middle = len(self.ends) // 2
        low, high = (wording.figure(end, self._unit) for end in self.ends[middle - 1 : middle + 1])
        return f"about {figure}, from {low} to {high}"

    def _measured(self, *, capital: bool = True) -> str:
        name = wording.subject(self.claim, self.expectation)
        start = wording.capital(name) if capital else name
        runs = "pairs of runs" if self.expectation.ratio else "runs"
        if not self.values:
            return f"{start} was not measured (0 {runs})"
        value = wording.figure(sample_quantile(self.values, self.expectation.quantile), self._unit)
        return f"{start} is {value} ({self._interval()}{len(self.values)} {runs})"

    def _interval(self) -> str:
        low_end, high_end = self.range
        low = None if low_end is None else wording.figure(low_end, self._unit if high_end is None else "")
        high = None if high_end is None else wording.figure(high_end, self._unit)
        if low is None and high is None:
            return ""
        if low is None or high is None:
            return f"at most {high}, " if low is None else f"at least {low}, "
        return f"{low} to {high}, "
