"""Ranks, and the two tests of a trend that rest on them: Kendall's and the Theil-Sen slope.

The same numbers as those of `scipy.stats`, which a test compares; importing it takes longer than judging a catalogue.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

_EXACT_UP_TO = 33
"""Values without ties for which all orders are counted; of more, the normal distribution is close enough."""


def ranks(values: Sequence[float]) -> Array:
    """From 1 for the least; like values share the mean of their places."""
    _, which, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Array = (2 * last - counts + 1) / 2
    return mean[which]


def trend_error(values: Sequence[float]) -> float:
    """How often values in no order would agree or disagree with the order of coming as much as these do.

    The two-sided p-value of Kendall's tau between the values and their order. Not all of them may be the same.
    """
    count = len(values)
    rising = float(np.sign(_later_minus_earlier(values)).sum())
    pairs = count * (count - 1) // 2
    _, ties = np.unique(np.asarray(values), return_counts=True)
    discordant = int(pairs - rising) // 2
    if ties.max() == 1 and (count <= _EXACT_UP_TO or min(discordant, pairs - discordant) <= 1):
        return _exact(count, min(discordant, pairs - discordant))
    tied = float((ties * (ties - 1.0) * (2 * ties + 5)).sum())
    variance = (count * (count - 1.0) * (2 * count + 5) - tied) / 18
    return 2 * float(special.ndtr(-abs(rising) / math.sqrt(variance)))


def middle_slope(values: Sequence[float]) -> float:
    """The median of the slopes between any two of the values, by the order of coming (Theil 1950, Sen 1968)."""
    later, earlier = _later_and_earlier(len(values))
    return float(np.median(_later_minus_earlier(values) / (later - earlier)))


def _exact(count: int, discordant: int) -> float:
    """Of all orders of so many values, the share with at most so many discordant pairs, or as many concordant ones."""
    orders = [1, *[0] * discordant]
    for places in range(2, count + 1):
        # One more value goes in at any of the places, and is discordant with 0, 1 ... of those that are there.
        sums = list(itertools.accumulate(orders))
        orders = [upto - sums[number - places] if number >= places else upto for number, upto in enumerate(sums)]
    return min(1.0, 2 * sum(orders) / math.factorial(count))


def _later_minus_earlier(values: Sequence[float]) -> Array:
    given = np.asarray(values, dtype=np.float64)
    later, earlier = _later_and_earlier(len(given))
    differences: Array = given[later] - given[earlier]
    return differences


def _later_and_earlier(count: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The places of every pair, the later one first."""
    return np.tril_indices(count, -1)
