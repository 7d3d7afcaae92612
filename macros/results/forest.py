"""What a forest plot of a claim shows: one row per machine, ours first, of what was measured in one release. Pure.

There is one for each measured quantity and case, in the newest release that another machine has too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from macros.claim.natural import natural_key
from macros.results.catalogue import CellResult, ClaimResult
from macros.results.elsewhere import Elsewhere
from macros.results.plots import region
from macros.verdict.estimates import name_of_subject
from macros.verdict.finding import Estimate, Finding
from macros.verdict.policy import Policy
from macros.verdict.quantities import unit_of

Place = tuple[str, str, str]
"""Quantity, case and toolchain."""


@dataclass(frozen=True)
class ForestRow:
    """One machine's value. `facts` are None for ours. The statement would hold between `low` and `high`; None: no
    limit on that side.
    """

    facts: Mapping[str, Any] | None
    cell: CellResult
    estimate: Estimate
    finding: Finding
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Forest:
    """All machines in one release and case."""

    name: str
    unit: str
    toolchain: str
    case: str
    rows: tuple[ForestRow, ...]


def forests_of(result: ClaimResult, others: Sequence[Elsewhere], policy: Policy) -> list[Forest]:
    """In the order of the expectations; none where no other machine measured the same."""
    units = {name_of_subject(each): unit_of(result.claim, each) for each in result.claim.expect if each.statistical}
    ours = _rows(result, None, policy)
    theirs = [_rows(other.result, other.facts, policy) for other in others if other.result is not None]
    newest: dict[tuple[str, str], str] = {}
    for name, case, toolchain in sorted(ours, key=lambda place: natural_key(place[2])):
        if any((name, case, toolchain) in rows for rows in theirs):
            newest[name, case] = toolchain
    found = []
    for name, unit in units.items():
        for case in (each.name for each in result.claim.cases if (name, each.name) in newest):
            place = (name, case, newest[name, case])
            rows = [ours[place], *(rows[place] for rows in theirs if place in rows)]
            found.append(Forest(name, unit, place[2], case, tuple(rows)))
    return found


def _rows(result: ClaimResult, facts: Mapping[str, Any] | None, policy: Policy) -> dict[Place, ForestRow]:
    """By place the first expectation of each quantity that was measured there."""
    found: dict[Place, ForestRow] = {}
    for cell in result.cells:
        judged = [each for each in result.claim.expect if each.applies_to(cell.cell.case)]
        for expectation, finding in zip(judged, cell.judged.expectations, strict=True):
            name = name_of_subject(expectation)
            estimate = cell.judged.estimates.get(name)
            if not expectation.statistical or estimate is None or isinstance(estimate.value, (str, bool)):
                continue
            row = ForestRow(facts, cell, estimate, finding, *region(result, expectation, policy))
            found.setdefault((name, cell.cell.case, cell.cell.toolchain), row)
    return found
