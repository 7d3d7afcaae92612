"""English: the words for verdicts, kinds and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.fields import Kind, VerdictName
from macros.verdict.finding import Reason

VERDICTS: Mapping[VerdictName, tuple[str, str]] = {
    VerdictName.CONFIRMED: ("confirmed", "The statement holds under every condition that it speaks of."),
    VerdictName.REFUTED: ("refuted", "The statement fails under every condition that it speaks of."),
    VerdictName.DEPENDS: ("depends", "It holds under some conditions and fails under others; the page says which."),
    VerdictName.INCONCLUSIVE: ("inconclusive", "The evidence of this run does not decide; the page says why."),
    VerdictName.UNTESTABLE: ("untestable", "The machine lacks what the experiment needs; the page names it."),
    VerdictName.UNVERIFIABLE: (
        "unverifiable",
        "The source gives nothing that could be executed; the page says what evidence would change that.",
    ),
}
"""Each verdict's word, and what it says of a statement."""

KINDS: Mapping[Kind, str] = {
    Kind.INSPECT: "decided by looking: at symbols, machine code, files, or what a program prints",
    Kind.MEASURE: "decided by repeated measurement",
    Kind.COMPUTE: "decided by arithmetic on the source’s own figures",
    Kind.REPORT: "somebody’s experience, given without data or procedure",
    Kind.PLAN: "a statement about the future",
}
"""How a claim of each kind is decided."""

REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.NONE: ("", ""),
    Reason.NOISY: (
        "the machine was too noisy",
        "The runs scatter so widely that the interval reaches over the figure. More runs would help.",
    ),
    Reason.TOO_FEW_RUNS: ("too few runs", "At this level of error so few runs cannot decide, whatever they show."),
    Reason.NEAR_THRESHOLD: (
        "too close to the threshold",
        "The interval is narrow and lies on the figure: it would take very many runs to tell.",
    ),
    Reason.BELOW_RESOLUTION: (
        "below what can be resolved",
        "The value cannot be distinguished from that of the empty loop, or the machine code does not show the "
        "operation in the loop.",
    ),
    Reason.OUT_OF_BUDGET: (
        "out of budget",
        "The time that the claim allows itself was over before the runs could decide.",
    ),
    Reason.BAD_SESSION: (
        "the session was bad",
        "The machine was busy, the null control saw a difference where there is none, the values drifted, or the runs "
        "come from two machines: what needs a quiet session is not believed.",
    ),
    Reason.DISAGREEMENT: (
        "processes disagree",
        "Fresh processes of the same program do not agree on what should be exact.",
    ),
    Reason.CONTROL: (
        "a control failed",
        "A control did not come out as it is known to, so the experiment proves nothing today.",
    ),
    Reason.MISSING_MEANS: (
        "the machine lacks the means",
        "The machine lacks what the experiment needs; the verdict is untestable, and names it.",
    ),
    Reason.TOOLCHAIN: ("on the toolchain", "The statement holds in some toolchains and fails in others."),
    Reason.CASE: ("on the case", "It holds under some of the conditions and fails under others."),
    Reason.MACHINE: (
        "on the machine",
        "The figure is missed by less than a factor, fixed beforehand, that another machine could make up for.",
    ),
}
"""Each reason as a short phrase, and in a sentence with what would help."""

WITNESSES: Mapping[str, str] = {
    "latency": "probe: chain of multiplications",
    "throughput": "probe: independent additions",
    "loads": "probe: dependent loads",
    "bandwidth": "probe: sum over memory",
    "stretch": "probe: longer than a scheduler’s slice, before the process",
    "stretch_after": "probe: longer than a scheduler’s slice, after the process",
    "others_here": "time of its own processors that others used",
    "others_elsewhere": "time of the other processors that others used",
    "stolen": "time that the hypervisor gave to others",
    "stalled": "time in which memory or a device kept something waiting",
    "unwatched": "processes whose sentinel did not come to its end",
}
"""What each of the sentinel's witnesses reads."""
