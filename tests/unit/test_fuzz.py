"""Ten thousand damaged inputs for all that reads foreign text, and every input that once was handled wrongly."""

from __future__ import annotations

import pytest

from tests.fuzz.damage import damage
from tests.fuzz.running import fuzz
from tests.fuzz.targets import TARGETS, Target

EXECUTIONS = 10_000
SHARES = sum(target.share for target in TARGETS)


@pytest.mark.hostile("Fuzzing")
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"damaged input for {target.name}")
def test_no_damaged_input_is_a_defect(target: Target) -> None:
    """Each is read or refused in words; `make fuzz` tries a million."""
    wanted = -(-EXECUTIONS * target.share // SHARES)
    count, found = fuzz(target, wanted)
    if found is not None:
        raise AssertionError(f"{found.text!a}") from found.error
    assert count >= wanted


def test_what_is_found_is_told_with_its_smallest_input() -> None:
    """A target that fails for every text with a zero in it is found out, and the text is that zero."""

    def fails(text: str) -> None:
        assert "\0" not in text

    broken = Target("broken", TARGETS[0].inputs, fails, 1)
    count, found = fuzz(broken, 2_000)
    assert found is not None
    assert "\0" in found.text
    assert count > 1


def test_the_same_bytes_make_the_same_damage() -> None:
    """So hypothesis can make a failing input smaller."""
    samples = ("a b c\n", "d\n")
    assert damage(samples, b"") == "a b c\n"
    assert damage(samples, b"\x01") == "d\n"
    program = bytes(range(30))
    assert damage(samples, program) == damage(samples, program)
