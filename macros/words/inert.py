"""Text that others wrote, made inert: the one place where it becomes part of a page, a table, a report or a terminal.

Foreign text is what a program printed and what a claim file says. In every medium the characters that show nothing,
or that change how others are shown (controls, bidirectional and zero-width marks, private use, lone surrogates), are
spelt out: ⟨ESC⟩, ⟨U+202E⟩. Beyond that each medium has its own signs that act:

=====================  ================================  ============================================================
medium                 plain text                        text with code spans between backquotes
=====================  ================================  ============================================================
inside a `<pre>`       `html`
inside a paragraph     `inline`                          `inline_prose`
an attribute, a title  `attribute`                       `attribute(without_code_spans(...))`
GitHub's Markdown      `markdown`                        `markdown_prose`
XML                    `xml`                             `xml`
a terminal             `terminal`                        `terminal`
=====================  ================================  ============================================================

All but `html` make one line of it, and limit its length where a limit is given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape as escape_signs

from markupsafe import Markup, escape

QUOTED = 120
"""How many characters of a foreign text a sentence holds."""

PROSE = 4_000
"""How many characters of a sentence a medium takes; ours are far shorter, and a claim file may hold anything."""

ELLIPSIS = "…"
_KEPT = "\n\t"
_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
"""ASCII's own names of its controls. Unicode has pictures for them, which few fonts have."""

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
"""Unicode's controls, format characters (bidirectional, zero-width, tags), private use, unassigned, line separators."""

_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols, as Unicode has them, that show nothing."""

_CODE_SPAN = re.compile(r"`([^`]+)`")
_LINE = re.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")


# ---- what all media share ----------------------------------------------------------------------------


def shorten(text: str, limit: int) -> tuple[str, int]:
    """The text's beginning, whole lines where it has any, in at most `limit` characters; and how many were left out."""
    if len(text) <= limit:
        return text, 0
    end = text.rfind("\n", 0, limit) + 1 or limit
    return text[:end], len(text) - end


