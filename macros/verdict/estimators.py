"""Other ways to put a number on a sample than its own quantile: what the other analyses take in its place.

Each assumes something else. A mean lets every value weigh; Hodges and Lehmann's estimate lets none of the extremes;
Harrell and Davis's takes the quantile from all order statistics instead of one or two of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special


def mean(values: Sequence[float]) -> float:
    """The geometric mean of values that are all above zero, else the arithmetic one.

    Times and ratios scatter by factors: for them the geometric mean is the centre that the median is as well where the
    scatter of the logarithms is even.
    """
    if min(values) > 0:
        return math.exp(math.fsum(math.log(value) for value in values) / len(values))
    return math.fsum(values) / len(values)


def hodges_lehmann(values: Sequence[float]) -> float:
    """The median of the means of all pairs, a value with itself among them (1963); geometric means as in `mean`."""
    positive = min(values) > 0
    scale = np.asarray(values, dtype=np.float64)
    scale = np.log(scale) if positive else scale
    first, second = np.triu_indices(len(scale))
    centre = float(np.median((scale[first] + scale[second]) / 2))
    return math.exp(centre) if positive else centre


def harrell_davis(values: Sequence[float], quantile: float) -> float:
    """The quantile as a mean of all order statistics, weighted by how likely each of them is the quantile (1982)."""
    return float(np.sort(np.asarray(values, dtype=np.float64)) @ _weights(len(values), quantile))


@lru_cache(maxsize=1024)
def _weights(count: int, quantile: float) -> NDArray[np.float64]:
    shape = (count + 1) * quantile, (count + 1) * (1 - quantile)
    reached = special.betainc(*shape, np.arange(count + 1) / count)
    weights: NDArray[np.float64] = np.diff(reached)
    return weights


def order_interval(values: Sequence[float], quantile: float, error: float) -> tuple[float, float] | None:
    """The interval between two order statistics for a number of values that was fixed beforehand (Thompson 1936).

    It holds the quantile with probability 1 - error, whatever the distribution. None where the values are too few.
    """
    places = _places(len(values), quantile, error)
    if places is None:
        return None
    ordered = sorted(values)
    return ordered[places[0]], ordered[places[1]]


@lru_cache(maxsize=1024)
def _places(count: int, quantile: float, error: float) -> tuple[int, int] | None:
    """The two places, from 0, that the interval lies between; each side errs by at most half of the error."""
    reached = special.bdtr(np.arange(count + 1), count, quantile)
    # The quantile is below the value at place k when at most k of all values are below it.
    low = int(np.searchsorted(reached, error / 2, side="right")) - 1
    high = int(np.searchsorted(reached, 1 - error / 2, side="left"))
    return (low, high) if 0 <= low < high < count else None
