"""What the page on trust shows: the error that is allowed, controls, mutants, other analyses, noise, the benchmark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from macros.claim.fields import VerdictName
from macros.claim.natural import natural_key
from macros.publish.card import describe
from macros.publish.rendering import without_markup
from macros.results.analyses import TARGET, failures, judged_again, stands_everywhere
from macros.results.catalogue import CatalogueResult, CellResult
from macros.results.mutants import Score, score
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.eprocess import fewest_trials, sample_quantile
from macros.verdict.finding import Reason
from macros.verdict.mutants import Change, Trial
from macros.verdict.policy import Policy
from macros.verdict.quantities import unit_of
from macros.verdict.sessions import quietness, slowdown


@dataclass(frozen=True)
class Figure:
    """One figure of the benchmark: what was checked, what was aimed at, what came out, whether that is enough."""

    check: str
    target: str
    value: float
    met: bool
    on: str
    machine: str


def read_figures(project: Path) -> tuple[Figure, ...]:
    """The figures that `make bench-verdicts` left; none where it has not been run."""
    try:
        rows = json.loads((project / "bench" / "verdicts.json").read_text("utf-8"))
    except OSError:
        return ()
    return tuple(
        Figure(row["check"], row["target"], row["value"], row["met"], row.get("on", ""), row.get("machine", ""))
        for row in rows
    )


@dataclass(frozen=True)
class Spending:
    """What one claim may spend of the error."""

    claim: str
    title: str
    alpha: float
    cells: int
    least: int


@dataclass(frozen=True)
class Unsteady:
    """An expectation that another analysis judges otherwise, in the cells that are named; `unit` is its numbers'."""

    claim: str
    analysis: AnalysisName
    expectation: str
    unit: str
    cells: tuple[tuple[str, Tried], ...]


@dataclass(frozen=True)
class Trust:
    """The page's values. `figures` come from the benchmark, everything else from the results at hand."""

    results: CatalogueResult
    figures: Sequence[Figure]

    @property
    def policy(self) -> Policy:
        """The catalogue's."""
        return self.results.policy

    # ---- the error that is allowed -----------------------------------------------------------------

    @cached_property
    def spending(self) -> list[Spending]:
        """The statistical claims, with the error of all their verdicts together and the fewest runs that can decide."""
        found = []
        for result in self.results.claims.values():
            spent = [finding.alpha for cell in result.cells for finding in cell.judged.expectations if finding.alpha]
            if spent:
                title = without_markup(result.claim.title)
                found.append(
                    Spending(result.claim.id, title, sum(spent), len(result.cells), fewest_trials(0.5, min(spent) / 2))
                )
        return found

    @property
    def spent(self) -> float:
        """By all claims together."""
        return sum(one.alpha for one in self.spending)

    # ---- controls and mutants --------------------------------------------------------------------

    @cached_property
    def controls(self) -> tuple[int, int]:
        """How many controls came out as they are known to, of how many that the machine let run."""
        every = [control for result in self.results.claims.values() for control in result.controls if control.ran]
        return sum(control.ok for control in every), len(every)

    @cached_property
    def silent(self) -> list[tuple[str, str, str]]:
        """Controls that did not: claim, control, what came out."""
        return [
            (result.claim.id, control.control.name, control.result.judged.finding.verdict.value)
            for result in self.results.claims.values()
            for control in result.controls
            if control.ran and not control.ok
        ]

    @cached_property
    def mutants(self) -> Score:
        return score(self.results)

    @cached_property
    def survivors(self) -> list[tuple[Trial, list[str]]]:
        """Each confirmed mutant once, with the cells in which it survived."""
        alike: dict[tuple[str, int, Change], list[Trial]] = {}
        for trial in self.mutants.survivors:
            alike.setdefault((trial.claim, trial.mutant.number, trial.mutant.change), []).append(trial)
        return [
            (same[0], sorted({f"{trial.toolchain}, {trial.case}" for trial in same}, key=natural_key))
            for same in alike.values()
        ]

    # ---- other analyses --------------------------------------------------------------------------

    @cached_property
    def standing(self) -> tuple[int, int]:
        """How many measured verdicts hold in every other analysis, of how many that are decided."""
        holding, decided, _ = stands_everywhere(self.results)
        return holding, decided

    @property
    def standing_share(self) -> float:
        """1 where nothing is decided."""
        holding, decided = self.standing
        return holding / decided if decided else 1.0

    standing_target = TARGET
    analyses = tuple(AnalysisName)

    @cached_property
    def unsteady(self) -> list[Unsteady]:
        """What does not hold in an analysis: by claim, analysis and expectation, with what its cells found."""
        alike: dict[tuple[str, AnalysisName, int], list[tuple[str, Tried]]] = {}
        for result in judged_again(self.results):
            for cell, tried in failures(result):
                name = f"{cell.cell.toolchain}, {cell.cell.case}"
                alike.setdefault((result.claim.id, tried.analysis, tried.expectation), []).append((name, tried))
        found = []
        for (name, analysis, place), cells in alike.items():
            claim = self.results.claims[name].claim
            expectation = claim.expect[place]
            found.append(Unsteady(name, analysis, describe(expectation), unit_of(claim, expectation), tuple(cells)))
        return found

    # ---- the machine -----------------------------------------------------------------------------

    @cached_property
    def _measured(self) -> list[CellResult]:
        cells = [cell for result in self.results.claims.values() for cell in result.cells]
        cells += [control.result for result in self.results.claims.values() for control in result.controls]
        return [cell for cell in cells if any(session.calibrations for session in cell.record.evidence.sessions)]

    @property
    def measured_cells(self) -> int:
        return len(self._measured)

    @cached_property
    def slowdown(self) -> tuple[float, float, float] | None:
        """The sentinel's time over its best, by cell: median, ninth decile and worst."""
        factors = [factor for cell in self._measured if (factor := slowdown(cell.record.evidence.sessions)) is not None]
        if not factors:
            return None
        return sample_quantile(factors, 0.5), sample_quantile(factors, 0.9), max(factors)

    @cached_property
    def rounds(self) -> tuple[int, int]:
        """Loud rounds, of all rounds with a sentinel."""
        loud = sum(len(quietness(cell.record.evidence, self.policy).loud) for cell in self._measured)
        told = sum(len(session.calibrations) for cell in self._measured for session in cell.record.evidence.sessions)
        return loud, told

    @cached_property
    def bad_sessions(self) -> int:
        """Cells whose session could not be believed where quiet is needed."""
        return sum(quietness(cell.record.evidence, self.policy).bad is not None for cell in self._measured)

    # ---- reasons ---------------------------------------------------------------------------------

    @cached_property
    def reasons(self) -> list[tuple[Reason, int]]:
        """Every reason code, and how many cells of this build it was given to."""
        given = Counter(cell.judged.finding.reason for result in self.results.claims.values() for cell in result.cells)
        given.update(
            result.finding.reason
            for result in self.results.claims.values()
            if result.finding.verdict in (VerdictName.DEPENDS, VerdictName.INCONCLUSIVE)
            and result.finding.reason in (Reason.TOOLCHAIN, Reason.CASE, Reason.CONTROL)
        )
        return [(reason, given[reason]) for reason in Reason if reason is not Reason.NONE]
