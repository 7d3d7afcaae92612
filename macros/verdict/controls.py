"""No verdict without proof that the experiment could have come out the other way.

A control is the same experiment arranged so that its answer is known. If it comes out otherwise, the
experiment does not measure what it says, and whatever its cells showed proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from macros.claim.fields import VerdictName
from macros.claim.model import Control
from macros.verdict.finding import Finding, Reason

_OTHER = {VerdictName.CONFIRMED: VerdictName.REFUTED, VerdictName.REFUTED: VerdictName.CONFIRMED}


def proved(finding: Finding, controls: Sequence[tuple[Control, Finding]]) -> Finding:
    """The claim's finding if its controls bear it out; else inconclusive, saying which control does not.

    * Every control must have come out as it was known to.
    * A confirmed claim needs a control that was refuted, and a refuted one a control that was
      confirmed. Where the verdict depends, the cells themselves came out both ways.
    """
    if finding.verdict not in (*_OTHER, VerdictName.DEPENDS):
        return finding
    for control, came_out in controls:
        if came_out.verdict.value != control.expected:
            return _withheld(
                finding,
                f"the control {control.name} was known to be {control.expected} and came out {came_out.verdict.value}"
                + (f": {came_out.detail}" if came_out.detail else ""),
            )
    other = _OTHER.get(finding.verdict)
    if other is not None and not any(control.expected == other.value for control, _ in controls):
        return _withheld(finding, f"no control of it comes out {other.value}")
    return finding


def _withheld(finding: Finding, why: str) -> Finding:
    detail = f"its cells say {finding.verdict.value}, but {why}"
    return Finding(VerdictName.INCONCLUSIVE, Reason.CONTROL, detail, finding.alpha)
