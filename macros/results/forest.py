"""What a forest plot of a claim shows: one row per machine, ours first, of what was measured in one release. Pure.

There is one for each quantity and case that has a plot at all, in the newest release that another machine has too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from macros.claim.natural import natural_key
from macros.results.catalogue import ClaimResult
from macros.results.elsewhere import Elsewhere
from macros.results.plots import PlotRow, plots_of
from macros.verdict.policy import Policy


@dataclass(frozen=True)
class ForestRow:
    """One machine's value. `facts` are None for ours; `row` has its interval and the source's figures."""

    facts: Mapping[str, Any] | None
    row: PlotRow


@dataclass(frozen=True)
class Forest:
    """All machines in one release and case."""

    name: str
    unit: str
    toolchain: str
    case: str
    rows: tuple[ForestRow, ...]


def forests_of(result: ClaimResult, others: Sequence[Elsewhere], policy: Policy) -> list[Forest]:
    """In the order of the plots; none where no other machine measured the same."""
    theirs = [(other.facts, _by_place(other.result, policy)) for other in others if other.result is not None]
    found = []
    for plot in plots_of(result, policy):
        newest: dict[str, PlotRow] = {}
        for row in plot.rows:
            key = (plot.name, row.cell.cell.case, row.cell.cell.toolchain)
            before = newest.get(row.cell.cell.case)
            if any(key in rows for _, rows in theirs) and (before is None or _later(row, before)):
                newest[row.cell.cell.case] = row
        for case, row in newest.items():
            toolchain = row.cell.cell.toolchain
            same = [(facts, rows.get((plot.name, case, toolchain))) for facts, rows in theirs]
            rows = [ForestRow(None, row), *(ForestRow(facts, one) for facts, one in same if one is not None)]
            found.append(Forest(plot.name, plot.unit, toolchain, case, tuple(rows)))
    return found


def _by_place(result: ClaimResult, policy: Policy) -> dict[tuple[str, str, str], PlotRow]:
    """By quantity, case and toolchain the first of its rows."""
    found: dict[tuple[str, str, str], PlotRow] = {}
    for plot in plots_of(result, policy):
        for row in plot.rows:
            found.setdefault((plot.name, row.cell.cell.case, row.cell.cell.toolchain), row)
    return found


def _later(row: PlotRow, other: PlotRow) -> bool:
    return max(row, other, key=lambda each: natural_key(each.cell.cell.toolchain)) is row
