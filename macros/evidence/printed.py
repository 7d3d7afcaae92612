"""Values that a program prints on purpose: JSON lines, the Go benchmark format, text matched by an expression."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from macros.claim import units
from macros.claim.metrics import GoBench, JsonLines, Regex
from macros.evidence.observation import Value
from macros.evidence.reading import NoReading, Reading, excerpt, finite, lines, number


def json_lines(metric: JsonLines, name: str, text: str) -> list[Reading]:
    """`{"metric": NAME, "value": V, "unit": U}`, one object a line; lines that are no such object are passed over.

    A line that names the metric and cannot be read is an error all the same: it may have been cut.
    """
    wanted = metric.field or name
    return [_json_reading(data, wanted) for data in _objects(text, wanted)]


def _objects(text: str, wanted: str) -> Iterator[dict[str, Any]]:
    for line in lines(text):
        if not line.lstrip().startswith("{"):
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            if f'"{wanted}"' in line:
                raise NoReading(f"the line that names {wanted!r} is no JSON object ({error})") from error
            continue
        if isinstance(data, dict) and data.get("metric") == wanted:
            yield data


def json_points(metric: JsonLines, name: str, text: str) -> list[tuple[float, float]]:
    """(size, value) of every line, for a growth. The values keep the unit that they are printed in: one for all."""
    wanted, key = metric.field or name, metric.against or ""
    points, seen_units = [], set()
    for data in _objects(text, wanted):
        size, reading = data.get(key), _json_reading(data, wanted)
        if isinstance(size, bool) or not isinstance(size, (int, float)) or size <= 0:
            raise NoReading(f'a line of {wanted!r} has no size {key!r} above zero; print one, like "{key}": 1000')
        if isinstance(reading.value, (str, bool)) or reading.value <= 0:
            raise NoReading(f"{wanted!r} at {key} {size} is {reading.value!r}; a growth needs values above zero")
        points.append((float(size), float(reading.value)))
        seen_units.add(reading.unit)
    if len(seen_units) > 1:
        raise NoReading(f"{wanted!r} is printed in {' and '.join(sorted(seen_units))}; print one unit")
    return points


def json_names(text: str) -> list[str]:
    """The metrics that are printed, for an error message."""
    names = []
    for line in lines(text):
        try:
            data = json.loads(line) if line.lstrip().startswith("{") else None
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and isinstance(data.get("metric"), str):
            names.append(data["metric"])
    return list(dict.fromkeys(names))


def _json_reading(data: dict[str, Any], wanted: str) -> Reading:
    unit = data.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise NoReading(f"the unit of {wanted!r} is {unit!r}; print it as a string, or leave it out for a count")
    value = data.get("value")
    if isinstance(value, (str, bool)):
        return Reading(value, unit or "")
    if isinstance(value, (int, float)):
        return Reading(finite(value), unit or "")
    raise NoReading(f"the value of {wanted!r} is {json.dumps(value)[:40]}; print a number, a string, true or false")


_ITERATIONS = re.compile(r"\d+")
_PROCS = re.compile(r"-\d+$")


def go_bench(metric: GoBench, text: str) -> list[Reading]:
    """Results of `go test -bench`, by the Go benchmark data format (golang.org/design/14313-benchmark-format).

    A result line is the name, the number of iterations, and pairs of value and unit. A line with
    nothing but the name is `go test -v` saying what it begins. The metric's pattern must match the whole name: with or
    without "Benchmark", and without the "-N" of GOMAXPROCS, which is not printed where GOMAXPROCS is 1.
    """
    pattern = re.compile(metric.benchmark)
    found = []
    for line in lines(text):
        fields = line.split()
        if len(fields) < 2 or not line.startswith("Benchmark") or not _matches(pattern, fields[0]):
            continue
        if not _ITERATIONS.fullmatch(fields[1]):
            raise NoReading(f"{line.strip()[:80]!r} has no number of iterations after the name")
        if len(fields) % 2:
            raise NoReading(f"{line.strip()[:80]!r} does not end in pairs of value and unit")
        pairs = {unit: value for value, unit in zip(fields[2::2], fields[3::2], strict=True)}
        if metric.measure not in pairs:
            raise NoReading(f"{fields[0]} measures {', '.join(pairs) or 'nothing'}, and not {metric.measure}")
        found.append(Reading(number(pairs[metric.measure]), bench_unit(metric.measure)))
    return found


def _matches(pattern: re.Pattern[str], printed: str) -> bool:
    short = printed.removeprefix("Benchmark")
    names = (printed, short, _PROCS.sub("", printed), _PROCS.sub("", short))
    return any(pattern.fullmatch(name) for name in names)


def bench_unit(measure: str) -> str:
    """The unit of a measure: "ns/op" is ns, "p99-ns" is ns, and what names no unit ("allocs/op") is a plain count."""
    per_operation = measure.removesuffix("/op")
    for candidate in (per_operation, per_operation.rpartition("-")[2]):
        try:
            return units.check_unit(candidate)
        except units.UnitError:
            continue
    return ""


def regex(metric: Regex, text: str) -> list[Reading]:
    """The matches of the pattern: the group named `value`, else group 1, else the whole match."""
    pattern = re.compile(metric.pattern, re.MULTILINE)
    group: str | int = "value" if "value" in pattern.groupindex else min(pattern.groups, 1)
    found = []
    for match in pattern.finditer(text):
        value: Value | None = match[group]
        if value is None:
            raise NoReading(f"the pattern matched {match[0][:60]!r} without its group {group!r}")
        if metric.type == "number" and metric.summary != "count":
            value = number(str(value))
        found.append(Reading(value, metric.value_unit or ""))
    return found


def no_match(metric: Regex, text: str) -> str:
    return f"the pattern {metric.pattern!r} matches nowhere: {excerpt(text)}"
