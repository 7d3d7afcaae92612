"""An expectation's figures in its metric's unit, how the claim's error is shared, and what lint can find beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from macros.claim import units
from macros.claim.metrics import Metric, Regex
from macros.claim.model import Claim, Expectation, Resolution, Threshold
from macros.evidence.extract import kind_of_value, printed_unit
from macros.verdict.eprocess import fewest_trials
from macros.verdict.policy import DEFAULT, Policy

Path = tuple[str | int, ...]

_ON_TEXT = ("matches", "one_of")


class CannotJudge(ValueError):
    """The claim asks of its metrics what they cannot answer. Lint finds what can be found before a run."""


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


def check_units(claim: Claim) -> list[tuple[Path, str]]:
    """What no evidence could repair: figures that do not convert, predicates that do not go with their metric.

    Paths are those of the claim file: ("expect", 0, "below").
    """
    problems: list[tuple[Path, str]] = []
    for name, metric in claim.metrics.items():
        problems.extend((("metrics", name), message) for message in _wrong_with_metric(metric))
    for number, expectation in enumerate(claim.expect):
        for key, message in _wrong_with_expectation(claim, expectation):
            problems.append((("expect", number, key), message))
    return problems


def check_budget(claim: Claim, toolchains: int, policy: Policy = DEFAULT) -> list[tuple[Path, str]]:
    """The statistical expectations that `samples.at_most` processes could not decide either way."""
    if claim.experiment is None:
        return []
    most = claim.experiment.samples.at_most
    error = policy.alpha(shares(claim, toolchains)) / 2
    problems: list[tuple[Path, str]] = []
    for number, expectation in enumerate(claim.expect):
        if expectation.statistical:
            least = max(fewest_trials(rate, error) for rate in (expectation.quantile, 1 - expectation.quantile))
            if least > most:
                problems.append(
                    (
                        ("expect", number),
                        f"{most} processes cannot decide this either way, {least} could: raise samples.at_most, "
                        "choose a quantile nearer to 0.5, or take the quantile inside each process (`summary: p99`)",
                    )
                )
    return problems


def _wrong_with_metric(metric: Metric) -> Iterator[str]:
    printed, to = printed_unit(metric), metric.unit or ""
    if kind_of_value(metric) == "text":
        if to:
            yield f"its values are text, which has no unit; leave out `unit: {to}`"
        return
    if printed is None:
        return
    try:
        units.factor(printed, to)
    except units.UnitError as error:
        if printed:
            yield f"{error}; the output gives {printed}, so say `unit: {printed}` or another of that kind"
        elif isinstance(metric, Regex) and metric.summary != "count":
            yield f"{error}; say in what unit the text gives the number, like `value_unit: {to}`"
        else:
            yield f"it is a count; leave out `unit: {to}`"


def _wrong_with_expectation(claim: Claim, expectation: Expectation) -> Iterator[tuple[str, str]]:
    predicate = expectation.predicate
    metric = claim.metrics.get(expectation.subject)
    if metric is None:
        return
    kind = kind_of_value(metric)
    if predicate == "grows" and metric.summary != "growth":
        yield predicate, f"{expectation.subject} is no slope; give the metric `against: KEY` and `summary: growth`"
        return
    if expectation.resolution is not None:
        yield from _wrong_with_resolution(claim, expectation.resolution, metric)
    if kind == "text" and predicate not in (*_ON_TEXT, "equals"):
        yield predicate, f"{expectation.subject} is text; judge it by equals, matches or one_of"
        return
    if expectation.statistical and expectation.ratio is None and metric.arm is None and _arms(claim) > 1:
        yield (
            "metric",
            (
                f"every arm prints {expectation.subject}, and their values are no one population; "
                "give the metric an `arm`, or judge a `ratio`"
            ),
        )
    try:
        figures(claim, expectation, DEFAULT)
    except ValueError as error:
        yield predicate, str(error)


def _wrong_with_resolution(claim: Claim, resolution: Resolution, metric: Metric) -> Iterator[tuple[str, str]]:
    for role, name in (("floor", resolution.floor), ("code", resolution.code)):
        if name not in claim.metrics:
            yield "resolution", f"its {role} `{name}` is no metric; known: {', '.join(claim.metrics)}"
    floor = claim.metrics.get(resolution.floor)
    if floor is not None and floor.unit != metric.unit:
        yield "resolution", f"the floor is in {floor.unit or 'plain numbers'}; give it `unit: {metric.unit}`"


def _arms(claim: Claim) -> int:
    return len(claim.experiment.scripts) if claim.experiment else 0


def figures(claim: Claim, expectation: Expectation, policy: Policy) -> tuple[float, ...]:
    """The predicate's thresholds in the unit of what it speaks of; none for predicates on text."""
    unit, predicate = unit_of(claim, expectation), expectation.predicate
    given = getattr(expectation, predicate)
    if predicate == "about":
        return band(expectation, unit, policy)
    if predicate == "grows":
        return {"linear": policy.linear, "faster": policy.linear[1:], "slower": policy.linear[:1]}[str(given)]
    if predicate in _ON_TEXT or isinstance(given, bool):
        return ()
    if predicate == "equals" and isinstance(given, str) and not _numeric(claim, expectation):
        return ()
    return (threshold(given, unit),)


def _numeric(claim: Claim, expectation: Expectation) -> bool:
    """Whether an `equals` that is written as text must be a quantity."""
    metric = claim.metrics[expectation.subject]
    return bool(metric.unit) or kind_of_value(metric) == "number"
