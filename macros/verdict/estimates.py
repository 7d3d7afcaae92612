"""What readers see of a cell: every metric's value with its confidence sequence, judged or not."""

from __future__ import annotations

from collections.abc import Sequence

from macros.claim.model import Claim, Expectation, RatioOf
from macros.evidence.observation import Evidence, Sample, Value
from macros.verdict.eprocess import interval, sample_quantile
from macros.verdict.finding import Estimate
from macros.verdict.layouts import ByLayout
from macros.verdict.statistical import quotients

MEDIAN = 0.5


def estimates(claim: Claim, evidence: Evidence, alpha: float) -> dict[str, Estimate]:
    """An estimate per metric, per `metric@arm` where several arms print it, and per `metric of/over` of each ratio.

    Numbers are medians over processes with the interval that holds at all times at once with error
    `alpha`, the one that verdicts are stated at; texts and truth values are given as they were printed.
    """
    found: dict[str, Estimate] = {}
    for name, metric in claim.metrics.items():
        unit = metric.unit or ""
        arms = list(dict.fromkeys(seen.arm for seen in evidence.observations if name in seen.readings))
        own: list[str | None] = [*arms] or [None]
        for arm in own:
            sample = evidence.series(name, arm)
            if sample:
                found[name if len(arms) < 2 else f"{name}@{arm}"] = _estimate(sample, unit, alpha)
    for ratio in _ratios(claim):
        pairs = quotients(ratio, evidence)
        if pairs:
            found[name_of_ratio(ratio)] = _estimate(pairs, "", alpha)
    return found


def name_of_ratio(ratio: RatioOf) -> str:
    """The name of a ratio's estimate."""
    return f"{ratio.metric} {ratio.of}/{ratio.over}"


def name_of_subject(expectation: Expectation) -> str:
    """The name of the estimate of what an expectation speaks of."""
    return name_of_ratio(expectation.ratio) if expectation.ratio else expectation.subject


def _ratios(claim: Claim) -> list[RatioOf]:
    return list({repr(each.ratio): each.ratio for each in claim.expect if each.ratio is not None}.values())


def _estimate(samples: Sequence[Sample], unit: str, alpha: float) -> Estimate:
    numbers = [one.value for one in samples if not isinstance(one.value, (str, bool))]
    if len(numbers) < len(samples):
        return Estimate(_agreed([one.value for one in samples]), None, None, unit, len(samples))
    low, high = interval(numbers, MEDIAN, alpha)
    by_layout = ByLayout.of(samples)
    value = sample_quantile(numbers, MEDIAN)
    return Estimate(value, low, high, unit, len(numbers), len(by_layout.groups), by_layout.share)


def _agreed(sample: Sequence[Value]) -> Value:
    """The one value of all processes, or all different ones side by side."""
    different = list(dict.fromkeys(sample))
    return different[0] if len(different) == 1 else " / ".join(str(value) for value in different)
