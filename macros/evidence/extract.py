"""The one way from a process's output to its readings.

`extract` serves the lab; `printed_unit` and `kind_of_value` tell beforehand what a metric can give.
"""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.metrics import Exit, Extract, Metric
from macros.claim.patterns import encodable
from macros.evidence.extractor import Part, ValueKind
from macros.evidence.extractors import EXTRACTORS
from macros.evidence.observation import Value
from macros.evidence.reading import NoReading, ProcessText, section
from macros.evidence.source_digest import extractors_digest
from macros.evidence.summaries import converted, summarised

__all__ = ["NoReading", "ProcessText", "extract", "extractors_digest", "kind_of_value", "printed_unit"]


def extract(
    metrics: Mapping[str, Metric], *, stage: str, arm: str, text: ProcessText, sources: Mapping[str, str]
) -> dict[str, Value]:
    """The readings of one process: every metric of its stage and arm, in the metric's unit.

    `arm` is of no account for the build. `sources` are the claim's program files by their paths.
    Raises NoReading for the first metric that the output does not give, unless it is optional.
    """
    text = ProcessText(encodable(text.stdout), encodable(text.stderr), text.status)
    readings: dict[str, Value] = {}
    for name, metric in metrics.items():
        if metric.stage != stage or (stage == "run" and metric.arm not in (None, arm)):
            continue
        try:
            value = _value(name, metric, text, sources)
        except NoReading as error:
            raise NoReading(f"metric {name} ({_origin(metric)}): {error}") from error
        if value is not None:
            readings[name] = value
    return readings


def printed_unit(metric: Metric) -> str | None:
    """The unit in which the extractor gives the metric; "" for counts and ratios; None where the program prints it."""
    return "" if _is_plain(metric) else EXTRACTORS[type(metric)].unit(metric)


def kind_of_value(metric: Metric) -> ValueKind:
    """What the metric's values are; `any` where the program decides."""
    return "number" if _is_plain(metric) else EXTRACTORS[type(metric)].kind(metric)


def _is_plain(metric: Extract) -> bool:
    """Whether the summary makes a plain number of whatever was read."""
    return metric.summary in ("count", "growth")


def _value(name: str, metric: Metric, text: ProcessText, sources: Mapping[str, str]) -> Value | None:
    """None where an optional metric was not printed."""
    extractor = EXTRACTORS[type(metric)]
    stream = text.stdout if metric.stream == "stdout" else text.stderr
    if metric.section is not None:
        try:
            stream = section(stream, metric.section)
        except NoReading:
            if metric.optional:
                return None
            raise
    part = Part(name, stream, text.status, sources)
    readings = extractor.read(metric, part)
    if extractor.counts(metric) and (readings or extractor.spoke(metric, part)):
        return len(readings)
    if not readings:
        if metric.optional:
            return None
        raise NoReading(extractor.nothing(metric, part))
    return summarised([converted(reading, metric) for reading in readings], metric.summary)


def _origin(metric: Metric) -> str:
    if isinstance(metric, Exit):
        return "exit status"
    where = f"{metric.from_} on {metric.stream}"
    return where if metric.section is None else f"{where}, section {metric.section}"
