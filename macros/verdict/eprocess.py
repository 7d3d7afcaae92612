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

A value may be barred from counting on one side (`Sides`): what a busy machine has slowed is no witness that the code
is slow. Who is barred is settled before the value is seen, so each side's process stays what it is.

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

from macros.verdict.dependence import effective_share

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


Sides = Sequence[tuple[bool, bool]]
"""For each value, whether it may count as a low one and whether it may count as a high one."""


def locate(
    values: Sequence[float], threshold: float, quantile: float, error: float, sides: Sides | None = None
) -> Crossing | None:
    """Whether the quantile is below or above the threshold; None while undecided.

    The values are taken in order and the first crossing stands, whatever comes later. Each side may
    err with probability error / 2, at any stopping time. A crossing counts when it stands also with the trials
    reduced to their effective number (`dependence`).
    """
    to_be_below = needed(quantile, error / 2, len(values))
    to_be_above = needed(1 - quantile, error / 2, len(values))
    low, high = _Side(quantile, error / 2), _Side(1 - quantile, error / 2)
    for seen, value in enumerate(values, start=1):
        counts_low, counts_high = sides[seen - 1] if sides is not None else (True, True)
        if counts_low and low.reached(value, value < threshold, to_be_below):
            return Crossing(below=True, after=seen)
        if counts_high and high.reached(value, value > threshold, to_be_above):
            return Crossing(below=False, after=seen)
    return None


class _Side:
    """One side's trials, as they come."""

    def __init__(self, rate: float, error: float) -> None:
        self._rate, self._error = rate, error
        self._values: list[float] = []
        self._successes = 0

    def reached(self, value: float, success: bool, least: Sequence[int]) -> bool:
        """Take one more trial; whether the evidence is then enough."""
        self._values.append(value)
        self._successes += success
        trials = len(self._values)
        if not success or self._successes < least[trials]:
            return False
        share = effective_share(self._values)
        return share == 1.0 or _reaches(self._successes * share, trials * share, self._rate, self._error)


@lru_cache(maxsize=65536)
def _reaches(successes: float, trials: float, rate: float, error: float) -> bool:
    # Kept, since a cell is judged again after each of its runs, every time from the first one on.
    return bool(log_e_value(successes, trials, rate) >= -math.log(error))


def interval(
    values: Sequence[float], quantile: float, error: float, sides: Sides | None = None
) -> tuple[float | None, float | None]:
    """The thresholds that the test has not excluded: (low, high), None for an end that is still infinite.

    A confidence sequence: with probability 1 - error it holds the quantile at all times at once,
    so the ends found after fewer values may be kept, where those were independent of each other. They are, as long
    as they agree with the sample's own quantile; where they do not (the values drift) the ends are those of all
    values, at their effective number.
    """
    if not values:
        return None, None
    share = effective_share(values)
    ends = _ends(values, quantile, error, sides)
    last = ends[-1] if share == 1.0 else _last_ends(values, quantile, error, sides, share)
    low, high = last
    for seen, (prior_low, prior_high) in enumerate(ends, start=1):
        # The share is looked at only where it matters: few prefixes tighten an end.
        if (prior_low > low or prior_high < high) and effective_share(values[:seen]) == 1.0:
            low, high = max(low, prior_low), min(high, prior_high)
    if not low <= sample_quantile(values, quantile) <= high:
        low, high = last
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def _ends(values: Sequence[float], quantile: float, error: float, sides: Sides | None) -> list[tuple[float, float]]:
    """The interval after 1, 2, ... values. With k successes needed, its ends are the k-th values from either side."""
    to_be_below = needed(quantile, error / 2, len(values))
    to_be_above = needed(1 - quantile, error / 2, len(values))
    lows: list[float] = []
    highs: list[float] = []
    found = []
    for seen, value in enumerate(values):
        counts_low, counts_high = sides[seen] if sides is not None else (True, True)
        if counts_low:
            insort(lows, value)
        if counts_high:
            insort(highs, value)
        found.append((_low_end(highs, to_be_above[len(highs)]), _high_end(lows, to_be_below[len(lows)])))
    return found


def _last_ends(
    values: Sequence[float], quantile: float, error: float, sides: Sides | None, share: float
) -> tuple[float, float]:
    """The interval of all values, each of which counts for `share` of an independent one."""
    both = sides if sides is not None else [(True, True)] * len(values)
    lows = sorted(value for value, (counts, _) in zip(values, both, strict=True) if counts)
    highs = sorted(value for value, (_, counts) in zip(values, both, strict=True) if counts)
    return (
        _low_end(highs, _needed_of_share(1 - quantile, error / 2, len(highs), share)),
        _high_end(lows, _needed_of_share(quantile, error / 2, len(lows), share)),
    )


def _low_end(ordered: Sequence[float], successes: int) -> float:
    return ordered[len(ordered) - successes] if 0 < successes <= len(ordered) else -math.inf


def _high_end(ordered: Sequence[float], successes: int) -> float:
    return ordered[successes - 1] if 0 < successes <= len(ordered) else math.inf


def _needed_of_share(rate: float, error: float, trials: int, share: float) -> int:
    """As an entry of `needed`, for trials that count for `share` of an independent one each."""
    successes = np.arange(trials + 1)
    enough = log_e_value(successes * share, trials * share, rate) >= -math.log(error)
    return int(np.argmax(enough)) if enough.any() else trials + 1


def sample_quantile(values: Sequence[float], quantile: float) -> float:
    """The sample's quantile, midway between two neighbours where both will do.

    That is numpy's `averaged_inverted_cdf`, but for what rounding makes of a product (0.58 times 50 is 29 here) and of
    a mean, and without the hundred microseconds that an array takes.
    """
    ordered = sorted(values)
    place = quantile * len(ordered)
    upper = min(math.floor(place + 1e-9), len(ordered) - 1)
    lower = min(max(math.ceil(place - 1e-9) - 1, 0), upper)
    return ordered[lower] if lower == upper else (ordered[lower] + ordered[upper]) / 2
