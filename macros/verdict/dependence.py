"""Runs that follow one another may resemble one another; then many of them say less than they seem to.

The e-process takes its trials for independent. Where a machine is slow for minutes at a time they are not: neighbours
fall on one side together, and a row of them is no row of witnesses. So a crossing has to stand once more with its
trials counted at their effective number, n (1 - r) / (1 + r), where r is the first serial correlation of the values'
ranks (Bartlett 1935, for a first-order autoregressive series). This can only delay a decision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from macros.verdict.ranks import middle_slope, ranks, trend_error


def effective_share(values: Sequence[float]) -> float:
    """How many independent values one value counts for: 1 for independent ones, less for runs of like neighbours.

    Independent values show a correlation too, of -1/n on average and about 1 / sqrt(n) either way: so much is let pass.
    """
    return _share(tuple(values))


@lru_cache(maxsize=8192)
def _share(values: tuple[float, ...]) -> float:
    # Kept, since a cell is judged again after each of its runs, every time from the first one on.
    count = len(values)
    if count < 3:
        return 1.0
    ranked = ranks(values)
    centred = ranked - ranked.mean()
    spread = float(centred @ centred)
    if spread == 0:
        return 1.0
    seen = float(centred[:-1] @ centred[1:]) / spread
    correlation = min(max(seen + 1 / count - 1 / math.sqrt(count), 0.0), 0.95)
    return (1 - correlation) / (1 + correlation)


def drifts(values: Sequence[float], *, error: float, share: float) -> bool:
    """Whether the values rise or fall with time: by Kendall's rank correlation with the order of coming.

    `error`: how often independent values may be taken for drifting ones. `share`: a drift of less than this part of
    the median from the first value to the last (by the Theil-Sen slope) is let pass.
    """
    count = len(values)
    if count < 8 or min(values) == max(values):
        return False
    if not trend_error(values) < error:
        return False
    slope = middle_slope(values)
    middle = abs(float(np.median(values)))
    return middle == 0 or abs(slope) * (count - 1) > share * middle
