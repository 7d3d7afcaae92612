"""A verdict must hold in every arrangement of the code, those included that were not drawn."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from macros.check.budget import check_layouts
from macros.claim.fields import VerdictName
from macros.claim.layouts import USUAL, layouts_of
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation
from macros.verdict.causes import MovedByLayout
from macros.verdict.combine import combine
from macros.verdict.controls import checked_by_controls
from macros.verdict.details import DependsOnLayout, PartlyOnLayout, Undecided
from macros.verdict.finding import CellFinding, Finding, Reason
from macros.verdict.judge import judge_cell, needs_more
from macros.verdict.layouts import ByLayout
from macros.verdict.policy import DEFAULT, Policy
from macros.words import speak
from tests.builders import claim

BELOW = claim(
    [{"metric": "m", "below": "10 ms"}],
    {"m": {"from": "json", "unit": "ms"}},
    experiment={"run": "./x", "samples": {"at_least": 8, "at_most": 60}},
)
CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS


def seen(values: Sequence[float], layouts: int = 4) -> Evidence:
    """One process a round, each round in the next layout."""
    return Evidence(tuple(Observation("run", n, 0.1, {"m": value}, 1 + n % layouts) for n, value in enumerate(values)))


def found(evidence: Evidence) -> Finding:
    return judge_cell(BELOW, "default", evidence, toolchains=1).finding


def in_layouts(*middles: float, rounds: int = 40, scatter: float = 0.004) -> Evidence:
    rng = random.Random(7)
    return seen([middles[n % len(middles)] * math.exp(rng.gauss(0, scatter)) for n in range(rounds)], len(middles))


def test_layouts_that_do_not_differ_take_nothing_from_a_verdict() -> None:
    """The values of all of them are one sample."""
    assert found(in_layouts(9.5, 9.5, 9.5, 9.5, scatter=0.01)).verdict is CONFIRMED


def test_layouts_that_differ_far_from_the_bound_take_nothing_either() -> None:
    """One range beyond the highest is still below the bound."""
    assert found(in_layouts(8.0, 8.2, 8.1, 8.3)).verdict is CONFIRMED


def test_a_verdict_that_another_layout_could_turn_is_not_given() -> None:
    """All four lie below 10, and they lie as far from one another as the highest is from 10."""
    finding = found(in_layouts(8.9, 9.2, 9.5, 9.8))
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.NEAR_THRESHOLD)
    assert isinstance(finding.detail, Undecided)
    assert isinstance(finding.detail.cause, MovedByLayout)
    assert finding.detail.cause.layouts == 4
    assert finding.detail.cause.highest == pytest.approx(9.8, rel=0.01)


def test_layouts_on_both_sides_of_the_bound_are_the_answer() -> None:
    """Whether it holds depends on the layout, also where most values lie on one side."""
    finding = found(in_layouts(8.0, 8.1, 8.2, 13.0, rounds=60))
    assert (finding.verdict, finding.reason) == (DEPENDS, Reason.LAYOUT)
    assert isinstance(finding.detail, DependsOnLayout)
    assert "4 of them gave from 7.9" in speak("en").detail(finding.detail)


def test_one_loud_value_makes_no_layout() -> None:
    """An outlier in one of them is scatter."""
    values = list(in_layouts(8.0, 8.0, 8.0, 8.0).sample("m"))
    values[9] = 40.0
    assert found(seen([float(value) for value in values])).verdict is CONFIRMED


def test_where_all_ran_in_one_layout_nothing_is_said_of_layouts() -> None:
    """Sizes, and records of before."""
    sample = ByLayout([1.0, 2.0, 3.0], [0, 0, 0])
    assert sample.share is None
    assert not sample.differ(0.5)


@pytest.mark.parametrize(("between", "least", "most"), [(0.0, 0.0, 0.1), (0.02, 0.6, 0.95), (0.1, 0.97, 1.0)])
def test_the_share_is_the_layouts_part_of_the_variance(between: float, least: float, most: float) -> None:
    """Known when the values are made: offsets beside a scatter of one percent."""
    rng = random.Random(1)
    offsets = [rng.gauss(0, between) for _ in range(16)]
    values = [math.exp(offsets[n % 16] + rng.gauss(0, 0.01)) for n in range(640)]
    share = ByLayout(values, [n % 16 for n in range(640)]).share
    assert share is not None
    assert least <= share <= most


def test_where_all_values_are_one_the_layouts_account_for_nothing() -> None:
    """Their logarithms' means differ by rounding, and that is no scatter."""
    assert [ByLayout([value] * 17, [n % 4 for n in range(17)]).share for value in (100.0, 8.333, 0.1)] == [0.0] * 3


