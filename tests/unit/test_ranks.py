"""What is computed here without `scipy.stats` is what `scipy.stats` computes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macros.verdict.estimators import order_interval
from macros.verdict.ranks import middle_slope, ranks, trend_error

FINITE = st.floats(-1e12, 1e12, allow_subnormal=False)
SERIES = (
    st.lists(FINITE, min_size=2, max_size=60)
    | st.lists(st.integers(0, 5).map(float), min_size=2, max_size=80)
    | st.permutations([float(number) for number in range(40)])
)


@given(SERIES)
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    """With ties and without: every place, to the last bit."""
    assert ranks(values).tolist() == stats.rankdata(values).tolist()


@given(SERIES.filter(lambda values: min(values) < max(values)))
def test_the_error_of_a_trend_is_kendalls(values: list[float]) -> None:
    """Exact for few values without ties, by the normal distribution for others, as scipy decides it."""
    expected = stats.kendalltau(np.arange(len(values)), values).pvalue
    assert trend_error(values) == pytest.approx(float(expected), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("count", [2, 3, 8, 33, 34, 100, 200])
@pytest.mark.parametrize("swapped", [0, 1, 2, 3])
def test_the_error_of_a_clear_trend_is_kendalls(count: int, swapped: int) -> None:
    """In order but for a few neighbours, where the error is smallest and the ways of computing it change."""
    values = [float(number) for number in range(count)]
    for place in range(0, min(2 * swapped, count - 1), 2):
        values[place : place + 2] = values[place : place + 2][::-1]
    expected = stats.kendalltau(np.arange(count), values).pvalue
    assert trend_error(values) == pytest.approx(float(expected), rel=1e-9, abs=1e-300)


@given(SERIES)
def test_the_slope_is_that_of_theil_and_sen(values: list[float]) -> None:
    """To the last bit."""
    assert middle_slope(values) == float(stats.theilslopes(values, np.arange(len(values))).slope)


def test_judging_does_not_wait_for_scipy_stats() -> None:
    """Its import takes longer than judging a catalogue."""
    code = "import sys, macros.verdict.judge, macros.verdict.alternatives; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("error", [0.05, 0.0008])
def test_the_places_of_an_interval_are_those_of_the_binomial_distribution(quantile: float, error: float) -> None:
    """For every number of values that a cell may have."""
    for count in range(1, 400):
        reached = stats.binom.cdf(np.arange(count + 1), count, quantile)
        low, high = int((reached <= error / 2).sum()) - 1, int((reached < 1 - error / 2).sum())
        expected = (float(low), float(high)) if 0 <= low < high < count else None
        assert order_interval([float(place) for place in range(count)], quantile, error) == expected
