"""Numbers for readers: as many digits as the interval supports, units as they are written in print."""

from __future__ import annotations

import math
from dataclasses import dataclass

from macros.verdict.finding import Estimate

NARROW = "\u202f"
"""A narrow space that does not break, between a number and its unit."""

MINUS = "\u2212"
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_SCALE_FROM = 10 * 1024
_PLAIN_DIGITS = 4


@dataclass(frozen=True)
class Shown:
    """An estimate as text. `interval` is empty for exact values; `code` says that the value is a text to set as code.

    `number` is without its unit, for tables whose heads name the unit.
    """

    number: str
    unit: str
    interval: str
    n: int
    code: bool = False

    @property
    def text(self) -> str:
        if not self.unit:
            return self.number
        return f"{self.number}{NARROW}{self.unit}"

    @property
    def plain(self) -> str:
        """All of it on one line, for titles and for pages without markup."""
        parts = [self.text]
        if self.interval:
            parts.append(f"({self.interval}, n = {self.n})")
        return " ".join(parts)


def show(estimate: Estimate) -> Shown:
    """An estimate for readers. The unit is the metric's own; bytes in bulk are given in binary multiples."""
    value = estimate.value
    if isinstance(value, bool):
        return Shown("yes" if value else "no", "", "", estimate.n)
    if isinstance(value, str):
        return Shown(value, "", "", estimate.n, code=True)
    low, high, unit = estimate.low, estimate.high, estimate.unit
    if unit == "B":
        divisor, unit = _binary(float(value))
        value, low, high = value / divisor, _divide(low, divisor), _divide(high, divisor)
    decimals = _decimals(float(value), low, high)
    return Shown(number(float(value), decimals), print_unit(unit), _interval(low, high, decimals), estimate.n)


def number(value: float, decimals: int) -> str:
    """A number with thousands separated; negative `decimals` round to tens, hundreds, ..."""
    if not math.isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.replace("-", MINUS)


def print_unit(unit: str) -> str:
    """A unit as it is printed: µs, not us; a plain ratio or count has none."""
    if unit.startswith("us") and (len(unit) == 2 or not unit[2].isalpha()):
        unit = "µ" + unit[1:]
    return unit.replace("**", "^").replace("*", "·")


def _binary(value: float) -> tuple[float, str]:
    """What to divide bytes by, and the unit that gives; small amounts stay bytes."""
    step = 0
    while abs(value) >= _SCALE_FROM and step < len(_BINARY) - 1 and abs(value) >= 1024.0 ** (step + 1):
        step += 1
    return 1024.0**step, _BINARY[step]


def _divide(value: float | None, divisor: float) -> float | None:
    return None if value is None else value / divisor


def _decimals(value: float, low: float | None, high: float | None) -> int:
    """Where to round: at the first digit that the interval leaves open (one more where that digit is a 1)."""
    plain = _plain_decimals(value)
    ends = [end for end in (low, high) if end is not None and math.isfinite(end)]
    open_width = max((abs(end - value) for end in ends), default=0.0)
    if open_width == 0:
        return plain
    exponent = math.floor(math.log10(open_width))
    leading = open_width / 10**exponent
    return min(-exponent + (1 if leading < 2 else 0), max(plain, 0) + 2)


def _plain_decimals(value: float) -> int:
    if value == 0 or not math.isfinite(value) or value == int(value):
        return 0
    return max(_PLAIN_DIGITS - 1 - math.floor(math.log10(abs(value))), 0) if abs(value) < 1000 else 0


def _interval(low: float | None, high: float | None, decimals: int) -> str:
    if low is not None and low == high:
        return ""
    ends = [None if end is None or not math.isfinite(end) else number(end, decimals) for end in (low, high)]
    match ends:
        case [str(least), str(most)]:
            return f"{least}–{most}"
        case [str(least), None]:
            return f"at least {least}"
        case [None, str(most)]:
            return f"at most {most}"
    return ""
