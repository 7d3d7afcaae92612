"""HTML kept out of Markdown's way.

A macro puts a token of private-use characters into the page; after Markdown has done its work the token is
exchanged for the HTML. So no parser, extension or other plugin ever reads what a program printed, blocks
may stand in lists and admonitions, heading anchors do not depend on values, and Markdown has less to do.

A token is a beginning, this build's random number, the fragment's number, an end. There is no limit to how many
there are, and nothing that was written or printed before the build can hold one.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from markupsafe import Markup

from macros.publish.rendering import head_text

_ZERO = 0xF0000
_BASE = 0x1000
"""The digits are the 4,096 private-use characters from U+F0000 on; the marks come after them."""

_BEGIN, _END = chr(_ZERO + _BASE), chr(_ZERO + _BASE + 1)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_EMPTY = re.compile(r"<p>\s*</p>")


@dataclass(frozen=True)
class Fragment:
    """A piece of finished HTML. `plain`, a text, stands for it in titles; `block`: it is no phrase of a paragraph."""

    html: str
    plain: str = ""
    block: bool = False


@dataclass
class Fragments:
    """The fragments of one build."""

    kept: list[Fragment] = field(default_factory=list)
    nonce: int = field(default_factory=lambda: secrets.randbits(60))

    def __post_init__(self) -> None:
        self._prefix = _BEGIN + _digits(self.nonce)
        digit = f"[{chr(_ZERO)}-{chr(_ZERO + _BASE - 1)}]"
        self._token = re.compile(f"{self._prefix}{_END}({digit}+){_END}")

    def keep(self, fragment: Fragment) -> str:
        """The token that stands for the fragment until the page's Markdown is done."""
        self.kept.append(fragment)
        return f"{self._prefix}{_END}{_digits(len(self.kept) - 1)}{_END}"

    def of(self, token: str) -> Fragment:
        """What a token stands for."""
        found = self._token.fullmatch(token)
        assert found is not None, "a token of this build"
        return self._of(found)

    def restore(self, html: str) -> str:
        """Finished HTML with every fragment in its place; a paragraph ends before a block and goes on after it."""
        return self._token.sub(lambda found: self._of(found).html, _PARAGRAPH.sub(self._split, html))

    def restore_markdown(self, markdown: str) -> str:
        """The page as it would read had its author pasted the HTML in by hand."""

        def pasted(found: re.Match[str]) -> str:
            fragment = self._of(found)
            return f"\n\n{fragment.html}\n\n" if fragment.block else fragment.html

        return self._token.sub(pasted, markdown)

    def title(self, html: str) -> Markup:
        """A title or an entry of a table of contents, which is HTML, with its fragments' plain texts made inert."""
        words = self._token.sub(lambda found: str(head_text(self._of(found).plain)), html)
        return Markup(" ".join(words.split()))

    def _split(self, found: re.Match[str]) -> str:
        parts = self._token.sub(lambda one: f"</p>{one[0]}<p>" if self._of(one).block else one[0], found[0])
        return parts if parts == found[0] else _EMPTY.sub("", parts)

    def _of(self, found: re.Match[str]) -> Fragment:
        return self.kept[_number(found[1])]


def _digits(number: int) -> str:
    digits = chr(_ZERO + number % _BASE)
    while number := number // _BASE:
        digits = chr(_ZERO + number % _BASE) + digits
    return digits


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * _BASE + ord(digit) - _ZERO
    return number
