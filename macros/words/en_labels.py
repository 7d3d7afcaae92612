"""English: the words for verdicts, kinds and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.fields import Kind, VerdictName
from macros.results.weakest import Weakness
from macros.verdict.alternatives import AnalysisName
from macros.verdict.finding import Mark, Reason
from macros.verdict.mutants import Change, ChangeKind, Excuse
from macros.verdict.premises import Relation
from macros.words import figures

VERDICTS: Mapping[VerdictName, tuple[str, str]] = {
    VerdictName.CONFIRMED: ("confirmed", "The statement holds under every condition that it covers."),
    VerdictName.REFUTED: ("refuted", "The statement fails under every condition that it covers."),
    VerdictName.DEPENDS: ("depends", "It holds under some conditions and fails under others; the page says which."),
    VerdictName.INCONCLUSIVE: ("inconclusive", "The evidence of this run does not decide; the page says why."),
    VerdictName.UNTESTABLE: ("untestable", "The machine lacks what the experiment needs; the page says what."),
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
        "The runs scatter so widely that the interval includes the figure. More runs would help.",
    ),
    Reason.TOO_FEW_RUNS: (
        "too few runs",
        "At this level of error, so few runs could not decide even if they all agreed.",
    ),
    Reason.NEAR_THRESHOLD: (
        "too close to the threshold",
        "The interval is narrow and includes the figure, so it would take very many runs to tell them apart. Or the "
        "layout of the code in memory moves the value by as much as its distance from the figure.",
    ),
    Reason.BELOW_RESOLUTION: (
        "below what can be resolved",
        "The value cannot be distinguished from that of the empty loop, or the machine code does not show the "
        "operation in the loop.",
    ),
    Reason.OUT_OF_BUDGET: (
        "out of budget",
        "The claim’s time budget was used up before the runs could decide.",
    ),
    Reason.BAD_SESSION: (
        "the session was bad",
        "The machine was busy, the null control saw a difference where there is none, the values drifted, or the runs "
        "come from two machines. Results that need a quiet session are not believed.",
    ),
    Reason.DISAGREEMENT: (
        "processes disagree",
        "Fresh processes of the same program do not agree on what should be exact.",
    ),
    Reason.CONTROL: (
        "a control failed",
        "A control did not come out as it must, so this run of the experiment proves nothing.",
    ),
    Reason.MISSING_MEANS: (
        "the machine lacks the means",
        "The machine lacks what the experiment needs. The verdict is untestable and says what is missing.",
    ),
    Reason.TOOLCHAIN: ("on the toolchain", "The statement holds in some toolchains and fails in others."),
    Reason.CASE: ("on the case", "It holds under some of the conditions and fails under others."),
    Reason.MACHINE: (
        "on the machine",
        "The figure is missed by less than a factor fixed beforehand, which another machine could make up for.",
    ),
    Reason.LAYOUT: (
        "on the layout",
        "The same source holds in some arrangements of its code in memory and fails in others.",
    ),
}
"""Each reason as a short phrase, and in a sentence with what would help."""

MARKS: Mapping[Mark, tuple[str, str]] = {
    Mark.NEAR_BOUND: (
        "near its bound",
        "The margin is so small that another machine, or another arrangement of the code in memory, could reverse the "
        "verdict.",
    ),
    Mark.IN_PART_UNTESTABLE: (
        "in part untestable",
        "This machine lacks what some of the conditions need; only the others could be tried.",
    ),
    Mark.PREMISE_REFUTED: (
        "premise refuted",
        "The source argues for this statement from another one, which is refuted. Whatever the verdict here, that "
        "argument fails.",
    ),
    Mark.PREMISE_IN_PART: (
        "premise holds in part",
        "The source argues for this statement from another one, which holds only under some conditions. So does that "
        "argument.",
    ),
}
"""Each mark as a short phrase, and in a sentence."""

RELATIONS: Mapping[Relation, str] = {
    Relation.RESTS_ON: "Premises of this statement",
    Relation.PREMISE_OF: "Statements that rest on this one",
    Relation.CARRIES_NOTHING: (
        "This statement is refuted, so the source’s argument for the ones that rest on it fails, whatever their own "
        "verdicts are."
    ),
    Relation.CARRIES_IN_PART: (
        "This statement holds only under some conditions, and so does the source’s argument for the ones that rest on "
        "it."
    ),
}
"""What is said of other claims: two labels, and two sentences on the page of a premise that fails."""

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
    "unwatched": "processes whose sentinel did not finish",
}
"""What each of the sentinel's witnesses reads."""


