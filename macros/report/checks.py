"""The lab's checks of this machine: `claims doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from macros.lab.doctor import Check
from macros.problems import ExitCode
from macros.report.layout import paragraph
from macros.words import inert

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


def checks(found: Sequence[Check], page: int) -> Text:
    """A line for each check; where one is not as it should be, what is needed and the next step below it."""
    widest = max((len(check.name) for check in found), default=0)
    lines: list[Text] = []
    for check in found:
        sign, style = _MARKS[check.ok]
        head = f"{check.name:<{widest}}  {inert.terminal(check.found)}"
        lines.append(Text.assemble((sign, style), f" {head}"))
        if check.ok != "ok":
            below = [f"needed: {inert.terminal(check.needed)}"]
            below += [f"next: {inert.terminal(check.next_step)}"] if check.next_step else []
            lines += [Text(paragraph(text, page, " " * 4)) for text in below]
    counts = [
        f"{count} {level}{'' if count == 1 else 's'}"
        for level in ("error", "warning")
        if (count := _count(found, level))
    ]
    lines.append(Text(", ".join(counts) or "everything is as it should be"))
    return Text("\n").join(lines)


def code(found: Sequence[Check]) -> ExitCode:
    """Of `claims doctor`: what is too old only matters to whoever runs the claims of others, and is no failure."""
    return ExitCode.ENVIRONMENT if _count(found, "error") else ExitCode.OK


def _count(found: Sequence[Check], level: str) -> int:
    return sum(check.ok == level for check in found)
