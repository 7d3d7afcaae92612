"""What the catalogue's stored results say of themselves: mutants, other analyses, and the error that was spent."""

from __future__ import annotations

from bench.checks import Check, at_least, at_most
from macros.results.catalogue import CatalogueResult
from macros.results.mutants import score
from macros.words import speak


def mutants(results: CatalogueResult) -> list[Check]:
    """Every confirmed statement falsified. A mutant that is true, its bound being met by far, is listed by name."""
    found = score(results)
    words = speak("en")
    for trial in found.survivors:
        why = words.excuse(trial.excuse) if trial.excuse else "DEFECT"
        print(f"confirmed: {trial.claim} {trial.toolchain} {trial.case}: {words.change(trial.mutant.change)}: {why}")
    listed = len(found.survivors) - len(found.defects)
    share = (found.refuted + listed) / found.total if found.total else 1.0
    return [
        at_least(f"{found.total:,} mutants of the catalogue: refuted, or listed by name as true", 0.97, share),
        at_most("mutants that are confirmed and not true", 0, len(found.defects)),
        Check("mutants that are listed as true, their bound being met by more than three times", "shown", listed, True),
    ]


def analyses(results: CatalogueResult) -> list[Check]:
    """In how many of the decided measured claims the verdict stands in every analysis; the others by name."""
    from macros.results.analyses import stands_everywhere

    holding, decided, fallen = stands_everywhere(results)
    names = f" (not: {', '.join(sorted(fallen))})" if fallen else ""
    share = holding / decided if decided else 1.0
    return [at_least(f"{decided} decided measured claims: verdict holds in every analysis{names}", 0.95, share)]


def expected_wrong(results: CatalogueResult) -> float:
    """How many decided measured cells of the catalogue are to be expected to be wrong, at most.

    A cell that is confirmed or refuted is wrong with a probability of at most the error that its statements were given
    (`Finding.alpha`). The sum of these over all decided cells is a bound on the expected number of wrong ones, whether
    or not the cells depend on each other. Undecided cells cannot be wrong; controls are no answers and do not count.
    """
    return sum(
        cell.judged.finding.alpha or 0.0
        for result in results.claims.values()
        for cell in result.cells
        if cell.judged.finding.decided
    )


def spent(results: CatalogueResult) -> list[Check]:
    """The expected number of wrong decisive cells, by the judges' own account."""
    decided = sum(
        cell.judged.finding.decided and cell.judged.finding.alpha is not None
        for result in results.claims.values()
        for cell in result.cells
    )
    what = f"expected number of wrong ones among the {decided:,} decided measured cells of the catalogue"
    return [at_most(what, 0.05, expected_wrong(results))]
