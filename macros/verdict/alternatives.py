"""One decided expectation in every other analysis that applies to it; `analyses` says what they are for."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Sample
from macros.verdict.eprocess import sample_quantile
from macros.verdict.estimators import harrell_davis, hodges_lehmann, mean, order_interval
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.sessions import Quietness, quietness
from macros.verdict.statistical import regions, series

MEDIAN = 0.5
TAILS = ("p99", "p90", "max")
"""Summaries within a process that speak of what disturbs it, and not of what its code takes."""


class AnalysisName(StrEnum):
    """The other analyses. What each can show stands at the head of `analyses`."""

    MEAN = "mean"
    HODGES_LEHMANN = "hodges-lehmann"
    HARRELL_DAVIS = "harrell-davis"
    MINIMUM = "minimum"
    UNPAIRED = "unpaired"
    WITHOUT_FIRST = "without-first"
    SECOND_HALF = "second-half"
    FIXED_SAMPLE = "fixed-sample"
    TOLERANCE = "tolerance"
    QUIET_ONLY = "quiet-only"
    LAYOUTS = "layouts"


@dataclass(frozen=True)
class Tried:
    """What one analysis made of one decided finding.

    `expectation`: its place among the claim's. `found`: the estimate, the two ends of an interval, or the estimates
    with each layout left out; `ends`: the thresholds that they were held against, in the same unit.
    """

    analysis: AnalysisName
    expectation: int
    found: tuple[float, ...]
    ends: tuple[float, ...]
    stands: bool


def again(
    claim: Claim, place: int, evidence: Evidence, verdict: VerdictName, policy: Policy = DEFAULT
) -> Mapping[AnalysisName, Tried]:
    """One decided statistical expectation, the claim's number `place`, in every analysis that applies to it."""
    expectation = claim.expect[place]
    ends, verdicts = regions(claim, expectation, policy)
    sampled = _Sampled(claim, expectation, evidence, ends, verdicts, verdict, policy)
    tried = {}
    for name in AnalysisName:
        against = sampled.moved() if name is AnalysisName.TOLERANCE else ends
        found = None if against is None else _ESTIMATES[name](sampled)
        if found is not None and against is not None:
            stands = _in_one_region(found, against, verdicts) is verdict
            tried[name] = Tried(name, place, tuple(found), tuple(against), stands)
    return tried


def quiet_only(samples: Sequence[Sample], quiet: Quietness) -> list[Sample]:
    """The samples without those of loud processes."""
    return [sample for sample in samples if not quiet.loud.intersection(sample.processes)]


def _in_one_region(
    found: Sequence[float], ends: Sequence[float], verdicts: Sequence[VerdictName]
) -> VerdictName | None:
    """The verdict of the region in which all of them lie; None where they lie in several, or on a threshold."""
    places = {bisect(ends, value) for value in found}
    if len(places) != 1 or any(value in ends for value in found):
        return None
    return verdicts[places.pop()]


