"""Results as tables for a terminal. Every function takes values and returns what rich can print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from macros.report.verification import Report
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.results.mutants import Score
from macros.run.explain import Explained
from macros.verdict.finding import Estimate, Finding
from macros.verdict.mutants import Trial
from macros.words import figures, inert, speak

_WORDS = speak("en")
_STYLE = {
    "confirmed": "green", "refuted": "red", "depends": "magenta", "inconclusive": "yellow",
    "untestable": "cyan", "unverifiable": "dim",
}  # fmt: skip
_ICON = {
    "confirmed": "✓", "refuted": "✗", "depends": "±", "inconclusive": "?", "untestable": "∅", "unverifiable": "–",
}  # fmt: skip


def verdict(finding: Finding) -> Text:
    """Icon and word; the colour only repeats them."""
    name = finding.verdict.value
    reason = f" ({finding.reason.value})" if finding.reason.value else ""
    return Text(f"{_ICON[name]} {name}{reason}", style=_STYLE[name])


def quantity(estimate: Estimate) -> str:
    """`3.21 ms (3.05–3.40, n = 18)`, in the digits that the pages give it."""
    return inert.terminal(_WORDS.show(estimate).plain)


def why(finding: Finding) -> Text:
    """What was found, in a sentence."""
    return Text(inert.terminal(_WORDS.finding(finding)))


def results(result: CatalogueResult) -> RenderableType:
    """One row per claim."""
    table = Table("claim", "where", "verdict", "controls", "why", box=None, pad_edge=False)
    for one in result.claims.values():
        fired = sum(control.ok for control in one.controls)
        table.add_row(
            one.claim.id,
            one.claim.source.where,
            verdict(one.finding),
            f"{fired}/{len(one.controls)}" if one.controls else "",
            why(one.finding),
        )
    return table


def claim(one: ClaimResult) -> RenderableType:
    """Everything about one claim: the statement, each cell with its values, each control."""
    parts: list[RenderableType] = [
        Text(f"{one.claim.id} ({one.claim.source.where})", style="bold"),
        Text(inert.terminal(one.claim.statement.say("en"))),
        verdict(one.finding),
        why(one.finding),
    ]
    cells = Table("toolchain", "case", "verdict", "values", "why", box=None, pad_edge=False)
    for cell in one.cells:
        _row(cells, cell, cell.cell.case)
    for control in one.controls:
        ok = "as known" if control.ok else f"NOT {control.control.expected}"
        _row(cells, control.result, f"control {control.control.name}: {ok}")
    return Group(*parts, cells)


def _row(table: Table, cell: CellResult, case: str) -> None:
    values = "\n".join(f"{name} {quantity(estimate)}" for name, estimate in cell.judged.estimates.items())
    finding = cell.judged.finding
    table.add_row(cell.cell.toolchain, case, verdict(finding), Text(values), why(finding))


def verification(report: Report) -> RenderableType:
    """Contradictions first."""
    table = Table("claim", "recorded", "measured", "", box=None, pad_edge=False)
    order = ("contradicts", "undecided", "agrees")
    for line in sorted(report.lines, key=lambda line: order.index(line.state)):
        finding = line.result.finding
        mark = {"contradicts": "✗ contradicts: ", "undecided": "! undecided: ", "agrees": ""}[line.state]
        table.add_row(line.result.claim.id, line.recorded, verdict(finding), Text(mark).append_text(why(finding)))
    counts = Text(
        f"{len(report.lines)} claims, {len(report.contradicted)} contradicted, {len(report.undecided)} undecided"
    )
    return Group(table, counts)


def timings(result: CatalogueResult, wall: float) -> RenderableType:
    """Where the time went: per claim, in seconds of the host's clock, the largest first."""
    table = Table("claim", "cells", "processes", "probe s", "build s", "run s", "lab s", box=None, pad_edge=False)
    rows = []
    for one in result.claims.values():
        records = [cell.record for cell in one.cells] + [control.result.record for control in one.controls]
        stages = [
            sum(record.seconds.get(stage, 0.0) for record in records) for stage in ("probe", "build", "run", "lab")
        ]
        processes = sum(len(record.evidence.observations) for record in records)
        rows.append((sum(stages), one.claim.id, len(records), processes, stages))
    for _, name, cells, processes, stages in sorted(rows, reverse=True):
        table.add_row(name, str(cells), str(processes), *(f"{seconds:.1f}" for seconds in stages))
    total = sum(row[0] for row in rows)
    return Group(table, Text(f"cells' own time {total:.1f} s, this run {wall:.1f} s"))


def reasons(explained: Sequence[Explained]) -> RenderableType:
    """Why each cell would run or not, and which parts of its address changed, by half."""
    table = Table("cell", "why", box=None, pad_edge=False)
    for one in explained:
        table.add_row(Text(str(one.cell)), Text(_because(one)))
    return table


def _because(one: Explained) -> str:
    match one.because:
        case "kept":
            return f"would not run: its result is in the ledger ({one.processes} processes, key {one.key[:12]})"
        case "undecided":
            return f"would go on: {one.processes} processes do not decide it and more are allowed"
        case "never-ran":
            return "would run: it never ran here"
        case "elsewhere":
            return "would run: only other machines have a result"
        case "removed":
            return "would run: its record was removed"
        case "no-image":
            return "would run: its image was never built here; `claims images` builds it"
        case "changed":
            halves = (("experiment", one.experiment), ("machine", one.machine))
            said = "; ".join(f"{half}: {', '.join(parts)}" for half, parts in halves if parts)
            return f"would run: changed since its last result: {said}"


def images(found: Mapping[str, Mapping[str, str]]) -> RenderableType:
    """The toolchain images."""
    table = Table("toolchain", "version", "image", "content", "base", box=None, pad_edge=False)
    for name, image in found.items():
        table.add_row(
            name, image["toolchain"], image["image"][:19], image["image_content"][:12], image["base_supplier"]
        )
    return table


def _unexcused(trial: Trial) -> str:
    return "a defect of the claim" if trial.survived else "the samples do not decide it"


def mutants(score: Score) -> RenderableType:
    """The catalogue's score, and every mutant that was not refuted, by name."""
    table = Table("claim", "cell", "expectation", "mutant", "verdict", "why", box=None, pad_edge=False)
    for trial in score.trials:
        if trial.verdict.value != "refuted":
            table.add_row(
                trial.claim,
                f"{trial.toolchain}, {trial.case}",
                f"{trial.mutant.number + 1}. {trial.mutant.expectation.subject}",
                Text(_WORDS.change(trial.mutant.change)),
                verdict(Finding(trial.verdict)),
                Text(_WORDS.excuse(trial.excuse) if trial.excuse else _unexcused(trial)),
            )
    line = (
        f"{score.total} mutants: {score.refuted} refuted ({figures.percent(score.share)}), "
        f"{score.undecided} undecided, {len(score.survivors)} confirmed, of which {len(score.defects)} are defects"
    )
    return Group(table, Text(line)) if table.row_count else Text(line)
