"""Numbers for readers: one formatter for page, sentence, terminal and feed, so that a value has the same digits in all.

A value with an interval has as many digits as the interval supports; one without has four, and a whole number all of
its own. Rounding never turns a number that is not zero into 0. Nothing here is of a language: what is (yes and no, at
least and at most) is added by `language`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

NARROW = "\u202f"
"""A narrow space that does not break, between a number and its unit."""

MINUS = "\u2212"
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_SCALE_FROM = 10 * 1024
_DIGITS = 4
_SMALLEST, _LARGEST = 1e-6, 1e15
"""Outside of these a number is given in powers of ten."""

_WHOLE_IN_FULL = 10**24
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Numerals:
    """A value and the ends of its interval in the same digits and unit. `low` and `high` are None where unknown.

    Both are None as well where they are the value itself: nothing was uncertain.
    """

    number: str
    low: str | None
    high: str | None
    unit: str

    @property
    def text(self) -> str:
        """The number with its unit."""
        return with_unit(self.number, self.unit)


@dataclass(frozen=True)
class Shown:
    """An estimate as text. `interval` is empty for exact values; `code` says that the value is a text to set as code.

    `number` is without its unit, for tables whose heads name the unit. A text that a program printed is limited in
    length and nothing else: the medium makes it inert. `layouts` is empty where nothing can be said of them.
    """

    number: str
    unit: str
    interval: str
    n: int
    code: bool = False
    layouts: str = ""

    @property
    def text(self) -> str:
        return with_unit(self.number, self.unit)

    @property
    def plain(self) -> str:
        """All of it on one line, for titles and for pages without markup."""
        return f"{self.text} ({self.interval}, n = {self.n})" if self.interval else self.text

    @property
    def brief(self) -> str:
        """The same without the number of processes, for where there is no room for it."""
        return f"{self.text} ({self.interval})" if self.interval else self.text


def numerals(value: float, low: float | None, high: float | None, unit: str) -> Numerals:
    """A value in its metric's unit with the ends of its interval. Bytes in bulk are given in binary multiples."""
    if isinstance(value, int) and abs(value) >= _WHOLE_IN_FULL:
        return Numerals(count(value), None, None, printed_unit(unit))  # It may be too large for a float.
    low, high = _known(low), _known(high)
    if low is not None and low == high == value:
        low = high = None
    if unit == "B" and math.isfinite(value):
        divisor, unit = _binary(value, exact=low is None and high is None)
        if divisor > 1:
            value, low, high = value / divisor, _divided(low, divisor), _divided(high, divisor)
    if low is None and high is None:
        return Numerals(plain(value), None, None, printed_unit(unit))
    decimals = _decimals(value, low, high)
    if value != 0 and abs(value) < 1 and round(value, decimals) == 0:
        decimals = -_exponent(value)
    ends = [None if end is None else number(end, decimals) for end in (low, high)]
    return Numerals(number(value, decimals), ends[0], ends[1], printed_unit(unit))


def quantity(value: float, unit: str) -> str:
    """A number that has no interval, with its unit: a threshold, an exact reading."""
    return numerals(value, None, None, unit).text


def plain(value: float) -> str:
    """A number that has no interval: a whole one in full, another with four digits, without zeros at its end."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < _LARGEST):
        return count(int(value))
    return _without_zeros(number(value, _plain_decimals(value)))


def count(value: int) -> str:
    """A whole number with its thousands separated."""
    if abs(value) < _WHOLE_IN_FULL:
        return f"{value:,}".replace("-", MINUS)
    mantissa, exponent = f"{Decimal(value):.{_DIGITS - 1}E}".split("E")
    return _in_powers(mantissa, int(exponent))


def number(value: float, decimals: int) -> str:
    """A number with thousands separated; negative `decimals` round to tens, hundreds, ...

    One that would be rounded to 0, and is not, keeps its first digit.
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value != 0 and not _SMALLEST <= abs(value) < _LARGEST:
        mantissa, exponent = f"{value:.{min(max(decimals + _exponent(value), 0), 15)}e}".split("e")
        return _in_powers(mantissa, int(exponent))
    if value == 0:
        value, decimals = 0.0, min(decimals, _DIGITS)  # A zero has no sign.
    elif round(value, decimals) == 0:
        decimals = -_exponent(value)
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """A share in percent with three digits: 5 %, 99.2 %, 0.083 %; never in powers of ten."""
    value = share * 100
    digits = 0 if value == 0 else max(2 - _exponent(value), 0)
    return with_unit(_without_zeros(f"{value:.{digits}f}"), "%")


def factor(times: float) -> str:
    """How many times something is something else: 1.38, 5.6, 94, 43,000. Two digits, three below two."""
    return number(times, (2 if times < 2 else 1) - _exponent(times) if times < 10 else 1 - _exponent(times))


def with_unit(text: str, unit: str) -> str:
    return f"{text}{NARROW}{unit}" if unit else text


def printed_unit(unit: str) -> str:
    """A unit as it is printed: µs, not us; a plain ratio or count has none."""
    if unit.startswith("us") and (len(unit) == 2 or not unit[2].isalpha()):
        unit = "µ" + unit[1:]
    return unit.replace("**", "^").replace("*", "·")


def _known(end: float | None) -> float | None:
    return end if end is not None and math.isfinite(end) else None


def _binary(value: float, *, exact: bool) -> tuple[float, str]:
    """What to divide bytes by, and the unit that gives. Few bytes stay bytes; so does an exact number of them that no
    multiple gives in three decimals."""
    step = 0
    while abs(value) >= _SCALE_FROM and step < len(_BINARY) - 1 and abs(value) >= 1024 ** (step + 1):
        step += 1
    divisor = 1024.0**step
    whole = isinstance(value, int) or value.is_integer()
    if exact and whole and not (value / divisor * 1000).is_integer():
        return 1.0, "B"
    return divisor, _BINARY[step]


def _divided(value: float | None, divisor: float) -> float | None:
    """The quotient; the smallest numbers that there are, of which it would be 0, stay what they are."""
    return None if value is None else value / divisor or value


def _decimals(value: float, low: float | None, high: float | None) -> int:
    """Where to round: at the first digit that the interval leaves open (one more where that digit is a 1)."""
    width = max((abs(end - value) for end in (low, high) if end is not None), default=0.0)
    enough = max(_plain_decimals(value), 0)
    if width == 0 or not math.isfinite(width):
        return enough
    leading, exponent = f"{width:e}".split("e")
    return min(-int(exponent) + (1 if float(leading) < 2 else 0), enough + 2)


def _plain_decimals(value: float) -> int:
    """The decimals that give four digits; none for whole numbers, whose digits all count."""
    if value == 0 or not math.isfinite(value) or (value == int(value) and abs(value) < _LARGEST):
        return 0
    decimals = _DIGITS - 1 - _exponent(value)
    return max(decimals, 0) if abs(value) < _LARGEST else decimals


def _exponent(value: float) -> int:
    """The power of ten of the first digit."""
    return math.floor(math.log10(abs(value)))


def _without_zeros(text: str) -> str:
    mantissa, times, power = text.partition("×")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + times + power


def _in_powers(mantissa: str, exponent: int) -> str:
    return f"{mantissa}×10{str(exponent).translate(_SUPERSCRIPTS)}".replace("-", MINUS)