@dataclass(frozen=True)
class _Sampled:
    """A decided expectation with its samples. The methods give an analysis's estimates; None: it does not apply."""

    claim: Claim
    expectation: Expectation
    evidence: Evidence
    ends: Sequence[float]
    verdicts: Sequence[VerdictName]
    verdict: VerdictName
    policy: Policy

    @cached_property
    def samples(self) -> list[Sample]:
        return series(self.claim, self.expectation, self.evidence)

    @cached_property
    def values(self) -> list[float]:
        return [float(sample.value) for sample in self.samples]

    @property
    def of_centre(self) -> bool:
        """Whether the quantile is the median, for which other measures of the centre can stand in."""
        return self.expectation.quantile == MEDIAN

    def quantile(self, samples: Sequence[Sample]) -> float | None:
        """The sample's quantile; None of fewer values than can say anything."""
        if len(samples) < self.policy.other_fewest:
            return None
        return sample_quantile([float(sample.value) for sample in samples], self.expectation.quantile)

    def moved(self) -> tuple[float, ...] | None:
        """The thresholds moved against the verdict; None where a figure cannot be moved, or a band vanishes.

        A slope is an exponent, and moved by a step; any other figure by a factor.
        """
        factor, step = self.policy.other_tolerance, self.policy.other_slope
        moved = []
        for place, end in enumerate(self.ends):
            below, above = (each is self.verdict for each in self.verdicts[place : place + 2])
            sign = (above - below) if above != below else 0
            if self.expectation.predicate == "grows":
                moved.append(end + sign * step)
            else:
                moved.append(end * factor ** (sign if end > 0 else -sign))
        if moved == list(self.ends) or moved != sorted(set(moved)):
            return None
        return tuple(moved)

    def least(self) -> list[float] | None:
        """Where the machine disturbed least: the shortest time, the highest rate, or the quotient of two such."""
        metric = self.claim.metrics[self.expectation.subject]
        power = units.power_of_time(metric.unit or "")
        if power == 0 or metric.summary in TAILS or not self.of_centre:
            return None
        best: Callable[[Sequence[float]], float] = min if power > 0 else max
        if self.expectation.ratio is not None:
            of, over = self.arms()
            return [best(of) / best(over)]
        region = bisect(self.ends, sample_quantile(self.values, MEDIAN))
        if region == (0 if power > 0 else len(self.ends)):
            return None  # Nothing bounds it on the side of the least values, which are in it by their making.
        return [best(self.values)]

    def arms(self) -> tuple[list[float], list[float]]:
        """The values of the processes that were divided, and of those they were divided by."""
        seen = [[float(self._reading(place)) for place in sample.processes] for sample in self.samples]
        return [of for of, _ in seen], [over for _, over in seen]

    def _reading(self, place: int) -> float:
        value = self.evidence.observations[place].readings[self.expectation.subject]
        assert not isinstance(value, str)
        return value

    def unpaired(self) -> list[float] | None:
        if self.expectation.ratio is None or not self.of_centre:
            return None
        of, over = (sample_quantile(values, MEDIAN) for values in self.arms())
        return [of / over]

    def rounds(self) -> list[float] | None:
        """The fixed-sample interval, of one value a round: where there are several, of their medians."""
        by_round: dict[int, list[float]] = {}
        for sample in self.samples:
            by_round.setdefault(sample.round, []).append(float(sample.value))
        if not self.of_centre and any(len(values) > 1 for values in by_round.values()):
            return None
        middles = [sample_quantile(values, MEDIAN) for values in by_round.values()]
        interval = order_interval(middles, self.expectation.quantile, self.policy.other_error)
        return None if interval is None else list(interval)

    def later(self, share: float) -> list[float] | None:
        """Without the first `share` of the values, at least one of them."""
        return _one(self.quantile(self.samples[max(1, round(share * len(self.samples))) :]))

    def quiet(self) -> list[float] | None:
        kept = quiet_only(self.samples, quietness(self.evidence, self.policy))
        return None if len(kept) == len(self.samples) else _one(self.quantile(kept))

    def without_each_layout(self) -> list[float] | None:
        layouts = sorted({sample.layout for sample in self.samples})
        left = [self.quantile([one for one in self.samples if one.layout != layout]) for layout in layouts]
        known = [each for each in left if each is not None]
        return known if len(known) == len(left) else None


def _one(value: float | None) -> list[float] | None:
    return None if value is None else [value]


_ESTIMATES: Mapping[AnalysisName, Callable[[_Sampled], list[float] | None]] = {
    AnalysisName.MEAN: lambda given: [mean(given.values)] if given.of_centre else None,
    AnalysisName.HODGES_LEHMANN: lambda given: [hodges_lehmann(given.values)] if given.of_centre else None,
    AnalysisName.HARRELL_DAVIS: lambda given: [harrell_davis(given.values, given.expectation.quantile)],
    AnalysisName.MINIMUM: _Sampled.least,
    AnalysisName.UNPAIRED: _Sampled.unpaired,
    AnalysisName.WITHOUT_FIRST: lambda given: given.later(given.policy.other_first_share),
    AnalysisName.SECOND_HALF: lambda given: given.later(0.5),
    AnalysisName.FIXED_SAMPLE: _Sampled.rounds,
    AnalysisName.TOLERANCE: lambda given: _one(given.quantile(given.samples)),
    AnalysisName.QUIET_ONLY: _Sampled.quiet,
    AnalysisName.LAYOUTS: _Sampled.without_each_layout,
}
