"""The lines that the runtime prints with GODEBUG=gctrace=1.

    gc 3 @0.004s 5%: 0.051+0.13+0.002 ms clock, 0.10+0.059/0.027/0.003+0.004 ms cpu, 10->11->5 MB, 12 MB goal, 2 P

Go 1.15 to 1.17 end so; since 1.18 the scannable stacks and globals follow the goal; a forced cycle ends in
"(forced)"; a cycle that looks for leaked goroutines (since 1.26) says so after the percentage. What the runtime
calls MB is 2**20 bytes. It writes a line in pieces, so the line of a cycle that is going on when the
process ends may be cut: such a last line is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim import patterns
from macros.claim.metrics import Gctrace
from macros.claim.patterns import Match
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import MARKER, NoReading, Reading, excerpt, lines, number, readable, shortened

_BEGINS = patterns.compile(r"^gc \d+ @")
_LINE = patterns.compile(
    r"gc (?P<cycle>\d+) @(?P<at>[\d.]+)s (?P<cpu_share>\d+)%(?: \([^)]*\))?: "
    r"(?P<sweep_term_clock>[\d.]+)\+(?P<mark_clock>[\d.]+)\+(?P<mark_term_clock>[\d.]+) ms clock, "
    r"(?P<sweep_term_cpu>[\d.]+)\+(?P<assist_cpu>[\d.]+)/(?P<background_cpu>[\d.]+)/(?P<idle_cpu>[\d.]+)"
    r"\+(?P<mark_term_cpu>[\d.]+) ms cpu, "
    r"(?P<heap_start>\d+)->(?P<heap_end>\d+)->(?P<heap_live>\d+) MB, (?P<goal>\d+) MB goal, "
    r"(?:\d+ MB \w+, )*(?P<procs>\d+) P(?: \([^)]*\))*"
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
    return [Reading(_value(metric.field, cycle), FIELD_UNITS[metric.field]) for cycle in _cycles(part.text)]


def _value(field: str, cycle: Match) -> int | float:
    if field == "lines":
        return 1
    if field == "pause":
        return _figure(cycle, "sweep_term_clock") + _figure(cycle, "mark_term_clock")
    return _figure(cycle, field)


def _figure(cycle: Match, field: str) -> int | float:
    return number(cycle[field] or "")


def _cycles(text: str) -> list[Match]:
    cycles = []
    # Only what follows tells a line that the process's end has cut from one that other output has torn.
    printed = [line for line in lines(text) if line and not line.isspace()]
    for line, following in zip(printed, [*printed, ""][1:], strict=True):
        if not line.startswith("gc ") or not _BEGINS.search(readable(line)):
            continue
        match = _LINE.fullmatch(line)
        if match:
            cycles.append(match)
        elif following and not MARKER.match(following):
            raise NoReading(
                f"{shortened(line, 100)!r} is not a whole gctrace line; if the program writes to the same stream, "
                "let it write to stdout"
            )
    return cycles


def _nothing(metric: Gctrace, part: Part) -> str:
    return f"no gctrace line: {excerpt(part.text)}; set GODEBUG=gctrace=1 and read `stream: stderr`"


def _unit(metric: Gctrace) -> str:
    return FIELD_UNITS[metric.field]


def _counts(metric: Gctrace) -> bool:
    return metric.summary == "count" or metric.field == "lines"


GCTRACE = Extractor(Gctrace, read=gctrace, nothing=_nothing, unit=_unit, counts=_counts)