ANALYSES: Mapping[AnalysisName, tuple[str, str]] = {
    AnalysisName.MEAN: (
        "the mean",
        "The mean in place of the median; the geometric one where all values are above zero.",
    ),
    AnalysisName.HODGES_LEHMANN: (
        "the Hodges–Lehmann estimate",
        "The median of the means of all pairs of values, which uses every value and follows no outlier.",
    ),
    AnalysisName.HARRELL_DAVIS: (
        "the Harrell–Davis estimate",
        "The quantile as a weighted mean of all values in order, instead of the one or two in its place.",
    ),
    AnalysisName.MINIMUM: (
        "the least disturbed value",
        "The shortest time or the highest rate, since other work on the machine only adds time; for a ratio, the "
        "quotient of the two. Not counted where it could only agree: if the median is below a figure, so is the "
        "shortest time.",
    ),
    AnalysisName.UNPAIRED: (
        "unpaired",
        "The quotient of the two medians in place of the median of the pairs’ quotients.",
    ),
    AnalysisName.WITHOUT_FIRST: ("without the first part", "Without the runs at the start of the session."),
    AnalysisName.SECOND_HALF: ("the second half", "Only the later half of the runs."),
    AnalysisName.FIXED_SAMPLE: (
        "the fixed-sample interval",
        "The textbook’s interval of the median, which assumes a number of runs fixed in advance, with rounds "
        "instead of runs as its units. Not counted where there are too few rounds for one.",
    ),
    AnalysisName.TOLERANCE: ("another tolerance", "The figures that decide the verdict are moved against it."),
    AnalysisName.QUIET_ONLY: (
        "quiet runs only",
        "Without the runs beside which the machine was busy. Not counted where there were none.",
    ),
    AnalysisName.LAYOUTS: (
        "one layout left out",
        "Without each arrangement of the code in memory in turn. Not counted where there is only one.",
    ),
}
"""Each other analysis as a short phrase, and what it does in a sentence."""


def witness(name: str) -> str:
    """A probe's name ends with the number of processors that it runs on."""
    name, _, processors = name.partition("/")
    what = WITNESSES.get(name, name)
    return f"{what}, {processors} processor{'' if processors == '1' else 's'}" if processors else what


def change(change: Change) -> str:
    """What was done to a statement to falsify it."""
    by = figures.plain(change.by)
    return {
        ChangeKind.TIMES: f"figure times {by}",
        ChangeKind.DIVIDED: f"figure divided by {by}",
        ChangeKind.PLUS: f"figure plus {by}",
        ChangeKind.LESS: f"figure minus {by}",
        ChangeKind.TURNED: "inequality reversed",
        ChangeKind.GROWTH: f"growth replaced by `{change.to}`",
        ChangeKind.PATTERN: "pattern replaced",
        ChangeKind.WORD: "word replaced",
        ChangeKind.TRUTH: "truth value reversed",
    }[change.kind]


def excuse(found: Excuse) -> str:
    """Why a falsified statement that is confirmed as well is no defect, as a clause."""
    met = f"the bound is met by more than a factor of {figures.plain(found.factor)}"
    return f"{met}, so the mutated statement is true as well"


WEAKNESSES: Mapping[Weakness, str] = {
    Weakness.NEAR_BOUND: (
        "The value lies close to its bound. Another machine, another day or another layout of the code could give the "
        "other verdict."
    ),
    Weakness.ANALYSES: "The same samples, analysed in another defensible way, do not give this verdict.",
    Weakness.UNFLIPPED: (
        "No control of this claim came out the other way for every verdict that it gives. So for some of them it was "
        "not shown that the experiment could have said the opposite."
    ),
    Weakness.IN_PART: "A part of what the statement covers could not be run on this machine.",
    Weakness.READING: "How we read the source’s words. Under “What we assume” is the reading; another could differ.",
    Weakness.ONE_MACHINE: "The machine. All of it was timed on one model of processor, and another may differ.",
    Weakness.ONE_BUILD: (
        "The platform. Each release was looked at in one build for one architecture; others may differ."
    ),
}
"""Each reason to doubt a verdict, in a sentence."""
