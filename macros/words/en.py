"""English."""

from __future__ import annotations

from typing import ClassVar

from macros.claim.fields import Kind, VerdictName
from macros.verdict import causes, details
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.analyses import Analyses
from macros.verdict.finding import Mark, Reason
from macros.verdict.mutants import Change, Excuse
from macros.verdict.parts import Measured, Predicate, Readings, Subject
from macros.verdict.premises import Relation
from macros.words import en_labels, en_layouts, figures, phrases, stretches
from macros.words.en_cells import CAME_TO, HOLDS, by_toolchain, came_to, cases, listed
from macros.words.en_labels import ANALYSES, KINDS, MARKS, REASONS, RELATIONS, VERDICTS
from macros.words.figures import count
from macros.words.language import Language, LanguageName

_SUMMARIES = {"p99": "P99", "p90": "P90", "max": "maximum", "min": "minimum", "mean": "mean", "sum": "sum"}


class English(Language):
    """Every sentence of a finding in English."""

    name: ClassVar[LanguageName] = "en"
    weaknesses = en_labels.WEAKNESSES

    # ---- labels ----------------------------------------------------------------------------------

    def verdict(self, verdict: VerdictName) -> str:
        return VERDICTS[verdict][0]

    def verdict_meaning(self, verdict: VerdictName) -> str:
        return VERDICTS[verdict][1]

    def kind(self, kind: Kind) -> str:
        return KINDS[kind]

    def reason(self, reason: Reason) -> str:
        return REASONS[reason][0]

    def reason_meaning(self, reason: Reason) -> str:
        return REASONS[reason][1]

    def mark(self, mark: Mark) -> str:
        return MARKS[mark][0]

    def mark_meaning(self, mark: Mark) -> str:
        return MARKS[mark][1]

    def relation(self, relation: Relation) -> str:
        return RELATIONS[relation]

    def change(self, change: Change) -> str:
        return en_labels.change(change)

    def witness(self, name: str) -> str:
        return en_labels.witness(name)

    def excuse(self, excuse: Excuse) -> str:
        return en_labels.excuse(excuse)

    def analysis(self, name: AnalysisName) -> str:
        return ANALYSES[name][0]

    def analysis_meaning(self, name: AnalysisName) -> str:
        return ANALYSES[name][1]

    def analyses(self, found: Analyses) -> str:
        holds = f"The verdict holds in {found.stands_in} of {count(found.of)} other analyses"
        return (
            f"{holds}; it does not hold in: {', '.join(map(self.analysis, found.failing))}."
            if found.failing
            else f"{holds}."
        )

    def tried(self, tried: Tried, unit: str) -> str:
        found = " to ".join(phrases.ends(tried.found, unit))
        return f"{found}, compared with {' and '.join(phrases.each(tried.ends, unit))}"

    # ---- values ----------------------------------------------------------------------------------

    def truth(self, value: bool) -> str:
        return "true" if value else "false"

    def at_least(self, number: str) -> str:
        return f"at least {number}"

    def at_most(self, number: str) -> str:
        return f"at most {number}"

    def layouts(self, count: int, share: float) -> str:
        return en_layouts.layouts(count, share)

    # ---- one statistical predicate -------------------------------------------------------------------

    def as_expected(self, detail: details.AsExpected) -> str:
        expected = _expected(detail.subject, detail.predicate)
        return f"{_capital(self._measured(detail.subject, detail.measured))}, as expected ({expected})."

    def not_as_expected(self, detail: details.NotAsExpected) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return f"Expected {_expected(detail.subject, detail.predicate)}, but {measured}."

    def missed_by_machine(self, detail: details.MissedByMachine) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return (
            f"Expected {_expected(detail.subject, detail.predicate)}, but {measured}: a miss by less than a factor "
            f"of {figures.plain(detail.factor)}, which another machine could make up for."
        )

    def depends_on_layout(self, detail: details.DependsOnLayout) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return en_layouts.depends(_expected(detail.subject, detail.predicate), measured, detail)

    def undecided(self, detail: details.Undecided) -> str:
        measured = self._measured(detail.subject, detail.measured)
        expected = _expected(detail.subject, detail.predicate)
        return f"Expected {expected}; {measured}, which does not decide it: {self.cause(detail.cause)}."

    def _measured(self, subject: Subject, measured: Measured) -> str:
        runs = _number(measured.n, "pair of runs", "pairs of runs") if measured.paired else _runs(measured.n)
        numerals = phrases.measured(subject, measured)
        if numerals is None:
            return f"{_subject(subject)} was not measured ({runs})"
        interval = self.interval(numerals)
        return f"{_subject(subject)} is {numerals.text} ({interval}{', ' if interval else ''}{runs})"

    # ---- one exact predicate ---------------------------------------------------------------------------

    def read_as_expected(self, detail: details.ReadAsExpected) -> str:
        name, given = phrases.name(detail.subject.metric), detail.predicate.given
        expected = {
            "equals": "",
            "at_least": f" (at least {phrases.figure(given)})",
            "at_most": f" (at most {phrases.figure(given)})",
            "matches": f" (to match {phrases.name(str(given))})",
            "one_of": f" ({listed([phrases.name(each) for each in phrases.options(given)], 'or')})",
        }[detail.predicate.name]
        return f"{name} is {self._read(detail)}, as expected{expected}."

    def read_otherwise(self, detail: details.ReadOtherwise) -> str:
        return f"{self._exactly(detail.subject, detail.predicate)}, but it is {self._read(detail)}."

    def processes_disagree(self, detail: details.ProcessesDisagree) -> str:
        exactly = self._exactly(detail.subject, detail.predicate)
        return f"{exactly}, but processes disagree: they read {self._read(detail)}."

    def too_few_readings(self, detail: details.TooFewReadings) -> str:
        return (
            f"{phrases.name(detail.subject.metric)} was read in {count(detail.n)} of the {count(detail.needed)} "
            "processes that must agree."
        )

    def _exactly(self, subject: Subject, predicate: Predicate) -> str:
        return f"Expected {phrases.name(subject.metric)} {self._answer(subject, predicate)}"

    def _answer(self, subject: Subject, predicate: Predicate) -> str:
        given = predicate.given
        match predicate.name:
            case "at_least":
                return f"to be at least {phrases.figure(given)}"
            case "at_most":
                return f"to be at most {phrases.figure(given)}"
            case "matches":
                return f"to match {phrases.name(str(given))}"
            case "one_of":
                return f"to be {listed([phrases.name(each) for each in phrases.options(given)], 'or')}"
        return f"to equal {phrases.exact_figure(given, subject.unit, self.truth)}"

    def _read(self, detail: details.ReadAsExpected | details.ReadOtherwise | details.ProcessesDisagree) -> str:
        return f"{self._values(detail.readings, detail.subject.unit)} ({_processes(detail.readings.n)})"

    def _values(self, readings: Readings, unit: str) -> str:
        values = phrases.values(readings, unit, self.truth)
        if readings.more:
            values.append(f"{count(readings.more)} more")
        return listed(values, "and")

    # ---- a cell --------------------------------------------------------------------------------------

    def machine_lacks(self, detail: details.MachineLacks) -> str:
        return f"This machine lacks what the experiment needs: {phrases.said(detail.what)}."

    def only_context(self, detail: details.OnlyContext) -> str:
        return "No expectation applies to this case; it is shown for context."

    def several(self, detail: details.Several) -> str:
        return " ".join(self.detail(each) for each in detail.details)

    # ---- a claim -------------------------------------------------------------------------------------

    def no_evidence_there(self, detail: details.NoEvidenceThere) -> str:
        return phrases.prose(detail.why, self.name)

    def nothing_run(self, detail: details.NothingRun) -> str:
        return "No cell of the claim has been run."

    def agreement(self, detail: details.Agreement) -> str:
        says = _capital(HOLDS[detail.verdict])
        return f"{says} in all {count(detail.cells)} cells.{self._shown(detail.shown)}"

    def partly_missed_by_machine(self, detail: details.PartlyMissedByMachine) -> str:
        return (
            f"In {count(detail.missed)} of {count(detail.cells)} cells the figure is missed by so little that another "
            f"machine could make up for it.{self._shown(detail.shown)}"
        )

    def refuted_or_missed(self, detail: details.RefutedOrMissed) -> str:
        cells = "; ".join(came_to(detail.cells))
        return f"Holds in none of {count(len(detail.cells))} cells: {cells}.{self._shown(detail.shown)}"

    def partly_on_layout(self, detail: details.PartlyOnLayout) -> str:
        return en_layouts.partly(detail) + self._shown(detail.shown)

    def open_cells(self, detail: details.OpenCells) -> str:
        says = _capital(CAME_TO[detail.verdict])
        open_ones = f"{says} in {count(detail.open)} of {count(detail.cells)} cells"
        return f"{'; '.join([open_ones, *came_to(detail.others)])}.{self._shown(detail.shown)}"

    def _shown(self, shown: details.CellShown) -> str:
        if shown.detail is None:
            return ""
        case = "" if shown.case == phrases.DEFAULT_CASE else f", {shown.case}"
        return f" In {shown.toolchain}{case}: {self.detail(shown.detail)}"

    def dependence(self, detail: details.Dependence) -> str:
        missed = "".join(f" It is {part}." for part in came_to(detail.missed))
        if detail.on == "case":
            parts = [cases(says, stretches.cases_with(detail, v)) for v, says in HOLDS.items()]
            return f"{_capital(', '.join(parts))}.{missed}"
        if detail.on == "toolchain":
            return f"{_capital(by_toolchain(stretches.by_toolchain(detail)))}.{missed}"
        parts = [f"in case {case} it {by_toolchain(own)}" for case, own in stretches.by_case(detail).items()]
        return f"Depends on the toolchain and on the case: {'; '.join(parts)}.{missed}"

    def control_failed(self, detail: details.ControlFailed) -> str:
        then = "" if detail.detail is None else f" {self.detail(detail.detail)}"
        return (
            f"The cells say {self.verdict(detail.verdict)}, but the control {detail.control} was known to be "
            f"{self.verdict(detail.expected)} and came out {self.verdict(detail.came_out)}.{then}"
        )

    def no_control(self, detail: details.NoControl) -> str:
        return f"The cells say {self.verdict(detail.verdict)}, but no control comes out {self.verdict(detail.missing)}."

    # ---- causes --------------------------------------------------------------------------------------

    def budget_before_least(self, cause: causes.BudgetBeforeLeast) -> str:
        return f"the budget ended after {count(cause.runs)} of at least {_runs(cause.least)}"

    def time_spent(self, cause: causes.TimeSpent) -> str:
        return f"the budget of {phrases.figure(cause.time)} ended after {_runs(cause.runs)}"

    def too_few_for_interval(self, cause: causes.TooFewForInterval) -> str:
        return f"at this level of error an interval needs at least {_runs(cause.least)}"

    def like_neighbours(self, cause: causes.LikeNeighbours) -> str:
        return "neighbouring runs resemble each other, so each of them counts for less than one run"

    def near_threshold(self, cause: causes.NearThreshold) -> str:
        return f"the whole interval is within a factor of {figures.plain(cause.factor)} of the threshold"

    def scattered(self, cause: causes.Scattered) -> str:
        return "the runs scatter too widely"

    def did_not_measure(self, cause: causes.DidNotMeasure) -> str:
        return f"in {_runs(cause.runs)} the machine did not allow the program to measure"

    def busy_rounds(self, cause: causes.BusyRounds) -> str:
        rounds = _number(cause.rounds, "round", "rounds")
        return f"{rounds} in which the machine was busy {'does' if cause.rounds == 1 else 'do'} not count"

    def too_loud(self, cause: causes.TooLoud) -> str:
        rounds = _number(cause.rounds, "round", "rounds")
        return f"the sentinel found the machine busy in {count(cause.loud)} of {rounds}"

    def null_control_fired(self, cause: causes.NullControlFired) -> str:
        return "the null control saw a difference between two layouts of one program"

    def sessions_differ(self, cause: causes.SessionsDiffer) -> str:
        names = listed([phrases.name(each) for each in cause.names], "and")
        return f"its sessions differ in {names}, so the runs are not one sample"

    def drifting(self, cause: causes.Drifting) -> str:
        return "the values drift from the first run to the last"

    def operation_not_in_code(self, cause: causes.OperationNotInCode) -> str:
        return f"the loop’s machine code does not contain the measured operation ({phrases.name(cause.metric)})"

    def no_empty_loop(self, cause: causes.NoEmptyLoop) -> str:
        return f"no process gives both this value and that of the empty loop ({phrases.name(cause.metric)})"

    def moved_by_layout(self, cause: causes.MovedByLayout) -> str:
        return en_layouts.moved(cause)

    def like_empty_loop(self, cause: causes.LikeEmptyLoop) -> str:
        least = figures.plain(cause.least)
        if cause.ratio is None:
            return f"the empty loop took no time at all, and a ratio of at least {least} is needed"
        seen = f"the value is {figures.plain(cause.ratio)} times that of the empty loop"
        if cause.ratio < cause.least:
            return f"{seen}, and at least {least} is needed"
        return f"{seen}, but the runs do not show for certain that it is at least {least}"


