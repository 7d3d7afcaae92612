"""The catalogue's measured verdicts in other analyses: which of them stand in all, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator

from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.verdict.alternatives import Tried

TARGET = 0.95
"""The share of measured verdicts that ought to hold in every analysis."""


def judged_again(results: CatalogueResult) -> list[ClaimResult]:
    """The claims that are decided by what is measured, in the catalogue's order."""
    return [result for result in results.claims.values() if result.analyses is not None]


def stands_everywhere(results: CatalogueResult) -> tuple[int, int, list[str]]:
    """How many measured verdicts hold in every analysis that applies, of how many, and the ids of the others."""
    every = judged_again(results)
    others = [result.claim.id for result in every if result.analyses is not None and result.analyses.failing]
    return len(every) - len(others), len(every), others


def failures(result: ClaimResult) -> Iterator[tuple[CellResult, Tried]]:
    """What does not hold of a claim: the cell, and what the analysis found in it."""
    for cell in result.judging_cells():
        if cell.analyses is not None:
            for tried in cell.analyses.why:
                yield cell, tried
