"""Results as lines for a terminal. Every function takes values and returns text that is laid out; the caller prints it.

Values are never broken. Whatever comes from a claim's files or from a program is made inert first.
`columns`: where a terminal cuts lines, None in a pipe. `page`: the width of what is laid out for reading.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from macros.claim.fields import VerdictName
from macros.ledger.travel import Imported
from macros.report.layout import Cell, aligned, paragraph
from macros.report.sentences import MOST, WORDS, sentence, verdict_words
from macros.report.verification import STATES, Line, Report, State
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.results.mutants import Score
from macros.results.neighbours import slowdown
from macros.verdict.finding import Estimate, Finding
from macros.verdict.flips import Unflipped
from macros.verdict.mutants import Trial
from macros.words import figures, inert

STYLES = {
    VerdictName.CONFIRMED: "green", VerdictName.REFUTED: "red", VerdictName.DEPENDS: "magenta",
    VerdictName.INCONCLUSIVE: "yellow", VerdictName.UNTESTABLE: "cyan", VerdictName.UNVERIFIABLE: "dim",
}  # fmt: skip
ICONS = {
    VerdictName.CONFIRMED: "✓", VerdictName.REFUTED: "✗", VerdictName.DEPENDS: "±",
    VerdictName.INCONCLUSIVE: "?", VerdictName.UNTESTABLE: "∅", VerdictName.UNVERIFIABLE: "–",
}  # fmt: skip
MOST_EXPENSIVE = 10
"""Claims whose times are told one by one."""

_LONGEST_PROSE = 2000

_NEIGHBOURS = "independent additions took {:.1f} times their quickest: about 1 on idle cores, up to 2 on shared ones"
"""Characters of a statement or a sentence."""

_LONGEST_VALUE = 60
"""Characters of a value that is a text."""


def verdict(finding: Finding) -> Text:
    """Icon and words; the colour only repeats them."""
    return Text(f"{ICONS[finding.verdict]} {verdict_words(finding)}", STYLES[finding.verdict])


def quantity(estimate: Estimate) -> str:
    """`3.2 ms (3.05–3.4, n = 18)`, on one line, with what is known of the code's layouts."""
    shown = WORDS.show(estimate)
    return inert.terminal(f"{shown.plain}; {shown.layouts}" if shown.layouts else shown.plain, _LONGEST_VALUE)


def why(finding: Finding) -> str:
    """The finding's sentence on one line."""
    return inert.terminal(sentence(finding), MOST)


def results(report: Report, columns: int | None) -> Text:
    """One line per claim: verdict, place in the source, id, how many controls came out as they must, why."""
    rows: list[list[Cell]] = []
    for claim in (line.result for line in report.lines):
        controls = f"{sum(control.ok for control in claim.controls)}/{len(claim.controls)}" if claim.controls else ""
        where = inert.terminal(claim.claim.source.where, MOST)
        rows.append([verdict(claim.finding), where, claim.claim.id, controls, why(claim.finding)])
    return Text("\n").join([*([aligned(rows, columns)] if rows else []), *_unflipped(report), *_lost(report)])


def verification(report: Report, page: int) -> Text:
    """Contradictions, then what is undecided or differs, then one line that counts the rest."""
    parts = [_block(line, page) for line in report.by_state if line.state is not State.AGREES]
    parts += [*_unflipped(report), *_lost(report)]
    return Text("\n").join([*parts, Text(report.counts, "red" if report.contradicted else "")])


def contradictions(report: Report, page: int) -> Text:
    """The claims that contradict their recorded verdicts, and no others."""
    return Text("\n").join([_block(line, page) for line in report.contradicted])


def _unflipped(report: Report) -> list[Text]:
    """A line for each verdict of a case that no control flips, with what would do so."""
    return [Text(f"{claim}: {_what_would_flip(one)}", "yellow") for claim, one in report.unflipped]


def _what_would_flip(one: Unflipped) -> str:
    where = one.toolchains[-1] + (f" and {len(one.toolchains) - 1} more" if len(one.toolchains) > 1 else "")
    said = f"no control flips the case `{one.case}`, {one.verdict} in {where}"
    if one.undecided:
        return f"{said}: `{one.undecided[0]}` is there to do so, but is undecided here; run it on a quieter machine"
    return f"{said}; add one with `case: {one.case}`, `expected: {one.wanted}`, `toolchains: [{one.toolchains[-1]}]`"


def _lost(report: Report) -> list[Text]:
    return [Text(f"no result: {inert.terminal(loss.message, MOST)}", "red") for loss in report.lost]


def _block(line: Line, page: int) -> Text:
    where = inert.terminal(line.result.claim.source.where, MOST)
    state, style = STATES[line.state], "red" if line.state is State.CONTRADICTS else ""
    head = Text.assemble((line.id, "bold"), f" ({where}) {state}", style=style)
    facts = Text.assemble(f"  recorded {line.recorded}, measured ", verdict(line.result.finding))
    return Text("\n").join([head, facts, *_prose(sentence(line.result.finding), page, "  ")])


