"""Mutants: a falsified statement must not come out confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation, Value
from macros.verdict.contradiction import contradicts
from macros.verdict.finding import Finding, Reason
from macros.verdict.judge import judge_cell
from macros.verdict.mutants import Change, ChangeKind, Trial, mutants, try_mutants
from tests.builders import TEXT, claim

MS = {"m": {"from": "json", "unit": "ms"}}
PLAIN = {"m": {"from": "json"}}
TIMES, DIVIDED = Change(ChangeKind.TIMES, 3), Change(ChangeKind.DIVIDED, 3)
TIMES_12, DIVIDED_12 = Change(ChangeKind.TIMES, 12), Change(ChangeKind.DIVIDED, 12)
FASTER, SLOWER = Change(ChangeKind.GROWTH, to="faster"), Change(ChangeKind.GROWTH, to="slower")
TURNED = Change(ChangeKind.TURNED)
SLOPE = {"m": {"from": "json", "field": "w", "against": "n", "summary": "growth"}}


def tried(made: Claim, value: Value, count: int = 40) -> list[Trial]:
    """All mutants on processes that print about the same value."""
    values = [value * (1 + n % 5 / 1000) if isinstance(value, float) else value for n in range(count)]
    evidence = Evidence(tuple(Observation("run", n, 0.1, {"m": each}) for n, each in enumerate(values)))
    verdicts = [each.verdict for each in judge_cell(made, "default", evidence, toolchains=1).expectations]
    return try_mutants(made, {("go1.22", "default"): (evidence, verdicts)}, toolchains=1)


@pytest.mark.parametrize(
    ("expectation", "metrics", "value", "changes"),
    [
        ({"below": "5 ms"}, MS, 3.2, [DIVIDED, TURNED]),
        ({"above": "2 ms"}, MS, 3.2, [TIMES, TURNED]),
        ({"about": "3 ms"}, MS, 3.2, [TIMES, DIVIDED]),
        (
            {"about": "3 ms", "within": "magnitude"},
            MS,
            3.2,
            [Change(ChangeKind.TIMES, 12), Change(ChangeKind.DIVIDED, 12)],
        ),
        (
            {"grows": "linear"},
            SLOPE,
            1.0,
            [FASTER, SLOWER],
        ),
        ({"equals": 48}, PLAIN, 48, [TIMES, DIVIDED]),
        ({"equals": "2 ms"}, MS, 2, [TIMES, DIVIDED]),
        ({"equals": 0}, PLAIN, 0, [Change(ChangeKind.PLUS, 1)]),
        ({"equals": True}, PLAIN, True, [Change(ChangeKind.TRUTH)]),
        ({"equals": "static"}, PLAIN, "static", [Change(ChangeKind.WORD)]),
        ({"at_least": 3}, PLAIN, 4, [TIMES, TURNED]),
        ({"at_most": 0}, PLAIN, 0, [Change(ChangeKind.LESS, 1), TURNED]),
        ({"matches": "^not a"}, PLAIN, "not a dynamic executable", [Change(ChangeKind.PATTERN)]),
        ({"one_of": ["EXEC", "DYN"]}, PLAIN, "DYN", [Change(ChangeKind.WORD)]),
    ],
)
def test_every_predicate_has_mutants_and_none_is_confirmed(
    expectation: dict[str, Any], metrics: dict[str, Any], value: Value, changes: list[Change]
) -> None:
    """Each says something else than what was measured, so each is refuted."""
    made = claim([{"metric": "m", **expectation}], metrics, experiment={"run": "./x", "witness": "file"})
    trials = tried(made, value)
    assert [trial.mutant.change for trial in trials] == changes
    assert {trial.verdict for trial in trials} == {VerdictName.REFUTED}


def test_a_bound_that_is_met_by_far_is_excused_by_name() -> None:
    """96 us lie below a third of a millisecond too; no other survivor has an excuse."""
    trials = tried(claim([{"metric": "m", "below": "1 ms"}], MS), 0.096)
    assert [(trial.survived, bool(trial.excuse)) for trial in trials] == [(True, True), (False, False)]


def test_a_predicate_that_any_output_satisfies_is_found_out() -> None:
    """An expectation that could not fail survives its mutation without an excuse."""
    trials = tried(claim([{"metric": "m", "at_least": 0}], PLAIN), 7)
    assert [trial.survived for trial in trials] == [True, False]
    made = claim([{"metric": "m", "matches": ""}], PLAIN)
    assert [trial.survived for trial in tried(made, "anything")] == [False]


def test_only_what_was_confirmed_is_mutated() -> None:
    """That the falsified form of a refuted statement is true proves nothing against the experiment."""
    assert tried(claim([{"metric": "m", "below": "2 ms"}], MS), 3.2) == []


def test_a_mutant_is_judged_without_leave_for_the_machine() -> None:
    """Otherwise a figure three times off would be put down to it."""
    made = claim([{"metric": "m", "below": "5 ms", "machine": {"factor": 4, "because": TEXT}}], MS)
    assert [mutant.change for mutant in mutants(made, 0)] == [DIVIDED, TURNED]
    assert {trial.verdict for trial in tried(made, 3.2)} == {VerdictName.REFUTED}


@pytest.mark.parametrize(
    ("measured", "reason", "written", "expected"),
    [
        ("refuted", Reason.NONE, "confirmed", True),
        ("confirmed", Reason.NONE, "refuted", True),
        ("confirmed", Reason.NONE, "confirmed", False),
        ("inconclusive", Reason.NOISY, "confirmed", False),
        ("untestable", Reason.MISSING_MEANS, "refuted", False),
        ("refuted", Reason.NONE, "inconclusive", False),
        ("depends", Reason.MACHINE, "confirmed", False),
        ("confirmed", Reason.NONE, "depends", False),
        ("depends", Reason.TOOLCHAIN, "confirmed", True),
        ("depends", Reason.MACHINE, "refuted", True),
    ],
)
def test_a_verdict_contradicts_another_where_both_cannot_be_right(
    measured: str, reason: Reason, written: str, expected: bool
) -> None:
    """Undecided contradicts nothing, and a figure left to the machine may be met here and missed there."""
    made = claim([{"metric": "m", "below": "5 ms", "machine": {"factor": 4, "because": TEXT}}], MS)
    assert contradicts(made, Finding(VerdictName(measured), reason), VerdictName(written)) is expected


def test_without_leave_for_the_machine_depends_contradicts_confirmed() -> None:
    """On either side."""
    made = claim([{"metric": "m", "below": "5 ms"}], MS)
    assert contradicts(made, Finding(VerdictName.DEPENDS, Reason.CASE), VerdictName.CONFIRMED)
    assert contradicts(made, Finding(VerdictName.CONFIRMED), VerdictName.DEPENDS)
