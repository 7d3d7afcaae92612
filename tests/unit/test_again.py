"""Sessions of real claims, repeated: whose turn it is, and what a flip is."""

from __future__ import annotations

from collections import Counter

from bench.again import Again, Session, load_of, turns
from bench.loads import LOADS, NONE


def sessions(*verdicts: str) -> Again:
    return Again(tuple(Session(n, "a", "none", "k", {"default": verdict}, "c") for n, verdict in enumerate(verdicts)))


def test_every_claim_has_its_turn_before_one_has_a_second() -> None:
    """Of 25 turns of ten claims each has two or three, and the order is the same for the same seed only."""
    ids = [f"claim-{number}" for number in range(10)]
    drawn = list(turns(ids, 25, seed=1))
    assert set(Counter(drawn).values()) == {2, 3}
    assert set(drawn[:10]) == set(drawn[10:20]) == set(ids)
    assert drawn == list(turns(ids, 25, seed=1)) != list(turns(ids, 25, seed=2))


def test_a_contradictory_flip_is_between_the_two_decisive_verdicts() -> None:
    """An undecided session between two confirmed ones contradicts nothing; a refuted one does."""
    assert sessions("confirmed", "inconclusive", "confirmed").contradictory == []
    assert sessions("confirmed", "inconclusive", "refuted").contradictory == [("a", "default")]


def test_the_flip_rate_counts_what_is_not_the_usual_verdict() -> None:
    """One session in four that says something else is a rate of a quarter, undecided ones included."""
    assert sessions("confirmed", "confirmed", "inconclusive", "confirmed").flip_rate == 0.25
    assert sessions("refuted", "refuted").flip_rate == 0.0
    assert Again(()).flip_rate == 0.0


def test_a_session_that_failed_to_measure_is_counted_apart() -> None:
    """It is no session of the figure, and its reason is kept."""
    one = Session(0, "a", "none", "k", {}, "c", "a/claim.yml:1:1: it failed")
    assert (Again((one,)).measured, Again((one,)).failed) == (0, ["a/claim.yml:1:1: it failed"])


def test_half_of_the_sessions_run_beside_nothing_and_the_others_beside_each_load_in_turn() -> None:
    """Of 300 every load has thirty."""
    beside = Counter(load_of(number) for number in range(300))
    assert beside == {NONE: 150, **dict.fromkeys(LOADS, 30)}
