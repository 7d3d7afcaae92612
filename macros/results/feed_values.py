"""Values and texts in the form that published files have."""

from __future__ import annotations

import sys

from macros.results.feed_base import LONGEST, LONGEST_LINE
from macros.results.feed_models import Metric
from macros.verdict.finding import Estimate


def metric_form(estimate: Estimate) -> Metric:
    """A value as it is published."""
    return Metric(
        value=bounded(estimate.value, LONGEST) if isinstance(estimate.value, str) else finite(estimate.value),
        low=finite(estimate.low),
        high=finite(estimate.high),
        unit=line(estimate.unit),
        n=estimate.n,
        layouts=estimate.layouts,
        layout_share=estimate.layout_share,
    )


def finite(number: float | None) -> float | None:
    """JSON has no infinity: an open end of an interval is null. So is a whole number beyond all floats."""
    return number if number is not None and abs(number) <= sys.float_info.max else None


def line(words: str) -> str:
    """A name, a title or a fact."""
    return bounded(words, LONGEST_LINE)


def bounded(words: str, longest: int) -> str:
    """Text as UTF-8 can hold it, a lone surrogate spelt out, and of a length that a reader can rely on."""
    words = words.encode("utf-8", "backslashreplace").decode("utf-8")
    return words if len(words) <= longest else words[: longest - 1] + "…"
