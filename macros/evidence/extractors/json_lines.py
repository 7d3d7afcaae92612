"""Values that a program prints on purpose: `{"metric": NAME, "value": V, "unit": U}`, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from macros.claim.metrics import JsonLines
from macros.evidence.extractor import Extractor, Part, ValueKind
from macros.evidence.reading import LONGEST_LINE, NoReading, Reading, excerpt, finite, lines, readable, shortened
from macros.evidence.slopes import growth


def json_lines(metric: JsonLines, part: Part) -> list[Reading]:
    """The metric's values, or with `against` the one slope that they grow with.

    Lines of another kind are passed over. A line that names the metric and cannot be read is an error all the same, and
    so is one that was cut before the name's end, one with other text before the object, and one that gives a key twice.
    """
    wanted = metric.field or part.metric
    if metric.against is None:
        return [_reading(data, wanted) for data in _objects(part.text, wanted)]
    points = _points(part.text, wanted, metric.against)
    return [Reading(growth(points))] if points else []


def _objects(text: str, wanted: str) -> Iterator[dict[str, Any]]:
    names = {f'"{wanted}"', json.dumps(wanted)}
    escaped = {json.dumps(name)[1:-1] for name in names}
    line = ""
    for line in lines(text):
        named = any(name in line for name in names) or ("'metric'" in line and f"'{wanted}'" in line)
        if not line.lstrip().startswith("{"):
            if named and ('"metric"' in line or '"value"' in line):
                raise NoReading(
                    f"{shortened(readable(line).strip())!r} names {wanted!r} and does not begin with its object; print "
                    "a line feed before it, and each object on one line"
                )
            continue
        try:
            data = json.loads(readable(line), object_pairs_hook=_without_repetition)
        except (ValueError, RecursionError) as error:
            if named:
                raise NoReading(f"the line that names {wanted!r} is not a JSON object ({_reason(error)})") from error
            continue
        if data.get("metric") == wanted:
            yield data
        elif named and line.count("{") > 1 and _holds(data, wanted):
            raise NoReading(f"the object of {wanted!r} stands inside another object; print it alone on its line")
        elif '\\"metric\\"' in line and any(name in line for name in escaped):
            raise NoReading(f"the object of {wanted!r} stands inside another program's JSON; print it as it is")
    if _may_begin(line, names):  # It is the last one, and has no line feed behind it.
        raise NoReading(
            f"the output ends in {shortened(line)!r}, which may have become a line of {wanted!r}; end each line"
        )


def _holds(data: object, wanted: str) -> bool:
    """Whether an object of the metric is anywhere inside of what JSON gave. Nothing there is nested deeply."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(
        (isinstance(each, dict) and each.get("metric") == wanted and "value" in each) or _holds(each, wanted)
        for each in inner
    )


def _may_begin(line: str, names: Iterable[str]) -> bool:
    """Whether a line that was cut may have become one of these metrics': it has no name yet, or the first of one."""
    plain = "".join(line[:LONGEST_LINE].split())
    if not '{"'.startswith(plain[:2]) or not plain or plain.endswith("}"):
        return False
    _, key, name = plain.partition('"metric":')
    return not key or any(each.startswith(name) for each in names)


class _Repetition(ValueError):
    """A key twice in one object."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Repetition("a key in it is given twice")
    return made


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, at character {error.pos + 1} of the line"
    if isinstance(error, _Repetition):
        return str(error)
    if isinstance(error, RecursionError):
        return "its brackets are nested too deeply"
    return "a number in it has too many digits"


def _points(text: str, wanted: str, key: str) -> list[tuple[float, float]]:
    """(size, value) of every line, for a growth. The values keep the unit that they are printed in: one for all."""
    points, printed_units = [], set()
    for data in _objects(text, wanted):
        size, reading = data.get(key), _reading(data, wanted)
        if isinstance(size, bool) or not isinstance(size, (int, float)) or not finite(size) > 0:
            raise NoReading(f'a line of {wanted!r} has no size {key!r} above zero; print one, like "{key}": 1000')
        if isinstance(reading.value, (str, bool)) or reading.value <= 0:
            value = shortened(repr(reading.value))
            raise NoReading(f"{wanted!r} at {key} {float(size):g} is {value}; a growth needs values above zero")
        points.append((float(size), float(reading.value)))
        printed_units.add(reading.unit)
    if len(printed_units) > 1:
        listed = shortened(" and ".join(sorted(printed_units)))
        raise NoReading(f"{wanted!r} is printed in {listed}; print one unit")
    return points


def _reading(data: dict[str, Any], wanted: str) -> Reading:
    unit = data.get("unit")
    if unit is not None and not isinstance(unit, str):
        shown = shortened(repr(unit))
        raise NoReading(f"the unit of {wanted!r} is {shown}; print it as a string, or leave it out for a count")
    value = data.get("value")
    if isinstance(value, (str, bool)):
        return Reading(value, unit or "")
    if isinstance(value, (int, float)):
        return Reading(finite(value), unit or "")
    raise NoReading(f"the value of {wanted!r} is {json.dumps(value)[:40]}; print a number, a string, true or false")


def _names(text: str) -> list[str]:
    """The metrics that are printed, for an error message."""
    names = []
    for line in lines(text):
        try:
            data = json.loads(line) if line.lstrip().startswith("{") else None
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and isinstance(data.get("metric"), str):
            names.append(shortened(data["metric"]))
    return list(dict.fromkeys(names))


def _nothing(metric: JsonLines, part: Part) -> str:
    names = _names(part.text)
    printed = f"only the metrics {shortened(', '.join(names), 400)}" if names else excerpt(part.text)
    wanted = metric.field or part.metric
    return f'no line {{"metric": "{wanted}", "value": ...}}: {printed}; print one from the program'


def _unit(metric: JsonLines) -> None:
    return None


def _kind(metric: JsonLines) -> ValueKind:
    return "any"


JSON_LINES = Extractor(JsonLines, read=json_lines, nothing=_nothing, unit=_unit, kind=_kind)
