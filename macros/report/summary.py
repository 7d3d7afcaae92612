"""A summary in GitHub's Markdown for a CI job's page: inert no matter what a program printed. A string out."""

from __future__ import annotations

from macros.report.sentences import MOST, sentence
from macros.report.verification import Line, Loss, Report, State
from macros.words import inert

LIMIT = 900_000
"""Bytes. GitHub refuses a step's summary as a whole where it is longer than 1 MiB."""

_HEAD = "\n| claim | recorded | measured | |\n|---|---|---|---|\n"


def summary(report: Report, limit: int = LIMIT) -> str:
    """How many claims there are of each state, and a row for each one that does not agree: the worst first.

    Rows that would take it beyond the limit are left out and counted.
    """
    rows = [
        *map(_row, report.of(State.CONTRADICTS)),
        *map(_lost, report.lost),
        *map(_row, [*report.of(State.UNDECIDED), *report.of(State.DIFFERS)]),
    ]
    text = f"{report.counts}.\n" + (_HEAD if rows else "")
    room = limit - len(text.encode()) - len(_left_out(len(rows)))
    for place, row in enumerate(rows):
        room -= len(row.encode())
        if room < 0:
            return text + "".join(rows[:place]) + _left_out(len(rows) - place)
    return text + "".join(rows)


def _row(line: Line) -> str:
    why = inert.markdown_prose(sentence(line.result.finding), MOST)
    return f"| {inert.markdown(line.id, MOST)} | {line.recorded} | {line.measured} | {why} |\n"


def _lost(loss: Loss) -> str:
    return f"| {inert.markdown(loss.name, MOST)} | | none | {inert.markdown_prose(loss.message, MOST)} |\n"


def _left_out(count: int) -> str:
    return f"\n{count} more, for which there is no room here; `--junit` has them all.\n"
