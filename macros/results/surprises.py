"""Where the source's figure and the measured value are furthest apart. Pure.

A claim is eligible where its verdict is refuted, or depends; where a refuted expectation compares a number with a
figure that the source itself gives; and where both are of one sign and not zero. The distance is the factor between the
two, of the cell in which it is largest. Nobody chooses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.claim.model import Expectation
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Reason

COMPARED = ("below", "above", "about", "equals", "at_least", "at_most")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Surprise:
    """`factor`: how many times the measured value is the figure, or the figure the value; 1 or more. `more`: which."""

    result: ClaimResult
    cell: CellResult
    estimate: Estimate
    figure: str
    factor: float
    more: bool


def surprises(results: CatalogueResult, count: int) -> list[Surprise]:
    """The furthest apart first, one for each claim."""
    found = [
        max(of_claim, key=lambda one: one.factor)
        for result in results.claims.values()
        if result.finding.verdict in (VerdictName.REFUTED, VerdictName.DEPENDS)
        and result.finding.reason is not Reason.MACHINE
        and (of_claim := list(_of_claim(result)))
    ]
    return sorted(found, key=lambda one: (-one.factor, one.result.claim.id))[:count]


def _of_claim(result: ClaimResult) -> Iterator[Surprise]:
    for cell in result.judging_cells():
        judged = [each for each in result.claim.expect if each.applies_to(cell.cell.case)]
        for expectation, finding in zip(judged, cell.judged.expectations, strict=True):
            if finding.verdict is VerdictName.REFUTED:
                yield from _of_expectation(result, cell, expectation)


def _of_expectation(result: ClaimResult, cell: CellResult, expectation: Expectation) -> Iterator[Surprise]:
    threshold = getattr(expectation, expectation.predicate)
    estimate = cell.judged.estimates.get(name_of_subject(expectation))
    if expectation.predicate not in COMPARED or isinstance(threshold, bool) or estimate is None:
        return
    given = figure_of(result.claim.source.figures, threshold)
    if given is None or isinstance(estimate.value, (str, bool)):
        return
    try:
        figure = units.magnitude(threshold, estimate.unit)
    except units.UnitError:
        return
    if figure * estimate.value <= 0 or not math.isfinite(estimate.value):
        return
    factor = estimate.value / figure
    yield Surprise(result, cell, estimate, given, max(factor, 1 / factor), factor > 1)


def figure_of(figures: tuple[str, ...], threshold: str | float) -> str | None:
    """The figure of the source that has the threshold's number in it; None where it is ours and not the source's."""
    try:
        number = units.split(threshold)[0]
    except units.UnitError:
        return None
    for figure in figures:
        if any(float(word.replace(",", "")) == number for word in _NUMBER.findall(figure)):
            return figure
    return None
