"""Marks: what readers should know beside a verdict."""

from __future__ import annotations

import pytest

from macros.claim.fields import VerdictName
from macros.evidence.observation import Evidence, Observation
from macros.report.sentences import verdict_words
from macros.verdict.causes import Scattered
from macros.verdict.details import AsExpected, Detail, MissedByMachine, NotAsExpected, Undecided
from macros.verdict.finding import Finding, Mark, Reason
from macros.verdict.judge import judge_cell
from macros.verdict.marks import of_cell, of_claim, of_predicate
from macros.verdict.parts import Measured, Predicate, Subject
from macros.verdict.policy import DEFAULT
from macros.words import speak
from tests.builders import claim

CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS
INCONCLUSIVE, UNTESTABLE = VerdictName.INCONCLUSIVE, VerdictName.UNTESTABLE
BELOW = Predicate("below", "5 ms", (5.0,), (CONFIRMED, REFUTED))
ABOUT = Predicate("about", "5 ms", (4.0, 6.25), (REFUTED, CONFIRMED, REFUTED))
LINEAR = Predicate("grows", "linear", (0.9, 1.1), (REFUTED, CONFIRMED, REFUTED))
NEAR = (Mark.NEAR_BOUND,)


def said(predicate: Predicate, low: float | None, value: float, high: float | None, *, holds: bool = True) -> Detail:
    return (AsExpected if holds else NotAsExpected)(Subject("m", "ms"), predicate, Measured(value, low, high, 20))


@pytest.mark.parametrize(
    ("detail", "near"),
    [
        (said(BELOW, 3, 3.5, 4), False),
        (said(BELOW, 3, 3.5, 4.6), True),
        (said(BELOW, None, 4.7, 4.8), True),
        (said(BELOW, None, 4.7, None), True),
        (said(BELOW, 5.6, 6, 7, holds=False), False),
        (said(BELOW, 5.4, 6, 7, holds=False), True),
        (said(ABOUT, 4.5, 5, 5.6), False),
        (said(ABOUT, 4.3, 5, 5.6), True),
        (said(ABOUT, 4.5, 5, 5.7), True),
        (said(LINEAR, 0.99, 1.0, 1.01), False),
        (said(LINEAR, 0.99, 1.0, 1.07), True),
        (said(Predicate("above", 0, (0.0,), (REFUTED, CONFIRMED)), 0.1, 1, 2), False),
        (said(Predicate("above", "-5 ms", (-5.0,), (REFUTED, CONFIRMED)), -4.9, -4, -3), True),
        (said(BELOW, 4, 4.5, 30), True),
    ],
)
def test_a_predicate_is_near_its_bound_where_a_tenth_would_have_mattered(detail: Detail, near: bool) -> None:
    """Its interval, or its value where that is all there is, reaches to within the factor of a figure on any side."""
    assert DEFAULT.near_bound == 1.1
    assert of_predicate(detail, DEFAULT.near_bound) == (NEAR if near else ())


def test_a_miss_that_is_left_to_the_machine_may_be_near_as_well_and_what_is_open_is_not() -> None:
    """The one is decided, the other has a reason of its own for that."""
    parts = Subject("m", "ms"), BELOW, Measured(5.2, 5.1, 5.3, 20)
    assert of_predicate(MissedByMachine(*parts, 2.0), 1.1) == NEAR
    assert of_predicate(Undecided(*parts, Scattered()), 1.1) == ()


@pytest.mark.parametrize(
    ("verdict", "findings", "near"),
    [
        (CONFIRMED, [(CONFIRMED, False), (CONFIRMED, True)], True),
        (CONFIRMED, [(CONFIRMED, False), (CONFIRMED, False)], False),
        (REFUTED, [(REFUTED, True), (CONFIRMED, False)], True),
        (REFUTED, [(REFUTED, True), (REFUTED, False)], False),
        (REFUTED, [(REFUTED, False), (CONFIRMED, True)], False),
        (INCONCLUSIVE, [(INCONCLUSIVE, False), (CONFIRMED, True)], False),
    ],
)
def test_a_cell_is_near_where_its_verdict_hangs_on_what_is_near(
    verdict: VerdictName, findings: list[tuple[VerdictName, bool]], near: bool
) -> None:
    """Any predicate may refute what is confirmed; what is refuted several times would need all of them to turn."""
    marked = [Finding(each, marks=NEAR if close else ()) for each, close in findings]
    assert of_cell(verdict, marked) == (NEAR if near else ())


def test_a_claim_is_near_where_a_cell_is_unless_it_is_open() -> None:
    """One cell that came out the other way would make another verdict."""
    cells = [Finding(CONFIRMED), Finding(CONFIRMED, marks=NEAR)]
    assert of_claim(CONFIRMED, cells) == NEAR
    assert of_claim(DEPENDS, [Finding(REFUTED), *cells]) == NEAR
    assert of_claim(INCONCLUSIVE, [Finding(INCONCLUSIVE), *cells]) == ()
    assert of_claim(DEPENDS, [Finding(REFUTED), Finding(UNTESTABLE), *cells]) == (*NEAR, Mark.IN_PART_UNTESTABLE)


@pytest.mark.parametrize(("bound", "near"), [("5 ms", False), ("3.3 ms", True)])
def test_the_judges_give_the_mark(bound: str, near: bool) -> None:
    """A cell of processes that take 3 ms to 3.1 ms, from its samples to its mark."""
    made = claim([{"metric": "m", "below": bound}], {"m": {"from": "json", "unit": "ms"}}, kind="measure")
    runs = tuple(Observation("run", number, 0.1, {"m": 3 + 0.1 * (number * 7 % 10) / 10}) for number in range(60))
    cell = judge_cell(made, "default", Evidence(runs), toolchains=1)
    assert cell.finding.verdict is CONFIRMED
    assert cell.finding.marks == cell.expectations[0].marks == (NEAR if near else ())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_mark_is_said_in_both_languages(language: str) -> None:
    """As a phrase beside the verdict, and in a sentence."""
    words = speak("en" if language == "en" else "zh")
    for mark in Mark:
        assert words.mark(mark)
        assert words.mark_meaning(mark)[-1] in ".。"


def test_the_terminal_names_marks_beside_the_verdict() -> None:
    """In brackets, after the reason."""
    assert verdict_words(Finding(CONFIRMED, marks=NEAR)) == "confirmed (near its bound)"
    marks = (*NEAR, Mark.IN_PART_UNTESTABLE)
    assert verdict_words(Finding(DEPENDS, Reason.CASE, marks=marks)) == (
        "depends (case; near its bound; in part untestable)"
    )
