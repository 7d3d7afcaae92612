"""The sequential test on which every statistical verdict rests.

"The p-quantile is below c" means "a fresh process stays below c with probability over p", so each
process is one Bernoulli trial and nothing is assumed about the shape of the distribution. One
side's evidence against "the rate of successes is at most q" is a beta-mixture e-process: the
likelihood ratio of the trials against rate q, averaged over the alternatives (q, 1) by a Beta
density cut off below q (Howard and Ramdas 2022, "Sequential estimation of quantiles with
applications to A/B testing and best-arm identification"; the mixture is that of Robbins). While
the rate is at most q it is a nonnegative supermartingale that starts at 1, so by Ville's
inequality it ever reaches 1/a with a probability of at most a, whenever one stops and however
often one looks.

A value equal to the threshold is a success for neither side: it is not below it and not above it.
Each side's null hypothesis then covers a distribution that sits on the threshold, so ties can
delay a decision and never forge one.

The e-process depends on the trials only through their number and the successes, so a whole test
comes down to one table: how many successes each number of trials needs. `needed` computes it once.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

PRIOR = 0.5
"""Both shape parameters of the mixture's Beta density (Jeffreys): with all trials on one side it
decides some two runs earlier than the uniform density, and loses little elsewhere."""


def log_e_value(successes: Any, trials: Any, rate: float) -> NDArray[np.float64]:
    """Natural logarithm of the e-value against "successes come at a rate of at most `rate`".

    `successes` and `trials` are integers or arrays that broadcast; 0 < rate < 1. Where the
    evidence for the null hypothesis is so strong that the mixture underflows, -inf.
    """
    hits = np.asarray(successes, dtype=np.float64)
    misses = np.asarray(trials, dtype=np.float64) - hits
    with np.errstate(divide="ignore"):
        above = np.log(special.betaincc(hits + PRIOR, misses + PRIOR, rate))
    prior_above = math.log(float(special.betaincc(PRIOR, PRIOR, rate)))
    mixture = special.betaln(hits + PRIOR, misses + PRIOR) - special.betaln(PRIOR, PRIOR) + above - prior_above
    result: NDArray[np.float64] = mixture - hits * math.log(rate) - misses * math.log1p(-rate)
    return result


@lru_cache(maxsize=512)
def needed(rate: float, error: float, trials: int) -> tuple[int, ...]:
    """How many successes reach 1/error: entry n is for n trials, n + 1 where even all n do not.

    The e-value grows with the successes, so bisection finds the least number, for all n at once.
    """
    count = np.arange(trials + 1)
    low, high = np.zeros_like(count), count + 1
    while np.any(low < high):
        middle = (low + high) // 2
        enough = log_e_value(np.minimum(middle, count), count, rate) >= -math.log(error)
        enough |= middle > count
        low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
    return tuple(int(least) for least in low)


@lru_cache(maxsize=512)
def fewest_trials(rate: float, error: float) -> int:
    """The number of trials below which nothing can be decided: so many successes in a row reach 1/error."""
    high = 1
    while log_e_value(high, high, rate) < -math.log(error):
        high *= 2
    table = needed(rate, error, high)
    return next(n for n, successes in enumerate(table) if successes <= n)


@dataclass(frozen=True)
class Crossing:
    """Where a quantile lies of a threshold, and after how many values that was certain."""

    below: bool
    after: int


def locate(values: Sequence[float], threshold: float, quantile: float, error: float) -> Crossing | None:
    """Whether the quantile is below or above the threshold; None while undecided.

    The values are taken in order and the first crossing stands, whatever comes later. Each side may
    err with probability error / 2, at any stopping time.
    """
    to_be_below = needed(quantile, error / 2, len(values))
    to_be_above = needed(1 - quantile, error / 2, len(values))
    below = above = 0
    for seen, value in enumerate(values, start=1):
        below += value < threshold
        above += value > threshold
        if below >= to_be_below[seen]:
            return Crossing(below=True, after=seen)
        if above >= to_be_above[seen]:
            return Crossing(below=False, after=seen)
    return None


def interval(values: Sequence[float], quantile: float, error: float) -> tuple[float | None, float | None]:
    """The thresholds that `locate` has not excluded: (low, high), None for an end that is still infinite.

    A confidence sequence: with probability 1 - error it holds the quantile at all times at once,
    so the ends found after fewer values may be kept. They are, as long as they agree with the
    sample's own quantile; where they do not (the values drift) the ends are those of all values.
    """
    ends = _ends(values, quantile, error)
    if not ends:
        return None, None
    low, high = max(low for low, _ in ends), min(high for _, high in ends)
    if not low <= sample_quantile(values, quantile) <= high:
        low, high = ends[-1]
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def _ends(values: Sequence[float], quantile: float, error: float) -> list[tuple[float, float]]:
    """The interval after 1, 2, ... values. With k successes needed, its ends are the k-th values from either side."""
    to_be_below = needed(quantile, error / 2, len(values))
    to_be_above = needed(1 - quantile, error / 2, len(values))
    ordered: list[float] = []
    found = []
    for seen, value in enumerate(values, start=1):
        insort(ordered, value)
        high = ordered[to_be_below[seen] - 1] if to_be_below[seen] <= seen else math.inf
        low = ordered[seen - to_be_above[seen]] if to_be_above[seen] <= seen else -math.inf
        found.append((low, high))
    return found


def sample_quantile(values: Sequence[float], quantile: float) -> float:
    """The sample's quantile, midway between two neighbours where both will do."""
    ordered = sorted(values)
    place = quantile * len(ordered)
    upper = min(math.floor(place + 1e-9), len(ordered) - 1)
    lower = min(max(math.ceil(place - 1e-9) - 1, 0), upper)
    return ordered[lower] if lower == upper else (ordered[lower] + ordered[upper]) / 2
