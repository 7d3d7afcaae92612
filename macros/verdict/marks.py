"""What readers should know beside a verdict, and which takes nothing away from it.

*Near its bound*: the interval that was judged lies on one side of the figure, and would not have if the figure had been
less or more by a factor that the policy fixes. What shifts all runs of a session alike, such as the arrangement of the
code in memory or another processor, is of that size, and no interval can show it. A slope has no factor; its bound is
near where the two powers differ by less than the factor over a tenfold size. Counts and texts are exact and never near.

*In part untestable*: a cell that the statement covers could not run on this machine, and others could.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from macros.claim.fields import VerdictName
from macros.verdict.details import AsExpected, Detail, MissedByMachine, NotAsExpected
from macros.verdict.finding import Finding, Mark

_DECISIVE = (VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS)


def of_predicate(detail: Detail | None, factor: float) -> tuple[Mark, ...]:
    """The marks of a decided predicate. `factor`: the policy's."""
    if not isinstance(detail, (AsExpected, NotAsExpected, MissedByMachine)):
        return ()
    measured, predicate = detail.measured, detail.predicate
    span = [value for value in (measured.low, measured.value, measured.high) if value is not None]
    slope = predicate.name == "grows"
    return (Mark.NEAR_BOUND,) if any(_near(span, end, factor, slope=slope) for end in predicate.ends) else ()


def of_cell(verdict: VerdictName, findings: Sequence[Finding]) -> tuple[Mark, ...]:
    """The marks of a cell that came to `verdict` by its expectations' `findings`.

    It is confirmed by all of them, so one that is near makes it near; it is refuted, or missed, by any, so all of those
    must be near.
    """
    telling = [Mark.NEAR_BOUND in finding.marks for finding in findings if finding.verdict is verdict]
    near = any(telling) if verdict is VerdictName.CONFIRMED else verdict in _DECISIVE and bool(telling) and all(telling)
    return (Mark.NEAR_BOUND,) if near else ()


def of_claim(verdict: VerdictName, cells: Collection[Finding]) -> tuple[Mark, ...]:
    """The marks of a claim that came to `verdict`, from those of its cells; cells shown for context are not among them.

    Any decisive cell that came out the other way would give another verdict, so one that is near makes the claim near.
    """
    near = verdict in _DECISIVE and any(_given(Mark.NEAR_BOUND, cells))
    untestable = [finding.verdict is VerdictName.UNTESTABLE for finding in cells]
    marks = {Mark.NEAR_BOUND: near, Mark.IN_PART_UNTESTABLE: any(untestable) and not all(untestable)}
    return tuple(mark for mark, given in marks.items() if given)


def _given(mark: Mark, findings: Iterable[Finding]) -> Iterable[bool]:
    return (given is mark for given in chain.from_iterable(finding.marks for finding in findings))


def _near(span: Sequence[float], end: float, factor: float, *, slope: bool) -> bool:
    """Whether `span`, a value with the known ends of its interval, reaches to within the factor of `end`."""
    if span and min(span) <= end <= max(span):
        return True
    if slope:
        return any(abs(value - end) <= math.log10(factor) for value in span)
    return end != 0 and any(1 / factor <= value / end <= factor for value in span)