def limited(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + ELLIPSIS


def visible(text: str, kept: str = _KEPT) -> str:
    """Characters that show nothing, or change how others are shown, by their names; those in `kept` stay.

    Plain text: whoever sets it must escape it.
    """
    if _all_show(text, kept):
        return text
    return "".join(
        character if character in kept or not _invisible(character) else _name(character) for character in text
    )


def quoted(text: str) -> str:
    """A foreign text as a code span of one of our sentences: short, visible, and unable to end the span."""
    words = limited(visible(limited(text, QUOTED), ""), QUOTED).replace("`", "ˋ")
    return f"`{words}`" if words else "``"


def one_line(text: str, limit: int = PROSE) -> str:
    """Prose on one line with everything visible: a line's end and the blanks about it become one blank."""
    words = _LINE.sub(" ", limited(text, limit)).replace("\t", " ").strip()
    return limited(visible(words, ""), limit)


def without_code_spans(text: str) -> str:
    """The same words where there is no markup: in titles, tooltips, and plain lists."""
    return text.replace("`", "")


def _all_show(text: str, kept: str) -> bool:
    """Whether that is so at a glance, as of most texts; one that is not still has to be looked at letter by letter."""
    for character in kept:
        text = text.replace(character, "")
    return text.isprintable() and _BLANK_LETTERS.isdisjoint(text)


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or character in _BLANK_LETTERS


def _name(character: str) -> str:
    code = ord(character)
    return f"⟨{_CONTROLS[code]}⟩" if code < len(_CONTROLS) else f"⟨U+{code:04X}⟩"


def _with_code_spans(text: str, plain: Callable[[str], str], code: Callable[[str], str]) -> str:
    """Each part of the text by the function that it takes. A backquote that begins no span is text."""
    parts = _CODE_SPAN.split(text)
    return "".join(code(part) if index % 2 else plain(part) for index, part in enumerate(parts))


# ---- HTML ----------------------------------------------------------------------------------------------


def html(text: str) -> Markup:
    """Program output for the inside of a `<pre>`. Lines and tabs stay; what is invisible is named and marked."""
    return _marked(text, _KEPT)


def inline(text: str, limit: int = PROSE) -> Markup:
    """A foreign text within a paragraph or a table's cell. Lines' ends are named too."""
    return _marked(limited(text, limit), "")


def inline_prose(text: str, limit: int = PROSE) -> Markup:
    """A sentence, or a claim file's prose, within a paragraph: its code spans as code."""
    words = one_line(text, limit)
    return Markup(_with_code_spans(words, lambda part: str(escape(part)), lambda part: f"<code>{escape(part)}</code>"))


def attribute(text: str, limit: int = PROSE) -> Markup:
    """For the value of an attribute between quotes, and for `<title>`."""
    return escape(one_line(text, limit))


def between_tags(text: str) -> Markup:
    """Escaped for the text of an element, where quotes end nothing: programs and what they print are full of them."""
    return Markup(escape_signs(text, quote=False))


def visible_in(markup: Markup) -> Markup:
    """Finished HTML whose text still has invisible characters: they are named in it. Its tags must have none."""
    return Markup(visible(str(markup)))


def _marked(text: str, kept: str) -> Markup:
    if _all_show(text, kept):
        return between_tags(text)
    parts: list[str] = []
    run: list[str] = []
    for character in text:
        if character in kept or not _invisible(character):
            run.append(character)
            continue
        parts.append(between_tags("".join(run)))
        run.clear()
        parts.append(f'<span class="claim-invisible" title="U+{ord(character):04X}">{_name(character)}</span>')
    parts.append(between_tags("".join(run)))
    return Markup("".join(parts))


# ---- GitHub's Markdown -----------------------------------------------------------------------------------

_ACTS = re.compile(r"[\\`*_{}\[\]|~$^]|^(?:[#+=:-]|\d+(?=[.)]))")
"""Signs of emphasis, code, links, images, footnotes, tables and formulas; at the beginning those of blocks as well."""

_JOINER = "&#8288;"
"""A word joiner. GitHub finds mentions, issues, commits, addresses and emoji in the text after Markdown is done, so
that no backslash keeps it from them; with this in between they are none, and look the same."""

_REFERENCE = re.compile(
    r"@(?=\w)|#(?=\d)|\b[Gg][Hh]-(?=\d)|:(?=//)|\b[Ww]{3}(?=\.)|[0-9A-Fa-f]{6}(?=[0-9A-Fa-f])|:(?=[\w+-]+:)"
)
"""After what a joiner goes. Seven hexadecimal digits may name a commit, so no more than six are left together."""


def markdown(text: str, limit: int = PROSE) -> str:
    """For a paragraph or a table's cell: no markup, HTML, mention, reference, image or link comes of it."""
    return _markdown(one_line(text, limit))


def markdown_prose(text: str, limit: int = PROSE) -> str:
    """The same for a sentence with code spans, which are set as HTML: Markdown has no escapes within its own."""
    return _with_code_spans(one_line(text, limit), _markdown, lambda part: f"<code>{_markdown(part)}</code>")


def _markdown(words: str) -> str:
    # U+0000 stands for the joiner in between: `one_line` has left none.
    broken = _REFERENCE.sub(lambda match: match[0] + "\0", words)
    escaped = _ACTS.sub(lambda match: match[0][:-1] + _escaped(match[0][-1]), broken)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\0", _JOINER)):
        escaped = escaped.replace(sign, entity)
    return escaped


def _escaped(sign: str) -> str:
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


# ---- XML -------------------------------------------------------------------------------------------------


def xml(text: str, limit: int = PROSE) -> str:
    """For an element tree, which escapes markup but writes whatever character it is given, also those XML forbids."""
    return one_line(text, limit)


# ---- terminals ---------------------------------------------------------------------------------------------


_COMMAND = re.compile(r"(?<!\S):(?=:[A-Za-z][\w-]*(?:\s[^:]*)?::)|#(?=#\[)")
"""What a CI service takes for an order to itself where it begins a line of a log: `::error file=x::y`, `##[error]`. A
terminal may begin a line at every blank."""


def terminal(text: str, limit: int = PROSE) -> str:
    """For a terminal and the log of a CI: no escape sequence, no order, and blanks that every font has.

    Give it to rich as a `Text`: in a plain string square brackets are markup.
    """
    words = one_line(text, limit).replace("\u202f", " ").replace("\u00a0", " ")
    return _COMMAND.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", words)
