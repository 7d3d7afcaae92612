"""What two feeds differ in, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macros.claim.fields import Kind, VerdictName
from macros.results.diff import Turn, diff, turn_to
from macros.results.diff_values import moved
from macros.results.feed import feed_of
from macros.results.feed_history import Cause
from macros.results.feed_models import Cell, Claim, Feed, Instruments, Metric, Selection
from tests.unit.feed_strategies import feeds
from tests.unit.publish_sample import catalogue

Change = Callable[[Claim], Claim]
CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS
INCONCLUSIVE = VerdictName.INCONCLUSIVE


@pytest.fixture
def base(tmp_path: Path) -> Feed:
    return feed_of(catalogue(tmp_path))


def with_claim(feed: Feed, name: str, change: Change, **over: Any) -> Feed:
    """The feed with one claim changed, and what else is given."""
    claims = tuple(change(claim) if claim.id == name else claim for claim in feed.claims)
    return feed.model_copy(update={"claims": claims, **over})


def became(verdict: VerdictName, **over: Any) -> Change:
    """The claim and all of its cells with this verdict; `over` is of the claim."""

    def change(claim: Claim) -> Claim:
        cells = tuple(cell.model_copy(update={"verdict": verdict}) for cell in claim.cells)
        return claim.model_copy(update={"verdict": verdict, "cells": cells, **over})

    return change


def each_cell(change: Callable[[Cell], dict[str, Any]], then: Change) -> Change:
    return lambda claim: then(
        claim.model_copy(update={"cells": tuple(cell.model_copy(update=change(cell)) for cell in claim.cells)})
    )


def rerun(cell: Cell) -> dict[str, Any]:
    """Another experiment's address."""
    return {"experiment": "d" * 64}


# ---- what is found -----------------------------------------------------------------------------------------


@given(feeds())
@settings(deadline=None, max_examples=25)
def test_a_feed_does_not_differ_from_itself(feed: Feed) -> None:
    """Whatever is in it."""
    assert diff(feed, feed).empty


@given(feeds(), feeds())
@settings(deadline=None, max_examples=25)
def test_any_two_feeds_can_be_compared(base: Feed, head: Feed) -> None:
    """Each claim is new, removed, or in both; and the way back finds as many flips."""
    there, back = diff(base, head), diff(head, base)
    assert [one.id for one in there.flips if one.before is one.after] == []
    assert {one.id for one in there.flips} == {one.id for one in back.flips}
    assert {one.id for one in there.undecided} >= {one.id for one in back.decided}


def test_a_flip_has_its_cells_and_what_became_false_comes_first(base: Feed) -> None:
    """Then what depends now, then what became true."""
    head = with_claim(base, "arms", became(CONFIRMED))
    head = with_claim(with_claim(head, "cold-start", became(REFUTED)), "told", became(DEPENDS))
    found = diff(base, head)
    assert [(one.id, one.before, one.after) for one in found.flips] == [
        ("cold-start", CONFIRMED, REFUTED),
        ("told", VerdictName.UNVERIFIABLE, DEPENDS),
        ("arms", REFUTED, CONFIRMED),
    ]
    assert [(cell.toolchain, cell.before, cell.after) for cell in found.flips[0].cells] == [
        (name, CONFIRMED, REFUTED) for name in ("go1.27", "go1.21", "go1.15")
    ]
    assert found.verdicts == found.flips


def test_cells_that_flip_are_told_also_where_the_claims_verdict_stays(base: Feed) -> None:
    """`depends` in both, and on other releases."""

    def turned(claim: Claim) -> Claim:
        first, *others = claim.cells
        return claim.model_copy(update={"cells": (first.model_copy(update={"verdict": CONFIRMED}), *others)})

    found = diff(base, with_claim(base, "linked-statically", turned))
    assert (found.flips, found.verdicts) == ((), ())
    assert [(one.id, len(one.cells)) for one in found.cells] == [("linked-statically", 1)]


def test_a_verdict_that_is_undecided_is_no_flip(base: Feed) -> None:
    """Nor is one that is decided for the first time."""
    found = diff(base, with_claim(with_claim(base, "cold-start", became(INCONCLUSIVE)), "noisy", became(REFUTED)))
    assert found.flips == ()
    assert [one.id for one in found.undecided] == ["cold-start"]
    assert [one.id for one in found.decided] == ["noisy"]


def test_claims_come_and_go(base: Feed) -> None:
    """A claim that is in one feed alone is new or removed."""
    less = base.model_copy(update={"claims": base.claims[1:]})
    assert [one.id for one in diff(base, less).removed] == ["arms"]
    assert [one.id for one in diff(less, base).new] == ["arms"]