def claim(result: ClaimResult, page: int) -> Text:
    """Everything about one claim: the statement, each cell with its values, each control. Fits the page."""
    definition = result.claim
    where = inert.terminal(definition.source.where, MOST)
    parts: list[Text] = [
        Text(paragraph(f"{definition.id} ({where})", page), "bold"),
        *_prose(definition.statement.say("en"), page),
        Text(),
        verdict(result.finding),
        *_prose(sentence(result.finding), page),
        *(_prose(WORDS.analyses(result.analyses), page) if result.analyses else []),
    ]
    if definition.premises:
        parts += _prose(f"rests on: {', '.join(definition.premises)}", page)
    for cell in result.cells:
        case = definition.case(cell.cell.case)
        parts += _cell(
            cell, f"{cell.cell.toolchain}, {case.name}", page, "no part of the verdict" if case.context else ""
        )
        parts += _prose(case.reason.say("en"), page, "  ") if case.reason else []
    for control in result.controls:
        kept = "as it must" if control.ok else f"but must be {control.control.expected}"
        cases = ", ".join(definition.cases_of(control.control)) if control.control.also_for else ""
        name = f"{control.result.cell.toolchain}, control {control.control.name}{f' for {cases}' if cases else ''}"
        parts += _cell(control.result, name, page, kept, control.finding)
    return Text("\n").join(parts)


def _cell(cell: CellResult, name: str, page: int, remark: str = "", finding: Finding | None = None) -> list[Text]:
    """A cell's name and verdict, its values under each other, its sentence. Values with long names go below them."""
    finding = finding or cell.judged.finding
    came_out = Text.assemble(verdict(finding), f", {remark}" if remark else "")
    head = Text.assemble((name, "bold"), "  ", came_out)
    lines = [Text(), *([head] if head.cell_len <= page else [Text(name, "bold"), Text("  ").append_text(came_out)])]
    values = [(inert.terminal(metric, MOST), quantity(value)) for metric, value in cell.judged.estimates.items()]
    table = aligned([["", metric, value] for metric, value in values])
    if any(line.cell_len > page for line in table.split()):
        rows = [row for metric, value in values for row in (["", metric], ["", "", "", value])]
        table = aligned(rows, page)
    lines += [table] if values else []
    return [*lines, *_prose(sentence(finding), page, "  ")]


def _prose(text: str, page: int, indent: str = "") -> list[Text]:
    """Foreign text in a paragraph; nothing where there is none."""
    return [Text(paragraph(inert.one_line(text, _LONGEST_PROSE), page, indent))] if text else []


def timings(result: CatalogueResult, wall: float) -> Text:
    """Where the time went: the claims that took most of it, in seconds of the host's clock, by their stored records.

    `rounds`: of the cell that has most of them.
    """
    stages = ("probe", "build", "run", "lab")
    rows = []
    for claim in result.claims.values():
        records = [cell.record for cell in claim.every_cell()]
        seconds = [sum(record.seconds.get(stage, 0.0) for record in records) for stage in stages]
        seen = [record.evidence.observations for record in records]
        rounds = max((one.round + 1 for observations in seen for one in observations), default=0)
        counts = [len(records), rounds, sum(map(len, seen))]
        rows.append((sum(seconds), claim.claim.id, counts, seconds))
    rows.sort(reverse=True)
    table: list[list[Cell]] = [["cells", "rounds", "processes", *(f"{stage} s" for stage in stages), "sum s", "claim"]]
    table += [
        [*map(str, counts), *(f"{spent:.1f}" for spent in (*seconds, total)), name]
        for total, name, counts, seconds in rows[:MOST_EXPENSIVE]
    ]
    others = rows[MOST_EXPENSIVE:]
    more = f"\n{len(others)} other claims took {sum(row[0] for row in others):.1f} s" if others else ""
    total = sum(row[0] for row in rows)
    cells = [cell for claim in result.claims.values() for cell in claim.every_cell()]
    slower = slowdown(one for cell in cells for one in cell.record.evidence.observations)
    idle = "" if slower is None else f"\n{_NEIGHBOURS.format(slower)}"
    return Text.assemble(aligned(table), f"{more}\nthe cells' own time {total:.1f} s, this run {wall:.1f} s{idle}")


def images(found: Mapping[str, Mapping[str, str]]) -> Text:
    """The toolchain images, from what a record says of each."""
    rows: list[list[Cell]] = [["toolchain", "version", "image", "content", "base"]]
    for name, facts in found.items():
        image, content = facts["image"][:19], facts["image_content"][:12]
        rows.append([name, facts["toolchain"], image, content, facts["base_supplier"]])
    return aligned(rows)


def imported(done: Imported) -> Text:
    """What came of an import: a line for each record that was rejected, then the counts."""
    rejected = [Text(inert.terminal(str(problem), MOST), "red") for problem in done.rejected]
    counts = f"records: {done.added} added, {done.known} known already, {len(done.rejected)} rejected"
    return Text("\n").join([*rejected, Text(counts)])


def mutants(score: Score, columns: int | None) -> Text:
    """The catalogue's score, and every mutant that was not refuted, by name."""
    rows: list[list[Cell]] = [
        [
            verdict(Finding(trial.verdict)),
            f"{trial.claim} [{trial.toolchain}, {trial.case}]",
            f"{trial.mutant.number + 1}. {trial.mutant.expectation.subject}: {WORDS.change(trial.mutant.change)}",
            _excuse(trial),
        ]
        for trial in score.trials
        if trial.verdict is not VerdictName.REFUTED
    ]
    line = (
        f"{score.total} mutants: {score.refuted} refuted ({figures.percent(score.share)}), "
        f"{score.undecided} undecided, {len(score.survivors)} confirmed, of which {len(score.defects)} are defects"
    )
    return Text("\n").join([aligned(rows, columns), Text(line)]) if rows else Text(line)


def _excuse(trial: Trial) -> str:
    if trial.excuse:
        return inert.terminal(WORDS.excuse(trial.excuse), MOST)
    return "a defect of the claim" if trial.survived else "the samples do not decide it"
