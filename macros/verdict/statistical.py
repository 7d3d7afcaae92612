"""Predicates about the population of fresh processes: below, above and about, of a metric or of a ratio.

A ratio is judged by the quotients of neighbouring processes in the same ABBA round, never by two
separate sessions. Its quantiles are the same as those of its logarithm, so no logarithm is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation, RatioOf
from macros.evidence.observation import Evidence
from macros.verdict import wording
from macros.verdict.eprocess import Crossing, fewest_trials, interval, locate, sample_quantile
from macros.verdict.finding import Finding, Reason
from macros.verdict.policy import Policy
from macros.verdict.quantities import CannotJudge, figures, unit_of


def numbers(claim: Claim, expectation: Expectation, evidence: Evidence) -> list[float]:
    """What is judged, one number a process or pair, in order of time."""
    if expectation.ratio is not None:
        return quotients(expectation.ratio, evidence)
    arm = claim.metrics[expectation.subject].arm
    found = evidence.sample(expectation.subject, arm)
    texts = [value for value in found if isinstance(value, (str, bool))]
    if texts:
        raise CannotJudge(f"{expectation.subject} reads {texts[0]!r}, and {expectation.predicate} needs numbers")
    arms = {seen.arm for seen in evidence.observations if expectation.subject in seen.readings}
    if arm is None and len(arms) > 1:
        raise CannotJudge(
            f"{expectation.subject} is printed by the arms {', '.join(sorted(arms))}; name one, or a ratio"
        )
    return [float(value) for value in found]


def quotients(ratio: RatioOf, evidence: Evidence) -> list[float]:
    """The ratio of each pair. Raises CannotJudge where the divisor is not above zero."""
    found = []
    for of, over in evidence.pairs(ratio.metric, ratio.of, ratio.over):
        if over <= 0 or of < 0:
            raise CannotJudge(
                f"the ratio of {ratio.metric} of {ratio.of} ({of:g}) over {ratio.over} ({over:g}) says nothing"
            )
        found.append(of / over)
    return found


def judge_statistical(
    claim: Claim, expectation: Expectation, evidence: Evidence, policy: Policy, *, alpha: float, final: bool
) -> Finding:
    """One predicate's finding at error `alpha`. `final`: no more processes will come, so say why it is undecided."""
    values = numbers(claim, expectation, evidence)
    ends = figures(claim, expectation, policy)
    # Both ends of a band are looked at, so each is given half of the error.
    crossings = [locate(values, end, expectation.quantile, alpha / len(ends)) for end in ends]
    verdict = _verdict(expectation.predicate, crossings)
    judged = _Judged(claim, expectation, policy, values, ends, alpha)
    if verdict is VerdictName.INCONCLUSIVE:
        reason, why = judged.why_undecided() if final else (Reason.TOO_FEW_RUNS, "more runs may decide it")
        return Finding(
            verdict, reason, f"{judged.measured()}, which does not decide {judged.expected()}: {why}.", alpha
        )
    if verdict is VerdictName.CONFIRMED:
        return Finding(verdict, detail=f"{judged.measured()}, as expected ({judged.expected()}).", alpha=alpha)
    return Finding(verdict, detail=f"Expected {judged.expected()}; {judged.measured(capital=False)}.", alpha=alpha)


def _verdict(predicate: str, crossings: Sequence[Crossing | None]) -> VerdictName:
    sides = [None if crossing is None else crossing.below for crossing in crossings]
    if predicate == "about":
        below_low, below_high = sides
        if below_low is True or below_high is False:
            return VerdictName.REFUTED
        inside = below_low is False and below_high is True
        return VerdictName.CONFIRMED if inside else VerdictName.INCONCLUSIVE
    if sides[0] is None:
        return VerdictName.INCONCLUSIVE
    return VerdictName.CONFIRMED if sides[0] is (predicate == "below") else VerdictName.REFUTED


class _Judged:
    """A judged predicate in words."""

    def __init__(
        self,
        claim: Claim,
        expectation: Expectation,
        policy: Policy,
        values: Sequence[float],
        ends: Sequence[float],
        alpha: float,
    ) -> None:
        self._claim, self._expectation, self._policy = claim, expectation, policy
        self._values, self._ends, self._alpha = values, ends, alpha
        self._unit = unit_of(claim, expectation)
        self._low, self._high = interval(values, expectation.quantile, alpha)

    def expected(self) -> str:
        expectation = self._expectation
        given = getattr(expectation, expectation.predicate)
        figure = given if isinstance(given, str) else wording.figure(given, self._unit)
        if expectation.predicate != "about":
            return f"{expectation.predicate} {figure}"
        low, high = (wording.figure(end, self._unit) for end in self._ends)
        return f"about {figure}, from {low} to {high}"

    def measured(self, *, capital: bool = True) -> str:
        name = wording.subject(self._claim, self._expectation)
        start = wording.capital(name) if capital else name
        runs = "pairs of runs" if self._expectation.ratio else "runs"
        if not self._values:
            return f"{start} was not measured (0 {runs})"
        value = wording.figure(sample_quantile(self._values, self._expectation.quantile), self._unit)
        return f"{start} is {value} ({self._range()}{len(self._values)} {runs})"

    def _range(self) -> str:
        low = None if self._low is None else wording.figure(self._low, self._unit if self._high is None else "")
        high = None if self._high is None else wording.figure(self._high, self._unit)
        if low is None and high is None:
            return ""
        if low is None or high is None:
            return f"at most {high}, " if low is None else f"at least {low}, "
        return f"{low} to {high}, "

    def why_undecided(self) -> tuple[Reason, str]:
        runs, samples = len(self._values), self._claim.experiment.samples if self._claim.experiment else None
        if samples is not None and runs < samples.at_least:
            return Reason.OUT_OF_BUDGET, f"the budget ended after {runs} of at least {samples.at_least} runs"
        if self._low is None or self._high is None:
            rate = self._expectation.quantile
            least = max(fewest_trials(side, self._alpha / 2) for side in (rate, 1 - rate))
            return Reason.TOO_FEW_RUNS, f"at this level of error an interval takes at least {least} runs"
        ends = [end for end in self._ends if self._low <= end <= self._high]
        near = self._policy.near
        if all(0 < end / near <= self._low and self._high <= end * near for end in ends):
            return Reason.NEAR_THRESHOLD, "it lies too near to the threshold"
        return Reason.NOISY, "the runs scatter too widely"