def test_four_layouts_of_three_values_that_do_not_overlap_differ() -> None:
    """The approximation by chi square would not see it; equal values differ in no layout."""
    assert ByLayout([1.0, 2.0, 3.0, 4.0] * 3, [1, 2, 3, 4] * 3).differ(0.01)
    assert not ByLayout([2.0] * 12, [1, 2, 3, 4] * 3).differ(0.01)


def test_the_same_layouts_are_said_to_differ_as_often_as_the_error_allows() -> None:
    """One time in a hundred, from few values and from many."""
    rng = random.Random(3)
    for each in (3, 10):
        fired = sum(
            ByLayout([rng.lognormvariate(0, 0.3) for _ in range(4 * each)], [1, 2, 3, 4] * each).differ(0.01)
            for _ in range(2000)
        )
        assert fired <= 2000 * 0.02


def test_an_estimate_says_in_how_many_layouts_and_what_share_is_theirs() -> None:
    """Of every metric that is a number."""
    estimate = judge_cell(BELOW, "default", in_layouts(8.0, 8.2, 8.1, 8.3), toolchains=1).estimates["m"]
    assert estimate.layouts == 4
    assert estimate.layout_share is not None
    assert estimate.layout_share > 0.8
    assert "4 layouts, which account for 9" in speak("en").show(estimate).layouts
    assert speak("zh").show(estimate).layouts.startswith("4 种代码布局，占离散程度的 9")


def cell(verdict: VerdictName, reason: Reason = Reason.NONE) -> CellFinding:
    return CellFinding(Finding(verdict, reason), (), {})


def test_a_cell_that_depends_on_its_layout_makes_the_claim_depend_on_it() -> None:
    """Unless other cells came out both ways, which says more."""
    moved = cell(DEPENDS, Reason.LAYOUT)
    made = claim(
        [{"metric": "m", "below": 1}], {"m": {"from": "json"}}, cases=[{"name": "a"}, {"name": "b"}, {"name": "c"}]
    )
    one = combine(made, {("go1.22", "a"): cell(CONFIRMED), ("go1.22", "b"): moved})
    assert (one.verdict, one.reason) == (DEPENDS, Reason.LAYOUT)
    assert isinstance(one.detail, PartlyOnLayout)
    assert (one.detail.moved, one.detail.cells) == (1, 2)
    assert [(cell.toolchain, cell.verdict) for cell in one.detail.others] == [("go1.22", CONFIRMED)]
    both = {("go1.22", "a"): cell(CONFIRMED), ("go1.22", "b"): moved, ("go1.22", "c"): cell(REFUTED)}
    assert combine(made, both).reason is Reason.CASE
    assert combine(made, {("go1.22", "a"): moved}).reason is Reason.LAYOUT


def test_a_control_that_depends_on_its_layout_has_not_come_out() -> None:
    """It was known to be refuted in every arrangement."""
    (control,) = BELOW.controls
    cells = {("go1.22", "default"): Finding(CONFIRMED)}
    finding = checked_by_controls(BELOW, Finding(CONFIRMED), cells, [(control, Finding(DEPENDS, Reason.LAYOUT))])
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.CONTROL)


# ---- how often it goes wrong -----------------------------------------------------------------------


