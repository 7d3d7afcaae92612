"""The sequential test against independent computations, and the error that it promises."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from macros.verdict.dependence import effective_share
from macros.verdict.eprocess import fewest_trials, interval, locate, log_e_value, needed, sample_quantile


def _mixture_by_quadrature(successes: int, trials: int, rate: float) -> float:
    """The e-value from its definition: the likelihood ratio averaged over Beta(1/2, 1/2) cut off at `rate`.

    The substitution theta = sin(angle)**2 turns that density into a constant.
    """
    start = math.asin(math.sqrt(rate))

    def ratio(angle: float) -> float:
        theta = math.sin(angle) ** 2
        return float((theta / rate) ** successes * ((1 - theta) / (1 - rate)) ** (trials - successes))

    area, _ = integrate.quad(ratio, start, math.pi / 2, limit=200)
    return float(area / (math.pi / 2 - start))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (1, 1), (0, 5), (7, 10), (20, 20), (33, 60), (55, 60)])
def test_the_e_value_is_the_mixture_of_likelihood_ratios(successes: int, trials: int, rate: float) -> None:
    """The closed form agrees with numerical integration of the definition."""
    expected = _mixture_by_quadrature(successes, trials, rate)
    assert math.exp(float(log_e_value(successes, trials, rate))) == pytest.approx(expected, rel=1e-6)


def _chance_of_crossing(rate: float, true_rate: float, error: float, trials: int) -> float:
    """Exact probability that the e-process ever reaches 1/error: paths that have not crossed, step by step."""
    alive, crossed = {0: 1.0}, 0.0
    for number in range(1, trials + 1):
        following: dict[int, float] = {}
        for successes, chance in alive.items():
            for more, probability in ((1, true_rate), (0, 1 - true_rate)):
                here = successes + more
                if float(log_e_value(here, number, rate)) >= -math.log(error):
                    crossed += chance * probability
                else:
                    following[here] = following.get(here, 0.0) + chance * probability
        alive = following
    return crossed


@pytest.mark.parametrize("error", [0.05, 0.005])
@pytest.mark.parametrize("rate", [0.5, 0.9, 0.1])
def test_the_chance_of_ever_crossing_under_the_null_is_within_the_error(rate: float, error: float) -> None:
    """Enumerated exactly over 60 looks, at the null's edge and inside it; and where it can decide it is not idle."""
    at_the_edge = _chance_of_crossing(rate, rate, error, 60)
    assert at_the_edge <= error
    assert _chance_of_crossing(rate, rate * 0.8, error, 60) <= at_the_edge
    assert at_the_edge > error / 20 or fewest_trials(rate, error) > 60


def test_the_test_has_power() -> None:
    """Where 95 % of runs stay below the threshold, 60 runs decide at one predicate's share of the catalogue's error."""
    assert _chance_of_crossing(0.5, 0.95, 0.05 / 60 / 18 / 2, 60) > 0.999


@pytest.mark.parametrize("rate", [0.5, 0.9, 0.1])
def test_the_table_of_needed_successes_is_that_of_the_e_values(rate: float) -> None:
    """Bisection finds for every number of trials the least number of successes that crosses."""
    table = needed(rate, 1e-4, 60)
    for trials in range(61):
        crossing = [s for s in range(trials + 1) if float(log_e_value(s, trials, rate)) >= math.log(1e4)]
        assert table[trials] == min(crossing, default=trials + 1)


def test_the_fewest_trials_are_those_with_successes_only() -> None:
    """At 1e-4, so many successes in a row cross and one less do not."""
    least = fewest_trials(0.5, 1e-4)
    assert float(log_e_value(least, least, 0.5)) >= math.log(1e4) > float(log_e_value(least - 1, least - 1, 0.5))


def test_evidence_far_on_the_nulls_side_is_no_error() -> None:
    """Where the mixture underflows the e-value is 0, quietly."""
    assert float(log_e_value(0, 5000, 0.9)) == -math.inf


_VALUES = st.lists(st.floats(-1e6, 1e6), max_size=60)


