"""Characters that a reviewer cannot see, or that show something other than what is there. No file of a catalogue may
hold them.

A title with a zero-width space is another title that looks the same; a bidirectional override shows a line in another
order than it is read in (CVE-2021-42574, "Trojan Source"); an escape character moves the terminal's cursor.
"""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode's categories: control, format (zero width, bidirectional), unassigned, private use, surrogate, separators."""

BLANK_LETTERS = frozenset(
    {0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)
"""Letters and marks, by code point, that show nothing: fillers, the empty Braille cell, selectors of variants."""

LAYOUT = frozenset("\t\n\r")
"""Control characters that editors show as layout."""


def first_hidden(text: str) -> tuple[int, str] | None:
    """Where the first such character stands, counted from 0, and its name: (4, "U+200B ZERO WIDTH SPACE")."""
    if text.isascii() and text.isprintable():
        return None
    for index, character in enumerate(text):
        if _is_hidden(character) and character not in LAYOUT:
            return index, f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return None


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN or ord(character) in BLANK_LETTERS


def shown(text: object, most: int = 60) -> str:
    """A piece of input as a message may quote it: nothing hidden, and never longer than `most` characters."""
    cut = str(text)[: most + 1]
    safe = "".join(ascii(character)[1:-1] if _is_hidden(character) else character for character in cut)
    return safe if len(safe) <= most else safe[: most - 1] + "…"
