"""The symbols that `nm` or `go tool nm` lists, with an address and perhaps a size before them or without."""

from __future__ import annotations

from macros.claim import patterns
from macros.claim.metrics import Nm
from macros.claim.patterns import Compiled
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, without_markers

_SYMBOL = patterns.compile(r"\s*(?:[0-9a-f]+\s+)?(?:[0-9a-f]+\s+)?[A-Za-z?_-] (?P<name>\S(?:.*\S)?)\s*")


def nm(metric: Nm, part: Part) -> list[Reading]:
    """How many listed symbols' whole names match, a version such as `@GLIBC_2.2.5` not counted as part of the name."""
    text = without_markers(part.text)
    names = [match["name"] or "" for line in readable_lines(text) if " " in line and (match := _SYMBOL.fullmatch(line))]
    if not names:
        raise NoReading(f"no symbol is listed at all, which proves nothing: {excerpt(text)}; is the binary stripped?")
    pattern = patterns.compile(metric.symbol)
    return [Reading(sum(_is(pattern, name) for name in names))]


def _is(pattern: Compiled, name: str) -> bool:
    unversioned, at, _ = name.partition("@")
    return pattern.fullmatch(name) is not None or (bool(at) and pattern.fullmatch(unversioned) is not None)


NM = Extractor(Nm, read=nm)
