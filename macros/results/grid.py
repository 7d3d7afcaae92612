"""The picture of all claims by release: what each claim came to in each toolchain that `toolchains: all` means. Pure.

A claim's verdict in one release is made of that release's cells alone, by the rules by which the claim's own verdict is
made of all of them. Where a control failed, nothing that the experiment said is believed, in any release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from macros.claim.fields import VerdictName
from macros.claim.natural import natural_key
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, in_order_of_source
from macros.verdict.combine import combine
from macros.verdict.finding import Finding, Reason

SCHEMA = 1
FILE = "grid.json"


@dataclass(frozen=True)
class GridCell:
    """One claim in one release. `cells`: those that its finding is made of, in the order of the claim's cases."""

    toolchain: str
    finding: Finding
    cells: tuple[CellResult, ...]


@dataclass(frozen=True)
class GridRow:
    """One claim. `by_release` lacks the releases in which it was not executed; `elsewhere`: other toolchains of its
    cells."""

    result: ClaimResult
    by_release: Mapping[str, GridCell]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class GridGroup:
    """The claims of one chapter, the first part of where the source says them."""

    chapter: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True)
class Grid:
    """`releases`: the columns, oldest first. `groups`: the rows by chapter, in the order of the source."""

    releases: tuple[str, ...]
    groups: tuple[GridGroup, ...]


def grid_of(results: CatalogueResult) -> Grid:
    """Every claim of the results, also those that nothing was executed for: these have no cell."""
    releases = results.settings.meant_by_all(results.settings.in_order(list(results.toolchains)))
    claims = in_order_of_source(results.claims.values())
    groups = [
        GridGroup(chapter, tuple(_row(result, releases) for result in of_chapter))
        for chapter, of_chapter in groupby(claims, key=lambda result: chapter_of(result.claim.source.where))
    ]
    return Grid(releases, tuple(groups))


def chapter_of(where: str) -> str:
    """`3` of `3.2/3.3`."""
    return where.split("/")[0].strip().split(".")[0]


def _row(result: ClaimResult, releases: Sequence[str]) -> GridRow:
    order = [case.name for case in result.claim.cases]
    judging = sorted(result.judging_cells(), key=lambda cell: order.index(cell.cell.case))
    here = {name: tuple(cell for cell in judging if cell.cell.toolchain == name) for name in releases}
    by_release = {name: GridCell(name, _finding(result, cells), cells) for name, cells in here.items() if cells}
    elsewhere = sorted({cell.cell.toolchain for cell in judging} - set(releases), key=natural_key)
    return GridRow(result, by_release, tuple(elsewhere))


def _finding(result: ClaimResult, cells: Sequence[CellResult]) -> Finding:
    if result.finding.reason is Reason.CONTROL:
        return Finding(VerdictName.INCONCLUSIVE, Reason.CONTROL, result.finding.detail)
    return combine(result.claim, {(cell.cell.toolchain, cell.cell.case): cell.judged for cell in cells})


def text_of(grid: Grid) -> str:
    """grid.json: for each claim its place, its verdict, and its verdict by release. The same for the same grid."""
    claims = {
        row.result.claim.id: {
            "where": row.result.claim.source.where,
            "verdict": row.result.finding.verdict.value,
            "by_release": {name: cell.finding.verdict.value for name, cell in row.by_release.items()},
        }
        for group in grid.groups
        for row in group.rows
    }
    return json.dumps({"schema": SCHEMA, "releases": grid.releases, "claims": claims}, ensure_ascii=False) + "\n"
