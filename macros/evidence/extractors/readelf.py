"""What `readelf -hldW FILE` prints: the ELF header, the program headers and the dynamic section of a file."""

from __future__ import annotations

from macros.claim import patterns
from macros.claim.metrics import Readelf
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, without_markers

_NEEDED = patterns.compile(r"^ *0x[0-9a-f]+ \(NEEDED\) ")
_DYNAMIC = ("Dynamic section at offset", "There is no dynamic section in this file")
_INTERPRETER = patterns.compile(r" *\[Requesting program interpreter: (?P<path>.+)\]")
_PROGRAM = ("Program Headers:", "There are no program headers in this file")
_TYPE = patterns.compile(r"^ *Type: +(?P<type>[A-Z]+)")


def readelf(metric: Readelf, part: Part) -> list[Reading]:
    """needed: the number of NEEDED entries. interpreter: its path or `none`. type: EXEC, DYN, REL ..."""
    listing = list(readable_lines(without_markers(part.text)))
    if metric.gives == "needed":
        _of_one_file(sum(line.startswith(_DYNAMIC) for line in listing), "dynamic section (readelf -d)", part.text)
        return [Reading(sum("NEEDED" in line and _NEEDED.search(line) is not None for line in listing))]
    if metric.gives == "interpreter":
        _of_one_file(sum(line.startswith(_PROGRAM) for line in listing), "program headers (readelf -l)", part.text)
        paths = [
            match["path"] or "" for line in listing if "interpreter" in line and (match := _INTERPRETER.fullmatch(line))
        ]
        return [Reading(path) for path in paths] or [Reading("none")]
    types = [match["type"] or "" for line in listing if "Type:" in line and (match := _TYPE.search(line))]
    _of_one_file(len(types), "ELF header (readelf -h)", part.text)
    return [Reading(types[0])]


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
