"""From what a process printed to one value: the output, the numbers in it, and the summary of several.

An extractor finds readings and knows nothing of units to show or of summaries; a metric turns the
readings into one value. Everything that stands in the way is a `NoReading`.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from macros.claim import units
from macros.claim.metrics import Extract
from macros.evidence.observation import Value

MARKER = re.compile(r"^==> (.+) <==$")
"""The line that a script's `section NAME` prints."""

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_SHOWN = 80


class NoReading(Exception):
    """The output does not give the metric. Says what was looked for, what was found, what would be right."""


@dataclass(frozen=True)
class ProcessText:
    """What one process printed, and its exit status."""

    stdout: str
    stderr: str
    status: int = 0


@dataclass(frozen=True)
class Reading:
    """One value as it was printed, with the unit that it was printed in ("" for counts, ratios and text)."""

    value: Value
    unit: str = ""


def lines(text: str) -> Iterator[str]:
    """The lines that end with a line feed or the text's end, and with nothing else that Unicode calls a line's end."""
    for line in text.split("\n"):
        yield line.removesuffix("\r")


def section(text: str, name: str) -> str:
    """What stands between the marker of `name` and the next marker; of all of them when it is printed repeatedly."""
    found: list[str] | None = None
    names: list[str] = []
    current = ""
    for line in lines(text):
        marker = MARKER.match(line)
        if marker:
            current = marker[1]
            names.append(current)
            found = found or []
        elif current == name and found is not None:
            found.append(line)
    if name not in names:
        seen = f"only {', '.join(dict.fromkeys(names))}" if names else "no section at all"
        raise NoReading(f"the script printed no section {name!r} ({seen}); begin that part of it with `section {name}`")
    return "\n".join(found or [])


def without_markers(text: str) -> str:
    """The text with its section markers made empty lines, for listings that are read whole."""
    return "\n".join("" if MARKER.match(line) else line for line in lines(text))


def excerpt(text: str) -> str:
    """The first line that says something, for an error message."""
    first = next((line.strip() for line in lines(text) if line.strip()), "")
    if not first:
        return "nothing was printed there"
    return f"found {first[:_SHOWN]!r}{' ...' if len(first) > _SHOWN else ''}"


def number(text: str) -> int | float:
    """A finite number: whole ones exactly, with commas between groups of three if need be."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain) or not any(char.isdigit() for char in plain):
        raise NoReading(f"{plain[:_SHOWN]!r} is not a number; print a finite decimal number")
    plain = plain.replace(",", "")
    try:
        return finite(int(plain))
    except ValueError:
        return finite(float(plain))


def finite(value: int | float) -> int | float:
    """The same number, if a float can hold it."""
    try:
        fine = math.isfinite(float(value))
    except OverflowError:
        fine = False
    if not fine:
        shown = str(value) if isinstance(value, float) else "a number beyond 1e308"
        raise NoReading(f"{shown} is not a finite number; print one, or exit with an error where there is none")
    return value


def converted(reading: Reading, metric: Extract) -> Value:
    """The value in the metric's unit. Whole numbers stay exact where the factor is whole."""
    value = reading.value
    if isinstance(value, (str, bool)):
        if metric.unit:
            raise NoReading(f"{value!r} is no number, but the metric has the unit {metric.unit}; print a number")
        return value
    to = metric.unit or ""
    try:
        factor = units.factor(reading.unit, to)
    except units.UnitError as error:
        if not reading.unit:
            hint = f"print the number's unit with it (the metric's is {to})"
        elif not to:
            hint = f"give the metric `unit: {reading.unit}`"
        else:
            hint = "print another unit, or correct the metric's"
        raise NoReading(f"{error}; {hint}") from error
    if factor.is_integer():
        return finite(value * int(factor))
    return finite(value * factor)


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` of the values do not exceed (nearest rank: a value that was seen)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


_NUMERIC: Mapping[str, Callable[[Sequence[float]], float]] = {
    "median": statistics.median,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "sum": sum,
    "p90": lambda seen: percentile(seen, 0.90),
    "p99": lambda seen: percentile(seen, 0.99),
}


def summarised(found: Sequence[Value], summary: str) -> Value:
    """One value of a process's one or more."""
    if summary == "only":
        if len(found) > 1:
            listed = ", ".join(repr(value) for value in found[:4])
            raise NoReading(
                f"{len(found)} values ({listed}{', ...' if len(found) > 4 else ''}) where one is expected; "
                "print one, or choose a `summary` such as median, max or last"
            )
        return found[0]
    if summary in ("first", "last"):
        return found[0 if summary == "first" else -1]
    numbers = [value for value in found if not isinstance(value, (str, bool))]
    if len(numbers) != len(found):
        raise NoReading(f"a {summary} of text; print numbers, or use `summary: only`")
    try:
        return finite(_NUMERIC[summary](numbers))
    except OverflowError as error:
        raise NoReading(f"the {summary} of {len(numbers)} numbers is beyond 1e308") from error
