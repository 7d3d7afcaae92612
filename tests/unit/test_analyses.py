"""Other analyses: each stands where it must, fails where it must, and is not counted where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation, Sample
from macros.verdict import alternatives
from macros.verdict.alternatives import AnalysisName, again, quiet_only
from macros.verdict.analyses import Analyses, analyses_of_cell, holds_or_fails, together
from macros.verdict.eprocess import sample_quantile
from macros.verdict.estimators import harrell_davis, hodges_lehmann, mean, order_interval
from macros.verdict.finding import Finding, Reason
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import Quietness
from macros.verdict.statistical import regions
from tests.builders import TEXT, abba, claim, evidence

MS = {"m": {"from": "json", "unit": "ms"}}
RATE = {"m": {"from": "json", "unit": "MB/s"}}
SIZE = {"m": {"from": "json", "unit": "MB"}}
PLAIN = {"m": {"from": "json"}}
SLOPE = {"m": {"from": "json", "field": "w", "against": "n", "summary": "growth"}}
P99 = {"m": {"from": "json", "unit": "ms", "summary": "p99"}}
ABOUT = {"about": "5 ms"}
CONFIRMED, REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED
NAME = AnalysisName
RATIO = {"ratio": {"metric": "m", "of": "go", "over": "c"}}


def about(*values: float, rounds: int = 4) -> list[float]:
    """The values again and again, each time a little larger."""
    return [value * (1 + number / 1000) for number in range(rounds) for value in values]


def tried(
    expectation: Mapping[str, Any], values: Sequence[float] | Evidence, verdict: VerdictName, metrics: Any = MS
) -> dict[AnalysisName, bool]:
    """Whether the verdict stands, by analysis that applies."""
    made = claim([{**({} if "ratio" in expectation else {"metric": "m"}), **expectation}], metrics)
    seen = values if isinstance(values, Evidence) else evidence(values)
    return {name: one.stands for name, one in again(made, 0, seen, verdict).items()}


# ---- estimators ------------------------------------------------------------------------------------


def test_the_mean_is_geometric_where_it_can_be() -> None:
    """Of 1 and 100 it is 10; with a zero or a negative value it is arithmetic."""
    assert mean([1.0, 100.0]) == pytest.approx(10)
    assert mean([0.0, 3.0]) == 1.5
    assert mean([-1.0, 3.0]) == 1


def test_hodges_and_lehmann_s_estimate_is_the_median_of_all_pairs_means() -> None:
    """Spelt out: 0, 1, 5 have the means 0, 0.5, 1, 2.5, 3, 5. Of values above zero it takes the logarithms."""
    assert hodges_lehmann([0.0, 1.0, 5.0]) == 1.75
    assert hodges_lehmann([1.0, 100.0]) == pytest.approx(10)
    assert hodges_lehmann([3.0] * 20 + [10.0**9]) == pytest.approx(3)


@given(st.lists(st.floats(1, 100), min_size=3, max_size=40), st.sampled_from([0.1, 0.5, 0.9]))
def test_harrell_and_davis_s_estimate_lies_among_the_values(values: list[float], quantile: float) -> None:
    """It is a weighted mean, so it lies between the least and the greatest; a shift of all shifts it."""
    found = harrell_davis(values, quantile)
    assert min(values) - 1e-9 <= found <= max(values) + 1e-9
    assert harrell_davis([value + 7 for value in values], quantile) == pytest.approx(found + 7)


def test_harrell_and_davis_s_estimate_agrees_with_an_independent_one() -> None:
    """scipy has it too."""
    values = np.random.default_rng(7).lognormal(size=31).tolist()
    for quantile in (0.25, 0.5, 0.9):
        assert harrell_davis(values, quantile) == pytest.approx(float(stats.mstats.hdquantiles(values, quantile)[0]))


@pytest.mark.parametrize(("count", "quantile"), [(8, 0.5), (21, 0.5), (60, 0.9), (100, 0.25)])
def test_the_fixed_sample_interval_errs_as_often_as_it_may_and_is_no_wider(count: int, quantile: float) -> None:
    """By the binomial distribution itself: each side at most half of the error, one place further in more than that."""
    interval = order_interval([float(place) for place in range(count)], quantile, 0.01)
    assert interval is not None
    low, high = (int(end) for end in interval)
    below = [float(stats.binom.cdf(place, count, quantile)) for place in (low, low + 1)]
    above = [float(stats.binom.sf(place, count, quantile)) for place in (high, high - 1)]
    assert below[0] <= 0.005 < below[1]
    assert above[0] <= 0.005 < above[1]


def test_there_is_no_fixed_sample_interval_of_too_few_values() -> None:
    """Seven coins that fall alike are no rarer than one in a hundred, by two sides."""
    assert order_interval([1.0] * 7, 0.5, 0.01) is None
    assert order_interval(list(range(8)), 0.5, 0.01) == (0, 7)


# ---- each analysis, both ways ------------------------------------------------------------------------

STEADY = about(4.4, 4.5, 4.6, 4.5, 4.4)
"""Below 5 ms, and in every analysis."""


def test_a_verdict_that_nothing_disturbs_stands_in_all_that_apply() -> None:
    """An upper bound on a time has six other analyses: the least time would say nothing, and all rounds were quiet."""
    found = tried({"below": "5 ms"}, STEADY, CONFIRMED)
    assert found == dict.fromkeys(
        (NAME.MEAN, NAME.HODGES_LEHMANN, NAME.HARRELL_DAVIS, NAME.WITHOUT_FIRST, NAME.SECOND_HALF, NAME.FIXED_SAMPLE,
         NAME.TOLERANCE), True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expectation", "values", "verdict", "metrics"),
    [
        # A few slow processes carry the mean over the bound, and no other estimate of the centre.
        (NAME.MEAN, {"below": "5 ms"}, about(4.2, 4.2, 4.2, 4.2, 40), CONFIRMED, MS),
        # Two modes: most pairs are mixed, so the median of their means lies between the two.
        (NAME.HODGES_LEHMANN, {"below": "5 ms"}, [4.4] * 12 + [40.0] * 9, CONFIRMED, MS),
        # The order statistics beside the median lie on the other side.
        (NAME.HARRELL_DAVIS, {"below": "5 ms"}, [4.4] * 10 + [40.0] * 9, CONFIRMED, MS),
        # What is above the bound in the median is below it where nothing disturbs.
        (NAME.MINIMUM, {"above": "4 ms"}, about(3.5, 5, 5, 5, 5), CONFIRMED, MS),
        (NAME.MINIMUM, ABOUT, about(3.5, 5, 5, 5, 5), CONFIRMED, MS),
        (NAME.MINIMUM, {"below": "4 ms"}, about(3.5, 5, 5, 5, 5), REFUTED, MS),
        # Of a rate it is the highest.
        (NAME.MINIMUM, {"below": "6 MB/s"}, about(5, 5, 5, 7, 5), CONFIRMED, RATE),
        # The first processes alone are on the verdict's side.
        (NAME.WITHOUT_FIRST, {"below": "5 ms"}, [4.4, 4.4, 4.4] + [4.4] * 9 + [6.0] * 11, CONFIRMED, MS),
        (NAME.SECOND_HALF, {"below": "5 ms"}, [4.4] * 14 + [6.0] * 10, CONFIRMED, MS),
        # The outermost of nine rounds are the ends of the interval.
        (NAME.FIXED_SAMPLE, {"below": "5 ms"}, [4.4] * 8 + [6.0], CONFIRMED, MS),
        (NAME.TOLERANCE, {"below": "5 ms"}, about(4.6, 4.7), CONFIRMED, MS),
        (NAME.TOLERANCE, {"below": "5 ms"}, about(5.3, 5.4), REFUTED, MS),
        (NAME.TOLERANCE, {"above": "5 ms"}, about(5.3, 5.4), CONFIRMED, MS),
        (NAME.TOLERANCE, {"above": "5 ms"}, about(4.6, 4.7), REFUTED, MS),
        (NAME.TOLERANCE, ABOUT, about(5.9, 6.0), CONFIRMED, MS),
        (NAME.TOLERANCE, ABOUT, about(6.5, 6.6), REFUTED, MS),
        (NAME.TOLERANCE, {"grows": "linear"}, about(1.06, 1.07), CONFIRMED, SLOPE),
        (NAME.TOLERANCE, {"grows": "linear"}, about(1.11, 1.12), REFUTED, SLOPE),
        (NAME.TOLERANCE, {"grows": "faster"}, about(1.11, 1.12), CONFIRMED, SLOPE),
    ],
)  # fmt: skip
def test_each_analysis_can_fail(
    name: AnalysisName, expectation: Mapping[str, Any], values: list[float], verdict: VerdictName, metrics: Any
) -> None:
    """On a sample whose own quantile lies in the region of the verdict."""
    made = claim([{"metric": "m", **expectation}], metrics)
    ends, verdicts = regions(made, made.expect[0], DEFAULT)
    assert verdicts[sum(end < sample_quantile(values, 0.5) for end in ends)] is verdict
    assert tried(expectation, values, verdict, metrics)[name] is False


@pytest.mark.parametrize(
    ("expectation", "values", "verdict", "metrics"),
    [
        ({"below": "5 ms"}, about(4.4, 4.45), CONFIRMED, MS),
        ({"below": "5 ms"}, about(5.6, 5.7), REFUTED, MS),
        ({"above": "5 ms"}, about(5.6, 5.7), CONFIRMED, MS),
        ({"above": "5 ms"}, about(4.4, 4.45), REFUTED, MS),
        (ABOUT, about(4.6, 5.6), CONFIRMED, MS),
        (ABOUT, about(7.0, 7.1), REFUTED, MS),
        (ABOUT, about(3.5, 3.6), REFUTED, MS),
        ({"above": "4 MB/s"}, about(5.0, 5.1), CONFIRMED, RATE),
        ({"grows": "linear"}, about(1.0, 1.01), CONFIRMED, SLOPE),
        ({"grows": "linear"}, about(1.2, 1.21), REFUTED, SLOPE),
        ({"grows": "slower"}, about(0.5, 0.51), CONFIRMED, SLOPE),
        ({"below": "5 ms", "machine": {"factor": 2, "because": TEXT}}, about(11.5, 12), REFUTED, MS),
        ({"below": "5 ms", "machine": {"factor": 2, "because": TEXT}}, about(4.4, 4.45), CONFIRMED, MS),
    ],
)
def test_each_kind_of_verdict_can_stand_in_all(
    expectation: Mapping[str, Any], values: list[float], verdict: VerdictName, metrics: Any
) -> None:
    """Where the samples lie well inside of one region."""
    found = tried(expectation, values, verdict, metrics)
    assert len(found) >= 6
    assert all(found.values())


@pytest.mark.parametrize(
    ("expectation", "values", "verdict", "metrics"),
    [
        ({"below": "5 ms"}, STEADY, CONFIRMED, MS),
        ({"above": "5 ms"}, STEADY, REFUTED, MS),
        (ABOUT, about(3.0, 3.1), REFUTED, MS),
        ({"above": "4 MB/s"}, about(5, 5.1), CONFIRMED, RATE),
        ({"below": "4 MB/s"}, about(5, 5.1), REFUTED, RATE),
        ({"above": "4 MB"}, about(5, 5.1), CONFIRMED, SIZE),
        ({"above": 4}, about(5, 5.1), CONFIRMED, PLAIN),
        ({"above": "4 ms"}, about(5, 5.1), CONFIRMED, P99),
        ({"above": "4 ms", "quantile": 0.9}, about(5, 5.1), CONFIRMED, MS),
    ],
)
def test_the_least_value_is_not_counted_where_it_must_hold_or_means_nothing(
    expectation: Mapping[str, Any], values: list[float], verdict: VerdictName, metrics: Any
) -> None:
    """Below what the median is below; of a size, a count, a tail, and of another quantile than the median."""
    assert NAME.MINIMUM not in tried(expectation, values, verdict, metrics)


def test_another_quantile_than_the_median_has_no_other_centre() -> None:
    """Means say nothing of a ninth decile."""
    found = tried({"below": "5 ms", "quantile": 0.9}, about(4.2, 4.3, 4.4, rounds=20), CONFIRMED)
    assert set(found) == {NAME.HARRELL_DAVIS, NAME.WITHOUT_FIRST, NAME.SECOND_HALF, NAME.FIXED_SAMPLE, NAME.TOLERANCE}
    assert all(found.values())


def test_a_figure_of_zero_has_no_other_tolerance() -> None:
    """No factor moves it, and an analysis with the same figure would be the same."""
    assert NAME.TOLERANCE not in tried({"above": 0}, about(5, 5.1), CONFIRMED, PLAIN)


def test_a_band_that_would_vanish_has_no_other_tolerance() -> None:
    """There nothing could be confirmed, so it would say nothing of this sample."""
    made = claim([{"metric": "m", **ABOUT}], MS)
    narrow = replace(DEFAULT, close=1.05)
    assert NAME.TOLERANCE not in again(made, 0, evidence(about(5.0, 5.01)), CONFIRMED, narrow)
    assert NAME.TOLERANCE in again(made, 0, evidence(about(6.0, 6.01)), REFUTED, narrow)


def test_few_values_are_no_half_and_no_interval() -> None:
    """Four values are left of a half of eight: fewer than say anything."""
    found = tried({"below": "5 ms"}, [4.4] * 8, CONFIRMED)
    assert NAME.SECOND_HALF not in found
    assert NAME.WITHOUT_FIRST in found
    assert NAME.FIXED_SAMPLE in found
    assert NAME.FIXED_SAMPLE not in tried({"below": "5 ms"}, [4.4] * 7, CONFIRMED)


# ---- ratios ------------------------------------------------------------------------------------------


def test_a_ratio_is_tried_without_its_pairs_and_with_the_least_of_both_arms() -> None:
    """Both estimate the same quotient from other numbers."""
    found = tried({**RATIO, "about": 2}, abba(about(8, 8.1), about(4, 4.05)), CONFIRMED)
    assert found[NAME.UNPAIRED] is found[NAME.MINIMUM] is True
    # The least of one arm is far below its median: undisturbed, the quotient is another.
    found = tried({**RATIO, "about": 2}, abba([3.0, *about(8, 8.1)[1:]], about(4, 4.05)), CONFIRMED)
    assert (found[NAME.UNPAIRED], found[NAME.MINIMUM]) == (True, False)
    # A slow process changes the least of neither.
    assert tried({**RATIO, "about": 2}, abba(about(8, 8.1), [40.0, *about(4, 4.05)[1:]]), CONFIRMED)[NAME.MINIMUM]


def test_pairs_that_hide_the_arms_are_found_out() -> None:
    """Quotients of 0.5, 3 and 3 have the median 3, while the medians of the arms are alike."""
    of, over = [2.0, 3.0, 12.0] * 8, [4.0, 1.0, 4.0] * 8
    found = tried({**RATIO, "above": 1.5}, abba(of, over), CONFIRMED)
    assert found[NAME.UNPAIRED] is False


def test_the_pairs_of_a_round_are_one_value_for_the_fixed_sample_interval() -> None:
    """Two pairs a round in seven rounds are fourteen pairs, and seven rounds are too few."""
    fourteen = tried({**RATIO, "above": 1.5}, abba([8.0] * 14, [4.0] * 14), CONFIRMED)
    assert NAME.FIXED_SAMPLE not in fourteen
    assert tried({**RATIO, "above": 1.5}, abba([8.0] * 16, [4.0] * 16), CONFIRMED)[NAME.FIXED_SAMPLE]


# ---- some of the samples -----------------------------------------------------------------------------


def test_loud_rounds_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not counted where there were none, and not where too few others are left."""
    values = [4.4] * 5 + [6.0] * 6
    made = claim([{"metric": "m", "below": "5 ms"}], MS)

    def with_loud(*rounds: int) -> bool | None:
        monkeypatch.setattr(alternatives, "quietness", lambda evidence, policy: Quietness(frozenset(rounds)))
        found = again(made, 0, evidence(values), REFUTED).get(NAME.QUIET_ONLY)
        return None if found is None else found.stands

    assert with_loud() is None
    assert with_loud(0) is True
    assert with_loud(7, 8, 9) is False
    assert with_loud(*range(7)) is None


