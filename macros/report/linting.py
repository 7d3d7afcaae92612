"""What `claims lint` says of claims in which it found no error."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from macros.problems import Problem
from macros.words import inert

MOST = 1_000
"""Characters of one line."""


def passed(claims: int, toolchains: int, warnings: Sequence[Problem]) -> Text:
    """A line for each warning, and how much was looked at."""
    lines = [Text(inert.terminal(_line(warning), MOST), "yellow") for warning in warnings]
    count = f", {len(warnings)} warning{'' if len(warnings) == 1 else 's'}" if warnings else ""
    lines.append(Text(f"claims: {claims}, toolchains: {toolchains}; no problem found{count}"))
    return Text("\n").join(lines)


def _line(problem: Problem) -> str:
    """As compilers give it: a warning is told from an error by its word."""
    return f"{problem.path}:{problem.line}:{problem.column}: warning: {problem.what}; {problem.fix}"
