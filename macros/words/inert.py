"""Program output as text that cannot act: everything escaped, everything invisible made visible."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup, escape

_KEPT = "\n\t"
_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
"""ASCII's own names of its controls. Unicode has pictures for them, which few fonts have."""

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
"""Unicode's controls, format characters (bidirectional, zero-width, tags), private use, unassigned, line separators."""


def inert(text: str) -> Markup:
    """Text for the inside of a `<pre>`. Characters that show nothing, or change how others are shown, are named."""
    if text.isprintable():
        return escape(text)
    parts: list[str] = []
    run: list[str] = []
    for character in text:
        if character in _KEPT or unicodedata.category(character) not in _INVISIBLE:
            run.append(character)
            continue
        parts.append(str(escape("".join(run))))
        run.clear()
        parts.append(f'<span class="claim-invisible" title="U+{ord(character):04X}">{_visible(character)}</span>')
    parts.append(str(escape("".join(run))))
    return Markup("".join(parts))


def _visible(character: str) -> str:
    code = ord(character)
    return f"⟨{_CONTROLS[code]}⟩" if code < len(_CONTROLS) else f"⟨U+{code:04X}⟩"


def shorten(text: str, limit: int) -> tuple[str, int]:
    """The text's beginning, whole lines where it has any, in at most `limit` characters; and how many were left out."""
    if len(text) <= limit:
        return text, 0
    end = text.rfind("\n", 0, limit) + 1 or limit
    return text[:end], len(text) - end
