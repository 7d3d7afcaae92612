"""What the tests of odd output share: how a metric is read from a text, wherever it reads it from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from macros.claim.metrics import Metric
from macros.evidence.extract import ProcessText, extract
from macros.evidence.observation import Value

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)


def read(text: str, metric: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> Value:
    """The metric's value. Raises NoReading."""
    made = _METRIC.validate_python(metric)
    streams = ProcessText(text, "") if made.stream == "stdout" else ProcessText("", text)
    return extract({"m": made}, stage=made.stage, arm="run", text=streams, sources=sources or {})["m"]
