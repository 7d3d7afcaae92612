"""A summary in GitHub's Markdown for a CI job's page: inert no matter what a program printed. A string out."""

from __future__ import annotations

from macros.report.sentences import MOST, sentence
from macros.report.verification import Report, State
from macros.words import inert


def summary(report: Report) -> str:
    """How many claims there are of each state, and a row for each one that does not agree."""
    text = f"{report.counts}.\n"
    rows = [
        f"| {inert.markdown(line.id, MOST)} | {line.recorded} | {line.measured} | "
        f"{inert.markdown_prose(sentence(line.result.finding), MOST)} |"
        for line in report.by_state
        if line.state is not State.AGREES
    ]
    lost = [(inert.markdown(loss.name, MOST), inert.markdown_prose(loss.message, MOST)) for loss in report.lost]
    rows += [f"| {name} | | none | {message} |" for name, message in lost]
    if rows:
        text += "\n| claim | recorded | measured | |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return text
