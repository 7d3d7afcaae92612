"""The catalogue's mutants: every confirmed expectation falsified and judged again on the samples that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.verdict.mutants import Trial, try_mutants
from macros.verdict.policy import Policy


@dataclass(frozen=True)
class Score:
    """How many mutants there are, how many came out refuted, and which are confirmed as well."""

    trials: tuple[Trial, ...]

    @property
    def total(self) -> int:
        return len(self.trials)

    @property
    def refuted(self) -> int:
        return sum(trial.verdict.value == "refuted" for trial in self.trials)

    @property
    def undecided(self) -> int:
        return self.total - self.refuted - len(self.survivors)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.survived)

    @property
    def defects(self) -> tuple[Trial, ...]:
        """Survivors for which the claim is to blame."""
        return tuple(trial for trial in self.survivors if not trial.excuse)

    @property
    def share(self) -> float:
        """Of all mutants, how many came out refuted; 1 where there are none."""
        return self.refuted / self.total if self.total else 1.0


def score(results: CatalogueResult) -> Score:
    """Over all executed claims. Cases that are shown for context are judged as well where an expectation applies."""
    return Score(tuple(trial for result in results.claims.values() for trial in trials_of(result, results.policy)))


def trials_of(result: ClaimResult, policy: Policy) -> Sequence[Trial]:
    """One claim's, judged by the policy that the claim itself is judged by."""
    cells = {
        (cell.cell.toolchain, cell.cell.case): (
            cell.record.evidence,
            [finding.verdict for finding in cell.judged.expectations],
        )
        for cell in result.cells
    }
    return try_mutants(result.claim, cells, toolchains=len({toolchain for toolchain, _ in cells}), policy=policy)