@pytest.mark.parametrize(
    "over", [{"selection": Selection(claims=("told",), toolchains=())}, {"lost": ("arms",)}], ids=["narrowed", "lost"]
)
def test_what_was_not_run_is_not_removed(base: Feed, over: dict[str, Any]) -> None:
    """A narrowed run lacks claims that nobody took away, and so does one in which they failed."""
    less = base.model_copy(update={"claims": base.claims[1:], **over})
    assert diff(base, less).empty
    assert diff(less, base).empty
    assert diff(base, less).head.narrowed == ("selection" in over)


def test_every_verdict_is_a_turn() -> None:
    """What does not decide is undecided, for whatever reason."""
    assert {verdict: turn_to(verdict) for verdict in VerdictName} == {
        CONFIRMED: Turn.TRUE,
        REFUTED: Turn.FALSE,
        DEPENDS: Turn.DEPENDS,
        INCONCLUSIVE: Turn.UNDECIDED,
        VerdictName.UNTESTABLE: Turn.UNDECIDED,
        VerdictName.UNVERIFIABLE: Turn.UNDECIDED,
    }


# ---- causes ------------------------------------------------------------------------------------------------


def causes(base: Feed, head: Feed) -> tuple[Cause, ...]:
    (flip,) = diff(base, head).flips
    assert all(cell.causes == flip.causes for cell in flip.cells)
    return flip.causes


def test_a_flip_with_nothing_else_changed_is_noise(base: Feed) -> None:
    """The same experiment on the same machine, judged alike."""
    assert causes(base, with_claim(base, "cold-start", became(REFUTED))) == (Cause.NOISE,)


def test_another_claim_file_is_the_cause(base: Feed) -> None:
    """An expectation is in no address; a script is, and is of the claim file as well."""
    other = became(REFUTED, definition="0" * 16)
    assert causes(base, with_claim(base, "cold-start", other)) == (Cause.CLAIM,)
    assert causes(base, with_claim(base, "cold-start", each_cell(rerun, other))) == (Cause.CLAIM,)


def test_another_program_is_the_cause_where_it_ran(base: Feed) -> None:
    """If the address is the same, the program was not run, and noise remains."""
    other = became(REFUTED, programs="0" * 16)
    assert causes(base, with_claim(base, "cold-start", each_cell(rerun, other))) == (Cause.PROGRAM,)
    assert causes(base, with_claim(base, "cold-start", other)) == (Cause.NOISE,)


def test_another_image_is_the_cause(base: Feed) -> None:
    """By what it holds, not by its id."""
    change = each_cell(lambda cell: {**rerun(cell), "image_content": "e" * 64, "image": "x"}, became(REFUTED))
    assert causes(base, with_claim(base, "cold-start", change)) == (Cause.IMAGE,)
    renamed = each_cell(lambda cell: {"image": "x"}, became(REFUTED))
    assert causes(base, with_claim(base, "cold-start", renamed)) == (Cause.NOISE,)


@pytest.mark.parametrize(
    ("fact", "cause"),
    [
        ({"cpu": "Another"}, Cause.MACHINE),
        ({"kernel": "7"}, Cause.MACHINE),
        ({"engine": "Docker 30"}, Cause.ENGINE),
        ({"runc": "2"}, Cause.ENGINE),
    ],
)
def test_another_machine_or_engine_is_the_cause(base: Feed, fact: dict[str, str], cause: Cause) -> None:
    """By the fact that differs; other machines are told of the whole diff, too."""
    ((_, machine),) = base.machines.items()
    machines = {**base.machines, "f" * 64: machine.model_copy(update=fact)}
    change = each_cell(lambda cell: {"machine": "f" * 64}, became(REFUTED))
    head = with_claim(base, "cold-start", change, machines=machines)
    assert causes(base, head) == (cause,)
    assert diff(base, head).other_machines
    assert not diff(base, base).other_machines


@pytest.mark.parametrize(
    ("instrument", "again", "cause"),
    [("judge", False, Cause.JUDGE), ("extractors", True, Cause.JUDGE), ("sandbox", True, Cause.ENGINE)],
)
def test_other_instruments_are_the_cause(base: Feed, instrument: str, again: bool, cause: Cause) -> None:
    """A judge counts whatever was run; sandbox and extractors are in the address."""
    assert base.instruments is not None
    change = each_cell(rerun, became(REFUTED)) if again else became(REFUTED)
    other = base.instruments.model_copy(update={instrument: "0" * 16})
    assert causes(base, with_claim(base, "cold-start", change, instruments=other)) == (cause,)


def test_several_causes_are_all_named(base: Feed) -> None:
    """Nobody can say which of them did it."""
    change = each_cell(rerun, became(REFUTED, programs="0" * 16, definition="0" * 16))
    instruments = Instruments(sandbox="0" * 16, extractors="0" * 16, judge="0" * 16)
    head = with_claim(base, "cold-start", change, instruments=instruments)
    assert causes(base, head) == (Cause.CLAIM, Cause.PROGRAM, Cause.ENGINE, Cause.JUDGE)


