"""What a judge has to say, as numbers, names and codes; `words` makes sentences of it, in each of its languages.

A `Detail` is what a finding says. Every class has a `code` that is published and never changes its meaning; the parts
that many of them share are in `parts`, and why a predicate is open is in `causes`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import ClassVar, Literal

from macros.claim.fields import Text, VerdictName
from macros.verdict.causes import Cause
from macros.verdict.parts import CellVerdict, Measured, Predicate, Readings, Subject

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]

LONGEST_TEXT = 2_000
"""How many characters of a text that a program printed are given to the feed."""


# ---- of one statistical predicate ------------------------------------------------------------------


@dataclass(frozen=True)
class AsExpected:
    """The quantile lies where it was expected."""

    code: ClassVar[str] = "as-expected"
    subject: Subject
    predicate: Predicate
    measured: Measured


@dataclass(frozen=True)
class NotAsExpected:
    """The quantile lies elsewhere."""

    code: ClassVar[str] = "not-as-expected"
    subject: Subject
    predicate: Predicate
    measured: Measured


@dataclass(frozen=True)
class MissedByMachine:
    """The figure is missed by less than the `factor` that the claim grants to another machine."""

    code: ClassVar[str] = "missed-by-machine"
    subject: Subject
    predicate: Predicate
    measured: Measured
    factor: float


@dataclass(frozen=True)
class DependsOnLayout:
    """Of the `layouts` of the code, which gave from `lowest` to `highest`, some surely say otherwise than others."""

    code: ClassVar[str] = "depends-on-layout"
    subject: Subject
    predicate: Predicate
    measured: Measured
    layouts: int
    lowest: float
    highest: float


@dataclass(frozen=True)
class Undecided:
    """The runs do not decide it."""

    code: ClassVar[str] = "undecided"
    subject: Subject
    predicate: Predicate
    measured: Measured
    cause: Cause


# ---- of one exact predicate --------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadAsExpected:
    """Every process answers as expected."""

    code: ClassVar[str] = "read-as-expected"
    subject: Subject
    predicate: Predicate
    readings: Readings


@dataclass(frozen=True)
class ReadOtherwise:
    """Every process answers otherwise."""

    code: ClassVar[str] = "read-otherwise"
    subject: Subject
    predicate: Predicate
    readings: Readings


@dataclass(frozen=True)
class ProcessesDisagree:
    """The predicate holds of one process and not of another."""

    code: ClassVar[str] = "processes-disagree"
    subject: Subject
    predicate: Predicate
    readings: Readings


@dataclass(frozen=True)
class TooFewReadings:
    """`n` processes gave a reading, and `needed` must agree."""

    code: ClassVar[str] = "too-few-readings"
    subject: Subject
    n: int
    needed: int


# ---- of a cell -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MachineLacks:
    """The machine lacks what the experiment needs, as the claim's probe says it."""

    code: ClassVar[str] = "machine-lacks"
    what: str


@dataclass(frozen=True)
class OnlyContext:
    """No expectation speaks of this case."""

    code: ClassVar[str] = "only-context"


@dataclass(frozen=True)
class Several:
    """What several of a cell's expectations say, in their order."""

    code: ClassVar[str] = "several"
    details: tuple[Detail, ...]


# ---- of a claim ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellShown:
    """The cell of which a claim's finding gives the detail."""

    toolchain: str
    case: str
    detail: Detail | None


@dataclass(frozen=True)
class NoEvidenceThere:
    """For reports and plans: why nothing could be executed, in the claim's own words."""

    code: ClassVar[str] = "no-evidence-there"
    why: Text


@dataclass(frozen=True)
class NothingRun:
    """No cell of the claim has been run."""

    code: ClassVar[str] = "nothing-run"


@dataclass(frozen=True)
class Agreement:
    """All `cells`, which are several, came to the same `verdict`; one of them is shown."""

    code: ClassVar[str] = "agreement"
    verdict: VerdictName
    cells: int
    shown: CellShown


