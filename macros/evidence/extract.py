"""The one way from a process's output to its readings.

`extract` serves the lab; `printed_unit` and `kind_of_value` tell lint beforehand what an extractor can give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from macros.claim.metrics import (
    Diagnostics,
    Exit,
    Gctrace,
    GoBench,
    JsonLines,
    Ldd,
    Metric,
    Nm,
    Objdump,
    Readelf,
    Regex,
)
from macros.evidence.binaries import ldd, nm, readelf
from macros.evidence.diagnostics import diagnostics
from macros.evidence.gctrace import FIELD_UNITS, gctrace
from macros.evidence.machinecode import objdump
from macros.evidence.observation import Value
from macros.evidence.printed import bench_unit, go_bench, json_lines, json_names, json_points, no_match, regex
from macros.evidence.reading import (
    NoReading,
    ProcessText,
    Reading,
    converted,
    excerpt,
    section,
    summarised,
    without_markers,
)
from macros.evidence.slopes import growth

__all__ = ["NoReading", "ProcessText", "extract", "extractors_digest", "kind_of_value", "printed_unit"]

_VERSION = "1"


def extractors_digest() -> str:
    """Part of every experiment's key: another digest where an extractor may give another value for the same output."""
    return _VERSION


def extract(
    metrics: Mapping[str, Metric], *, stage: str, arm: str, text: ProcessText, sources: Mapping[str, str]
) -> dict[str, Value]:
    """The readings of one process: every metric of its stage and arm, in the metric's unit.

    `arm` is of no account for the build. `sources` are the claim's program files by their paths.
    Raises NoReading for the first metric that the output does not give, unless it is optional.
    """
    found: dict[str, Value] = {}
    for name, metric in metrics.items():
        if metric.stage != stage or (stage == "run" and metric.arm not in (None, arm)):
            continue
        try:
            value = _value(name, metric, text, sources)
        except NoReading as error:
            raise NoReading(f"metric {name} ({_origin(metric)}): {error}") from error
        if value is not None:
            found[name] = value
    return found


def printed_unit(metric: Metric) -> str | None:
    """The unit in which the extractor gives the metric; "" for counts and ratios; None where the program prints it."""
    if metric.summary in ("count", "growth"):
        return ""
    if isinstance(metric, JsonLines):
        return None
    if isinstance(metric, GoBench):
        return bench_unit(metric.measure)
    if isinstance(metric, Gctrace):
        return FIELD_UNITS[metric.field]
    return (metric.value_unit or "") if isinstance(metric, Regex) else ""


def kind_of_value(metric: Metric) -> Literal["number", "text", "any"]:
    """What the metric's values are; `any` where the program decides."""
    if metric.summary in ("count", "growth"):
        return "number"
    if isinstance(metric, JsonLines):
        return "any"
    if isinstance(metric, Regex):
        return metric.type
    text = (isinstance(metric, Ldd) and metric.gives == "linkage") or (
        isinstance(metric, Readelf) and metric.gives != "needed"
    )
    return "text" if text else "number"


def _value(name: str, metric: Metric, text: ProcessText, sources: Mapping[str, str]) -> Value | None:
    if isinstance(metric, Exit):
        return text.status
    stream = text.stdout if metric.stream == "stdout" else text.stderr
    counts = metric.summary == "count" or (isinstance(metric, Gctrace) and metric.field == "lines")
    try:
        part = stream if metric.section is None else section(stream, metric.section)
    except NoReading:
        if metric.optional:
            return None
        raise
    if isinstance(metric, JsonLines) and metric.against is not None:
        points = json_points(metric, name, part)
        if not points and metric.optional:
            return None
        if not points:
            raise NoReading(_nothing(name, metric, part))
        return growth(points)
    readings = _readings(name, metric, part, sources)
    if counts:
        return len(readings)
    if not readings:
        if metric.optional:
            return None
        raise NoReading(_nothing(name, metric, part))
    return summarised([converted(reading, metric) for reading in readings], metric.summary)


def _readings(name: str, metric: Metric, text: str, sources: Mapping[str, str]) -> list[Reading]:
    match metric:
        case JsonLines():
            return json_lines(metric, name, text)
        case GoBench():
            return go_bench(metric, text)
        case Gctrace():
            return gctrace(metric, text)
        case Ldd():
            return ldd(metric, without_markers(text))
        case Readelf():
            return readelf(metric, without_markers(text))
        case Nm():
            return nm(metric, without_markers(text))
        case Objdump():
            return objdump(metric, without_markers(text))
        case Diagnostics():
            return diagnostics(metric, text, sources)
        case Regex():
            return regex(metric, text)
        case Exit():
            return []


def _nothing(name: str, metric: Metric, text: str) -> str:
    """What was looked for in vain, what was found, what would be right."""
    if isinstance(metric, JsonLines):
        wanted = metric.field or name
        names = json_names(text)
        seen = f"only the metrics {', '.join(names)}" if names else excerpt(text)
        return f'no line {{"metric": "{wanted}", "value": ...}}: {seen}; print one from the program'
    if isinstance(metric, GoBench):
        return f"no result of a benchmark {metric.benchmark!r}: {excerpt(text)}; run it with `-bench`"
    if isinstance(metric, Gctrace):
        return f"no gctrace line: {excerpt(text)}; set GODEBUG=gctrace=1 and read `stream: stderr`"
    if isinstance(metric, Regex):
        return no_match(metric, text)
    return excerpt(text)


def _origin(metric: Metric) -> str:
    if isinstance(metric, Exit):
        return "exit status"
    where = f"{metric.from_} on {metric.stream}"
    return where if metric.section is None else f"{where}, section {metric.section}"
