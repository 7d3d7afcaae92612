"""From the readings of one process to the metric's one value: its unit, and the summary of several."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from macros.claim import units
from macros.claim.metrics import Extract
from macros.claim.patterns import encodable
from macros.evidence.observation import Value
from macros.evidence.reading import NoReading, Reading, finite, shortened


def converted(reading: Reading, metric: Extract) -> Value:
    """The value in the metric's unit. Whole numbers stay exact where the factor is whole."""
    value = reading.value
    if isinstance(value, (str, bool)):
        if metric.unit:
            raise NoReading(f"{_quoted(value)} is not a number, but the metric has the unit {metric.unit}; print one")
        if isinstance(value, str) and encodable(value) != value:
            raise NoReading(f"{_quoted(value)} holds half of a surrogate pair, which is no character; print text")
        return value
    to = metric.unit or ""
    try:
        factor = units.factor(reading.unit, to)
    except units.UnitError as error:
        if not reading.unit:
            hint = f"print the number's unit with it (the metric's is {to})"
        elif not to:
            hint = f"give the metric `unit: {reading.unit}`"
        else:
            hint = "print another unit, or correct the metric's"
        raise NoReading(f"{error}; {hint}") from error
    if factor.is_integer():
        return finite(value * int(factor))
    return finite(value * factor)


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` of the values do not exceed (nearest rank: a value that was seen).

    The library chooses the rank; the value is not sent through its arrays, where a large integer would lose digits.
    """
    rank = int(np.quantile(np.arange(len(values)), share, method="inverted_cdf"))
    return sorted(values)[rank]


_NUMERIC: Mapping[str, Callable[[Sequence[float]], float]] = {
    "median": statistics.median,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "sum": sum,
    "p90": lambda values: percentile(values, 0.90),
    "p99": lambda values: percentile(values, 0.99),
}


def summarised(values: Sequence[Value], summary: str) -> Value:
    """One value of a process's one or more. A growth has been made one by its extractor."""
    if summary in ("only", "growth"):
        if len(values) > 1:
            listed = ", ".join(_quoted(value) for value in values[:4])
            raise NoReading(
                f"{len(values)} values ({listed}{', ...' if len(values) > 4 else ''}) where one is expected; "
                "print one, or choose a `summary` such as median, max or last"
            )
        return values[0]
    if summary in ("first", "last"):
        return values[0 if summary == "first" else -1]
    numbers = [value for value in values if not isinstance(value, (str, bool))]
    if len(numbers) != len(values):
        raise NoReading(f"a {summary} of text; print numbers, or use `summary: only`")
    try:
        return finite(_NUMERIC[summary](numbers))
    except OverflowError as error:
        raise NoReading(f"the {summary} of {len(numbers)} numbers is beyond 1e308") from error


def _quoted(value: Value) -> str:
    return repr(shortened(value) if isinstance(value, str) else value)
