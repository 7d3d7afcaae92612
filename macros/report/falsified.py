"""What falsified pages came to, for the terminal."""

from __future__ import annotations

from rich.text import Text

from macros.results.falsified import Falsified
from macros.words import inert

MOST = 1_000
"""Characters of one line."""


def outcome(found: Falsified) -> Text:
    """A line for each change that went unnoticed, then the counts."""
    lines = [Text(inert.terminal(line, MOST), "red") for line in found.survived]
    lines.append(Text(f"changes refused: {found.refused} of {found.changes}"))
    style = "green" if found.falsified == found.pages else "red"
    lines.append(Text(f"falsified: {found.falsified} of {found.pages} pages", style))
    return Text("\n").join(lines)
