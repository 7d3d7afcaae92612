"""What a language must be able to say: one method for each kind of label, detail and cause.

An implementation is an explicit subclass, so that the type checker names what it lacks; the `match` statements here
are exhaustive, so that it also names a new detail that no method speaks for. Sentences are plain text with code spans
between backquotes; what programs and claim files put into them has been made visible and short (`inert.quoted`), and
each medium makes the whole inert in its own way.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol, assert_never

from macros.claim.fields import Kind, VerdictName
from macros.results.weakest import Weakness
from macros.verdict import causes, details
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.analyses import Analyses
from macros.verdict.causes import Cause
from macros.verdict.details import Detail
from macros.verdict.finding import Estimate, Finding, Mark, Reason
from macros.verdict.mutants import Change, Excuse
from macros.verdict.premises import Relation
from macros.words import figures, inert, kinds
from macros.words.figures import Numerals, Shown

LanguageName = Literal["en", "zh"]

LONGEST_VALUE = 200
"""How many characters of a text that was read as a metric's value are shown."""


class Language(Protocol):
    """One language. Stateless: every method turns values into text."""

    name: ClassVar[LanguageName]
    weaknesses: ClassVar[Mapping[Weakness, str]]
    """Each reason to doubt a verdict, in a sentence."""

    # ---- labels ----------------------------------------------------------------------------------

    @abstractmethod
    def verdict(self, verdict: VerdictName) -> str:
        """The verdict's own word."""

    @abstractmethod
    def verdict_meaning(self, verdict: VerdictName) -> str:
        """What the verdict says of a statement, in a sentence."""

    @abstractmethod
    def kind(self, kind: Kind) -> str:
        """How a claim of that kind is decided, as a phrase."""

    def kind_name(self, kind: Kind) -> str:
        """The kind in one word."""
        return kinds.NAMES[self.name][kind]

    @abstractmethod
    def reason(self, reason: Reason) -> str:
        """The reason as a short phrase; "" for none."""

    @abstractmethod
    def reason_meaning(self, reason: Reason) -> str:
        """The reason in a sentence, with what would help; "" for none."""

    @abstractmethod
    def mark(self, mark: Mark) -> str:
        """The mark as a short phrase that stands beside a verdict."""

    @abstractmethod
    def mark_meaning(self, mark: Mark) -> str:
        """The mark in a sentence."""

    @abstractmethod
    def relation(self, relation: Relation) -> str:
        """What is said of other claims, as a label or in a sentence."""

    @abstractmethod
    def change(self, change: Change) -> str:
        """What was done to a statement to falsify it, as a phrase."""

    @abstractmethod
    def witness(self, name: str) -> str:
        """What one of the sentinel's witnesses reads, as a phrase."""

    @abstractmethod
    def excuse(self, excuse: Excuse) -> str:
        """Why a falsified statement that is confirmed as well is no defect of the claim, as a clause."""

    @abstractmethod
    def analysis(self, name: AnalysisName) -> str:
        """The other analysis as a short phrase."""

    @abstractmethod
    def analysis_meaning(self, name: AnalysisName) -> str:
        """What the other analysis does, in a sentence."""

    @abstractmethod
    def analyses(self, found: Analyses) -> str:
        """In how many of the other analyses the verdict holds, and in which it does not, in a sentence."""

    @abstractmethod
    def tried(self, tried: Tried, unit: str) -> str:
        """What one analysis found and what it was held against, as a clause."""

    # ---- values ----------------------------------------------------------------------------------

    @abstractmethod
    def truth(self, value: bool) -> str:
        """The word for a truth value."""

    @abstractmethod
    def at_least(self, number: str) -> str:
        """An interval without an upper end."""

    @abstractmethod
    def at_most(self, number: str) -> str:
        """An interval without a lower end."""

    @abstractmethod
    def layouts(self, count: int, share: float) -> str:
        """In how many layouts of the code a value was measured, and what part of its scatter is theirs."""

    def interval(self, numerals: Numerals) -> str:
        """The interval without its unit; "" where there is none."""
        match numerals.low, numerals.high:
            case str(low), str(high):
                return f"{low}–{high}"
            case str(low), None:
                return self.at_least(low)
            case None, str(high):
                return self.at_most(high)
        return ""

    def show(self, estimate: Estimate) -> Shown:
        """A value with its interval, in the digits that it has everywhere. A text is limited, and not yet inert."""
        value = estimate.value
        if isinstance(value, bool):
            return Shown(self.truth(value), "", "", estimate.n)
        if isinstance(value, str):
            return Shown(inert.limited(value, LONGEST_VALUE), "", "", estimate.n, code=True)
        numerals = figures.numerals(value, estimate.low, estimate.high, estimate.unit)
        share = estimate.layout_share
        layouts = "" if share is None else self.layouts(estimate.layouts, share)
        return Shown(numerals.number, numerals.unit, self.interval(numerals), estimate.n, layouts=layouts)

    # ---- findings --------------------------------------------------------------------------------

    def finding(self, finding: Finding) -> str:
        """What was found, in whole sentences; "" where the finding holds nothing but its verdict."""
        return "" if finding.detail is None else self.detail(finding.detail)

    def detail(self, detail: Detail) -> str:
        """Any detail, in whole sentences."""
        match detail:
            case details.AsExpected():
                return self.as_expected(detail)
            case details.NotAsExpected():
                return self.not_as_expected(detail)
            case details.MissedByMachine():
                return self.missed_by_machine(detail)
            case details.DependsOnLayout():
                return self.depends_on_layout(detail)
            case details.Undecided():
                return self.undecided(detail)
            case details.ReadAsExpected():
                return self.read_as_expected(detail)
            case details.ReadOtherwise():
                return self.read_otherwise(detail)
            case details.ProcessesDisagree():
                return self.processes_disagree(detail)
            case details.TooFewReadings():
                return self.too_few_readings(detail)
            case details.MachineLacks():
                return self.machine_lacks(detail)
            case details.OnlyContext():
                return self.only_context(detail)
            case details.Several():
                return self.several(detail)
            case details.NoEvidenceThere():
                return self.no_evidence_there(detail)
            case details.NothingRun():
                return self.nothing_run(detail)
            case details.Agreement():
                return self.agreement(detail)
            case details.PartlyMissedByMachine():
                return self.partly_missed_by_machine(detail)
            case details.RefutedOrMissed():
                return self.refuted_or_missed(detail)
            case details.PartlyOnLayout():
                return self.partly_on_layout(detail)
            case details.OpenCells():
                return self.open_cells(detail)
            case details.Dependence():
                return self.dependence(detail)
            case details.ControlFailed():
                return self.control_failed(detail)
            case details.NoControl():
                return self.no_control(detail)
        assert_never(detail)

    def cause(self, cause: Cause) -> str:
        """Why a predicate is open, as a clause without its full stop."""
        match cause:
            case causes.BudgetBeforeLeast():
                return self.budget_before_least(cause)
            case causes.TimeSpent():
                return self.time_spent(cause)
            case causes.TooFewForInterval():
                return self.too_few_for_interval(cause)
            case causes.LikeNeighbours():
                return self.like_neighbours(cause)
            case causes.NearThreshold():
                return self.near_threshold(cause)
            case causes.Scattered():
                return self.scattered(cause)
            case causes.DidNotMeasure():
                return self.did_not_measure(cause)
            case causes.BusyRounds():
                return self.busy_rounds(cause)
            case causes.TooLoud():
                return self.too_loud(cause)
            case causes.NullControlFired():
                return self.null_control_fired(cause)
            case causes.SessionsDiffer():
                return self.sessions_differ(cause)
            case causes.Drifting():
                return self.drifting(cause)
            case causes.OperationNotInCode():
                return self.operation_not_in_code(cause)
            case causes.NoEmptyLoop():
                return self.no_empty_loop(cause)
            case causes.LikeEmptyLoop():
                return self.like_empty_loop(cause)
            case causes.MovedByLayout():
                return self.moved_by_layout(cause)
        assert_never(cause)

    # One method for each detail. What each of them means stands with its class in `verdict.details`.

    @abstractmethod
    def as_expected(self, detail: details.AsExpected) -> str: ...
    @abstractmethod
    def not_as_expected(self, detail: details.NotAsExpected) -> str: ...
    @abstractmethod
    def missed_by_machine(self, detail: details.MissedByMachine) -> str: ...
    @abstractmethod
    def depends_on_layout(self, detail: details.DependsOnLayout) -> str: ...
    @abstractmethod
    def undecided(self, detail: details.Undecided) -> str: ...
    @abstractmethod
    def read_as_expected(self, detail: details.ReadAsExpected) -> str: ...
    @abstractmethod
    def read_otherwise(self, detail: details.ReadOtherwise) -> str: ...
    @abstractmethod
    def processes_disagree(self, detail: details.ProcessesDisagree) -> str: ...
    @abstractmethod
    def too_few_readings(self, detail: details.TooFewReadings) -> str: ...
    @abstractmethod
    def machine_lacks(self, detail: details.MachineLacks) -> str: ...
    @abstractmethod
    def only_context(self, detail: details.OnlyContext) -> str: ...
    @abstractmethod
    def several(self, detail: details.Several) -> str: ...
    @abstractmethod
    def no_evidence_there(self, detail: details.NoEvidenceThere) -> str: ...
    @abstractmethod
    def nothing_run(self, detail: details.NothingRun) -> str: ...
    @abstractmethod
    def agreement(self, detail: details.Agreement) -> str: ...
    @abstractmethod
    def partly_missed_by_machine(self, detail: details.PartlyMissedByMachine) -> str: ...
    @abstractmethod
    def refuted_or_missed(self, detail: details.RefutedOrMissed) -> str: ...

    def partly_on_layout(self, detail: details.PartlyOnLayout) -> str: ...
    @abstractmethod
    def open_cells(self, detail: details.OpenCells) -> str: ...
    @abstractmethod
    def dependence(self, detail: details.Dependence) -> str: ...
    @abstractmethod
    def control_failed(self, detail: details.ControlFailed) -> str: ...
    @abstractmethod
    def no_control(self, detail: details.NoControl) -> str: ...

    # One method for each cause. What each of them means stands with its class in `verdict.causes`.

    @abstractmethod
    def budget_before_least(self, cause: causes.BudgetBeforeLeast) -> str: ...
    @abstractmethod
    def time_spent(self, cause: causes.TimeSpent) -> str: ...
    @abstractmethod
    def too_few_for_interval(self, cause: causes.TooFewForInterval) -> str: ...
    @abstractmethod
    def like_neighbours(self, cause: causes.LikeNeighbours) -> str: ...
    @abstractmethod
    def near_threshold(self, cause: causes.NearThreshold) -> str: ...
    @abstractmethod
    def scattered(self, cause: causes.Scattered) -> str: ...
    @abstractmethod
    def did_not_measure(self, cause: causes.DidNotMeasure) -> str: ...
    @abstractmethod
    def busy_rounds(self, cause: causes.BusyRounds) -> str: ...
    @abstractmethod
    def too_loud(self, cause: causes.TooLoud) -> str: ...
    @abstractmethod
    def null_control_fired(self, cause: causes.NullControlFired) -> str: ...
    @abstractmethod
    def sessions_differ(self, cause: causes.SessionsDiffer) -> str: ...
    @abstractmethod
    def drifting(self, cause: causes.Drifting) -> str: ...
    @abstractmethod
    def operation_not_in_code(self, cause: causes.OperationNotInCode) -> str: ...
    @abstractmethod
    def no_empty_loop(self, cause: causes.NoEmptyLoop) -> str: ...
    @abstractmethod
    def like_empty_loop(self, cause: causes.LikeEmptyLoop) -> str: ...
    @abstractmethod
    def moved_by_layout(self, cause: causes.MovedByLayout) -> str: ...
