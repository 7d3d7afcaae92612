"""The symbols that `nm` or `go tool nm` lists, with an address and perhaps a size before them or without.

What else stands on a line, with other flags, is told apart where it can be (`nm -l`), and is an error where not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from macros.claim import patterns
from macros.claim.metrics import Nm
from macros.claim.patterns import Compiled
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, shortened, whole, without_markers

_SYMBOL = patterns.compile(r"\s*(?:[0-9a-f]+\s+)?(?:[0-9a-f]+\s+)?(?P<type>[A-Za-z?_-]) (?P<name>[^\s](?:.*\S)?)\s*")
_NAMELESS = patterns.compile(r"\s*(?:[0-9a-f]+\s+){1,2}[A-Za-z?_-]\s*")
_POSIX = patterns.compile(r"\S+ [A-Za-z?-] (?:[0-9a-f]+ [0-9a-f]+|[0-9]+)\s*")
"""`nm -P` and `-f posix` print the name first; an address in hexadecimal is then taken for a name."""

_HEADING = patterns.compile(r"\S.*:")
_DEFINED_ONCE = "TDBR"
"""The types of which a file has one symbol of a name. Local ones, in small letters, and weak ones may be repeated."""


def nm(metric: Nm, part: Part) -> list[Reading]:
    """How many listed symbols' whole names match, a version such as `@GLIBC_2.2.5` not counted as part of the name."""
    text = whole(without_markers(part.text))
    pattern = patterns.compile(metric.symbol)
    listing = [line for line in readable_lines(text) if line.strip()]
    files = [line for line in listing if _HEADING.fullmatch(line) and " " not in line]
    if len(files) > 1:
        raise NoReading(f"nm lists {len(files)} files ({shortened(' '.join(files))}); use a `section` for each")
    symbols = [(kind, name) for line in listing if line not in files for kind, name in _symbol(line, pattern)]
    if not symbols:
        raise NoReading(f"no symbol is listed at all, which proves nothing: {excerpt(text)}; is the binary stripped?")
    found = [(kind, name) for kind, name in symbols if _is(pattern, name)]
    _check_once(found)
    return [Reading(len(found))]


def _symbol(line: str, pattern: Compiled) -> list[tuple[str, str]]:
    """(type, name) of a line, none if it holds none; an error if it looks like one that the pattern asks for."""
    # `nm -l` puts the place in the source behind a tab.
    match = _SYMBOL.fullmatch(line.split("\t")[0]) if " " in line else None
    if match is None or _is_posix(line):
        if not _NAMELESS.fullmatch(line) and pattern.search(line):
            raise NoReading(
                f"{shortened(line.strip())!r} may be a symbol that is asked for, and does not begin with its address, "
                "as in `nm FILE` (without -A, -P, -f) or `go tool nm FILE`; print nothing else there"
            )
        return []
    name = match["name"] or ""
    first = name.split(" ")[0]
    if first != name and _is(pattern, first) and not _is(pattern, name):
        raise NoReading(f"{shortened(name)!r} has more than the name {shortened(first)!r}; leave out `-type`")
    return [(match["type"] or "", name)]


def _is_posix(line: str) -> bool:
    return bool(_POSIX.fullmatch(line)) and not _starts_with_address(line)


def _starts_with_address(line: str) -> bool:
    """GNU nm pads it to 8 or 16 digits."""
    first = line.split(" ")[0]
    return len(first) in (8, 16) and first.isascii() and first[0].isdigit()


def _is(pattern: Compiled, name: str) -> bool:
    unversioned, at, _ = name.partition("@")
    return pattern.fullmatch(name) is not None or (bool(at) and pattern.fullmatch(unversioned) is not None)


def _check_once(symbols: Sequence[tuple[str, str]]) -> None:
    """What two files define is listed twice, even where no heading tells them apart."""
    counts = Counter(name for kind, name in symbols if kind in _DEFINED_ONCE)
    name = next((name for name, count in counts.items() if count > 1), None)
    if name is not None:
        raise NoReading(f"{shortened(name)!r} is defined twice: by two files? use a `section` for each")


NM = Extractor(Nm, read=nm)
