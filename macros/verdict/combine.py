"""From the verdicts of a claim's cells to the claim's own.

A cell is confirmed, refuted, open (inconclusive or untestable), or *missed*: it fails on this machine by no more than
the claim grants to another one, fixed beforehand. A missed cell fails here; elsewhere it may hold. So, in this order:

* All confirmed, or all refuted: so is the claim.
* Some confirmed and some refuted: it depends on the toolchain or the case, whatever the others come to.
* Some confirmed and some missed: it holds in some cells and fails here in others that may hold elsewhere; it depends
  on the machine. So does a claim all of whose cells are missed.
* Some refuted and the others missed: it holds in no cell, so it is refuted. That the missed ones may hold elsewhere
  makes no other machine confirm it; the detail counts them apart.
* Else there are open cells that could still change the verdict, so the claim is open. The detail says what the other
  cells came to: nothing that was refuted is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.claim.natural import natural_key
from macros.verdict.details import (
    Agreement,
    CellShown,
    Dependence,
    NoEvidenceThere,
    NothingRun,
    OpenCells,
    PartlyMissedByMachine,
    PartlyOnLayout,
    RefutedOrMissed,
)
from macros.verdict.finding import CellFinding, Finding, Reason
from macros.verdict.marks import of_claim
from macros.verdict.parts import CellVerdict

CellKey = tuple[str, str]
"""(toolchain, case)"""

_CONFIRMED, _REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED
_OPEN = (VerdictName.INCONCLUSIVE, VerdictName.UNTESTABLE)


def combine(claim: Claim, cells: Mapping[CellKey, CellFinding], toolchains: Sequence[str] | None = None) -> Finding:
    """The claim's verdict. Cases that are shown for context have no part in it.

    `cells` by (toolchain, case). `toolchains` gives their order, which otherwise follows the
    numbers in their names: go1.9 comes before go1.15.
    """
    if not claim.kind.executable:
        return Finding(
            VerdictName.UNVERIFIABLE, detail=NoEvidenceThere(claim.unverifiable) if claim.unverifiable else None
        )
    context = {case.name for case in claim.cases if case.context}
    findings = {key: cell.finding for key, cell in cells.items() if key[1] not in context}
    if not findings:
        return Finding(VerdictName.INCONCLUSIVE, Reason.TOO_FEW_RUNS, NothingRun())
    order = [name for name in toolchains or [] if any(key[0] == name for key in findings)]
    order += sorted({key[0] for key in findings} - set(order), key=natural_key)
    names = [case.name for case in claim.cases]
    ordered = {
        key: findings[key]
        for key in sorted(
            findings, key=lambda key: (names.index(key[1]) if key[1] in names else -1, order.index(key[0]))
        )
    }
    finding = (
        _agreement(ordered)
        or _dependence(ordered, order)
        or _layout(ordered)
        or _machine(ordered)
        or _refuted_or_missed(ordered)
        or _openness(ordered)
    )
    spent = [each.alpha for each in ordered.values() if each.alpha is not None]
    marks = of_claim(finding.verdict, ordered.values())
    return Finding(finding.verdict, finding.reason, finding.detail, sum(spent) if spent else None, marks)


def _agreement(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """Confirmed or refuted in every cell."""
    verdicts = {finding.verdict for finding in findings.values()}
    if len(verdicts) > 1 or not verdicts <= {_CONFIRMED, _REFUTED}:
        return None
    (verdict,) = verdicts
    newest = [key for key in findings if key[1] == next(iter(findings))[1]][-1]
    if len(findings) == 1:
        return Finding(verdict, detail=findings[newest].detail)
    return Finding(verdict, detail=Agreement(verdict, len(findings), _shown(newest, findings[newest])))


def _shown(key: CellKey, finding: Finding) -> CellShown:
    toolchain, case = key
    return CellShown(toolchain, case, finding.detail)


def _layout(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """A cell that comes out both ways by the layout of its code makes the claim depend on that."""
    moved = [(key, finding) for key, finding in findings.items() if finding.reason is Reason.LAYOUT]
    if not moved:
        return None
    key, first = moved[0]
    if len(findings) == 1:
        return Finding(VerdictName.DEPENDS, Reason.LAYOUT, first.detail)
    others = {key: finding for key, finding in findings.items() if finding.reason is not Reason.LAYOUT}
    detail = PartlyOnLayout(len(moved), len(findings), _shown(key, first), _told(others))
    return Finding(VerdictName.DEPENDS, Reason.LAYOUT, detail)


def _machine(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """Some cells are missed, and the others hold; open ones have no say beside one that holds."""
    missed = [key for key, finding in findings.items() if _missed(finding)]
    holds = any(finding.verdict is _CONFIRMED for finding in findings.values())
    if not missed or not (holds or len(missed) == len(findings)):
        return None
    shown = _shown(missed[0], findings[missed[0]])
    if len(findings) == 1:
        return Finding(VerdictName.DEPENDS, Reason.MACHINE, shown.detail)
    return Finding(VerdictName.DEPENDS, Reason.MACHINE, PartlyMissedByMachine(len(missed), len(findings), shown))


def _refuted_or_missed(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """Some cells are refuted, and all others are missed."""
    refuted = [key for key, finding in findings.items() if finding.verdict is _REFUTED]
    if not refuted or not all(finding.verdict is _REFUTED or _missed(finding) for finding in findings.values()):
        return None
    detail = RefutedOrMissed(_told(findings), _shown(refuted[0], findings[refuted[0]]))
    return Finding(_REFUTED, detail=detail)


def _missed(finding: Finding) -> bool:
    """Whether the cell fails here by what another machine may make up for."""
    return finding.verdict is VerdictName.DEPENDS and finding.reason is Reason.MACHINE


def _told(findings: Mapping[CellKey, Finding]) -> tuple[CellVerdict, ...]:
    return tuple(CellVerdict(toolchain, case, each.verdict) for (toolchain, case), each in findings.items())


def _openness(findings: Mapping[CellKey, Finding]) -> Finding:
    """Inconclusive or untestable, as the first cell that is so; inconclusive comes first."""
    for verdict in _OPEN:
        open_cells = [key for key, finding in findings.items() if finding.verdict is verdict]
        if open_cells:
            first = findings[open_cells[0]]
            if len(findings) == 1:
                return Finding(verdict, first.reason, first.detail)
            others = {key: each for key, each in findings.items() if each.verdict is not verdict}
            shown = _shown(open_cells[0], first)
            detail = OpenCells(verdict, len(open_cells), len(findings), shown, _told(others))
            return Finding(verdict, first.reason, detail)
    raise AssertionError("cells that are all decided either agree or depend")


def _dependence(findings: Mapping[CellKey, Finding], order: Sequence[str]) -> Finding | None:
    """On what it depends whether it holds, if it holds somewhere and fails elsewhere. Open cells have no say."""
    decided = {key: finding.verdict for key, finding in findings.items() if finding.decided}
    if len(set(decided.values())) < 2:
        return None
    cells = tuple(CellVerdict(toolchain, case, verdict) for (toolchain, case), verdict in decided.items())
    toolchains = tuple(name for name in order if any(cell.toolchain == name for cell in cells))
    missed = _told({key: finding for key, finding in findings.items() if _missed(finding)})
    if _agrees_within((cell.case, cell.verdict) for cell in cells):
        return Finding(VerdictName.DEPENDS, Reason.CASE, Dependence("case", cells, toolchains, missed))
    on_toolchain = _agrees_within((cell.toolchain, cell.verdict) for cell in cells)
    return Finding(
        VerdictName.DEPENDS,
        Reason.TOOLCHAIN,
        Dependence("toolchain" if on_toolchain else "both", cells, toolchains, missed),
    )


def _agrees_within(verdicts: Iterable[tuple[str, VerdictName]]) -> bool:
    """Whether each name goes with one verdict only."""
    pairs = set(verdicts)
    return len(pairs) == len({name for name, _ in pairs})
