"""Predicates about the population of fresh processes: below, above, about and grows, of a metric or of a ratio.

A ratio is judged by the quotients of neighbouring processes in the same round and layout, never by two
separate sessions. Its quantiles are the same as those of its logarithm, so no logarithm is taken.

What a predicate can come to is a row of regions between thresholds: `below 5 ms` has one threshold and is confirmed
below it and refuted above it; a figure that may be missed by a factor because of the machine has a region more, which
says so. A verdict is given when the quantile is known to lie in one region, whatever the layout (`layouts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation, RatioOf
from macros.evidence.observation import Evidence, Sample
from macros.verdict.causes import BusyRounds, Cause, DidNotMeasure, Drifting, MovedByLayout, SessionsDiffer
from macros.verdict.describing import JudgedSample
from macros.verdict.eprocess import Crossing, Sides, locate
from macros.verdict.finding import Finding, Reason
from macros.verdict.layouts import ByLayout
from macros.verdict.marks import of_predicate
from macros.verdict.policy import Policy
from macros.verdict.quantities import CannotJudge, figures
from macros.verdict.resolution import unresolved
from macros.verdict.sessions import Exposure, Quietness, drifting, exposure, mixed

_CONFIRMED, _REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED


def series(claim: Claim, expectation: Expectation, evidence: Evidence) -> list[Sample]:
    """What is judged, one number a process or pair, in order of time."""
    if expectation.ratio is not None:
        return quotients(expectation.ratio, evidence)
    arm = claim.metrics[expectation.subject].arm
    found = evidence.series(expectation.subject, arm)
    texts = [sample.value for sample in found if isinstance(sample.value, (str, bool))]
    if texts:
        raise CannotJudge(f"{expectation.subject} reads {texts[0]!r}, and {expectation.predicate} needs numbers")
    arms = {seen.arm for seen in evidence.observations if expectation.subject in seen.readings}
    if arm is None and len(arms) > 1:
        raise CannotJudge(
            f"{expectation.subject} is printed by the arms {', '.join(sorted(arms))}; name one, or a ratio"
        )
    return found


def quotients(ratio: RatioOf, evidence: Evidence) -> list[Sample]:
    """The ratio of each pair. Raises CannotJudge where the divisor is not above zero."""
    found = []
    for pair in evidence.pairs(ratio.metric, ratio.of, ratio.over):
        left, right = (evidence.observations[place] for place in pair)
        of, over = (float(seen.readings[ratio.metric]) for seen in (left, right))
        if over <= 0 or of < 0:
            raise CannotJudge(
                f"the ratio of {ratio.metric} of {ratio.of} ({of:g}) over {ratio.over} ({over:g}) says nothing"
            )
        found.append(Sample(of / over, left.round, left.layout, pair))
    return found


def regions(
    claim: Claim, expectation: Expectation, policy: Policy, *, lenient: bool = True
) -> tuple[tuple[float, ...], tuple[VerdictName, ...]]:
    """Thresholds from low to high, and what a quantile below, between and above them means: one verdict more.

    `lenient` False leaves the machine's region out: a control's answer is known on any machine.
    """
    ends = figures(claim, expectation, policy)
    verdicts = {
        "below": (_CONFIRMED, _REFUTED),
        "above": (_REFUTED, _CONFIRMED),
        "about": (_REFUTED, _CONFIRMED, _REFUTED),
        "linear": (_REFUTED, _CONFIRMED, _REFUTED),
        "faster": (_REFUTED, _CONFIRMED),
        "slower": (_CONFIRMED, _REFUTED),
    }[str(expectation.grows) if expectation.predicate == "grows" else expectation.predicate]
    if expectation.machine is None or not lenient:
        return ends, verdicts
    factor = expectation.machine.factor
    if verdicts[0] is _REFUTED:
        ends, verdicts = (ends[0] / factor, *ends), (_REFUTED, VerdictName.DEPENDS, *verdicts[1:])
    if verdicts[-1] is _REFUTED:
        ends, verdicts = (*ends, ends[-1] * factor), (*verdicts[:-1], VerdictName.DEPENDS, _REFUTED)
    return ends, verdicts


def judge_statistical(
    claim: Claim,
    expectation: Expectation,
    evidence: Evidence,
    policy: Policy,
    *,
    quiet: Quietness,
    alpha: float,
    final: bool,
    lenient: bool = True,
) -> Finding:
    """One predicate's finding at error `alpha`.

    `quiet`: of the whole evidence. `final`: no more processes will come, so say why it is undecided.
    """
    samples = series(claim, expectation, evidence)
    values = [float(sample.value) for sample in samples]
    ends, verdicts = regions(claim, expectation, policy, lenient=lenient)
    way = exposure(claim, expectation)
    sides = eligible(samples, quiet, way)
    # Each threshold may be mistaken on either side, so each is given its part of the error.
    crossings = [locate(values, end, expectation.quantile, alpha / len(ends), sides) for end in ends]
    verdict = _between(crossings, verdicts)
    judged = JudgedSample(claim, expectation, ends, verdicts, values, sides, alpha, final)
    by_layout = ByLayout.of(samples, expectation.quantile)
    believed = quiet.bad is None and not mixed(evidence)
    if believed and by_layout.disagree(ends, verdicts, policy, sides):
        return judged.on_layout(len(by_layout.groups), by_layout.ends)
    if verdict is None:
        if not final:
            return Finding(VerdictName.INCONCLUSIVE, Reason.TOO_FEW_RUNS, None, alpha)
        blank = sum(not seen.readings for seen in evidence.observations)
        if blank:
            return judged.undecided(Reason.BAD_SESSION, DidNotMeasure(blank))
        return judged.undecided(*_why_open(judged, quiet, way, policy))
    cause = _unbelievable(crossings, evidence, values, quiet, way, policy)
    if cause is not None:
        return judged.undecided(Reason.BAD_SESSION, cause)
    if expectation.resolution is not None:
        cause = unresolved(claim, expectation, evidence, policy, alpha)
        if cause is not None:
            return judged.undecided(Reason.BELOW_RESOLUTION, cause)
    if by_layout.differ(policy.layouts_differ_error) and not by_layout.holds_beyond(ends, verdicts):
        return judged.undecided(Reason.NEAR_THRESHOLD, MovedByLayout(len(by_layout.groups), *by_layout.ends))
    finding = judged.decided(verdict)
    return replace(finding, marks=of_predicate(finding.detail, policy.near_bound))


def eligible(samples: Sequence[Sample], quiet: Quietness, way: Exposure) -> Sides | None:
    """Which values count on which side: those of loud processes only for what a busy machine cannot cause."""
    if not quiet.loud:
        return None
    return [
        (
            way.low_values_stand or not quiet.loud.intersection(sample.processes),
            way.high_values_stand or not quiet.loud.intersection(sample.processes),
        )
        for sample in samples
    ]


def _between(crossings: Sequence[Crossing | None], verdicts: Sequence[VerdictName]) -> VerdictName | None:
    """The verdict of the region in which the quantile is known to lie; None where that is open.

    A verdict on both sides of an open threshold is known all the same.
    """
    lowest, highest = 0, len(crossings)
    for index, crossing in enumerate(crossings):
        if crossing is not None and not crossing.below:
            lowest = max(lowest, index + 1)
        if crossing is not None and crossing.below:
            highest = min(highest, index)
    possible = set(verdicts[lowest : highest + 1])
    return possible.pop() if len(possible) == 1 else None


def _unbelievable(
    crossings: Sequence[Crossing | None],
    evidence: Evidence,
    values: Sequence[float],
    quiet: Quietness,
    way: Exposure,
    policy: Policy,
) -> Cause | None:
    """Why a decisive verdict must not be given after all; None where it may."""
    different = mixed(evidence)
    if different:
        return SessionsDiffer(tuple(different))
    leans_low = any(crossing is not None and crossing.below for crossing in crossings)
    leans_high = any(crossing is not None and not crossing.below for crossing in crossings)
    stands = (way.low_values_stand or not leans_low) and (way.high_values_stand or not leans_high)
    if stands:
        return None
    if quiet.bad is not None:
        return quiet.bad
    return Drifting() if drifting(values, policy) else None


def _why_open(judged: JudgedSample, quiet: Quietness, way: Exposure, policy: Policy) -> tuple[Reason, Cause]:
    budget = judged.short_of_budget()
    if budget is not None:
        return Reason.OUT_OF_BUDGET, budget
    if quiet.bad is not None and way is not Exposure.NONE:
        return Reason.BAD_SESSION, quiet.bad
    if quiet.loud and way is not Exposure.NONE and not judged.bounded():
        return Reason.BAD_SESSION, BusyRounds(len(quiet.rounds))
    if not judged.bounded() and drifting(judged.values, policy):
        return Reason.BAD_SESSION, Drifting()
    return judged.why_open(policy.near)
