"""Text that a regular expression finds, line by line.

A pattern never sees more than one line, so what one search may cost is bounded. It may match often in a
line and look far ahead each time; so what all searches together may cost is bounded too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from macros.claim import patterns
from macros.claim.metrics import Regex
from macros.claim.patterns import Match
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.observation import Value
from macros.evidence.reading import NoReading, Reading, excerpt, groups_digits, number, readable_lines, shortened

_ENDS_IN_NUMBER = re.compile(r"(?:\d[.,]?|(?:^|[\s=:(\[])[-.]|0x)\Z", re.ASCII)
_GOES_ON = re.compile(r"\A(?:\d|[.,]\d|[eE][-+]?\d)", re.ASCII)
"""Before the match and behind it: what would make the number another one."""

MOST_STEPS = 4_000_000_000
"""Searches times the line's characters times the pattern's size: half a minute if every step were taken.

Hardly any is: a search commonly ends at its match. A megabyte of short lines comes to about a fortieth of this.
"""


def matched_text(metric: Regex, part: Part) -> list[Reading]:
    """The matches of the pattern: the group named `value`, else group 1, else the whole match."""
    pattern = patterns.compile(metric.pattern)
    group = pattern.value_group
    grouped = groups_digits(part.text)
    readings = []
    for line, match in _matches(metric, part.text):
        value: Value | None = match[group]
        if value is None:
            raise NoReading(f"the pattern matched {shortened(match[0] or '')!r} without its group {group!r}")
        if metric.type == "number" and metric.summary != "count":
            _check_whole(line, match, pattern.value_index)
            value = number(str(value), grouped=grouped)
        readings.append(Reading(value, metric.value_unit or ""))
    return readings


def _check_whole(line: str, match: Match, group: int) -> None:
    """A number that the match cuts out of a longer one is another number. What the match goes beyond was meant."""
    (begins, ends), (first, last) = match.span(0), match.span(group)
    if (first == begins and _ENDS_IN_NUMBER.search(line[max(0, begins - 2) : begins])) or (
        last == ends and _GOES_ON.search(line[ends : ends + 3])
    ):
        raise NoReading(
            f"the pattern takes {shortened(match[group] or '')!r} out of a longer number in "
            f"{shortened(line[max(0, begins - 20) : ends + 20].strip())!r}; let it match the whole number, such as "
            r"`-?[\d.,]+`"
        )


def _matches(metric: Regex, text: str) -> Iterator[tuple[str, Match]]:
    pattern = patterns.compile(metric.pattern)
    unless = None if metric.unless is None else patterns.compile(metric.unless)
    steps = 0
    for line in readable_lines(text):
        if unless is not None and unless.search(line):
            continue
        for match in pattern.finditer(line):
            yield line, match
            steps += len(line) * pattern.size
            if steps > MOST_STEPS:
                raise NoReading(
                    f"the pattern {metric.pattern!r} matches too often in lines too long, as in "
                    f"{shortened(line)!r}; anchor it with ^, print shorter lines, or use a `section`"
                )


def _nothing(metric: Regex, part: Part) -> str:
    return f"the pattern {metric.pattern!r} matches nowhere: {excerpt(part.text)}"


def _unit(metric: Regex) -> str:
    return metric.value_unit or ""


def _kind(metric: Regex) -> ValueKind:
    return metric.type


MATCHED_TEXT = Extractor(Regex, read=matched_text, nothing=_nothing, unit=_unit, kind=_kind)
