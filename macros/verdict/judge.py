"""From a cell's evidence to its verdict. Our stance:

* A verdict is decisive only if it would be wrong with a probability that was fixed beforehand, however often
  one looked; otherwise it is inconclusive and says why. Undecided is an answer.
* Every expectation must hold for a cell to be confirmed; one that fails refutes it.
* Nothing is judged that was not measured: what the machine lacks makes a cell untestable.
* What a busy machine can bring about is believed only of a quiet one (`sessions`).
* What holds in one arrangement of the code holds in any, or it depends (`layouts`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Observation
from macros.verdict.details import MachineLacks, OnlyContext, Several
from macros.verdict.estimates import estimates
from macros.verdict.exact import judge_exact, processes_needed
from macros.verdict.finding import CellFinding, Finding, Reason
from macros.verdict.marks import of_cell
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.quantities import shares
from macros.verdict.sessions import Quietness, quietness
from macros.verdict.statistical import judge_statistical


def judge_cell(
    claim: Claim,
    case: str,
    evidence: Evidence,
    *,
    toolchains: int,
    policy: Policy = DEFAULT,
    final: bool = True,
    control: bool = False,
) -> CellFinding:
    """The verdict of one cell, or of a control by the case that it departs from.

    `toolchains` is the number of toolchains in the claim's scope, over which its error is shared.
    `final`: no further process will come. `control`: its answer is known on any machine, so nothing is put down to
    the machine. Raises CannotJudge (a ValueError) where the readings are of another kind
    than the expectations need.
    """
    expectations = [expectation for expectation in claim.expect if expectation.applies_to(case)]
    alpha = claim_alpha(claim, toolchains, policy)
    if evidence.missing is not None:
        finding = Finding(VerdictName.UNTESTABLE, Reason.MISSING_MEANS, MachineLacks(evidence.missing))
        return CellFinding(finding, tuple(finding for _ in expectations), {})
    quiet = quietness(evidence, policy)
    findings = _findings(claim, case, evidence, alpha, policy, final=final, control=control, quiet=quiet)
    return CellFinding(_combined(findings), findings, estimates(claim, evidence, alpha))


def claim_alpha(claim: Claim, toolchains: int, policy: Policy = DEFAULT) -> float:
    """The error of each of the claim's statistical predicates in each of its cells."""
    return policy.alpha(shares(claim, toolchains))


def judge_expectation(
    claim: Claim,
    expectation: Expectation,
    evidence: Evidence,
    *,
    alpha: float,
    policy: Policy = DEFAULT,
    final: bool = True,
    control: bool = False,
    quiet: Quietness | None = None,
) -> Finding:
    """One predicate on the evidence of a cell. Arguments as in `judge_cell`; `quiet` where it is worked out already."""
    if not expectation.statistical:
        return judge_exact(claim, expectation, evidence, policy)
    quiet = quiet or quietness(evidence, policy)
    return judge_statistical(
        claim, expectation, evidence, policy, quiet=quiet, alpha=alpha, final=final, lenient=not control
    )


def _combined(findings: Sequence[Finding]) -> Finding:
    """All of them confirm, or one refutes, or it is open; or what does not confirm is put down to machine or layout."""
    if not findings:
        return Finding(VerdictName.INCONCLUSIVE, detail=OnlyContext())
    for verdict in (VerdictName.REFUTED, VerdictName.INCONCLUSIVE, VerdictName.DEPENDS, VerdictName.CONFIRMED):
        telling = [finding for finding in findings if finding.verdict is verdict]
        if telling:
            break
    spent = [finding.alpha for finding in findings if finding.alpha is not None]
    details = tuple(finding.detail for finding in telling if finding.detail is not None)
    detail = Several(details) if len(details) > 1 else next(iter(details), None)
    alpha = sum(spent) if spent else None
    return Finding(verdict, telling[0].reason, detail, alpha, of_cell(verdict, findings))


