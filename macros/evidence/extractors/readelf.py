"""What `readelf -hldW FILE` prints: the ELF header, the program headers and the dynamic section of a file."""

from __future__ import annotations

from collections.abc import Sequence

from macros.claim import patterns
from macros.claim.metrics import Readelf
from macros.claim.patterns import Compiled, Match
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, shortened, whole, without_markers

_NEEDED = patterns.compile(r" *0x[0-9a-f]+ \(NEEDED\) .*")
_DYNAMIC = ("Dynamic section at offset", "There is no dynamic section in this file")
_INTERPRETER = patterns.compile(r" *\[Requesting program interpreter: (?P<path>.+)\]")
_INTERPRETER_HEADER = patterns.compile(r" *INTERP +0x.*")
_PROGRAM = ("Program Headers:", "There are no program headers in this file")
_TYPE = patterns.compile(r" *Type: +(?P<type>NONE|REL|EXEC|DYN|CORE)\b.*")


def readelf(metric: Readelf, part: Part) -> list[Reading]:
    """needed: the number of NEEDED entries. interpreter: its path or `none`. type: EXEC, DYN, REL ..."""
    text = whole(without_markers(part.text))
    listing = [line for line in readable_lines(text) if line]
    if metric.gives == "needed":
        _of_one_file(_headings(text, _DYNAMIC), "dynamic section (readelf -d)", part.text)
        return [Reading(len(_entries(listing, "(NEEDED)", _NEEDED)))]
    if metric.gives == "interpreter":
        _of_one_file(_headings(text, _PROGRAM), "program headers (readelf -l)", part.text)
        paths = [match["path"] or "" for match in _entries(listing, "program interpreter:", _INTERPRETER)]
        if not paths and any("INTERP" in line and _INTERPRETER_HEADER.fullmatch(line) for line in listing):
            raise NoReading("readelf shows a header INTERP and not the interpreter's path; print its whole listing")
        return [Reading(path) for path in paths] or [Reading("none")]
    types = [match["type"] or "" for line in listing if "Type:" in line and (match := _TYPE.fullmatch(line))]
    _of_one_file(len(types), "ELF header (readelf -h)", part.text)
    return [Reading(types[0])]


def _headings(text: str, beginnings: tuple[str, ...]) -> int:
    """How many files' parts begin, whatever stands before that on the line."""
    return sum(text.count(beginning) for beginning in beginnings)


def _entries(listing: Sequence[str], sign: str, form: Compiled) -> list[Match]:
    """The lines with the sign, each of which must be an entry of the form."""
    entries = []
    for line in listing:
        if sign in line:
            match = form.fullmatch(line)
            if match is None:
                raise NoReading(
                    f"{shortened(line)!r} is not as `readelf -hldW FILE` prints it; print nothing else there"
                )
            entries.append(match)
    return entries


def _of_one_file(headings: int, what: str, text: str) -> None:
    if headings == 0:
        raise NoReading(
            f"readelf says nothing about the {what}: {excerpt(without_markers(text))}; use `readelf -hldW FILE`"
        )
    if headings > 1:
        raise NoReading(f"readelf's answer is about {headings} files; use a `section` for each")


def _kind(metric: Readelf) -> ValueKind:
    return "number" if metric.gives == "needed" else "text"


READELF = Extractor(Readelf, read=readelf, kind=_kind)
