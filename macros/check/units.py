"""What no evidence could repair: figures that do not convert, predicates that do not go with their metric."""

from __future__ import annotations

from collections.abc import Iterator

from macros.claim import units
from macros.claim.document import Where
from macros.claim.metrics import Metric, Regex
from macros.claim.model import Claim, Expectation, Resolution
from macros.evidence.extract import kind_of_value, printed_unit
from macros.verdict.policy import DEFAULT
from macros.verdict.quantities import ON_TEXT, figures


def check_units(claim: Claim) -> list[tuple[Where, str]]:
    """Each with its path in the claim file, like ("expect", 0, "below")."""
    problems: list[tuple[Where, str]] = []
    for name, metric in claim.metrics.items():
        problems.extend((("metrics", name), message) for message in _wrong_with_metric(metric))
    for number, expectation in enumerate(claim.expect):
        for key, message in _wrong_with_expectation(claim, expectation):
            problems.append((("expect", number, key), message))
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
        yield predicate, f"{expectation.subject} is not a slope; give the metric `against: KEY` and `summary: growth`"
        return
    if expectation.resolution is not None:
        yield from _wrong_with_resolution(claim, expectation.resolution, metric)
    if kind == "text" and predicate not in (*ON_TEXT, "equals"):
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
            yield "resolution", f"its {role} `{name}` is not a metric; known: {', '.join(claim.metrics)}"
    floor = claim.metrics.get(resolution.floor)
    if floor is not None and floor.unit != metric.unit:
        yield "resolution", f"the floor is in {floor.unit or 'plain numbers'}; give it `unit: {metric.unit}`"


def _arms(claim: Claim) -> int:
    return len(claim.experiment.scripts) if claim.experiment else 0