def test_quiet_samples_are_those_of_quiet_rounds() -> None:
    """In their order."""
    samples = [Sample(float(number), number // 2, 0, (number,)) for number in range(6)]
    assert [one.value for one in quiet_only(samples, Quietness(frozenset({1})))] == [0, 1, 4, 5]


def in_layouts(*values: tuple[float, int]) -> Evidence:
    """Processes of values and layouts, again and again."""
    return Evidence(
        tuple(
            Observation("run", 10 * turn + place, 0.1, {"m": value}, layout)
            for turn in range(6)
            for place, (value, layout) in enumerate(values)
        )
    )


def test_each_layout_is_left_out_once() -> None:
    """A verdict that one of them alone carries does not stand; where there is one only, none can be left out."""
    steady = tried({"below": "5 ms"}, in_layouts((4.4, 0), (4.3, 1), (4.5, 2)), CONFIRMED)
    assert steady[NAME.LAYOUTS] is True
    one_off = tried({"below": "5 ms"}, in_layouts((4.4, 0), (4.3, 1), (4.5, 2), (6.0, 3)), CONFIRMED)
    assert one_off[NAME.LAYOUTS] is True
    carried = tried({"below": "5 ms"}, in_layouts((4.4, 0), (4.4, 0), (6.0, 1)), CONFIRMED)
    assert carried[NAME.LAYOUTS] is False
    assert NAME.LAYOUTS not in tried({"below": "5 ms"}, STEADY, CONFIRMED)


# ---- cells and claims ----------------------------------------------------------------------------------


def cell(made: Claim, values: Sequence[float], *verdicts: VerdictName) -> Analyses | None:
    """A cell whose expectations came to these verdicts, and it to the worst of them."""
    whole = REFUTED if REFUTED in verdicts else verdicts[0]
    return analyses_of_cell(made, "default", evidence(values), whole, [Finding(verdict) for verdict in verdicts])


def test_a_cell_says_in_which_analyses_it_keeps_its_verdict_and_what_the_others_found() -> None:
    """The mean of four at 4.2 and one at 40 is 6.6."""
    found = cell(claim([{"metric": "m", "below": "5 ms"}], MS), about(4.2, 4.2, 4.2, 4.2, 40, rounds=10), CONFIRMED)
    assert found is not None
    assert (found.stands_in, found.of, found.failing) == (6, 7, (NAME.MEAN,))
    (why,) = found.why
    assert (why.analysis, why.expectation, why.ends) == (NAME.MEAN, 0, (5.0,))
    assert why.found == pytest.approx((6.6,), rel=0.01)


def test_a_confirmed_cell_stands_where_every_expectation_does() -> None:
    """One that fails brings it down."""
    values = about(4.6, 4.7)
    both = claim([{"metric": "m", "below": "9 ms"}, {"metric": "m", "below": "5 ms"}], MS)
    found = cell(both, values, CONFIRMED, CONFIRMED)
    assert found is not None
    assert found.failing == (NAME.TOLERANCE,)
    assert [one.expectation for one in found.why] == [1]


def test_a_refuted_cell_stands_where_one_that_refutes_it_does() -> None:
    """That another one is refuted only narrowly, or confirmed, changes nothing."""
    values = about(5.3, 5.4)
    wide, narrow, met = ({"metric": "m", "below": figure} for figure in ("2 ms", "5 ms", "9 ms"))
    for expect, verdicts in (([wide, narrow], (REFUTED, REFUTED)), ([wide, met], (REFUTED, CONFIRMED))):
        found = cell(claim(expect, MS), values, *verdicts)
        assert found is not None
        assert found.failing == ()
    alone = cell(claim([narrow, met], MS), values, REFUTED, CONFIRMED)
    assert alone is not None
    assert alone.failing == (NAME.TOLERANCE,)


def test_what_is_exact_or_open_is_not_judged_again() -> None:
    """A count has no other analysis, and an open cell no verdict to keep; what is exact in a confirmed cell stays."""
    exact = claim([{"metric": "m", "equals": "5 ms"}], MS)
    assert cell(exact, [5.0] * 9, CONFIRMED) is None
    open_ = claim([{"metric": "m", "below": "5 ms"}], MS)
    assert cell(open_, STEADY, VerdictName.INCONCLUSIVE) is None
    assert cell(open_, STEADY, VerdictName.DEPENDS) is None
    mixed = claim([{"metric": "m", "at_least": "1 ms"}, {"metric": "m", "below": "5 ms"}], MS)
    assert cell(mixed, STEADY, CONFIRMED, CONFIRMED) is not None
    other_way = claim([{"metric": "m", "at_least": "9 ms"}, {"metric": "m", "below": "3 ms"}], MS)
    assert cell(other_way, STEADY, REFUTED, REFUTED) is None
    measured_alone = claim([{"metric": "m", "at_least": "1 ms"}, {"metric": "m", "below": "3 ms"}], MS)
    assert cell(measured_alone, STEADY, CONFIRMED, REFUTED) is not None


def test_a_claim_stands_where_every_cell_does() -> None:
    """Its analyses are those that apply to any of its cells."""
    one = Analyses((NAME.MEAN, NAME.SECOND_HALF))
    other = Analyses((NAME.SECOND_HALF, NAME.LAYOUTS), (NAME.MEAN,))
    found = together([one, other])
    assert found is not None
    assert (found.standing, found.failing) == ((NAME.SECOND_HALF, NAME.LAYOUTS), (NAME.MEAN,))
    assert (found.stands_in, found.of) == (2, 3)
    assert together([]) is None


@pytest.mark.parametrize(
    ("verdict", "reason", "decided"),
    [
        ("confirmed", Reason.NONE, True),
        ("refuted", Reason.NONE, True),
        ("depends", Reason.TOOLCHAIN, True),
        ("depends", Reason.CASE, True),
        ("depends", Reason.MACHINE, False),
        ("inconclusive", Reason.CONTROL, False),
        ("untestable", Reason.MISSING_MEANS, False),
    ],
)
def test_a_claim_is_decided_where_its_cells_are(verdict: str, reason: Reason, decided: bool) -> None:
    """What is put down to the machine, and what a control withholds, has no verdict to keep."""
    assert holds_or_fails(Finding(VerdictName(verdict), reason)) is decided
