"""In how many arrangements of its code in memory a claim is measured. Pure.

One build is one arrangement, which may shift a time by more than anything that the claim is about; a size is the same
in all of them. A plain number may be a quotient of times, so it is taken for one.
"""

from __future__ import annotations

from macros.claim import units
from macros.claim.model import Claim

USUAL = 4


def layouts_of(claim: Claim) -> int:
    """How many layouts each of the claim's cells is built in; 1 stands for the compiler's own."""
    if claim.experiment is None or not claim.statistical:
        return 1
    if claim.experiment.layouts is not None:
        return claim.experiment.layouts.count
    judged = (claim.metrics[each.subject].unit or "" for each in claim.expect if each.statistical)
    return USUAL if any(map(_may_be_of_time, judged)) else 1


def _may_be_of_time(unit: str) -> bool:
    return unit in ("", "%") or units.power_of_time(unit) != 0
