"""What every extractor is: its metric's model, and how that is read from a part of a process's output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from macros.claim.metrics import Extract
from macros.evidence.reading import Reading, excerpt

AnyMetric = TypeVar("AnyMetric", bound=Extract)

ValueKind = Literal["number", "text", "any"]


@dataclass(frozen=True)
class Part:
    """What an extractor looks at: the metric's name, its section of its stream, and what else the process left.

    `sources` are the claim's program files by their paths.
    """

    metric: str
    text: str
    status: int
    sources: Mapping[str, str]


def _plain(metric: Extract) -> str | None:
    return ""


def _number(metric: Extract) -> ValueKind:
    return "number"


def _count(metric: Extract) -> bool:
    return metric.summary == "count"


def _found(metric: Extract, part: Part) -> str:
    return excerpt(part.text)


def _printed(metric: Extract, part: Part) -> bool:
    return bool(part.text.strip())


@dataclass(frozen=True)
class Extractor(Generic[AnyMetric]):
    """One way to read values from output. All its functions are pure, and their time is bounded by the output's length.

    `read`     the values in order; none is no error. Raises NoReading for output that is there and cannot be read.
    `nothing`  what was looked for in vain, what was found, what would be right: the message when nothing was read.
    `unit`     the unit in which the values come out: "" for counts and ratios, None where the program prints it.
    `kind`     what the values are; `any` where the program decides.
    `counts`   whether the metric is the number of values and not one of them; then none may be zero.
    `spoke`    whether the output shows that the tool ran and said something; without that, none is no zero.
    """

    model: type[AnyMetric]
    read: Callable[[AnyMetric, Part], list[Reading]]
    nothing: Callable[[AnyMetric, Part], str] = _found
    unit: Callable[[AnyMetric], str | None] = _plain
    kind: Callable[[AnyMetric], ValueKind] = _number
    counts: Callable[[AnyMetric], bool] = _count
    spoke: Callable[[AnyMetric, Part], bool] = _printed
