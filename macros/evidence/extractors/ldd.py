"""What `ldd FILE` prints: the shared objects that a file is linked with, or that it is static."""

from __future__ import annotations

from macros.claim import patterns
from macros.claim.metrics import Ldd
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, without_markers

_STATIC = ("not a dynamic executable", "statically linked")
"""What ldd says of a static executable, and what newer ones say of a position-independent one."""

_LIBRARY = patterns.compile(r"(?P<name>\S+)(?: => (?:not found|\S+))?(?: \(0x[0-9a-f]+\))?")
_OF_KERNEL = patterns.compile(r"linux-(?:vdso|gate)\d*\.so\.\d+")


def ldd(metric: Ldd, part: Part) -> list[Reading]:
    """linkage: `static` or `dynamic`. libraries: how many shared objects are named, the loader among them.

    The kernel's own linux-vdso, which every process is given, is not a library. Lines are indented
    by a tab; others are file names or complaints.
    """
    text = without_markers(part.text)
    answers = [line.strip() for line in readable_lines(text) if line.startswith(("\t", " ")) and line.strip()]
    if not answers:
        raise NoReading(
            f"no answer of ldd: {excerpt(text)}; ldd says `{_STATIC[0]}` on stderr and exits with 1, "
            "so write `ldd FILE 2>&1 || true`"
        )
    static = [answer for answer in answers if answer in _STATIC]
    libraries = [
        match["name"] or "" for answer in answers if answer not in _STATIC and (match := _LIBRARY.fullmatch(answer))
    ]
    if len(static) + len(libraries) < len(answers) or (static and libraries) or len(static) > 1:
        raise NoReading(f"ldd's answer is not one file's: {'; '.join(answers)[:160]!r}; use a `section` for each file")
    if metric.gives == "linkage":
        return [Reading("static" if static else "dynamic")]
    return [Reading(sum(not _OF_KERNEL.fullmatch(name) for name in libraries))]


def _kind(metric: Ldd) -> ValueKind:
    return "text" if metric.gives == "linkage" else "number"


LDD = Extractor(Ldd, read=ldd, kind=_kind)
