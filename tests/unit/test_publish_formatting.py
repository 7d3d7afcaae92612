"""Numbers as readers see them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.ledger.record import Output
from macros.publish.card import streams_of
from macros.verdict.finding import Estimate
from macros.words.figures import NARROW, show
from macros.words.inert import inert, shorten
from tests.unit.publish_sample import HOSTILE


@pytest.mark.parametrize(
    ("estimate", "text", "interval"),
    [
        (Estimate(3.2187, 3.0421, 3.3977, "ms", 18), f"3.22{NARROW}ms", "3.04–3.40"),
        (Estimate(3.2187, 2.8, 3.7, "ms", 18), f"3.2{NARROW}ms", "2.8–3.7"),
        (Estimate(152_340.0, 140_000.0, 161_000.0, "ns", 9), f"152,000{NARROW}ns", "140,000–161,000"),
        (Estimate(0.000321, 0.0003, 0.00034, "s", 9), f"0.00032{NARROW}s", "0.00030–0.00034"),
        (Estimate(2048.0, None, None, "B", 3), f"2,048{NARROW}B", ""),
        (Estimate(2_684_354_560.0, None, None, "B", 3), f"2.500{NARROW}GiB", ""),
        (Estimate(2.0, 2.0, 2.0, "KiB", 20), f"2{NARROW}KiB", ""),
        (Estimate(7.0, 5.5, math.inf, "us", 6), f"7.0{NARROW}µs", "at least 5.5"),
        (Estimate(7.0, None, 9.0, "us", 6), f"7{NARROW}µs", "at most 9"),
        (Estimate(-1.5, -2.5, -0.5, "", 6), "−1.5", "−2.5–−0.5"),
        (Estimate(True, None, None, "", 3), "yes", ""),
        (Estimate("static", None, None, "", 3), "static", ""),
    ],
)
def test_a_value_has_the_digits_that_its_interval_supports(estimate: Estimate, text: str, interval: str) -> None:
    """Rounded where the interval leaves the next digit open; bulk bytes binary; exact values as they are."""
    shown = show(estimate)
    assert (shown.text, shown.interval) == (text, interval)


@given(st.floats(1e-9, 1e12), st.floats(1e-3, 0.5))
def test_rounding_keeps_a_value_inside_its_interval(value: float, width: float) -> None:
    """What is shown never lies outside of what was measured by more than a tenth of the interval's half."""
    shown = show(Estimate(value, value * (1 - width), value * (1 + width), "ms", 9))
    assert abs(float(shown.number.replace(",", "")) - value) <= 0.51 * value * width


def test_a_range_of_negative_numbers_is_told_from_a_minus() -> None:
    """Minus signs are minus signs, not hyphens, so that an en dash between two of them can be read."""
    assert "-" not in show(Estimate(-1.5, -2.5, -0.5, "", 6)).interval


def test_output_cannot_act_and_hides_nothing() -> None:
    """No tag, no entity and no invisible character of hostile output survives; what it was is named."""
    html = str(inert(HOSTILE))
    assert "<script" not in html
    assert "&lt;/pre&gt;" in html
    assert "&amp;amp;" in html
    for character, name in {"\x1b": "⟨ESC⟩", "\r": "⟨CR⟩", "\u202e": "⟨U+202E⟩", "\u200b": "⟨U+200B⟩"}.items():
        assert character not in html
        assert name in html
    assert "\U000f0000" not in html


@given(st.text())
def test_output_holds_no_character_that_shows_nothing(text: str) -> None:
    """Whatever a program prints: only printable characters, spaces, tabs and line ends go to the page."""
    assert all(c.isprintable() or c.isspace() for c in str(inert(text)) if c not in "\n\t")


def test_long_output_is_cut_at_a_line_and_says_how_much_is_left_out() -> None:
    """The beginning is shown in whole lines; the rest is counted."""
    assert shorten("ab\ncd\nef\n", 7) == ("ab\ncd\n", 3)
    assert shorten("abcdef", 4) == ("abcd", 2)
    assert shorten("ab\n", 9) == ("ab\n", 0)


def test_a_stream_with_nothing_but_section_marks_is_left_out() -> None:
    """`section` marks both streams; an empty stderr is no news."""
    marks = "\n==> one <==\n\n==> two <==\n"
    shown = streams_of(
        Output(stage="run", script="s", status=0, stdout=marks + "said\n", stderr=marks), "label"
    ).streams
    assert [(stream.name, stream.text) for stream in shown] == [("stdout", marks + "said\n")]
