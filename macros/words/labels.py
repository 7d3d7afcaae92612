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
    Reason.BAD_SESSION: "the session was bad",
    Reason.DISAGREEMENT: "processes disagree",
    Reason.CONTROL: "a control did not come out",
    Reason.MISSING_MEANS: "the machine lacks the means",
    Reason.TOOLCHAIN: "on the toolchain",
    Reason.CASE: "on the case",
    Reason.MACHINE: "on the machine",
}

REASON_MEANINGS: Mapping[Reason, str] = {
    Reason.NOISY: "The runs scatter so widely that the interval reaches over the figure. More runs would help.",
    Reason.TOO_FEW_RUNS: "At this level of error so few runs cannot decide, whatever they show.",
    Reason.NEAR_THRESHOLD: "The interval is narrow and lies on the figure: it would take very many runs to tell.",
    Reason.BELOW_RESOLUTION: "The value cannot be told from that of the empty loop, or the machine code does not "
    "show the operation in the loop.",
    Reason.OUT_OF_BUDGET: "The time that the claim allows itself was over before the runs could decide.",
    Reason.BAD_SESSION: "The machine was busy, the null control saw a difference where there is none, the values "
    "drifted, or the runs come from two machines: what needs a quiet session is not believed.",
    Reason.DISAGREEMENT: "Fresh processes of the same program do not agree on what should be exact.",
    Reason.CONTROL: "A control did not come out as it is known to, so the experiment proves nothing today.",
    Reason.MISSING_MEANS: "The machine lacks what the experiment needs; the verdict is untestable, and names it.",
    Reason.TOOLCHAIN: "The statement holds in some Go releases and fails in others.",
    Reason.CASE: "It holds under some of the conditions and fails under others.",
    Reason.MACHINE: "The figure is missed by less than a factor, fixed beforehand, that another machine may make "
    "up for.",
}
