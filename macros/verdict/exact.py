"""Predicates about every process alike: what a program counts or prints, what a compiler or a file says.

A program must give the same answer to the predicate in several fresh processes, a file or a compiler once.
The answer is what must agree: "at least 1000" holds of 1001 and 1002 alike.
"""

from __future__ import annotations

import math

from macros.claim import patterns
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Value
from macros.verdict.describing import predicate_of, subject_of
from macros.verdict.details import ProcessesDisagree, ReadAsExpected, ReadOtherwise, TooFewReadings
from macros.verdict.finding import Finding, Reason
from macros.verdict.parts import Readings
from macros.verdict.policy import Policy
from macros.verdict.quantities import CannotJudge, figures, threshold, unit_of

SAME = 1e-9
"""Relative difference up to which two numbers are equal: unit conversion may cost the last digits, nothing else."""


def processes_needed(claim: Claim, metric: str, policy: Policy) -> int:
    """How many processes must agree on the metric."""
    experiment = claim.experiment
    once = experiment is None or experiment.witness == "file" or claim.metrics[metric].stage == "build"
    return 1 if once else policy.agreeing_processes


def judge_exact(claim: Claim, expectation: Expectation, evidence: Evidence, policy: Policy) -> Finding:
    """Confirmed or refuted where all processes agree, else inconclusive. No error is spent on it."""
    sample = evidence.sample(expectation.subject)
    unit = unit_of(claim, expectation)
    answers = {holds(expectation, value, unit) for value in sample}
    subject, readings = subject_of(claim, expectation), Readings.of(sample)
    text = any(isinstance(value, (str, bool)) for value in sample)
    predicate = predicate_of(expectation, () if text else figures(claim, expectation, policy))
    if len(answers) > 1:
        disagree = ProcessesDisagree(subject, predicate, readings)
        return Finding(VerdictName.INCONCLUSIVE, Reason.DISAGREEMENT, disagree)
    needed = processes_needed(claim, expectation.subject, policy)
    if len(sample) < needed:
        return Finding(VerdictName.INCONCLUSIVE, Reason.TOO_FEW_RUNS, TooFewReadings(subject, len(sample), needed))
    if answers == {True}:
        return Finding(VerdictName.CONFIRMED, detail=ReadAsExpected(subject, predicate, readings))
    return Finding(VerdictName.REFUTED, detail=ReadOtherwise(subject, predicate, readings))


def holds(expectation: Expectation, value: Value, unit: str) -> bool:
    """Whether one reading satisfies the predicate. Raises CannotJudge where it is of another kind."""
    match expectation.predicate:
        case "equals":
            return _equal(value, expectation.equals, unit)
        case "at_least":
            figure = threshold(expectation.at_least or 0, unit)
            return _number(expectation, value) >= figure or _same(_number(expectation, value), figure)
        case "at_most":
            figure = threshold(expectation.at_most or 0, unit)
            return _number(expectation, value) <= figure or _same(_number(expectation, value), figure)
        case "matches":
            return patterns.compile(expectation.matches or "").search(_text(value)) is not None
        case "one_of":
            return _text(value) in (expectation.one_of or ())
        case other:
            raise CannotJudge(f"{other} is not an exact predicate")


def _equal(value: Value, expected: Value | None, unit: str) -> bool:
    if isinstance(value, bool) or isinstance(expected, bool):
        if type(value) is not type(expected):
            raise CannotJudge(f"the reading {value!r} cannot be compared with {expected!r}: only one is a truth value")
        return value == expected
    if isinstance(value, str):
        if not isinstance(expected, str):
            raise CannotJudge(f"the reading {value!r} is text, and the expected {expected!r} is a number")
        return value == expected
    return _same(value, threshold(expected if expected is not None else 0, unit))


def _same(one: float, other: float) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=SAME)


def _number(expectation: Expectation, value: Value) -> float:
    if isinstance(value, (str, bool)):
        raise CannotJudge(f"{expectation.subject} reads {value!r}, and {expectation.predicate} needs a number")
    return value


def _text(value: Value) -> str:
    """A reading as text; numbers without a needless fraction."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
