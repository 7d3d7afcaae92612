"""When a measured verdict contradicts the one that was written down."""

from __future__ import annotations

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.verdict.finding import Finding, Reason

UNDECIDED = (VerdictName.INCONCLUSIVE, VerdictName.UNTESTABLE)


def contradicts(claim: Claim, measured: Finding, written: VerdictName) -> bool:
    """Whether the two cannot both be right.

    Undecided contradicts nothing, on either side. Nor does a figure that is met here and missed there by no more than
    the claim grants to the machine: that is what the grant says.
    """
    if measured.verdict is written or measured.verdict in UNDECIDED or written in UNDECIDED:
        return False
    granted = any(expectation.machine for expectation in claim.expect)
    met_or_missed = {measured.verdict, written} == {VerdictName.CONFIRMED, VerdictName.DEPENDS}
    by_machine = measured.verdict is VerdictName.CONFIRMED or measured.reason is Reason.MACHINE
    return not (granted and met_or_missed and by_machine)
