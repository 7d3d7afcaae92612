"""Every claim's plots, worked out once for all who show them: its page and its file for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from macros.claim.document import read_document
from macros.claim.loading import CLAIM_FILE
from macros.problems import InvalidInput, Problem
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.plots import Plot, plots_of, without_samples
from macros.verdict.estimates import name_of_subject

Plots = Mapping[str, tuple[Plot, ...]]
"""By claim; none where a number says it."""


def all_plots(results: CatalogueResult) -> Plots:
    """Raises InvalidInput where a cell was measured and has no sample of what is judged."""
    problems = list(_empty(results.claims.values()))
    if problems:
        raise InvalidInput(sorted(problems))
    return {name: tuple(plots_of(result, results.policy)) for name, result in results.claims.items()}


def _empty(claims: Iterable[ClaimResult]) -> Iterator[Problem]:
    for result in claims:
        for place, cell in without_samples(result):
            name, ran = result.claim.id, len(cell.record.evidence.observations)
            what = (
                f"{name}: the plot of `{name_of_subject(result.claim.expect[place])}` has no sample in "
                f"{cell.cell.toolchain}, {cell.cell.case}: the record has {ran} processes, and none gives it"
            )
            fix = f"measure again with `claims run {name} --fresh`, or correct the metric that is expected"
            yield read_document(result.folder / CLAIM_FILE).problem(("expect", place), what, fix)