def needs_more(
    claim: Claim, case: str, evidence: Evidence, *, toolchains: int, policy: Policy = DEFAULT, control: bool = False
) -> bool:
    """Whether the lab must go on running fresh processes for this cell.

    It stops when the cell is decided or its miss is put down to the machine, at `samples.at_least` at the soonest;
    when processes disagree on what should be exact; and at the end of the cell's budget. Exact claims take as many
    as must agree.
    """
    if evidence.missing is not None or claim.experiment is None:
        return False
    runs, samples = _runs(evidence.observations), claim.experiment.samples
    if not claim.statistical:
        return runs < max((processes_needed(claim, each.subject, policy) for each in claim.expect), default=1)
    if runs < samples.at_least:
        return True
    quiet = quietness(evidence, policy)
    if _budget_used(claim, evidence, quiet):
        return False
    finding = _finding(claim, case, evidence, toolchains, policy, final=False, control=control, quiet=quiet)
    return finding.verdict is VerdictName.INCONCLUSIVE and finding.reason is not Reason.DISAGREEMENT


def may_be_decided_by_more(
    claim: Claim, case: str, evidence: Evidence, *, toolchains: int, policy: Policy = DEFAULT, control: bool = False
) -> bool:
    """Whether a statistical cell whose budget is used up is open in a way that more runs may well end.

    Near its threshold it would take far too many, and processes that disagree will go on doing so.
    """
    if not claim.statistical or evidence.missing is not None or not evidence.observations:
        return False
    quiet = quietness(evidence, policy)
    finding = _finding(claim, case, evidence, toolchains, policy, final=True, control=control, quiet=quiet)
    helped = (Reason.NOISY, Reason.TOO_FEW_RUNS, Reason.BAD_SESSION, Reason.OUT_OF_BUDGET)
    return finding.verdict is VerdictName.INCONCLUSIVE and finding.reason in helped


def _finding(
    claim: Claim,
    case: str,
    evidence: Evidence,
    toolchains: int,
    policy: Policy,
    *,
    final: bool,
    control: bool,
    quiet: Quietness,
) -> Finding:
    """The cell's finding without its estimates, which nobody reads while it runs."""
    alpha = claim_alpha(claim, toolchains, policy)
    return _combined(_findings(claim, case, evidence, alpha, policy, final=final, control=control, quiet=quiet))


def _findings(
    claim: Claim,
    case: str,
    evidence: Evidence,
    alpha: float,
    policy: Policy,
    *,
    final: bool,
    control: bool,
    quiet: Quietness,
) -> tuple[Finding, ...]:
    """What each expectation that speaks of the case comes to, in order."""
    return tuple(
        judge_expectation(claim, each, evidence, alpha=alpha, policy=policy, final=final, control=control, quiet=quiet)
        for each in claim.expect
        if each.applies_to(case)
    )


LOUD_TOO = 2
"""A cell may take so many times its own runs and seconds where some of them were loud."""


def _budget_used(claim: Claim, evidence: Evidence, quiet: Quietness) -> bool:
    """Whether a statistical cell has used up its own runs or seconds, not counting loud ones; or twice as many."""
    assert claim.experiment is not None
    samples = claim.experiment.samples
    kept = [seen for place, seen in enumerate(evidence.observations) if place not in quiet.loud]
    arms = {seen.arm for seen in evidence.observations}
    if _runs(kept, arms) >= samples.at_most or _runs(evidence.observations) >= LOUD_TOO * samples.at_most:
        return True
    limit = units.magnitude(samples.seconds, "s") if samples.seconds else None
    if limit is None:
        return False
    used, all_used = (sum(seen.seconds for seen in some) for some in (kept, evidence.observations))
    return used >= limit or all_used >= LOUD_TOO * limit


def _runs(observations: Sequence[Observation], arms: Collection[str] = ()) -> int:
    """Fresh processes of the arm that has had the fewest, of those seen and of `arms`.

    A control may run other arms than the claim.
    """
    counts = dict.fromkeys(arms, 0)
    for seen in observations:
        counts[seen.arm] = counts.get(seen.arm, 0) + 1
    return min(counts.values(), default=0)
