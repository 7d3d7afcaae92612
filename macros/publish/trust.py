"""What the page on trust shows: the error that is allowed, controls, mutants, other analyses, noise, the benchmark."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from macros.claim.fields import VerdictName
from macros.claim.layouts import layouts_of
from macros.claim.natural import natural_key
from macros.publish.benchmarks import PARTS, Benchmarks, Figure
from macros.publish.card import describe
from macros.publish.rendering import without_markup
from macros.results.analyses import TARGET, failures, judged_again, stands_everywhere
from macros.results.catalogue import CatalogueResult, CellResult
from macros.results.elsewhere import models_that_agree
from macros.results.layout_effects import SURELY, LayoutEffect
from macros.results.mutants import Score, score
from macros.results.neighbours import slowdown
from macros.results.weakest import AGREEING
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.contradiction import UNDECIDED
from macros.verdict.eprocess import fewest_trials, sample_quantile
from macros.verdict.finding import Reason
from macros.verdict.flips import Unflipped
from macros.verdict.mutants import Change, Trial
from macros.verdict.policy import Policy
from macros.verdict.quantities import unit_of
from macros.verdict.sessions import UNWATCHED, Quietness, limits_of, loud_witnesses, quietness
from macros.words import figures


@dataclass(frozen=True)
class LayoutRow:
    """What the layouts did to one judged figure, and in how many of them its claim is measured."""

    effect: LayoutEffect
    layouts: int

    @property
    def medians(self) -> str:
        """From the lowest layout's to the highest's."""
        ends = self.effect.medians
        shown = figures.numerals(statistics.median(ends), ends[0], ends[-1], self.effect.unit)
        return shown.text if shown.low is None else figures.with_unit(f"{shown.low} to {shown.high}", shown.unit)


@dataclass(frozen=True)
class Machines:
    """How many machines of other people there are, and of the decided measured claims how many a second model of
    processor comes to.
    """

    others: int
    decided: int
    agreed: int


@dataclass(frozen=True)
class Spending:
    """What one claim may spend of the error."""

    claim: str
    title: str
    alpha: float
    cells: int
    least: int


@dataclass(frozen=True)
class WitnessRow:
    """One witness over all processes: its median, the median of its limits, its greatest, how many it called loud.

    Probes' times in seconds, shares of time as such.
    """

    name: str
    middle: float | None
    limit: float | None
    most: float | None
    loud: int


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
    """The page's values: some were left by benchmarks, everything else comes from the results at hand."""

    results: CatalogueResult
    benchmarks: Benchmarks = field(default_factory=Benchmarks)

    @property
    def policy(self) -> Policy:
        """The catalogue's."""
        return self.results.policy

    # ---- the benchmark ----------------------------------------------------------------------------

    @cached_property
    def tried(self) -> list[tuple[str, list[Figure]]]:
        """What each part of the benchmark asks, and its figures; none where it has not been run."""
        left = self.benchmarks.figures
        return [(title, [one for one in left if one.part == part]) for part, title in PARTS.items()]

    @cached_property
    def layouts(self) -> list[LayoutRow]:
        """Of the catalogue's claims, worst first."""
        claims = self.results.claims
        return [
            LayoutRow(one, layouts_of(claims[one.claim].claim))
            for one in self.benchmarks.layouts
            if one.claim in claims
        ]

    surely_error = SURELY

    @property
    def surely_differ(self) -> int:
        """The figures whose layouts are surely not alike."""
        return sum(row.effect.differ for row in self.layouts)

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
            (result.claim.id, control.control.name, control.finding.verdict.value)
            for result in self.results.claims.values()
            for control in result.controls
            if control.ran and not control.ok
        ]

    @cached_property
    def flipped(self) -> tuple[int, int]:
        """How many verdicts of cases a control of theirs flips, of how many that are decided."""
        every = sum(result.verdicts_of_cases for result in self.results.claims.values())
        return every - len(self.unflipped), every

    @cached_property
    def unflipped(self) -> list[tuple[str, Unflipped]]:
        """The verdicts of cases that no control flips, with their claims."""
        return [(name, one) for name, result in self.results.claims.items() for one in result.unflipped]

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
    def _watched(self) -> list[CellResult]:
        """The cells of which a process ran under the sentinel."""
        return [
            cell
            for result in self.results.claims.values()
            for cell in result.every_cell()
            if any(seen.witnesses for seen in cell.record.evidence.observations)
        ]

    @property
    def watched_cells(self) -> int:
        return len(self._watched)

    @cached_property
    def _quietness(self) -> list[Quietness]:
        """Of each watched cell."""
        return [quietness(cell.record.evidence, self.policy) for cell in self._watched]

    @cached_property
    def processes(self) -> tuple[int, int]:
        """Loud processes, of all that were watched."""
        loud = sum(len(each.loud) for each in self._quietness)
        return loud, sum(len(cell.record.evidence.observations) for cell in self._watched)

    @cached_property
    def rounds(self) -> tuple[int, int]:
        """Rounds with a loud process in them, of all rounds that were watched."""
        loud = sum(len(each.rounds) for each in self._quietness)
        rounds = sum(len({seen.round for seen in cell.record.evidence.observations}) for cell in self._watched)
        return loud, rounds

    @cached_property
    def bad_sessions(self) -> int:
        """Cells whose session could not be believed where quiet is needed."""
        return sum(each.bad is not None for each in self._quietness)

    @cached_property
    def slowdown(self) -> float | None:
        """How many times its quickest independent additions took beside the median process."""
        return slowdown(seen for cell in self._watched for seen in cell.record.evidence.observations)

    @cached_property
    def witnesses(self) -> list[WitnessRow]:
        """What each witness saw in this build, and where its limit lay."""
        read: dict[str, list[float]] = {}
        limits: dict[str, list[float]] = {}
        loud: Counter[str] = Counter()
        for cell in self._watched:
            evidence = cell.record.evidence
            for seen in evidence.observations:
                session = evidence.session_of(seen.round)
                quiet = session.quiet if session is not None else {}
                loud.update(loud_witnesses(seen.witnesses, quiet, self.policy))
                for name, limit in limits_of(quiet, self.policy).items():
                    if name in seen.witnesses:
                        read.setdefault(name, []).append(seen.witnesses[name])
                        limits.setdefault(name, []).append(limit)
        rows = [
            WitnessRow(name, sample_quantile(seen, 0.5), sample_quantile(limits[name], 0.5), max(seen), loud[name])
            for name, seen in sorted(read.items(), key=lambda one: natural_key(one[0]))
        ]
        if loud[UNWATCHED]:
            rows.append(WitnessRow(UNWATCHED, None, None, None, loud[UNWATCHED]))
        return rows

    # ---- other machines --------------------------------------------------------------------------

    @cached_property
    def machines(self) -> Machines:
        """Of how many timed verdicts the one machine is no longer the weak point."""
        others = self.results.elsewhere
        claims = self.results.claims.values()
        decided = [one for one in claims if one.claim.statistical and one.finding.verdict not in UNDECIDED]
        agreed = [one for one in decided if len(models_that_agree(one, others.get(one.claim.id, ()))) >= AGREEING]
        keys = {other.machine for of_claim in others.values() for other in of_claim}
        return Machines(len(keys), len(decided), len(agreed))

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
