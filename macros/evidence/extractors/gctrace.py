"""The lines that the runtime prints with GODEBUG=gctrace=1.

    gc 3 @0.004s 5%: 0.051+0.13+0.002 ms clock, 0.10+0.059/0.027/0.003+0.004 ms cpu, 10->11->5 MB, 12 MB goal, 2 P

Go 1.15 to 1.17 end so; since 1.18 the scannable stacks and globals follow the goal; a forced cycle ends in
"(forced)"; a cycle that looks for leaked goroutines (since 1.26) says so after the percentage. What the runtime
calls MB is 2**20 bytes. It writes a line in pieces, so the line of a cycle that is going on when the
process ends may be cut: such a last line, without its line feed, is passed over. Other output may tear any line,
or stand before it. So a line is read behind other text too, and a piece of one anywhere else is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from macros.claim import patterns
from macros.claim.metrics import Gctrace
from macros.claim.patterns import Match
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import MARKER, NoReading, Reading, excerpt, lines, number, readable, shortened

_SIGNS = ("gc", "ms c", "->", "%")
"""Every piece of a line holds one of these: looked for first, since most lines of a log hold none."""

_BEGINS = patterns.compile(r"gc \d+ @")
_PIECE = patterns.compile(
    r"gc\d+\(\d+\): |gc #\d+ @|@[\d.]+s \d+%|\+[\d.]+ ms c(?:lock|pu)\b|\d->\d+->\d+ MB|MB, \d+ MB goal\b"
)
"""What nobody but the runtime prints; the first two are how Go 1.4 and the first builds of 1.5 began a line."""

_LINE = patterns.compile(
    r"(?P<before>.*?)gc (?P<cycle>\d+) @(?P<at>[\d.]+)s (?P<cpu_share>\d+)%(?: \([^)]*\))?: "
    r"(?P<sweep_term_clock>[\d.]+)\+(?P<mark_clock>[\d.]+)\+(?P<mark_term_clock>[\d.]+) ms clock, "
    r"(?P<sweep_term_cpu>[\d.]+)\+(?P<assist_cpu>[\d.]+)/(?P<background_cpu>[\d.]+)/(?P<idle_cpu>[\d.]+)"
    r"\+(?P<mark_term_cpu>[\d.]+) ms cpu, "
    r"(?P<heap_start>\d+)->(?P<heap_end>\d+)->(?P<heap_live>\d+) MB, (?P<goal>\d+) MB goal, "
    r"(?:\d+ MB \w+, )*(?P<procs>\d+) P(?: \([^)]*\))*"
)

_SEVERAL = (
    "several processes trace here (`go run` and `go test` pass GODEBUG on to the compiler and the linker); build "
    "first, and trace each in its own `section`"
)

FIELD_UNITS: Mapping[str, str] = {
    "cycle": "", "at": "s", "cpu_share": "%", "sweep_term_clock": "ms", "mark_clock": "ms", "mark_term_clock": "ms",
    "pause": "ms", "sweep_term_cpu": "ms", "assist_cpu": "ms", "background_cpu": "ms", "idle_cpu": "ms",
    "mark_term_cpu": "ms", "heap_start": "MiB", "heap_end": "MiB", "heap_live": "MiB", "goal": "MiB", "procs": "",
    "lines": "",
}  # fmt: skip
"""Every field with the unit in which it is printed. `pause` is both pauses of a cycle, `lines` the number of cycles."""


def gctrace(metric: Gctrace, part: Part) -> list[Reading]:
    """One reading a cycle."""
    cycles = list(_cycles(part.text))
    _of_one_process([_figure(cycle, "cycle") for cycle in cycles], each=_counts(metric) or metric.summary == "sum")
    for before, after in pairwise([_figure(cycle, "at") for cycle in cycles]):
        if after < before:
            raise NoReading(f"a cycle at {after} s follows one at {before} s: {_SEVERAL}")
    return [Reading(_value(metric.field, cycle), FIELD_UNITS[metric.field]) for cycle in cycles]


def _value(field: str, cycle: Match) -> int | float:
    if field == "lines":
        return 1
    if field == "pause":
        return _figure(cycle, "sweep_term_clock") + _figure(cycle, "mark_term_clock")
    return _figure(cycle, field)


def _figure(cycle: Match, field: str) -> int | float:
    return number(cycle[field] or "")


def _cycles(text: str) -> Iterator[Match]:
    printed = list(lines(text))
    for line, following in zip(printed, [*printed[1:], None], strict=True):
        if not any(sign in line for sign in _SIGNS):
            continue
        match = _LINE.fullmatch(readable(line))
        if match and not _is_piece(match["before"] or ""):
            yield match
        elif _is_piece(line) and not (_BEGINS.search(line) and _was_cut(following)):
            raise NoReading(
                f"{shortened(line, 100)!r} is not a whole gctrace line of Go 1.6 or later; if other output has "
                "torn it, let the program write to stdout"
            )


def _was_cut(following: str | None) -> bool:
    """Whether the process has ended within a line: no line feed came, or only that of the next section's marker."""
    return following is None or MARKER.match(following) is not None


def _is_piece(text: str) -> bool:
    return _BEGINS.search(text) is not None or _PIECE.search(text) is not None


def _of_one_process(numbers: list[int | float], *, each: bool) -> None:
    """Cycles are numbered from 1 in each process. `each`: that none is left out matters."""
    for before, after in pairwise(numbers):
        if after <= before:
            raise NoReading(f"cycle {after} follows cycle {before}: {_SEVERAL}")
        if each and after > before + 1:
            raise NoReading(f"cycle {after} follows cycle {before}: the lines in between are lost")


def _nothing(metric: Gctrace, part: Part) -> str:
    return (
        f"no whole gctrace line: {excerpt(part.text)}; set GODEBUG=gctrace=1, read `stream: stderr`, and let at "
        "least one cycle run (runtime.GC()), since no line at all proves nothing"
    )


def _unit(metric: Gctrace) -> str:
    return FIELD_UNITS[metric.field]


def _counts(metric: Gctrace) -> bool:
    return metric.summary == "count" or metric.field == "lines"


def _spoke(metric: Gctrace, part: Part) -> bool:
    """A program that was not told to trace prints the same as one that never collects."""
    return False


GCTRACE = Extractor(Gctrace, read=gctrace, nothing=_nothing, unit=_unit, counts=_counts, spoke=_spoke)
