"""Finished HTML without the blank lines and indents of the templates that it was made by."""

from __future__ import annotations

import re

_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
"""Where blanks and lines mean something."""

_BREAK = re.compile(r"[ \t]*\n\s*")


def without_indents(html: str) -> str:
    """The same page: blanks around a line's end, and empty lines, are one line's end, which HTML shows as one blank."""
    parts: list[str] = []
    begin = 0
    for kept in _KEPT.finditer(html):
        parts += (_BREAK.sub("\n", html[begin : kept.start()]), kept[0])
        begin = kept.end()
    parts.append(_BREAK.sub("\n", html[begin:]))
    return "".join(parts)
