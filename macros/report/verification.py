"""Measured verdicts against recorded ones: the comparison that the terminal, JUnit and Markdown show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from macros.claim.loading import CLAIM_FILE
from macros.problems import ExitCode, Failure, InvalidInput, Problem
from macros.report.sentences import sentence, verdict_words
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.verdict.contradiction import UNDECIDED
from macros.verdict.flips import Unflipped


class State(StrEnum):
    """How a claim's measured verdict relates to the recorded one. In the order in which reports list them."""

    CONTRADICTS = "contradicts"
    UNDECIDED = "undecided"
    """This run does not decide it: a warning."""

    DIFFERS = "differs"
    """Another verdict that contradicts nothing: one of an undecided claim, or one that is left to the machine."""

    AGREES = "agrees"


STATES = {
    State.CONTRADICTS: "contradicts its recorded verdict",
    State.UNDECIDED: "is undecided here",
    State.DIFFERS: "differs from its recorded verdict",
}
"""What is said of a claim that does not agree."""


@dataclass(frozen=True)
class Line:
    """One claim in the report."""

    result: ClaimResult
    state: State

    @property
    def id(self) -> str:
        return self.result.claim.id

    @property
    def measured(self) -> str:
        return self.result.finding.verdict.value

    @property
    def recorded(self) -> str:
        return self.result.claim.recorded.value

    @property
    def comparison(self) -> str:
        """What was recorded, what was measured, and why. Not inert."""
        finding = self.result.finding
        said = sentence(finding)
        return f"recorded {self.recorded}, measured {verdict_words(finding)}" + (f": {said}" if said else "")


@dataclass(frozen=True)
class Loss:
    """What has no verdict, since its experiment or the environment failed. `name`: a claim's id where it is known.

    `problem`: with its place, where it has one.
    """

    name: str
    message: str
    code: ExitCode
    problem: Problem | None = None


@dataclass(frozen=True)
class Report:
    """All claims that were verified, in the catalogue's order, and what was lost."""

    lines: tuple[Line, ...]
    lost: tuple[Loss, ...] = ()
    unflipped: tuple[tuple[str, Unflipped], ...] = ()
    """By claim, the verdicts of cases that no control flips."""

    def of(self, *states: State) -> list[Line]:
        return [line for line in self.lines if line.state in states]

    @property
    def by_state(self) -> list[Line]:
        """Contradictions first."""
        order = list(State)
        return sorted(self.lines, key=lambda line: order.index(line.state))

    @property
    def code(self) -> ExitCode:
        """A contradiction counts even if something was lost as well. Of the losses, those to the environment come
        first."""
        return ExitCode.CONTRADICTED if self.contradicted else self.lost_code

    @property
    def lost_code(self) -> ExitCode:
        """The exit code of a run that compares nothing."""
        return max((loss.code for loss in self.lost), default=ExitCode.OK)

    @property
    def counts(self) -> str:
        """How many claims there are, and of each state."""
        numbers = {state: len(self.of(state)) for state in State}
        agree = "agrees with its" if numbers[State.AGREES] == 1 else "agree with their"
        parts = [f"{numbers[State.CONTRADICTS]} contradicted"]
        parts += [f"{numbers[State.UNDECIDED]} undecided"] if numbers[State.UNDECIDED] else []
        parts += [f"{numbers[State.DIFFERS]} with another verdict"] if numbers[State.DIFFERS] else []
        parts += [f"{len(self.lost)} without a result"] if self.lost else []
        parts += [f"{numbers[State.AGREES]} {agree} recorded verdict"]
        return f"{len(self.lines)} claim{'' if len(self.lines) == 1 else 's'}: {', '.join(parts)}"

    @property
    def contradicted(self) -> list[Line]:
        return self.of(State.CONTRADICTS)


def check(result: CatalogueResult) -> Report:
    """Compare every claim's measured verdict with its recorded one."""
    code = ExitCode.ENVIRONMENT if result.failed_by_environment else ExitCode.INVALID
    lost = tuple(_loss(problem, code) for problem in result.problems)
    lines = tuple(Line(claim, _state(claim)) for claim in result.claims.values())
    narrowed = result.selection is not None and result.selection.toolchains
    unflipped = () if narrowed else tuple((line.id, one) for line in lines for one in line.result.unflipped)
    return Report(lines, lost, unflipped)


def nothing_but(failure: Failure) -> Report:
    """The report of a run that a failure ended: by claim where its problems lie in claims' files, else as a whole."""
    if isinstance(failure, InvalidInput):
        return Report((), tuple(_loss(problem, failure.exit_code) for problem in failure.problems))
    return Report((), (Loss("environment", str(failure), failure.exit_code),))


def _loss(problem: Problem, code: ExitCode) -> Loss:
    name = problem.path.parent.name if problem.path.name == CLAIM_FILE else problem.path.name
    return Loss(name, str(problem), code, problem)


def _state(claim: ClaimResult) -> State:
    if claim.contradicts:
        return State.CONTRADICTS
    if claim.finding.verdict is claim.claim.recorded:
        return State.AGREES
    return State.UNDECIDED if claim.finding.verdict in UNDECIDED else State.DIFFERS
