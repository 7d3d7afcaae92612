"""The weakest point of a decided claim: what is most likely to be wrong if its verdict is.

It is chosen by rule, the gravest first, from what the results themselves show, and from what other people's machines
showed; nobody writes it for a claim. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from macros.results.catalogue import ClaimResult
from macros.results.elsewhere import Elsewhere, architectures_that_agree, models_that_agree
from macros.verdict.contradiction import UNDECIDED
from macros.verdict.finding import Mark

AGREEING = 2
"""So many models of processor must come to a verdict before it is no longer that of one machine."""


class Weakness(StrEnum):
    """Why to doubt a verdict, the gravest reason first."""

    NEAR_BOUND = "near-bound"
    ANALYSES = "analyses"
    UNFLIPPED = "unflipped"
    IN_PART = "in-part"
    READING = "reading"
    ONE_MACHINE = "one-machine"
    ONE_BUILD = "one-build"


def weakest(result: ClaimResult, others: Sequence[Elsewhere] = ()) -> Weakness | None:
    """The gravest reason that applies; None for a verdict that is not decided, or without an experiment, or to which
    machines of two architectures came and which has no other weakness.

    `others`: what other people's machines showed of the claim.
    """
    claim, finding = result.claim, result.finding
    if claim.experiment is None or finding.verdict in UNDECIDED:
        return None
    applies = {
        Weakness.NEAR_BOUND: Mark.NEAR_BOUND in finding.marks,
        Weakness.ANALYSES: bool(result.analyses and result.analyses.failing),
        Weakness.UNFLIPPED: bool(result.unflipped),
        Weakness.IN_PART: Mark.IN_PART_UNTESTABLE in finding.marks,
        Weakness.READING: claim.source.assumption is not None,
        Weakness.ONE_MACHINE: claim.statistical and len(models_that_agree(result, others)) < AGREEING,
        Weakness.ONE_BUILD: len(architectures_that_agree(result, others)) < AGREEING,
    }
    return next((reason for reason, so in applies.items() if so), None)
