"""Quantities that prose compares, and what a comparison takes to be shown.

A measured value is as wide as its interval, and two values are told apart only if their intervals lie apart. What a
source says, what an author writes and what all processes agree on is a point. Everything here is pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from macros.claim import units
from macros.claim.visible import shown
from macros.verdict.finding import Estimate
from macros.words import figures

_NUMBER = r"[0-9][0-9,_]*(?:\.[0-9]+)?"
_GIVEN = re.compile(
    rf"(?:about |around |up to |[~≈<>≤≥]=? ?)?({_NUMBER}) ?([A-Za-zµμ%][^\s±–-]*)?\+?"
    rf"(?: ?(–|-| to |±) ?({_NUMBER}) ?([A-Za-zµμ%]\S*)?)?"
)
_FACTORS = ("x", "×", "times", "fold")
_ASIDE = " @ "
"""After it a figure says under what circumstances: `12.3 us @ 8`."""


@dataclass(frozen=True)
class Quantity:
    """A value with the ends of what it may be; an end that nothing bounds is infinite. `name` says whose it is.

    `exact`: another machine would give the same.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str = ""
    exact: bool = True

    def __str__(self) -> str:
        ends = [end if math.isfinite(end) else None for end in (self.low, self.high)]
        numerals = figures.numerals(self.value, ends[0], ends[1], self.unit)
        if numerals.low is None and numerals.high is None:
            return numerals.text
        return f"{numerals.text} ({numerals.low or 'open'} to {numerals.high or 'open'})"

    @property
    def is_point(self) -> bool:
        """Nothing about it is uncertain."""
        return self.low == self.high

    @property
    def said(self) -> str:
        """Whose it is and what it is, for messages."""
        return f"{self.name} ({self})" if self.name else str(self)

    def elsewhere(self, factor: float) -> Quantity:
        """What it may be on other machines and days, which move what is not exact by up to a factor."""
        if self.exact:
            return self
        low = self.low / factor if self.low > 0 else self.low * factor
        high = self.high * factor if self.high > 0 else self.high / factor
        return replace(self, low=low, high=high)

    def to(self, unit: str) -> Quantity:
        """The same in another unit. Raises units.UnitError where the two differ in kind."""
        if unit == self.unit:
            return self
        value, low, high = (units.convert(end, self.unit, unit) for end in (self.value, self.low, self.high))
        return replace(self, unit=unit, value=value, low=low, high=high)


def read(text: str | float, name: str = "") -> Quantity:
    """A figure as it is written: `5 ms`, `< 5 ms`, `8–12 %`, `1.4 ms ± 0.3 ms`, `20x`, `2`.

    A bound is its own figure, and a range has two ends. Raises units.UnitError for what is no quantity.
    """
    if isinstance(text, (int, float)):
        return Quantity(name, text, text, text)
    given = " ".join(text.split(_ASIDE)[0].split())
    found = _GIVEN.fullmatch(given) if len(given) <= units.MOST_CHARACTERS else None
    if found is None:
        raise units.UnitError(f"{shown(text)!r} is not a quantity that can be compared")
    unit, other = _unit(found[2]), _unit(found[5])
    unit, other = unit or other, other or unit
    value = _number(found[1])
    units.check_unit(unit)
    if found[3] is None:
        return Quantity(name, value, value, value, unit)
    end = units.convert(_number(found[4]), units.check_unit(other), unit)
    if found[3] == "±":
        return Quantity(name, value, value - end, value + end, unit)
    if end < value:
        raise units.UnitError(f"{shown(text)!r} is not a range: its second end is the smaller one")
    return Quantity(name, (value + end) / 2, value, end, unit)


def _number(text: str) -> float:
    plain = text.replace(",", "").replace("_", "")
    return float(plain) if "." in plain else int(plain)


def _unit(text: str | None) -> str:
    return "" if text is None or text in _FACTORS else text


def measured(name: str, estimate: Estimate, samples: Sequence[float], *, exact: bool) -> Quantity:
    """What was measured: its confidence interval, or for what is exact the range of what the processes gave.

    Where an interval has no ends yet, values that all agree are a point; others are open. Raises TypeError for a text.
    """
    value = estimate.value
    if isinstance(value, (str, bool)):
        raise TypeError(f"{name} is {'a truth value' if isinstance(value, bool) else 'a text'}")
    low, high = (min(samples), max(samples)) if samples else (value, value)
    if not exact and (not samples or low != high or estimate.low is not None or estimate.high is not None):
        low = -math.inf if estimate.low is None else estimate.low
        high = math.inf if estimate.high is None else estimate.high
    return Quantity(name, value, low, high, estimate.unit, exact)


# ---- comparisons -------------------------------------------------------------------------------------


def is_above(one: Quantity, other: Quantity) -> bool:
    """Surely larger."""
    return one.low > other.to(one.unit).high


def is_below(one: Quantity, other: Quantity) -> bool:
    """Surely smaller."""
    return one.high < other.to(one.unit).low


def is_within(one: Quantity, low: Quantity, high: Quantity) -> bool:
    """Surely inside, ends included; a range that is given as an end counts with its outer end."""
    return low.to(one.unit).low <= one.low and one.high <= high.to(one.unit).high


def is_outside(one: Quantity, low: Quantity, high: Quantity) -> bool:
    """Surely not all inside: it lies beyond one of the ends, or it is a point that does not lie between them."""
    least, most = low.to(one.unit).low, high.to(one.unit).high
    return one.high < least or one.low > most or (one.is_point and not least <= one.value <= most)


def quotient(one: Quantity, other: Quantity) -> Quantity:
    """How many times the other it is. Its ends are those of any pair that the two intervals allow."""
    over = other.to(one.unit)
    value, exact = one.value / over.value if over.value else math.inf, one.exact and over.exact
    if over.low <= 0 or one.low < 0:
        return Quantity("", value, -math.inf, math.inf, exact=exact)
    return Quantity("", value, one.low / over.high, one.high / over.low, exact=exact)


def are_times(one: Quantity, other: Quantity, times: float, factor: float) -> bool:
    """Surely so many times the other, within times or divided by the factor of a band."""
    ratio = quotient(one, other)
    return times / factor <= ratio.low and ratio.high <= times * factor
