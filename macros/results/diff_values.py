"""When a value has moved: when its difference is beyond the joint interval of both.

The intervals are confidence sequences, so that of the difference reaches from the lower end of one less the upper end
of the other to the reverse. It excludes 0 where the two intervals lie apart, and nowhere else.
"""

from __future__ import annotations

from math import inf

from macros.claim import units
from macros.claim.fields import Kind
from macros.results.feed_models import Metric

EXACT_KINDS = (Kind.INSPECT, Kind.COMPUTE)
"""Kinds of claims whose values are read and not measured."""


def moved(before: Metric, after: Metric, kind: Kind) -> bool:
    """Whether the two differ by more than both are uncertain. Where one has no interval, it is compared if it is exact.

    An exact value is a text, a truth value, or in a claim that does not measure a number that is not a time.
    """
    if before.value is None or after.value is None:
        return False
    if _number(before) is None or _number(after) is None:
        return before.value != after.value or type(before.value) is not type(after.value)
    if before == after:
        return False
    factor = _factor(after.unit, before.unit)
    if factor is None:
        return True
    if not (_is_known(before, kind) and _is_known(after, kind)):
        return False
    low, high = _ends(before)
    try:
        now_low, now_high = (end if factor == 1 else end * factor for end in _ends(after))
    except OverflowError:
        return True  # a whole number beyond all floats
    return now_low > high or now_high < low


def _number(metric: Metric) -> float | None:
    return None if isinstance(metric.value, (str, bool)) else metric.value


def _is_known(metric: Metric, kind: Kind) -> bool:
    """Whether it has an interval, or needs none."""
    return _has_interval(metric) or (kind in EXACT_KINDS and not _is_time(metric.unit))


def _has_interval(metric: Metric) -> bool:
    return metric.low is not None or metric.high is not None


def _ends(metric: Metric) -> tuple[float, float]:
    """Of the interval, where a missing end is open; the value twice where there is none."""
    if _has_interval(metric):
        return (-inf if metric.low is None else metric.low, inf if metric.high is None else metric.high)
    value = _number(metric)
    assert value is not None, "asked of numbers only"
    return value, value


def _is_time(unit: str) -> bool:
    try:
        return units.power_of_time(units.check_unit(unit)) != 0
    except units.UnitError:
        return False


def _factor(unit: str, to: str) -> float | None:
    """By what to multiply; None where the units have nothing in common."""
    if unit == to:
        return 1.0
    try:
        return units.factor(unit, to)
    except units.UnitError:
        return None
