"""Quantities with units, by pint. "3 ms" below "5 us" must never compare as 3 < 5.

Times and sizes, which are nearly all that claims measure, are in a table here: pint takes longer to get ready than the
whole catalogue takes to be read. Dimensionless values are given as plain numbers. Bytes are `B` with SI (kB) and IEC
(KiB) prefixes; a plain number converts to no unit but %.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from macros.claim.visible import shown

if TYPE_CHECKING:
    import pint

_TIMES = {"ns": Fraction(1, 10**9), "us": Fraction(1, 10**6), "ms": Fraction(1, 1000), "s": Fraction(1),
          "min": Fraction(60), "h": Fraction(3600)}  # fmt: skip
_SIZES = {
    **{prefix + "B": Fraction(1000**power) for power, prefix in enumerate(("", "k", "M", "G", "T"))},
    **{prefix + "iB": Fraction(1024**power) for power, prefix in enumerate(("K", "M", "G", "T"), 1)},
}
"""Everyday units, in seconds and in bytes. Whatever is not here is pint's."""

_QUANTITY = re.compile(r"([-+]?[0-9][0-9_,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*([A-Za-zµμ%/].*)?")

MOST_CHARACTERS = 80
"""Of a quantity or a unit as text: longer ones are a mistake, and would cost time to take apart."""

_TERM = r"[A-Za-zµμ_]+(?:(?:\^|\*\*)-?[1-9])?"
_UNIT = re.compile(rf"(?:/\s*)?{_TERM}(?:\s*[*/ ]\s*{_TERM})*")
"""What is given to pint. It computes anything that it is given: `s**9**9**9` would keep it busy for ever."""


class UnitError(ValueError):
    """A unit or a quantity that cannot be understood or converted."""


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint  # Only where a unit is not an everyday one.

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=None, on_redefinition="ignore")
    # pint reads a bare B as bel; in this catalogue it is always a byte.
    registry.define("B = 8 * bit")
    registry.define("op = []")
    return registry


@cache
def check_unit(text: str) -> str:
    """The same text, if it names a unit. Raises UnitError with what would be right."""
    if text in ("", "%") or text in _TIMES or text in _SIZES:
        return text
    try:
        if len(text) > MOST_CHARACTERS or not _UNIT.fullmatch(text):
            raise ValueError(text)
        _registry().parse_units(text)
    except Exception as error:
        raise UnitError(
            f"unknown unit {shown(text)!r}; known are for example ns, us, ms, s, B, KiB, MiB, GiB, %"
        ) from error
    return text


def split(text: str | float) -> tuple[float, str]:
    """(3.2, "ms") from "3.2 ms"; the unit is "" for plain numbers."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text), ""
    given = str(text).strip()
    match = _QUANTITY.fullmatch(given) if len(given) <= MOST_CHARACTERS else None
    if not match:
        raise UnitError(f"{shown(text)!r} is not a quantity; write a number and a unit, like `5 ms` or `2 KiB`")
    return float(match[1].replace("_", "").replace(",", "")), check_unit((match[2] or "").strip())


@cache
def factor(unit: str, to: str) -> float:
    """What a figure in `unit` is multiplied with to be in `to`. Raises UnitError if they differ in kind."""
    if unit == to:
        return 1.0
    if "%" in (unit, to):
        if (unit, to) == ("%", ""):
            return 0.01
        if (unit, to) == ("", "%"):
            return 100.0
        raise UnitError(f"cannot convert {unit or 'a plain number'} to {to or 'a plain number'}")
    if not unit or not to:
        # pint takes a bit for dimensionless, and would pass a plain 5 off as 0.625 B.
        raise UnitError(f"cannot convert {unit or 'a plain number'} to {to or 'a plain number'}")
    for kind in (_TIMES, _SIZES):
        if unit in kind and to in kind:
            return float(kind[unit] / kind[to])
    return _factor_by_pint(unit, to)


def _factor_by_pint(unit: str, to: str) -> float:
    import pint

    registry = _registry()
    for one in (unit, to):
        check_unit(one)  # before pint sees it: what looks like a unit may be a power tower
    try:
        if not registry.parse_units(unit).dimensionality and _root(unit) != _root(to):
            # To pint, bits and radians are both plain numbers, and 5 rad would be 0.625 B.
            raise UnitError(f"cannot convert {unit} to {to}")
        result = registry.Quantity(1.0, unit).to(to).magnitude
    except (pint.PintError, ArithmeticError) as error:
        raise UnitError(f"cannot convert {unit or 'a plain number'} to {to or 'a plain number'}") from error
    # pint multiplies its way to 999.9999999999999 ns in a microsecond; a value must not miss a threshold by that.
    tidy = float(f"{result:.12g}")
    return tidy if math.isclose(tidy, result, rel_tol=1e-15) else float(result)


def _root(unit: str) -> object:
    return _registry().Quantity(1.0, unit).to_root_units().units


@cache
def power_of_time(unit: str) -> float:
    """The exponent of time in a unit: 1 for ms, -1 for MB/s, 0 for B."""
    if unit in ("", "%") or unit in _SIZES:
        return 0.0
    if unit in _TIMES:
        return 1.0
    power = _registry().parse_units(unit).dimensionality.get("[time]", 0)
    return float(power) if isinstance(power, (int, float)) else 0.0


def convert(value: float, unit: str, to: str) -> float:
    """`value` in `unit`, expressed in `to`."""
    return value * factor(unit, to)


def magnitude(text: str | float, unit: str) -> float:
    """The number of `unit` in a quantity: magnitude("5 ms", "s") is 0.005."""
    value, given_unit = split(text)
    result = convert(value, given_unit, unit)
    if not math.isfinite(result):
        raise UnitError(f"{text!r} is not a finite quantity")
    return result


def check_quantity(text: str, unit: str) -> str:
    """The same text, if it is a positive quantity of the kind of `unit`."""
    if magnitude(text, unit) <= 0:
        raise UnitError(f"{text!r} must be above zero")
    return text


def check_range(text: str, unit: str, least: str, most: str) -> str:
    """The same text, if it is a quantity of the kind of `unit` between the two, which are given as quantities."""
    if not magnitude(least, unit) <= magnitude(text, unit) <= magnitude(most, unit):
        raise UnitError(f"{text!r} must lie between {least} and {most}")
    return text
