"""Whether each case's verdicts are borne out by a control that flips them.

A control bears a case's verdict out if it departs from the case, or stands for it, and comes out the other way. Where
the case holds in some toolchains and fails in others there are two verdicts to bear out, and a control says something
only of the side on which it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Control
from macros.verdict.finding import OPPOSITE, Finding


@dataclass(frozen=True)
class Unflipped:
    """A verdict of a case, in these toolchains, that no control flips there.

    `undecided`: the controls that are there to flip it, but came out open.
    """

    case: str
    verdict: VerdictName
    toolchains: tuple[str, ...]
    undecided: tuple[str, ...] = ()

    @property
    def wanted(self) -> VerdictName:
        """What a control must come out as."""
        return OPPOSITE[self.verdict]


def unflipped(
    claim: Claim, cells: Mapping[tuple[str, str], Finding], controls: Sequence[tuple[Control, str, Finding]]
) -> list[Unflipped]:
    """The decided verdicts of judged cases that no control bears out, in the claim's order.

    `cells` by (toolchain, case), in the order of toolchains. `controls`: each with its toolchain, and what came out.
    """
    found = []
    for case in (case.name for case in claim.cases if not case.context):
        sides = {finding.verdict for (_, of), finding in cells.items() if of == case and finding.decided}
        for verdict, wanted in OPPOSITE.items():
            there = tuple(
                toolchain for (toolchain, of), finding in cells.items() if of == case and finding.verdict is verdict
            )
            flipping = [
                (control.name, finding)
                for control, toolchain, finding in controls
                if case in claim.cases_of(control) and control.expected == wanted.value
                if len(sides) == 1 or toolchain in there
            ]
            if there and not any(finding.verdict is wanted for _, finding in flipping):
                undecided = tuple(name for name, finding in flipping if not finding.decided)
                found.append(Unflipped(case, verdict, there, undecided))
    return found


def verdicts_of_cases(claim: Claim, cells: Mapping[tuple[str, str], Finding]) -> int:
    """How many decided verdicts its judged cases have: one for each, or two where it depends on the toolchain."""
    judged = {case.name for case in claim.cases if not case.context}
    return len({(case, one.verdict) for (_, case), one in cells.items() if case in judged and one.decided})