def test_what_the_feeds_do_not_say_is_unknown_and_not_noise(base: Feed) -> None:
    """An older feed has no digests; and an address that changed for no reason that is told has one all the same."""
    old = base.model_copy(update={"instruments": None})
    assert causes(old, with_claim(base, "cold-start", became(REFUTED))) == (Cause.UNKNOWN,)
    assert causes(base, with_claim(base, "cold-start", each_cell(rerun, became(REFUTED)))) == (Cause.UNKNOWN,)


def test_another_release_in_scope_is_the_cause(base: Feed) -> None:
    """The cells that both have are the same; the verdict is made of others as well."""

    def without_newest(claim: Claim) -> Claim:
        return became(CONFIRMED)(claim.model_copy(update={"cells": claim.cells[1:]}))

    flipped = with_claim(base, "cold-start", lambda claim: claim.model_copy(update={"verdict": REFUTED}))
    (flip,) = diff(with_claim(base, "cold-start", without_newest), flipped).flips
    assert flip.causes == (Cause.IMAGE,)


# ---- values ------------------------------------------------------------------------------------------------


def metric(value: Any, low: float | None = None, high: float | None = None, unit: str = "ms") -> Metric:
    return Metric(value=value, low=low, high=high, unit=unit, n=18, layouts=1, layout_share=None)


@pytest.mark.parametrize(
    ("before", "after", "kind", "expected"),
    [
        (metric(3.2, 3.0, 3.4), metric(3.6, 3.5, 3.7), Kind.MEASURE, True),
        (metric(3.2, 3.0, 3.4), metric(3.6, 3.3, 3.7), Kind.MEASURE, False),
        (metric(3.2, 3.0, 3.4), metric(3.6, 3.4, 3.7), Kind.MEASURE, False),
        (metric(3.2, 3.0, 3.4), metric(3200.0, 3000.0, 3400.0, "us"), Kind.MEASURE, False),
        (metric(3.2, 3.0, 3.4), metric(3.2, 3.0, 3.4, "us"), Kind.MEASURE, True),
        (metric(3.2, 3.0, 3.4), metric(3.2, 3.0, 3.4, "B"), Kind.MEASURE, True),
        (metric(3.2, 3.0, None), metric(9.0, 8.0, 10.0), Kind.MEASURE, False),
        (metric(3.2, 3.0, None), metric(2.0, 1.0, 2.5), Kind.MEASURE, True),
        (metric(3.2), metric(9.0), Kind.MEASURE, False),
        (metric(3), metric(9), Kind.INSPECT, False),
        (metric(3, unit=""), metric(4, unit=""), Kind.INSPECT, True),
        (metric(3, unit="B"), metric(3.0, unit="B"), Kind.COMPUTE, False),
        (metric(3, unit=""), metric(4, unit=""), Kind.MEASURE, False),
        (metric("a", unit=""), metric("b", unit=""), Kind.MEASURE, True),
        (metric(True, unit=""), metric(1, unit=""), Kind.INSPECT, True),
        (metric(None, 1.0, 2.0), metric(9.0, 8.0, 10.0), Kind.MEASURE, False),
        (metric(10**400, unit="s"), metric(1.0, 1.0, 1.0, "s"), Kind.MEASURE, False),
        (metric(3, 3, 3, "B"), metric(10**400, unit="KiB"), Kind.INSPECT, True),
        (metric(1.0, unit="no such unit"), metric(2.0, unit="no such unit"), Kind.INSPECT, True),
    ],
)
def test_a_value_has_moved_where_the_intervals_lie_apart(
    before: Metric, after: Metric, kind: Kind, expected: bool
) -> None:
    """Touching ends are not apart; without an interval only what is exact is compared; units are converted."""
    assert moved(before, after, kind) is expected
    assert moved(after, before, kind) is expected


@given(st.tuples(*[st.floats(-1e6, 1e6)] * 4), st.sampled_from(Kind))
def test_a_value_inside_of_the_others_interval_has_not_moved(ends: tuple[float, ...], kind: Kind) -> None:
    """For any two intervals that share a point."""
    a, b, c, d = sorted(ends)
    assert not moved(metric(b, a, c), metric(c, b, d), kind)


def test_a_value_that_moved_has_its_cell_and_its_cause(base: Feed) -> None:
    """And those of unchanged cells are left out."""

    def faster(claim: Claim) -> Claim:
        first, *others = claim.cells
        first = first.model_copy(update={"metrics": {"start": metric(1.0, 0.9, 1.1)}})
        return claim.model_copy(update={"cells": (first, *others)})

    (found,) = diff(base, with_claim(base, "cold-start", faster)).moved
    assert (found.id, found.toolchain, found.case, found.metric) == ("cold-start", "go1.27", "default", "start")
    assert (found.before.value, found.after.value, found.causes) == (3.2, 1.0, (Cause.NOISE,))