@dataclass(frozen=True)
class PartlyMissedByMachine:
    """`missed` of `cells` miss the figure by what another machine may make up for; one of them is shown."""

    code: ClassVar[str] = "partly-missed-by-machine"
    missed: int
    cells: int
    shown: CellShown


@dataclass(frozen=True)
class RefutedOrMissed:
    """No cell holds: some are refuted, and the others miss the figure by what another machine may make up for.

    `cells`: all of them, a missed one as `depends`. The first refuted one is shown.
    """

    code: ClassVar[str] = "refuted-or-missed"
    cells: tuple[CellVerdict, ...]
    shown: CellShown


@dataclass(frozen=True)
class PartlyOnLayout:
    """In `moved` of `cells` it depends on the layout of the code whether the statement holds; one of them is shown.

    `others`: what the other cells came to.
    """

    code: ClassVar[str] = "partly-on-layout"
    moved: int
    cells: int
    shown: CellShown
    others: tuple[CellVerdict, ...] = ()


@dataclass(frozen=True)
class OpenCells:
    """`open` of `cells`, which are several, have the claim's `verdict`; the first of them is shown.

    `verdict` is inconclusive or untestable. `others`: what the other cells came to.
    """

    code: ClassVar[str] = "open-cells"
    verdict: VerdictName
    open: int
    cells: int
    shown: CellShown
    others: tuple[CellVerdict, ...] = ()


@dataclass(frozen=True)
class Dependence:
    """Some cells are confirmed and others refuted, and it is the case, the toolchain or both that tell which.

    `cells`: the decided ones, by case in the claim's order and then by toolchain in the order of `toolchains`.
    `missed`: those that miss the figure by what another machine may make up for.
    """

    code: ClassVar[str] = "dependence"
    on: Literal["case", "toolchain", "both"]
    cells: tuple[CellVerdict, ...]
    toolchains: tuple[str, ...]
    missed: tuple[CellVerdict, ...] = ()


@dataclass(frozen=True)
class ControlFailed:
    """The cells came to `verdict`, and the control that was known to be `expected` came out otherwise."""

    code: ClassVar[str] = "control-failed"
    verdict: VerdictName
    control: str
    expected: VerdictName
    came_out: VerdictName
    detail: Detail | None


@dataclass(frozen=True)
class NoControl:
    """The cells came to `verdict`, and no control comes out `missing`, which would show that they could have."""

    code: ClassVar[str] = "no-control"
    verdict: VerdictName
    missing: VerdictName


Detail = (
    AsExpected
    | NotAsExpected
    | MissedByMachine
    | DependsOnLayout
    | Undecided
    | ReadAsExpected
    | ReadOtherwise
    | ProcessesDisagree
    | TooFewReadings
    | MachineLacks
    | OnlyContext
    | Several
    | NoEvidenceThere
    | NothingRun
    | Agreement
    | PartlyMissedByMachine
    | RefutedOrMissed
    | PartlyOnLayout
    | OpenCells
    | Dependence
    | ControlFailed
    | NoControl
)


def to_numbers(said: Detail | Cause) -> dict[str, JSON]:
    """The fields as plain data for the feed, beside the code: parts as objects, a detail within as code and numbers.

    JSON knows no infinity and no lone surrogate: the one becomes null, the other is spelt out. Texts are limited.
    """
    return {field.name: _plain(getattr(said, field.name)) for field in fields(said)}


def _plain(value: object) -> JSON:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        text = value.encode("utf-8", "backslashreplace").decode("utf-8")
        return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, Text):
        return {name: _plain(text) for name, text in value.model_dump(exclude_none=True).items()}
    assert is_dataclass(value) and not isinstance(value, type)
    numbers: dict[str, JSON] = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    code = getattr(value, "code", None)
    return numbers if code is None else {"code": code, "numbers": numbers}
