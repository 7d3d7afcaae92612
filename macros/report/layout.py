"""Lines of text in columns and in paragraphs, measured as a terminal shows them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

Cell = Text | str
GAP = "  "


def aligned(rows: Sequence[Sequence[Cell]], columns: int | None = None) -> Text:
    """Rows as lines, their columns under each other.

    Every value stays whole. Only the last column, which is for prose, ends with an ellipsis where a terminal has
    `columns` and the line more; with None nothing is cut.
    """
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    most = max(map(len, cells), default=0)
    widths = [max((row[place].cell_len for row in cells if place < len(row) - 1), default=0) for place in range(most)]
    lines = []
    for row in cells:
        line = Text()
        for cell, width in zip(row[:-1], widths, strict=False):
            line.append_text(cell).append(" " * (width - cell.cell_len) + GAP)
        if row:
            last = row[-1].copy()
            if columns is not None:
                last.truncate(max(columns - line.cell_len, 1), overflow="ellipsis")
            line.append_text(last)
        line.rstrip()
        lines.append(line)
    return Text("\n").join(lines)


def paragraph(text: str, width: int, indent: str = "") -> str:
    """Text in lines of at most `width` columns, all of them indented; broken at spaces only.

    A narrow space, as it stands between a number and its unit, is no place to break, and becomes a plain one. A word
    wider than a line is Chinese text or a mistake, and is divided.
    """
    room = max(width - cell_len(indent), 1)
    lines: list[str] = []
    for given in text.splitlines():
        line = ""
        for word in given.split(" "):
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = chop_cells(word, room) or [""]
            lines.extend(whole)
        lines.append(line)
    text = "\n".join(f"{indent}{line}".rstrip() for line in lines)
    return text.replace("\u202f", " ").replace("\u00a0", " ")  # few fonts of terminals have the narrow one
