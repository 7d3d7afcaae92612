"""The values by size that a growth was taken over, for those who draw it. No verdict rests on them: the slope is read
by its extractor, which has refused whatever cannot be read.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping

from macros.claim.metrics import JsonLines, Metric
from macros.evidence.observation import Points
from macros.evidence.reading import NoReading, lines, section


def all_points(metrics: Mapping[str, Metric], arm: str, stdout: str, stderr: str) -> dict[str, Points]:
    """Those of every growth that a process of this arm has printed."""
    growths = {
        name: metric
        for name, metric in metrics.items()
        if isinstance(metric, JsonLines) and metric.against is not None and metric.stage == "run"
    }
    found = {
        name: points_of(name, metric, stdout, stderr) for name, metric in growths.items() if metric.arm in (None, arm)
    }
    return {name: points for name, points in found.items() if points is not None}


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
