"""What `ldd`, `readelf -hldW` and `nm` say about a file."""

from __future__ import annotations

import re

from macros.claim.metrics import Ldd, Nm, Readelf
from macros.evidence.reading import NoReading, Reading, excerpt, lines

_STATIC = ("not a dynamic executable", "statically linked")
"""What ldd says of a static executable, and what newer ones say of a position-independent one."""

_LIBRARY = re.compile(r"(?P<name>\S+)(?: => (?:not found|\S+))?(?: \(0x[0-9a-f]+\))?")
_OF_KERNEL = re.compile(r"linux-(?:vdso|gate)\d*\.so\.\d+")


def ldd(metric: Ldd, text: str) -> list[Reading]:
    """linkage: `static` or `dynamic`. libraries: how many shared objects are named, the loader among them.

    The kernel's own linux-vdso, which every process is given, is no library. Lines are indented
    by a tab; others are file names or complaints.
    """
    said = [line.strip() for line in lines(text) if line.startswith(("\t", " ")) and line.strip()]
    if not said:
        raise NoReading(
            f"no answer of ldd: {excerpt(text)}; ldd says `{_STATIC[0]}` on stderr and exits with 1, "
            "so write `ldd FILE 2>&1 || true`"
        )
    static = [line for line in said if line in _STATIC]
    libraries = [match["name"] for match in map(_LIBRARY.fullmatch, said) if match and match[0] not in _STATIC]
    if len(static) + len(libraries) < len(said) or (static and libraries) or len(static) > 1:
        raise NoReading(f"ldd's answer is not one file's: {'; '.join(said)[:160]!r}; use a `section` for each file")
    if metric.gives == "linkage":
        return [Reading("static" if static else "dynamic")]
    return [Reading(sum(not _OF_KERNEL.fullmatch(name) for name in libraries))]


_NEEDED = re.compile(r"^ *0x[0-9a-f]+ \(NEEDED\) ", re.MULTILINE)
_DYNAMIC = re.compile(r"^Dynamic section at offset|^There is no dynamic section in this file", re.MULTILINE)
_INTERPRETER = re.compile(r"^ *\[Requesting program interpreter: (.+)\]$", re.MULTILINE)
_PROGRAM = re.compile(r"^Program Headers:|^There are no program headers in this file", re.MULTILINE)
_TYPE = re.compile(r"^ *Type: +([A-Z]+)", re.MULTILINE)


def readelf(metric: Readelf, text: str) -> list[Reading]:
    """needed: the number of NEEDED entries. interpreter: its path or `none`. type: EXEC, DYN, REL ..."""
    if metric.gives == "needed":
        _one_file(len(_DYNAMIC.findall(text)), "dynamic section (readelf -d)", text)
        return [Reading(len(_NEEDED.findall(text)))]
    if metric.gives == "interpreter":
        _one_file(len(_PROGRAM.findall(text)), "program headers (readelf -l)", text)
        return [Reading(path) for path in _INTERPRETER.findall(text)] or [Reading("none")]
    types = _TYPE.findall(text)
    _one_file(len(types), "ELF header (readelf -h)", text)
    return [Reading(types[0])]


def _one_file(found: int, what: str, text: str) -> None:
    if found == 0:
        raise NoReading(f"readelf says nothing about the {what}: {excerpt(text)}; use `readelf -hldW FILE`")
    if found > 1:
        raise NoReading(f"readelf's answer is about {found} files; use a `section` for each")


_SYMBOL = re.compile(r"\s*(?:[0-9a-f]+\s+)?(?:[0-9a-f]+\s+)?[A-Za-z?_-] (?P<name>\S.*?)\s*")


def nm(metric: Nm, text: str) -> list[Reading]:
    """How many listed symbols' whole names match, a version such as `@GLIBC_2.2.5` not counted as part of the name."""
    pattern = re.compile(metric.symbol)
    names = [match["name"] for match in map(_SYMBOL.fullmatch, lines(text)) if match]
    if not names:
        raise NoReading(f"no symbol is listed at all, which proves nothing: {excerpt(text)}; is the binary stripped?")
    return [Reading(sum(_is(pattern, name) for name in names))]


def _is(pattern: re.Pattern[str], name: str) -> bool:
    return bool(pattern.fullmatch(name) or pattern.fullmatch(name.partition("@")[0]))
