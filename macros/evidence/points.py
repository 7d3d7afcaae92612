"""The values by size that a growth was taken over, for those who draw it. No verdict rests on them: the slope is read
by its extractor, which has refused whatever cannot be read.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from macros.claim.metrics import JsonLines
from macros.evidence.reading import NoReading, lines, section


@dataclass(frozen=True)
class Points:
    """The values of one process, each with its size; all are in the unit that the program printed."""

    unit: str
    sizes: tuple[float, ...]
    values: tuple[float, ...]


def points_of(name: str, metric: JsonLines, stdout: str, stderr: str) -> Points | None:
    """Those in a process's output, in the order in which it printed them; None where there are none.

    A kept output may have been cut: what is whole in it is taken.
    """
    text = stdout if metric.stream == "stdout" else stderr
    if metric.section is not None:
        try:
            text = section(text, metric.section)
        except NoReading:
            return None
    found = list(_found(text, metric.field or name, metric.against or ""))
    if not found:
        return None
    return Points(found[0][2], tuple(size for size, _, _ in found), tuple(value for _, value, _ in found))


def _found(text: str, wanted: str, key: str) -> Iterator[tuple[float, float, str]]:
    for line in lines(text):
        data = None
        if line.lstrip().startswith("{"):
            with contextlib.suppress(ValueError, RecursionError):
                data = json.loads(line)
        if isinstance(data, dict) and data.get("metric") == wanted:
            size, value = data.get(key), data.get("value")
            if isinstance(size, (int, float)) and isinstance(value, (int, float)) and size > 0 < value:
                yield float(size), float(value), str(data.get("unit") or "")
