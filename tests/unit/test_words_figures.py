"""Numbers as readers see them, in every place the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from macros.verdict.finding import Estimate
from macros.words import speak
from macros.words.figures import NARROW, count, number, numerals, percent, plain, printed_unit, quantity

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-", ",")


def read_back(text: str) -> float:
    mantissa, _, power = text.translate(SUPERSCRIPTS).partition("×10")
    return float(mantissa) * 10.0 ** int(power or 0)


@pytest.mark.parametrize(
    ("estimate", "text", "interval"),
    [
        (Estimate(3.2187, 3.0421, 3.3977, "ms", 18), f"3.22{NARROW}ms", "3.04–3.40"),
        (Estimate(3.2187, 2.8, 3.7, "ms", 18), f"3.2{NARROW}ms", "2.8–3.7"),
        (Estimate(152_340.0, 140_000.0, 161_000.0, "ns", 9), f"152,000{NARROW}ns", "140,000–161,000"),
        (Estimate(0.000321, 0.0003, 0.00034, "s", 9), f"0.00032{NARROW}s", "0.00030–0.00034"),
        (Estimate(0.4, 0.0, 4.0, "ms", 9), f"0.4{NARROW}ms", "0.0–4.0"),
        (Estimate(0.3, 0.002, 4.0, "ms", 9), f"0.3{NARROW}ms", "0.002–4.0"),
        (Estimate(2048.0, None, None, "B", 3), f"2,048{NARROW}B", ""),
        (Estimate(2_684_354_560.0, None, None, "B", 3), f"2.5{NARROW}GiB", ""),
        (Estimate(12_345_678.0, None, None, "B", 3), f"12,345,678{NARROW}B", ""),
        (Estimate(12_345_678.0, 12_000_000.0, 12_500_000.0, "B", 9), f"11.8{NARROW}MiB", "11.4–11.9"),
        (Estimate(2.0, 2.0, 2.0, "KiB", 20), f"2{NARROW}KiB", ""),
        (Estimate(7.0, 5.5, math.inf, "us", 6), f"7.0{NARROW}µs", "at least 5.5"),
        (Estimate(7.0, None, 9.0, "us", 6), f"7{NARROW}µs", "at most 9"),
        (Estimate(-1.5, -2.5, -0.5, "", 6), "−1.5", "−2.5–−0.5"),
        (Estimate(2**60 + 1, None, None, "", 3), "1,152,921,504,606,846,977", ""),
        (Estimate(10**400, None, None, "B", 3), f"1.000×10⁴⁰⁰{NARROW}B", ""),
        (Estimate(1e-12, 0.9e-12, 1.1e-12, "s", 9), f"1.00×10⁻¹²{NARROW}s", "9.0×10⁻¹³–1.10×10⁻¹²"),
        (Estimate(True, None, None, "", 3), "true", ""),
        (Estimate("static", None, None, "", 3), "static", ""),
    ],
)
def test_a_value_has_the_digits_that_its_interval_supports(estimate: Estimate, text: str, interval: str) -> None:
    """Rounded where the interval leaves the next digit open; bulk bytes binary; exact values as they are."""
    shown = speak("en").show(estimate)
    assert (shown.text, shown.interval) == (text, interval)


@given(st.floats(1e-9, 1e12), st.floats(1e-3, 0.5))
def test_rounding_keeps_a_value_inside_its_interval(value: float, width: float) -> None:
    """What is shown never lies outside of what was measured by more than a tenth of the interval's half."""
    shown = numerals(value, value * (1 - width), value * (1 + width), "ms")
    assert abs(read_back(shown.number) - value) <= 0.51 * value * width


FINITE = st.floats(allow_nan=False, allow_infinity=False)
MAGNITUDES = st.builds(
    lambda mantissa, power, sign: sign * mantissa * 10.0**power,
    st.floats(1, 9.999),
    st.integers(-13, 18),
    st.sampled_from([1, -1]),
)
NUMBERS = FINITE | MAGNITUDES | st.integers(-(10**30), 10**30)
ENDS = NUMBERS | st.none() | st.sampled_from([0.0, math.inf, -math.inf])
UNITS = st.sampled_from(["", "%", "B", "KiB", "MB/s", "ns", "us", "ms", "s", "ns/op", "B/op", "1/s"])


