"""Quantities compare by what they mean."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest

from macros.claim import units
from macros.claim.units import UnitError, check_quantity, convert, factor, magnitude, split


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("2 KiB", "B", 2048),
        ("2 kB", "B", 2000),
        ("5 ms", "s", 0.005),
        ("3 us", "ns", 3000),
        ("1,000,000", "", 1_000_000),
        (3, "", 3),
        ("95 %", "", 0.95),
        ("1.5 GiB", "MiB", 1536),
        ("2 ns/op", "ns", 2),
    ],
)
def test_a_quantity_converts_to_the_unit_asked_for(text: str | int, unit: str, expected: float) -> None:
    """Decimal and binary prefixes, percentages and per-operation figures."""
    assert magnitude(text, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("unit", "to"), [("ms", "B"), ("", "ms"), ("B", "%"), ("ms", "")])
def test_quantities_of_different_kinds_do_not_convert(unit: str, to: str) -> None:
    """Time is no memory, and a plain number is neither."""
    with pytest.raises(UnitError, match="cannot convert"):
        factor(unit, to)


def test_a_byte_is_eight_bits_and_never_a_bel() -> None:
    """pint's own B is another unit."""
    assert convert(1, "B", "bit") == 8


@pytest.mark.parametrize("text", ["", "ms", "1 2 ms", "five ms"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """A number and a unit, or an error that shows the form."""
    with pytest.raises(UnitError, match="write a number and a unit"):
        split(text)


def test_a_limit_of_zero_is_refused() -> None:
    """Deadlines and sizes are above zero."""
    with pytest.raises(UnitError, match="above zero"):
        check_quantity("0 s", "s")


@pytest.mark.parametrize("unit", ["9**9**9*m", "m" * 60_000, "s**9**9**9", "\ud800"])
def test_a_unit_that_would_hold_the_library_is_refused_before_it_sees_it(unit: str) -> None:
    """A program prints its units; a power tower took longer than anybody waits."""
    with pytest.raises(UnitError):
        factor(unit, "ms")
    with pytest.raises(UnitError):
        factor("ms", unit)


EVERYDAY = ("ns", "us", "ms", "s", "min", "h", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB")


@pytest.mark.parametrize(("unit", "to"), list(itertools.permutations(EVERYDAY, 2)))
def test_an_everyday_unit_is_what_pint_takes_it_for(unit: str, to: str) -> None:
    """The table gives every factor that pint gives, and refuses what pint refuses."""
    try:
        expected = units._factor_by_pint(unit, to)
    except UnitError as error:
        with pytest.raises(UnitError, match=str(error)):
            factor(unit, to)
    else:
        assert factor(unit, to) == pytest.approx(expected, rel=1e-15, abs=0)
        power = units._registry().parse_units(unit).dimensionality.get("[time]", 0)
        assert units.power_of_time(unit) == power


def test_everyday_units_do_not_wait_for_pint() -> None:
    """It takes longer to get ready than a catalogue takes to be read."""
    code = (
        "import sys; from macros.claim.units import magnitude; magnitude('5 ms', 's'); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