def session(rng: random.Random, middle: float, offset: float, policy: Policy) -> VerdictName:
    """What a cell comes to whose layouts are moved by a constant factor each, run as the lab runs it."""
    offsets = [rng.gauss(0, offset) for _ in range(4)]
    order: list[int] = []
    taken: list[Observation] = []
    while True:
        if not order:
            order = rng.sample(range(4), 4)
        layout = order.pop()
        value = middle * math.exp(offsets[layout] + rng.gauss(0, 0.01))
        taken.append(Observation("run", len(taken), 0.1, {"m": value}, layout + 1))
        evidence = Evidence(tuple(taken))
        if len(taken) >= 14 and not needs_more(BELOW, "default", evidence, toolchains=1, policy=policy):
            return judge_cell(BELOW, "default", evidence, toolchains=1, policy=policy).finding.verdict


def wrong(offset: float, policy: Policy, sessions: int) -> float:
    """The share of sessions that say "refuted" though a layout's median lies below the bound, by a twentieth of sd."""
    rng = random.Random(f"{offset}")
    middle = 10 * math.exp(-offset / 20)
    return sum(session(rng, middle, offset, policy) is REFUTED for _ in range(sessions)) / sessions


BLIND = Policy(layouts_differ_error=1e-300, layouts_disagree_error=1e-300)
"""Such layouts are never seen to differ."""


@pytest.mark.parametrize("offset", [0.05, 0.1])
def test_a_constant_offset_for_each_layout_does_not_decide_wrongly(offset: float) -> None:
    """At the worst place, right beside the bound, one session in a hundred at most; without the rule, many more."""
    assert wrong(offset, DEFAULT, 200) <= 0.01
    assert wrong(offset, BLIND, 100) > 0.02


# ---- in how many layouts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "layouts"), [("ns", USUAL), ("MB/s", USUAL), ("%", USUAL), (None, USUAL), ("KiB", 1), ("GB", 1)]
)
def test_times_are_measured_in_several_layouts_and_sizes_in_one(unit: str | None, layouts: int) -> None:
    """A plain number may be a quotient of times."""
    metric = {"from": "json", **({"unit": unit} if unit else {})}
    figure = f"1 {unit}" if unit and unit != "%" else 1
    assert layouts_of(claim([{"metric": "m", "below": figure}], {"m": metric})) == layouts


def test_a_claim_may_state_another_number_with_its_reason() -> None:
    """More where the layout moves it much, one where building is too dear."""
    stated = {"count": 8, "because": {"en": "why", "zh": "因"}}
    made: Callable[..., int] = lambda more: layouts_of(  # noqa: E731
        claim([{"metric": "m", "below": 1}], {"m": {"from": "json"}}, experiment={"run": "./x", **more})
    )
    assert made({"layouts": stated}) == 8
    assert made({}) == USUAL
    for mistaken in ({"count": 17, "because": {"en": "a", "zh": "b"}}, {"count": 1}, {"count": 0, "because": "x"}):
        with pytest.raises(ValueError, match="layouts"):
            made({"layouts": mistaken})


def test_what_is_not_measured_is_built_once() -> None:
    """An exact claim looks at what compilers make by themselves."""
    assert layouts_of(claim([{"metric": "m", "equals": 1}], {"m": {"from": "json"}})) == 1


def test_layouts_that_nobody_would_compare_are_a_mistake() -> None:
    """Of a claim that measures nothing, and so many that a cell may be decided before two processes ran in each."""
    reason = {"en": "why", "zh": "因"}
    exact = claim(
        [{"metric": "m", "equals": 1}],
        {"m": {"from": "json"}},
        experiment={"run": "./x", "layouts": {"count": 4, "because": reason}},
    )
    assert [where for where, _ in check_layouts(exact)] == [("experiment", "layouts")]

    def measuring(count: int, least: int) -> Claim:
        samples, layouts = {"at_least": least, "at_most": 60}, {"count": count, "because": reason}
        experiment = {"run": "./x", "samples": samples, "layouts": layouts}
        return claim([{"metric": "m", "below": 1}], {"m": {"from": "json"}}, experiment=experiment)

    ((where, what),) = check_layouts(measuring(6, 11))
    assert where == ("experiment", "layouts", "count")
    assert "raise samples.at_least to 12" in what
    assert check_layouts(measuring(6, 12)) == check_layouts(measuring(1, 1)) == []
    assert check_layouts(BELOW) == []
