"""No verdict without proof that the experiment could have come out the other way.

A control is the same experiment arranged so that its answer is known. If it comes out otherwise, the
experiment does not measure what it says, and whatever its cells showed proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Control
from macros.verdict.details import ControlFailed, Detail, NoControl
from macros.verdict.finding import OPPOSITE, Finding, Reason


def checked_by_controls(
    claim: Claim,
    finding: Finding,
    cells: Mapping[tuple[str, str], Finding],
    controls: Sequence[tuple[Control, Finding]],
) -> Finding:
    """The claim's finding if its controls bear it out; else inconclusive, saying which control does not.

    `cells`: the claim's own, by (toolchain, case).

    * Every control must have come out as it was known to. One that lacks the same means as the case that it is for
      proves nothing and has nothing to prove: no cell of that case has shown anything.
    * A confirmed claim needs a control that was refuted, and a refuted one a control that was
      confirmed. Where the verdict depends, the cells themselves came out both ways.
    """
    if finding.verdict not in (*OPPOSITE, VerdictName.DEPENDS):
        return finding
    ran = {case for (_, case), cell in cells.items() if cell.verdict is not VerdictName.UNTESTABLE}
    needed = [
        (control, came_out)
        for control, came_out in controls
        if came_out.verdict is not VerdictName.UNTESTABLE or ran.intersection(claim.cases_of(control))
    ]
    for control, came_out in needed:
        if came_out.verdict.value != control.expected:
            known = VerdictName(control.expected)
            return _withheld(
                finding, ControlFailed(finding.verdict, control.name, known, came_out.verdict, came_out.detail)
            )
    other = OPPOSITE.get(finding.verdict)
    if other is not None and not any(control.expected == other.value for control, _ in needed):
        return _withheld(finding, NoControl(finding.verdict, other))
    return finding


def _withheld(finding: Finding, detail: Detail) -> Finding:
    return Finding(VerdictName.INCONCLUSIVE, Reason.CONTROL, detail, finding.alpha)
