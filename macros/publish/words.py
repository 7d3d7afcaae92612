"""Verdicts, kinds and reasons in the words that readers meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from macros.claim.fields import Kind, VerdictName
from macros.verdict.finding import Reason


@dataclass(frozen=True)
class VerdictWords:
    """`icon` is the inside of a 16 by 16 SVG drawn in the current colour; each has a shape of its own."""

    label: str
    meaning: str
    icon: str


VERDICTS: Mapping[VerdictName, VerdictWords] = {
    VerdictName.CONFIRMED: VerdictWords(
        "confirmed",
        "The statement holds under every condition that it speaks of.",
        '<path d="M3 8.5 6.5 12 13 4.5"/>',
    ),
    VerdictName.REFUTED: VerdictWords(
        "refuted",
        "The statement fails under every condition that it speaks of.",
        '<path d="m4 4 8 8M12 4l-8 8"/>',
    ),
    VerdictName.DEPENDS: VerdictWords(
        "depends",
        "It holds under some conditions and fails under others; the page says which.",
        '<path d="M8 14V9L3.5 4.5M8 9l4.5-4.5M3 7.5V4h3.5M9.5 4H13v3.5"/>',
    ),
    VerdictName.INCONCLUSIVE: VerdictWords(
        "inconclusive",
        "The evidence of this run does not decide; the page says why.",
        '<path d="M5.2 6a2.8 2.8 0 1 1 4.2 2.4C8.4 9 8 9.4 8 10.5"/><path d="M8 13.2v.3"/>',
    ),
    VerdictName.UNTESTABLE: VerdictWords(
        "untestable",
        "The machine lacks what the experiment needs; the page names it.",
        '<circle cx="8" cy="8" r="5.5"/><path d="m4.2 4.2 7.6 7.6"/>',
    ),
    VerdictName.UNVERIFIABLE: VerdictWords(
        "unverifiable",
        "The source gives nothing that could be executed; the page says what evidence would change that.",
        '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.2"/><path d="M5.5 8h5"/>',
    ),
}

KINDS: Mapping[Kind, str] = {
    Kind.INSPECT: "decided by looking: at symbols, machine code, files, or what a program prints",
    Kind.MEASURE: "decided by repeated measurement",
    Kind.COMPUTE: "decided by arithmetic on the source's own figures",
    Kind.REPORT: "somebody's experience, given without data or procedure",
    Kind.PLAN: "a statement about the future",
}

REASONS: Mapping[Reason, str] = {
    Reason.NONE: "",
    Reason.NOISY: "the machine was too noisy",
    Reason.TOO_FEW_RUNS: "too few runs",
    Reason.NEAR_THRESHOLD: "too close to the threshold",
    Reason.BELOW_RESOLUTION: "below what can be resolved",
    Reason.OUT_OF_BUDGET: "out of budget",
    Reason.DISAGREEMENT: "processes disagree",
    Reason.MISSING_MEANS: "the machine lacks the means",
    Reason.TOOLCHAIN: "on the toolchain",
    Reason.CASE: "on the case",
    Reason.MACHINE: "on the machine",
}
