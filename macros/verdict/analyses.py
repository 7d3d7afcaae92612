"""Each measured verdict once more, from the same samples, by other analyses that are as defensible as ours. Our stance:

* Which analyses there are, what each takes as its estimate and when it applies was decided before any result was
  looked at. None is there to agree, and none replaces the verdict: what does not hold in all of them is said.
* An analysis gives one number or several, and holds where all of them lie in one region of the same verdict. Estimates
  spend no error and cannot fail for want of runs, but by chance where the true value is near its bound. One that fails
  does not say that the verdict is wrong: it says what the verdict rests on.
* One that would be right by its making, or has nothing to go on, does not apply and is not counted: the least time is
  below a bound whenever the median is, and where no process was loud nothing can be left out.

What each can show:

* MEAN, HODGES_LEHMANN, HARRELL_DAVIS: that the verdict does not hang on the median being the estimate of the centre.
  A mean that disagrees may be right about another quantity: a few slow processes carry it, and not the median.
* MINIMUM: what the code takes where the machine disturbs it least, since contention only adds. Of a time whose
  processes differ for reasons of their own it says too little, and of a tail or a plain number nothing: there it does
  not apply.
* UNPAIRED: that a ratio does not hang on which processes were paired.
* WITHOUT_FIRST, SECOND_HALF: that it is not the start of the session, or a drift through it, that was measured.
* FIXED_SAMPLE: what a textbook does that knows neither stopping rules nor the catalogue's share of the error: the
  interval between two order statistics, with rounds and not processes as its units. It alone can fail for want of
  runs: where the processes of a round are alike, they were taken for more witnesses than they are.
* TOLERANCE: that the verdict does not hang on the exact figure. It fails for every value within the tolerance of its
  bound, however sure the verdict is.
* QUIET_ONLY, LAYOUTS: that neither the loud processes nor any one arrangement of the code decided it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence
from macros.verdict.alternatives import AnalysisName, Tried, again
from macros.verdict.finding import Finding, Reason
from macros.verdict.policy import DEFAULT, Policy


@dataclass(frozen=True)
class Analyses:
    """In which of the other analyses that apply a cell or a claim keeps its verdict, and in which it does not.

    `why`: of a cell, what the failing ones found; empty for a claim, whose cells have it.
    """

    standing: tuple[AnalysisName, ...]
    failing: tuple[AnalysisName, ...] = ()
    why: tuple[Tried, ...] = ()

    @property
    def stands_in(self) -> int:
        return len(self.standing)

    @property
    def of(self) -> int:
        """How many apply."""
        return len(self.standing) + len(self.failing)


def analyses_of_cell(
    claim: Claim,
    case: str,
    evidence: Evidence,
    verdict: VerdictName,
    findings: Sequence[Finding],
    policy: Policy = DEFAULT,
) -> Analyses | None:
    """A cell's verdict in the other analyses; None where it is not decided, or decided by what is exact.

    `findings`: those of the expectations that apply to the case, in the claim's order. A confirmed cell keeps its
    verdict while every expectation does; a refuted one while one of those that refute it does.
    """
    if verdict not in (VerdictName.CONFIRMED, VerdictName.REFUTED):
        return None
    applying = [(place, each) for place, each in enumerate(claim.expect) if each.applies_to(case)]
    telling = [
        (place, each) for (place, each), finding in zip(applying, findings, strict=True) if finding.verdict is verdict
    ]
    measured = [(place, each) for place, each in telling if each.statistical]
    refuted = verdict is VerdictName.REFUTED
    if not measured or (refuted and len(measured) < len(telling)):
        return None
    tried = [again(claim, place, evidence, verdict, policy) for place, _ in measured]
    by_name = {name: [each[name] for each in tried if name in each] for name in AnalysisName}

    def stands(name: AnalysisName) -> bool:
        found = by_name[name]
        if refuted:
            # One to which the analysis does not apply refutes the cell as before.
            return len(found) < len(tried) or any(one.stands for one in found)
        return all(one.stands for one in found)

    applies = [name for name in AnalysisName if by_name[name]]
    failing = tuple(name for name in applies if not stands(name))
    why = tuple(one for name in failing for one in by_name[name] if not one.stands)
    return Analyses(tuple(name for name in applies if name not in failing), failing, why)


def holds_or_fails(finding: Finding) -> bool:
    """Whether a claim is decided by its cells alone: confirmed, refuted, or either by toolchain and case."""
    depends = finding.verdict is VerdictName.DEPENDS and finding.reason in (Reason.TOOLCHAIN, Reason.CASE)
    return finding.decided or depends


def together(cells: Sequence[Analyses]) -> Analyses | None:
    """A claim's: its verdict holds in an analysis where every cell keeps its own. None where no cell has any."""
    if not cells:
        return None
    failing = {name for cell in cells for name in cell.failing}
    applies = failing | {name for cell in cells for name in cell.standing}
    return Analyses(
        tuple(name for name in AnalysisName if name in applies - failing),
        tuple(name for name in AnalysisName if name in failing),
    )
