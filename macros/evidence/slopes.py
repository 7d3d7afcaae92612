"""How a value grows with a size: the Theil-Sen slope of its logarithm over the size's logarithm.

The median of the slopes between all pairs of points (Theil 1950, Sen 1968): up to about 29 % of the points may be
wild without moving it far. A slope of 1 is linear growth, 2 quadratic, 0 none.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import combinations

from macros.evidence.reading import NoReading, finite

SIZES = 6
"""The fewest different sizes that a slope is taken over."""

MOST_SIZES = 500
"""The most: there is a slope for each pair of them, 124,750 in all."""

SPAN = 8.0
"""The least factor between the smallest and the largest size."""


def growth(points: Sequence[tuple[float, float]]) -> float:
    """The slope. Points are (size, value), finite and above zero; several values of one size count by their median.

    Raises NoReading for too few sizes or too many, and for sizes too close together for a slope to mean anything.
    """
    by_size: dict[float, list[float]] = {}
    for size, value in points:
        by_size.setdefault(size, []).append(value)
    if not SIZES <= len(by_size) <= MOST_SIZES:
        raise NoReading(f"{len(by_size)} different sizes; a growth is taken over {SIZES} to {MOST_SIZES} of them")
    if max(by_size) / min(by_size) < SPAN:
        span = max(by_size) / min(by_size)
        raise NoReading(f"the largest size is {span:.3g} times the smallest; a growth needs {SPAN:g} times or more")
    logs = [(math.log(size), math.log(finite(statistics.median(values)))) for size, values in sorted(by_size.items())]
    # Two sizes may differ where their logarithms do not.
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(logs, 2) if x2 > x1]
    return finite(statistics.median(slopes))
