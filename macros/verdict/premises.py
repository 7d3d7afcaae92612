"""What a failing premise means for what rests on it.

The source's argument for a statement is one thing and its truth another. So a premise that is refuted takes nothing
away from the verdict of what rests on it: both are told so. What only the machine or the layout of the code decides may
hold elsewhere; such a premise is open, as one is that was not decided.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from macros.claim.fields import VerdictName
from macros.verdict.finding import Finding, Mark, Reason


class Relation(StrEnum):
    """What is said of other claims beside one, as a code."""

    RESTS_ON = "rests-on"
    PREMISE_OF = "premise-of"
    CARRIES_NOTHING = "carries-nothing"
    CARRIES_IN_PART = "carries-in-part"


def carries(premise: Finding) -> Relation | None:
    """What is said of a premise that fails; None of one that holds or is open."""
    if premise.verdict is VerdictName.REFUTED:
        return Relation.CARRIES_NOTHING
    if premise.verdict is VerdictName.DEPENDS and premise.reason in (Reason.TOOLCHAIN, Reason.CASE):
        return Relation.CARRIES_IN_PART
    return None


def of_premises(premises: Collection[Finding]) -> tuple[Mark, ...]:
    """The mark of what rests on these: the worst of them tells."""
    said = {carries(premise) for premise in premises}
    if Relation.CARRIES_NOTHING in said:
        return (Mark.PREMISE_REFUTED,)
    return (Mark.PREMISE_IN_PART,) if Relation.CARRIES_IN_PART in said else ()