@given(NUMBERS, ENDS, ENDS, UNITS)
@example(1e12, 5e-324, 2e12, "B")
@example(0.3, -0.0, 0.4, "ms")
def test_rounding_never_turns_a_number_into_zero(
    value: float, low: float | None, high: float | None, unit: str
) -> None:
    """A longest pause of 0.4 ms is not 0 ms, however wide its interval; nor are the ends, in whatever unit."""
    shown = numerals(value, low, high, unit)
    for text, given_number in ((shown.number, value), (shown.low, low), (shown.high, high)):
        if text is not None and given_number is not None:
            assert bool(re_nonzero(text)) is (given_number != 0)
            assert text.startswith("−") is (given_number < 0)
    assert bool(re_nonzero(plain(value))) is (value != 0)
    assert bool(re_nonzero(quantity(value, unit).partition(NARROW)[0])) is (value != 0)


@given(MAGNITUDES, st.floats(0, 1), st.floats(0, 1), UNITS)
def test_what_is_shown_is_what_was_measured(value: float, below: float, above: float, unit: str) -> None:
    """Value and ends, read back, are off by less than the interval leaves open, and stand in their order."""
    low, high = sorted((value * (1 - below), value * (1 + above)))
    shown = numerals(value, low, high, unit)
    if shown.low is None or shown.high is None or shown.unit != printed_unit(unit):
        return
    width = max(high - value, value - low)
    for text, measured in ((shown.number, value), (shown.low, low), (shown.high, high)):
        assert abs(read_back(text) - measured) <= max(0.51 * width, 0.001 * abs(measured))
    assert read_back(shown.low) <= read_back(shown.number) <= read_back(shown.high)


@pytest.mark.parametrize("value", [-0.0, -0.0 * 5, 0.0, 0])
def test_zero_has_no_sign(value: float) -> None:
    """What a subtraction leaves of two equal numbers is 0."""
    assert (plain(value), number(value, 2), numerals(value, -1.0, 1.0, "ms").number) == ("0", "0.00", "0.0")


def re_nonzero(text: str) -> bool:
    """Whether a numeral has a digit that is not zero before its power of ten."""
    return any(digit in "123456789" for digit in text.partition("×")[0])


@given(st.floats(1e-12, 1.0))
def test_a_share_is_never_rounded_to_nothing(share: float) -> None:
    """Three digits, whatever its size."""
    assert read_back(percent(share).removesuffix(f"{NARROW}%")) == pytest.approx(share * 100, rel=0.006)


@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_is_given_in_full(value: int) -> None:
    """An exact count that differs in its last digit looks different; one beyond reading is given in powers of ten."""
    if abs(value) < 10**24:
        assert int(count(value).translate(SUPERSCRIPTS)) == value
    else:
        assert read_back(count(value)) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("share", "text"), [(0.05, "5"), (0.9923, "99.2"), (0.00083, "0.083"), (0, "0"), (1, "100"), (0.5, "50")]
)
def test_a_share_is_shown_in_percent(share: float, text: str) -> None:
    """With three digits, and never in powers of ten."""
    assert percent(share) == f"{text}{NARROW}%"


def test_a_range_of_negative_numbers_is_told_from_a_minus() -> None:
    """Minus signs are minus signs, not hyphens, so that an en dash between two of them can be read."""
    assert "-" not in speak("en").show(Estimate(-1.5, -2.5, -0.5, "", 6)).interval


def test_what_is_no_number_is_shown_as_such() -> None:
    """Infinities and NaN end nothing; thresholds have their unit."""
    assert (number(math.inf, 2), number(-math.inf, 2), number(math.nan, 2)) == ("∞", "−∞", "–")
    assert plain(math.inf) == "∞"
    assert quantity(5.0, "us") == f"5{NARROW}µs"
    assert quantity(3, "") == "3"