def _expected(subject: Subject, predicate: Predicate) -> str:
    """A statistical predicate as a phrase after "expected"."""
    if predicate.name == "grows":
        slopes = [figures.plain(end) for end in predicate.ends]
        return {
            "linear": f"linear growth (a slope of {' to '.join(slopes)})",
            "faster": f"a slope above {slopes[0]}",
            "slower": f"a slope below {slopes[0]}",
        }[str(predicate.given)]
    figure = phrases.figure(predicate.given)
    if predicate.name != "about":
        return f"{predicate.name} {figure}"
    low, high = phrases.band(predicate, subject)
    return f"about {figure}, from {low} to {high}"


def _subject(subject: Subject) -> str:
    """What was measured, for the middle of a sentence."""
    metric = phrases.name(subject.metric)
    quantile = subject.quantile
    taken = "median" if quantile in (None, 0.5) else f"{figures.percent(quantile or 0)} quantile"
    if subject.of:
        return f"the {taken} of the ratio of {metric} ({subject.of} over {subject.over})"
    inside = f"the per-process {_SUMMARIES[subject.summary]} of " if subject.summary in _SUMMARIES else ""
    return f"the {taken} of {inside}{metric}"


def _runs(number: int) -> str:
    return _number(number, "run", "runs")


def _processes(number: int) -> str:
    return _number(number, "process", "processes")


def _number(number: int, one: str, many: str) -> str:
    return f"{count(number)} {one if number == 1 else many}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
