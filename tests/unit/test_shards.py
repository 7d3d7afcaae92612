"""A run in parts: no claim is lost, none is split, and all parts take about the same time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros import steps
from macros.run.shards import NOTE, Part, cut, cut_of
from macros.run.tree import Tree
from tests.fake_lab import FakeLab
from tests.unit.test_steps import Write, catalogue, run

__all__ = ["catalogue"]

NAMES = [f"claim-{number}" for number in range(40)]
costs = st.dictionaries(st.sampled_from(NAMES), st.none() | st.floats(0, 1e5), max_size=40)


@given(costs, st.integers(1, 12))
def test_each_claim_is_in_one_part(of: dict[str, float | None], count: int) -> None:
    """With more parts than claims some parts are empty. The order of the catalogue stays."""
    parts = cut(of, count).parts
    assert len(parts) == count
    assert sorted(name for part in parts for name in part) == sorted(of)
    assert all(list(part) == [name for name in of if name in part] for part in parts)


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0.1, 1e5), min_size=1), st.integers(1, 12))
def test_no_part_has_much_more_to_do_than_another(of: dict[str, float], count: int) -> None:
    """Longest processing time first: two parts differ by no more than the cost of one claim."""
    loads = [sum(of[name] for name in part) for part in cut(of, count).parts]
    assert max(loads) - min(loads) <= max(of.values()) * (1 + 1e-9)


def test_the_dearest_claims_go_to_different_parts() -> None:
    """And a claim that never ran counts as the median of those that did."""
    assert cut({"a": 9.0, "b": 1.0, "c": 8.0, "d": 2.0}, 2).parts == (("a", "b"), ("c", "d"))
    assert cut({"a": 9.0, "new": None, "b": 2.0, "c": 6.0}, 2).parts == (("a", "b"), ("new", "c"))


@given(costs, st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_cut_does_not_depend_on_the_order(of: dict[str, float | None], count: int, random: object) -> None:
    """Two hosts with the same costs cut alike."""
    shuffled = list(of)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = cut({name: of[name] for name in shuffled}, count).parts
    assert [set(part) for part in other] == [set(part) for part in cut(of, count).parts]


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/", "a/b", "-1/3", "1/3/5", "1/1001", "１/３", " 1/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    """With what would be right."""
    with pytest.raises(ValueError, match="is no part of a run; write K/N, such as 2/3"):
        Part.parse(text)
    assert str(Part.parse("2/3")) == "2/3"


def test_parts_of_one_ledger_are_of_one_cut(catalogue: Write) -> None:
    """The part that has run has new costs, and must not change what the next part is."""
    for name in NAMES[:5]:
        claims = catalogue(name)
    inputs = steps.load(claims)
    selected = inputs.catalogue.select(())
    first = cut_of(inputs, selected, 2, Tree.of(inputs))
    run(claims, FakeLab())
    assert cut_of(inputs, selected, 2, Tree.of(inputs)) == first
    assert inputs.project.ledger.noted(NOTE)["costs"] == dict.fromkeys(NAMES[:5])
    cut_of(inputs, selected, 3, Tree.of(inputs))
    assert all(cost > 0 for cost in inputs.project.ledger.noted(NOTE)["costs"].values())
    other = Tree.of(inputs).model_copy(update={"program": "another"})
    cut_of(inputs, selected, 2, other)
    assert all(cost > 0 for cost in inputs.project.ledger.noted(NOTE)["costs"].values())


def test_costs_are_what_all_cells_took(catalogue: Write) -> None:
    """Of all stages, controls included."""
    claims = catalogue("one")
    results, _ = run(claims, FakeLab())
    inputs = steps.load(claims)
    cut_of(inputs, inputs.catalogue.select(()), 2, Tree.of(inputs))
    spent = sum(sum(cell.record.seconds.values()) for cell in results.claims["one"].every_cell())
    assert inputs.project.ledger.noted(NOTE)["costs"]["one"] == pytest.approx(spent)


@pytest.mark.parametrize("note", [None, [], {"asked": 1}, {"asked": "x", "costs": []}])
def test_a_note_that_is_none_is_ignored(catalogue: Write, note: object) -> None:
    """From another version, or a person."""
    inputs = steps.load(catalogue("one"))
    inputs.project.ledger.change_note(NOTE, lambda _: note)
    assert cut_of(inputs, inputs.catalogue.select(()), 1, Tree.of(inputs)).parts == (("one",),)
