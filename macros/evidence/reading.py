"""What an extractor works with: a process's output, the lines in it, the values in those.

Everything that stands in the way of a value is a `NoReading`, which says what was looked for, what was found
and what would be right.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from macros.claim import patterns
from macros.evidence.observation import Value

MARKER = re.compile(r"^==> (.+) <==$")
"""The line that a script's `section NAME` prints."""

LONGEST_LINE = 2**16
"""Characters of a line that an extractor looks into; a longer one is an error, so that no line can take for ever."""

_NUMBER = patterns.compile(r"[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_ONE_COMMA = patterns.compile(r"[-+]?\d{1,3},\d{3}")
_GROUPED = patterns.compile(r"\b[1-9]\d{0,2},\d{3}[,.]\d")
_SHOWN = 80
_LONGEST_MESSAGE = 1_000


class NoReading(Exception):
    """The output does not give the metric. The message is of bounded length and can be written to any file."""

    def __init__(self, message: str) -> None:
        super().__init__(patterns.encodable(shortened(message, _LONGEST_MESSAGE)))


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


def readable(line: str) -> str:
    """The same line, if it is short enough to be looked into."""
    if len(line) > LONGEST_LINE:
        raise NoReading(
            f"a line of {len(line):,} characters, {shortened(line, _SHOWN)!r}; at most {LONGEST_LINE:,} are read: "
            "print shorter lines, or print that one outside the metric's `section`"
        )
    return line


def readable_lines(text: str) -> Iterator[str]:
    """All lines. Raises NoReading at one that is too long."""
    return map(readable, lines(text))


def whole(text: str) -> str:
    """The same listing, if its last line is whole: each tool of which this is asked ends every line.

    Raises NoReading where the last line has no line feed, since more may have followed.
    """
    last = readable(text.rpartition("\n")[2])
    if last.strip():
        raise NoReading(
            f"the listing ends in {shortened(last.strip())!r} without a line feed, so it may have been cut off; let "
            "the tool end by itself, and print its output as it is"
        )
    return text


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
        printed = f"only {', '.join(dict.fromkeys(names))}" if names else "no section at all"
        raise NoReading(
            f"the script printed no section {name!r} ({shortened(printed, 200)}); "
            f"begin that part of it with `section {name}`"
        )
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


def shortened(text: str, length: int = _SHOWN) -> str:
    """At most `length` characters of a text, for an error message."""
    return text if len(text) <= length else f"{text[: length - 4]} ..."


def groups_digits(text: str) -> bool:
    """Whether a figure in a text shows that its commas stand between groups of three digits: `1,234,567`, `1,234.5`."""
    return "," in text and any(_GROUPED.search(line) for line in lines(text) if "," in line)


def number(text: str, *, grouped: bool = False) -> int | float:
    """A finite number: whole ones exactly, with commas between groups of three if need be.

    A single comma may as well begin the decimals, as in a German locale: it is read where `grouped` says what commas
    are here.
    """
    plain = readable(text).strip()
    if not grouped and _ONE_COMMA.fullmatch(plain):
        raise NoReading(
            f"{plain!r} may be {plain.replace(',', '')} or {plain.replace(',', '.')}, and nothing beside it tells "
            "which; print it without a comma"
        )
    if not _NUMBER.fullmatch(plain) or not any(char.isdigit() for char in plain):
        raise NoReading(f"{shortened(plain)!r} is not a number; print a finite decimal number")
    plain = plain.replace(",", "")
    try:
        return finite(int(plain))
    except ValueError:  # It has a fraction or an exponent, or more digits than Python makes an integer of.
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
