"""What `ldd FILE` prints: the shared objects that a file is linked with, or that it is static.

The loaders of glibc and of musl answer in two forms. Neither looks at a file that it cannot load: of a script, of a
text and of another machine's program they say what they say of a static one. So `static` is the answer for a file that
is known to be a program for this machine: let the claim run it, or read its header with `from: readelf`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from macros.claim import patterns
from macros.claim.metrics import Ldd
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, shortened, without_markers

_STATIC = ("not a dynamic executable", "statically linked")
"""What ldd says of a static executable, and what newer ones say of a position-independent one."""

_STATIC_TO_MUSL = ": Not a valid dynamic program"
_LIBRARY = patterns.compile(
    r"(?P<name>\S(?:.*?\S)?)(?: => +not found|(?: => *(?:/.*\S)?)? \(0x[0-9a-f]+\)| => \S(?:.*\S)? \(0x[0-9a-f]+\))"
)
"""With its address, or not found. Old releases of glibc print the kernel's own as `linux-vdso.so.1 =>  (0x...)`."""

_MISSING_TO_MUSL = patterns.compile(r"Error loading shared library (?P<name>\S.*?): .*")
_LOADER_OF_MUSL = patterns.compile(r"/\S*/ld-musl-\S+")
_OF_KERNEL = patterns.compile(r"linux-(?:vdso|gate)\d*\.so\.\d+")
_ANSWERS = patterns.compile(r"\S => |\(0x[0-9a-f]+\)$")
_UNREADABLE = ("Exec format error", "exited with unknown exit code")


def ldd(metric: Ldd, part: Part) -> list[Reading]:
    """linkage: `static` or `dynamic`. libraries: how many shared objects are named, the loader among them.

    The kernel's own linux-vdso, which every process is given, is not a library. Lines are indented
    by a tab; others are file names or complaints, of which musl's name the libraries that it does not find.
    """
    text = without_markers(part.text)
    printed = [line for line in readable_lines(text) if line.strip()]
    answers = [line.strip() for line in printed if line.startswith(("\t", " "))]
    beside = [line for line in printed if not line.startswith(("\t", " "))]
    static = [line for line in answers if line in _STATIC] + [line for line in beside if line.endswith(_STATIC_TO_MUSL)]
    _check_complaints(beside)
    if not answers and not static:
        raise NoReading(
            f"no answer of ldd: {excerpt(text)}; ldd says `{_STATIC[0]}` on stderr and exits with 1, "
            "so write `ldd FILE 2>&1 || true`"
        )
    libraries = [match["name"] or "" for line in answers if line not in _STATIC and (match := _LIBRARY.fullmatch(line))]
    known = len(libraries) + sum(line in _STATIC for line in answers)
    if known < len(answers) or (static and libraries) or len(static) > 1 or _are_several(libraries, beside):
        raise NoReading(f"ldd's answer is not one file's: {'; '.join(answers)[:160]!r}; use a `section` for each file")
    missing = {match["name"] or "" for line in beside if (match := _MISSING_TO_MUSL.fullmatch(line))}
    if len(libraries) == 1 and not missing and _LOADER_OF_MUSL.fullmatch(libraries[0]):
        raise NoReading(
            f"ldd names nothing but musl's loader, {libraries[0]}, as it does of a static-pie program and of a dynamic "
            "one without libraries; read `needed` and `interpreter` with `from: readelf`"
        )
    if metric.gives == "linkage":
        return [Reading("static" if static else "dynamic")]
    return [Reading(len({*(name for name in libraries if not _OF_KERNEL.fullmatch(name)), *missing}))]


def _check_complaints(beside: Sequence[str]) -> None:
    for line in beside:
        if any(sign in line for sign in _UNREADABLE):
            raise NoReading(f"ldd could not load the file: {shortened(line)!r}; it must be a program for this machine")
        if _ANSWERS.search(line):
            raise NoReading(f"{shortened(line)!r} has other text before ldd's answer; end that with a line feed")


def _are_several(libraries: Sequence[str], beside: Sequence[str]) -> bool:
    """Files have headings, `FILE:`; where they have not, what both are linked with is named twice."""
    headings = [line for line in beside if line.endswith(":")]
    return len(headings) > 1 or any(count > 1 for count in Counter(libraries).values())


def _kind(metric: Ldd) -> ValueKind:
    return "text" if metric.gives == "linkage" else "number"


LDD = Extractor(Ldd, read=ldd, kind=_kind)
