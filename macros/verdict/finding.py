"""The judges' answers, as types. Everything in `verdict` is pure: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from macros.claim.fields import VerdictName
from macros.verdict.details import Detail

OPPOSITE = {VerdictName.CONFIRMED: VerdictName.REFUTED, VerdictName.REFUTED: VerdictName.CONFIRMED}
"""Of each decided verdict, the other one."""


class Reason(StrEnum):
    """Why a verdict is not decisive, as a code; the finding's `detail` has the particulars."""

    NONE = ""
    NOISY = "noisy"
    TOO_FEW_RUNS = "too-few-runs"
    NEAR_THRESHOLD = "near-threshold"
    BELOW_RESOLUTION = "below-resolution"
    OUT_OF_BUDGET = "out-of-budget"
    BAD_SESSION = "bad-session"
    DISAGREEMENT = "disagreement"
    CONTROL = "control"
    MISSING_MEANS = "missing-means"
    TOOLCHAIN = "toolchain"
    CASE = "case"
    MACHINE = "machine"
    LAYOUT = "layout"


class Mark(StrEnum):
    """What a reader should know beside a verdict, as a code.

    `marks` decides who gets one; a claim's premises are looked at when all claims are judged (`premises`).
    """

    NEAR_BOUND = "near-bound"
    IN_PART_UNTESTABLE = "in-part-untestable"
    PREMISE_REFUTED = "premise-refuted"
    PREMISE_IN_PART = "premise-in-part"


@dataclass(frozen=True)
class Estimate:
    """A value with its confidence sequence, in `unit`; low and high are None where there is none (few values, text).

    `layouts`: in how many arrangements of the code its processes ran; `layout_share`: what part of their scatter is the
    arrangements', None where that cannot be told.
    """

    value: float | str | bool
    low: float | None
    high: float | None
    unit: str
    n: int
    layouts: int = 1
    layout_share: float | None = None


@dataclass(frozen=True)
class Finding:
    """What one predicate, one cell or one claim came to: numbers and codes, of which `words` makes sentences.

    `detail` is None where nobody will read it: while a cell is still running. `alpha` is the error that it was
    allowed; None: exact. `marks` take nothing away from the verdict.
    """

    verdict: VerdictName
    reason: Reason = Reason.NONE
    detail: Detail | None = None
    alpha: float | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def decided(self) -> bool:
        """Confirmed or refuted."""
        return self.verdict in (VerdictName.CONFIRMED, VerdictName.REFUTED)


@dataclass(frozen=True)
class CellFinding:
    """A cell's verdict, the finding of each expectation that applies, in order, and the estimates.

    Estimates are keyed by metric, by `metric@arm` where several arms print it, and by `metric of/over` for ratios.
    """

    finding: Finding
    expectations: tuple[Finding, ...]
    estimates: dict[str, Estimate]
