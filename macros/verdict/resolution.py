"""Single nanoseconds: is the figure the operation's, or the loop's around it?

A loop that counts to a thousand takes time too, and a compiler may have moved the operation out of it. So the figure
stands only where the machine code shows the operation inside the loop, and where the loop with it takes surely longer
than the loop without it.
"""

from __future__ import annotations

import math

from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence
from macros.verdict.causes import Cause, LikeEmptyLoop, NoEmptyLoop, OperationNotInCode
from macros.verdict.eprocess import locate, sample_quantile
from macros.verdict.policy import Policy
from macros.verdict.quantities import CannotJudge


def unresolved(
    claim: Claim, expectation: Expectation, evidence: Evidence, policy: Policy, alpha: float
) -> Cause | None:
    """Why the figure cannot be told from the empty loop's; None where it can."""
    resolution = expectation.resolution
    assert resolution is not None
    counts = evidence.sample(resolution.code)
    if not counts or any(isinstance(count, (str, bool)) or count < 1 for count in counts):
        return OperationNotInCode(resolution.code)
    arm = claim.metrics[expectation.subject].arm
    quotients = []
    for seen in evidence.observations:
        if arm in (None, seen.arm) and expectation.subject in seen.readings and resolution.floor in seen.readings:
            value, floor = seen.readings[expectation.subject], seen.readings[resolution.floor]
            if isinstance(floor, (str, bool)) or isinstance(value, (str, bool)):
                raise CannotJudge(f"{resolution.floor} and {expectation.subject} must be numbers to be compared")
            quotients.append(value / floor if floor > 0 else float("inf"))
    if not quotients:
        return NoEmptyLoop(resolution.floor)
    crossing = locate(quotients, policy.resolved, 0.5, alpha)
    if crossing is not None and not crossing.below:
        return None
    ratio = sample_quantile(quotients, 0.5)
    return LikeEmptyLoop(ratio if math.isfinite(ratio) else None, policy.resolved)
