"""Figures and names as the findings' sentences give them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from macros.claim.metrics import Metric
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Value

SHOWN = 4
"""How many different values a sentence lists."""


def figure(value: Value, unit: str = "") -> str:
    """A value for a sentence: whole numbers in full, others to three significant digits, texts in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"`{value}`"
    return f"{_number(value)}{'' if unit == '%' else ' '}{unit}".strip()


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value == 0 or isinstance(value, int) or (value == round(value) and abs(value) < 1e6):
        return f"{int(value):,}" if abs(value) < 1e15 else f"{value:.3g}"
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.3g}"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{digits}f}"


def values(seen: Sequence[Value], unit: str) -> str:
    """The different values, the first few of them, in the order of their coming."""
    different = list(dict.fromkeys(figure(value, unit) for value in seen))
    listed = ", ".join(different[:SHOWN])
    return listed if len(different) <= SHOWN else f"{listed} and {len(different) - SHOWN} more"


def subject(claim: Claim, expectation: Expectation) -> str:
    """What a predicate speaks of, for the middle of a sentence."""
    if expectation.ratio is not None:
        ratio = expectation.ratio
        return f"{_quantile(expectation)}`{ratio.metric}` of {ratio.of} over {ratio.over}"
    name = f"`{expectation.subject}`"
    if not expectation.statistical:
        return name
    return f"{_quantile(expectation)}{_inside(claim.metrics[expectation.subject])}{name}"


def _quantile(expectation: Expectation) -> str:
    if expectation.quantile == 0.5:
        return "the median of "
    return f"the {figure(expectation.quantile * 100)} % quantile of "


def _inside(metric: Metric) -> str:
    """A quantile taken inside each process must not pass for one over processes."""
    names = {"p99": "P99", "p90": "P90", "max": "maximum", "min": "minimum", "mean": "mean", "sum": "sum"}
    return f"the per-process {names[metric.summary]} of " if metric.summary in names else ""


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
