"""A diff for the terminal, and as JSON for programs."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from rich.text import Text

from macros.report.diff_tables import Table, headline, tables, warnings
from macros.report.layout import Cell, aligned
from macros.results.diff import Diff
from macros.words import inert

MOST_ROWS = 50
"""Of each kind; the files have more."""

LONGEST = 300
SCHEMA = 1
_DIFF = TypeAdapter(Diff)


def lines(found: Diff, columns: int | None) -> Text:
    """A headline, what to beware of, and a table for each kind of difference."""
    parts = [Text(headline(found), "bold")]
    parts += [Text(inert.terminal(warning), "yellow") for warning in warnings(found)]
    for table in tables(found):
        parts += [Text(), Text(table.title, "bold"), aligned(_rows(table), columns)]
        if table.count > MOST_ROWS:
            parts.append(Text(f"… and {table.count - MOST_ROWS:,} more; --json lists them all", "dim"))
    return Text("\n").join(parts)


def _rows(table: Table) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for row in table.rows():
        if len(rows) == MOST_ROWS:
            break
        rows.append([inert.terminal(cell, LONGEST) for cell in row])
    return rows


def json_text(found: Diff) -> str:
    """Everything, with the causes as codes. `schema` rises when the form changes."""
    data: dict[str, Any] = {"schema": SCHEMA, "empty": found.empty, **_DIFF.dump_python(found, mode="json")}
    return TypeAdapter(dict[str, Any]).dump_json(data, indent=1).decode() + "\n"