@given(_VALUES, st.floats(-1e6, 1e6), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_two_sides_mirror_each_other(values: list[float], threshold: float, quantile: float) -> None:
    """With all signs turned and the quantile mirrored, below and above change places."""
    one = locate(values, threshold, quantile, 0.05)
    other = locate([-value for value in values], -threshold, 1 - quantile, 0.05)
    assert (one and (one.below, one.after)) == (other and (not other.below, other.after))


@given(_VALUES, st.floats(-1e6, 1e6), st.sampled_from([2.0**-10, 2.0**20]))
def test_the_unit_does_not_matter(values: list[float], threshold: float, unit: float) -> None:
    """The same figures in another unit decide alike, and the interval converts."""
    assert locate(values, threshold, 0.5, 0.01) == locate([v * unit for v in values], threshold * unit, 0.5, 0.01)
    ends = tuple(None if end is None else end * unit for end in interval(values, 0.5, 0.01))
    assert interval([value * unit for value in values], 0.5, 0.01) == ends


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_success_more_is_more_evidence(successes: int, trials: int, rate: float) -> None:
    """Of the same number of trials, more successes never give a lower e-value."""
    if successes < trials:
        assert log_e_value(successes + 1, trials, rate) >= log_e_value(successes, trials, rate)


@given(_VALUES, _VALUES, st.floats(-1e6, 1e6))
def test_a_decision_stays(values: list[float], more: list[float], threshold: float) -> None:
    """Whatever comes after a crossing, the crossing stands."""
    crossing = locate(values, threshold, 0.5, 0.05)
    if crossing is not None:
        assert locate(values + more, threshold, 0.5, 0.05) == crossing


def test_a_value_on_the_threshold_speaks_for_neither_side() -> None:
    """Sixty values equal to the threshold decide nothing, however small the error need be."""
    assert locate([5.0] * 60, 5.0, 0.5, 0.5) is None


@given(_VALUES, st.sampled_from([0.1, 0.5, 0.9]))
def test_the_interval_holds_what_the_test_has_not_excluded(values: list[float], quantile: float) -> None:
    """Inversion: a threshold beyond an end of a sample of independent values is decided; the ends hold the quantile."""
    low, high = interval(values, quantile, 0.05)
    independent = all(effective_share(values[:seen]) == 1.0 for seen in range(len(values) + 1))
    if high is not None and independent:
        found = locate(values, math.nextafter(high, math.inf), quantile, 0.05)
        assert found is not None
    if low is not None and high is not None:
        assert low <= sample_quantile(values, quantile) <= high


def test_an_interval_takes_a_number_of_values() -> None:
    """Both ends are infinite (None) before the fewest trials that can decide."""
    least = fewest_trials(0.5, 0.05 / 2)
    assert interval([1.0] * (least - 1), 0.5, 0.05) == (None, None)
    assert interval([1.0] * least, 0.5, 0.05) == (1.0, 1.0)
    assert interval([], 0.5, 0.05) == (None, None)


def test_ends_that_contradict_the_sample_are_taken_anew() -> None:
    """Two levels in turn leave no common interval; the ends are then those of all values and hold their median."""
    values = [1.0] * 7 + [9.0, 9.0, 1.0, 9.0, 9.0, 9.0, 1.0, 9.0] * 6
    low, high = interval(values, 0.5, 0.05)
    assert low is not None
    assert high is not None
    assert low <= sample_quantile(values, 0.5) <= high


def test_values_that_jump_once_leave_no_interval() -> None:
    """Thirty of one level and then forty of another are hardly more than two values; the first level alone is one."""
    assert interval([1.0] * 30 + [9.0] * 40, 0.5, 0.05) == (None, None)
    assert interval([1.0] * 30, 0.5, 0.05) == (1.0, 1.0)


@given(_VALUES, st.floats(-1e6, 1e6))
def test_a_decision_has_a_mirror(values: list[float], threshold: float) -> None:
    """With all signs turned, the other side is found, after as many values."""
    found = locate(values, threshold, 0.5, 0.01)
    turned = locate([-value for value in values], -threshold, 0.5, 0.01)
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert (found.below, found.after) == (not turned.below, turned.after)


def test_a_value_may_be_barred_from_one_side() -> None:
    """What may not count as high refutes nothing, and still counts as low where it is."""
    least = fewest_trials(0.5, 0.01 / 2)
    for_low_only = [(True, False)] * 60
    assert locate([9.0] * 60, 5.0, 0.5, 0.01, for_low_only) is None
    found = locate([1.0] * 60, 5.0, 0.5, 0.01, for_low_only)
    assert found is not None
    assert (found.below, found.after) == (True, least)
    low, high = interval([1.0] * 60, 0.5, 0.01, for_low_only)
    assert (low, high) == (None, 1.0)


def test_the_confidence_sequence_covers_the_median_at_all_times() -> None:
    """Of 2000 seeded series of 60 skewed values, at most 5 % ever exclude the true median after any value."""
    rng = random.Random(20240601)
    median, error, failures = math.exp(0), 0.05, 0
    for _ in range(2000):
        values = [rng.lognormvariate(0, 1) for _ in range(60)]
        failures += locate(values, median, 0.5, error) is not None
        low, high = interval(values, 0.5, error)
        assert low is not None
        assert high is not None
        assert low < high
    assert failures / 2000 <= error


@pytest.mark.parametrize(
    ("values", "quantile", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([4, 1, 3, 2], 0.5, 2.5),
        ([1], 0.9, 1),
        (list(range(1, 11)), 0.9, 9.5),
        ([1, 2, 3], 0.01, 1),
    ],
)
def test_the_sample_quantile_is_the_usual_one(values: list[float], quantile: float, expected: float) -> None:
    """The middle value, or midway between the two that both will do."""
    assert sample_quantile(values, quantile) == expected


def test_runs_of_like_neighbours_decide_later_than_independent_ones() -> None:
    """All lie below the threshold; in order they hang together, shuffled they do not."""
    rising = [1 + number / 100 for number in range(40)]
    assert locate(rising, 5.0, 0.5, 0.01) is None
    shuffled = random.Random(1).sample(rising, len(rising))
    found = locate(shuffled, 5.0, 0.5, 0.01)
    assert found is not None
    assert found.below


def test_the_effective_number_is_held_to_the_same_error() -> None:
    """Twenty-four values that count for eight: enough at an error of a tenth or so, and not at one in a hundred."""
    values = [
        3.542, 3.049, 3.111, 3.001, 2.781, 2.725, 2.705, 2.798, 2.976, 3.239, 3.193, 3.387,
        3.337, 3.218, 3.066, 2.786, 2.466, 2.647, 2.734, 2.907, 3.013, 2.682, 2.619, 2.48,
    ]  # fmt: skip
    assert 0.3 < effective_share(values) < 0.35
    assert locate(values, 5.0, 0.5, 0.01) is None
    assert locate(values, 5.0, 0.5, 0.18) is not None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=120))
def test_the_sample_median_is_numpy_s(values: list[float]) -> None:
    """But for the last digit of a mean: numpy's arrays would take sixty times as long."""
    expected = float(np.quantile(values, 0.5, method="averaged_inverted_cdf"))
    assert sample_quantile(values, 0.5) == pytest.approx(expected, rel=1e-12, abs=1e-9)
