"""From the verdicts of a claim's cells to the claim's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.claim.natural import natural_key
from macros.verdict.finding import CellFinding, Finding, Reason

CellKey = tuple[str, str]
"""(toolchain, case)"""

_CONFIRMED, _REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED


def combine(claim: Claim, cells: Mapping[CellKey, CellFinding], toolchains: Sequence[str] | None = None) -> Finding:
    """The claim's verdict. Cases that are shown for context have no part in it.

    `cells` by (toolchain, case). `toolchains` gives their order, which otherwise follows the
    numbers in their names: go1.9 comes before go1.15.
    """
    if not claim.kind.executable:
        return Finding(VerdictName.UNVERIFIABLE, detail=claim.unverifiable.say("en") if claim.unverifiable else "")
    context = {case.name for case in claim.cases if case.context}
    findings = {key: cell.finding for key, cell in cells.items() if key[1] not in context}
    if not findings:
        return Finding(VerdictName.INCONCLUSIVE, Reason.TOO_FEW_RUNS, "No cell of the claim has been run.")
    order = [name for name in toolchains or [] if any(key[0] == name for key in findings)]
    order += sorted({key[0] for key in findings} - set(order), key=natural_key)
    names = [case.name for case in claim.cases]
    ordered = {
        key: findings[key]
        for key in sorted(
            findings, key=lambda key: (names.index(key[1]) if key[1] in names else -1, order.index(key[0]))
        )
    }
    finding = _agreement(ordered) or _dependence(ordered, order) or _machine(ordered) or _openness(ordered)
    spent = [each.alpha for each in ordered.values() if each.alpha is not None]
    return Finding(finding.verdict, finding.reason, finding.detail, sum(spent) if spent else None)


def _agreement(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """Confirmed or refuted in every cell."""
    verdicts = {finding.verdict for finding in findings.values()}
    if len(verdicts) > 1 or not verdicts <= {_CONFIRMED, _REFUTED}:
        return None
    (verdict,) = verdicts
    said = "Holds" if verdict is _CONFIRMED else "Fails"
    newest = [key for key in findings if key[1] == next(iter(findings))[1]][-1]
    where = "" if len(findings) == 1 else f"{said} in all {len(findings)} cells; in {newest[0]}, {newest[1]}: "
    return Finding(verdict, detail=where + findings[newest].detail)


def _machine(findings: Mapping[CellKey, Finding]) -> Finding | None:
    """Where no cell is the other way round, a cell that is put down to the machine makes the claim depend on it."""
    shifted = [(key, finding) for key, finding in findings.items() if finding.verdict is VerdictName.DEPENDS]
    if not shifted:
        return None
    (toolchain, case), first = shifted[0]
    where = "" if len(findings) == 1 else f"In {len(shifted)} of {len(findings)} cells; in {toolchain}, {case}: "
    return Finding(VerdictName.DEPENDS, Reason.MACHINE, where + first.detail)


def _openness(findings: Mapping[CellKey, Finding]) -> Finding:
    """Inconclusive or untestable, as the first cell that is so; inconclusive comes first."""
    for verdict in (VerdictName.INCONCLUSIVE, VerdictName.UNTESTABLE):
        open_cells = [(key, finding) for key, finding in findings.items() if finding.verdict is verdict]
        if open_cells:
            (toolchain, case), first = open_cells[0]
            where = f"Open in {len(open_cells)} of {len(findings)} cells; in {toolchain}, {case}: "
            return Finding(verdict, first.reason, (where if len(findings) > 1 else "") + first.detail)
    raise AssertionError("cells that are all decided either agree or depend")


def _dependence(findings: Mapping[CellKey, Finding], order: Sequence[str]) -> Finding | None:
    """On what it depends whether it holds, if it holds somewhere and fails elsewhere. Open cells have no say."""
    decided = {key: finding.verdict for key, finding in findings.items() if finding.decided}
    if len(set(decided.values())) < 2:
        return None
    cases = list(dict.fromkeys(case for _, case in decided))
    by_case = {case: {verdict for (_, where), verdict in decided.items() if where == case} for case in cases}
    by_toolchain = {
        name: verdicts
        for name in order
        if (verdicts := {verdict for (where, _), verdict in decided.items() if where == name})
    }
    if all(len(verdicts) == 1 for verdicts in by_case.values()):
        return Finding(
            VerdictName.DEPENDS, Reason.CASE, _sentence(_case_parts({c: min(v) for c, v in by_case.items()}))
        )
    if all(len(verdicts) == 1 for verdicts in by_toolchain.values()):
        own = {name: min(verdicts) for name, verdicts in by_toolchain.items()}
        return Finding(VerdictName.DEPENDS, Reason.TOOLCHAIN, _sentence([", ".join(_ranges(own)) + _flips(own)]))
    details = []
    for case in cases:
        own = {name: decided[name, case] for name in order if (name, case) in decided}
        everywhere = set(own.values()) if len(set(own.values())) == 1 else set()
        said = f"{_SAYS[min(everywhere)]} everywhere" if everywhere else ", ".join(_ranges(own)) + _flips(own)
        details.append(f"in case {case} it {said}")
    return Finding(
        VerdictName.DEPENDS, Reason.TOOLCHAIN, f"Depends on the toolchain and on the case: {'; '.join(details)}."
    )


def _flips(verdicts: Mapping[str, VerdictName]) -> str:
    """Between which neighbouring releases it flips. What was not run cannot be told apart any closer."""
    found = [
        f"between {before} and {after}"
        for before, after in pairwise(verdicts)
        if verdicts[before] is not verdicts[after]
    ]
    return f" (it flips {' and '.join(found)})"


_SAYS = {_CONFIRMED: "holds", _REFUTED: "fails"}


def _case_parts(verdicts: Mapping[str, VerdictName]) -> list[str]:
    parts = []
    for verdict, says in _SAYS.items():
        own = [case for case, found in verdicts.items() if found is verdict]
        parts.append(f"{says} in {'case' if len(own) == 1 else 'cases'} {', '.join(own)}")
    return parts


def _ranges(verdicts: Mapping[str, VerdictName]) -> list[str]:
    """["holds in go1.15 to go1.16", "fails from go1.19"]: neighbours in the order of toolchains run together."""
    runs: list[tuple[VerdictName, list[str]]] = []
    for name, verdict in verdicts.items():
        if runs and runs[-1][0] is verdict:
            runs[-1][1].append(name)
        else:
            runs.append((verdict, [name]))
    parts = []
    for verdict, names in runs:
        if len(names) == 1:
            where = f"in {names[0]}"
        elif names is runs[-1][1]:
            where = f"from {names[0]}"
        else:
            where = f"in {names[0]} to {names[-1]}"
        parts.append(f"{_SAYS[verdict]} {where}")
    return parts


def _sentence(parts: Sequence[str]) -> str:
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
