"""An expectation's figures in its metric's unit, and how the claim's error is shared."""

from __future__ import annotations

from macros.claim import units
from macros.claim.model import Claim, Expectation, Threshold
from macros.evidence.extract import kind_of_value
from macros.verdict.policy import Policy

ON_TEXT = ("matches", "one_of")
"""The predicates that are about text and have no figures."""


class CannotJudge(ValueError):
    """The claim asks of its metrics what they cannot answer. `check` finds what can be found before a run."""


def unit_of(claim: Claim, expectation: Expectation) -> str:
    """The unit of what the expectation speaks of: the metric's own, or none for a ratio."""
    return "" if expectation.ratio is not None else claim.metrics[expectation.subject].unit or ""


def threshold(quantity: Threshold, unit: str) -> float:
    """The figure in `unit`. Raises units.UnitError, a ValueError, where it does not convert."""
    if isinstance(quantity, int) and not isinstance(quantity, bool) and not unit:
        return quantity
    return units.magnitude(quantity, unit)


def band(expectation: Expectation, unit: str, policy: Policy) -> tuple[float, float]:
    """The ends of an `about`: its figure divided by and times the factor of its band."""
    middle = threshold(expectation.about if expectation.about is not None else 0, unit)
    if middle <= 0:
        raise CannotJudge(f"about {expectation.about}: a band needs a figure above zero")
    factor = policy.band(expectation.within)
    return middle / factor, middle * factor


def shares(claim: Claim, toolchains: int) -> int:
    """How many statistical predicates the claim's error is shared over: each in every cell that counts.

    `toolchains` is the number of toolchains in the claim's scope.
    """
    per_toolchain = sum(
        expectation.statistical and expectation.applies_to(case.name)
        for case in claim.cases
        if not case.context
        for expectation in claim.expect
    )
    return per_toolchain * toolchains


def figures(claim: Claim, expectation: Expectation, policy: Policy) -> tuple[float, ...]:
    """The predicate's thresholds in the unit of what it speaks of; none for predicates on text."""
    unit, predicate = unit_of(claim, expectation), expectation.predicate
    given = getattr(expectation, predicate)
    if predicate == "about":
        return band(expectation, unit, policy)
    if predicate == "grows":
        return {"linear": policy.linear, "faster": policy.linear[1:], "slower": policy.linear[:1]}[str(given)]
    if predicate in ON_TEXT or isinstance(given, bool):
        return ()
    if predicate == "equals" and isinstance(given, str) and not _numeric(claim, expectation):
        return ()
    return (threshold(given, unit),)


def _numeric(claim: Claim, expectation: Expectation) -> bool:
    """Whether an `equals` that is written as text must be a quantity."""
    metric = claim.metrics[expectation.subject]
    return bool(metric.unit) or kind_of_value(metric) == "number"
