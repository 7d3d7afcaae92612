"""A diff as one comment in GitHub's Markdown. It fits whatever changed, and nothing in it acts. A string out."""

from __future__ import annotations

from macros.report.diff_tables import Table, headline, tables, warnings
from macros.results.diff import Diff
from macros.words import inert

MOST = 60_000
"""Characters of a comment, counted in bytes of UTF-8: GitHub takes 65,536, and does not say of which."""

LONGEST_CELL = 400
LEAST = 2_000
"""Of these, what the tables above leave to each one."""


def comment(found: Diff) -> str:
    """What differs, flips first; unchanged claims are left out. Rows that do not fit are counted."""
    head = f"**{inert.markdown(headline(found))}.**\n"
    head += "".join(f"\n> ⚠ {inert.markdown(warning, LONGEST_CELL)}\n" for warning in warnings(found))
    shown = tables(found)
    room = MOST - _size(head) - sum(_size(_begin(table) + _end(table, table.count)) for table in shown)
    parts = [head]
    for place, table in enumerate(shown):
        rows = _rows(table, room - LEAST * (len(shown) - place - 1))
        room -= _size("".join(rows))
        parts += [_begin(table), *rows]
        if len(rows) < table.count:
            parts.append(_end(table, len(rows)))
    return "".join(parts)


def _begin(table: Table) -> str:
    heads = "".join(f" {head} |" for head in table.heads)
    return f"\n#### {table.title}\n\n|{heads}\n|{'---|' * len(table.heads)}\n"


def _end(table: Table, listed: int) -> str:
    return f"\nThere are {table.count:,}; {listed:,} of them are listed.\n"


def _rows(table: Table, room: int) -> list[str]:
    """As many as there is room for, from the first on."""
    rows: list[str] = []
    for cells in table.rows():
        row = "|" + "".join(f" {inert.markdown(cell, LONGEST_CELL)} |" for cell in cells) + "\n"
        room -= _size(row)
        if room < 0:
            break
        rows.append(row)
    return rows


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
