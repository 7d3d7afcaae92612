"""HTML kept out of Markdown's way.

A macro puts one private-use character into the page; after Markdown has done its work the character is
exchanged for the HTML. So no parser, extension or other plugin ever reads what a program printed, blocks
may stand in lists and admonitions, heading anchors do not depend on values, and Markdown has less to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FIRST = 0xF0000
_LAST = 0xFFFFD
_TOKEN = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_EMPTY = re.compile(r"<p>\s*</p>")


@dataclass(frozen=True)
class Fragment:
    """A piece of finished HTML. `plain` stands for it in titles; `block`: it is no phrase of a paragraph."""

    html: str
    plain: str = ""
    block: bool = False


@dataclass
class Fragments:
    """The fragments of one build."""

    kept: list[Fragment] = field(default_factory=list)

    def keep(self, fragment: Fragment) -> str:
        """The character that stands for the fragment until the page's Markdown is done."""
        if _FIRST + len(self.kept) > _LAST:
            raise OverflowError(f"more than {_LAST - _FIRST + 1:,} macro calls in one build")
        self.kept.append(fragment)
        return chr(_FIRST + len(self.kept) - 1)

    def restore(self, html: str) -> str:
        """Finished HTML with every fragment in its place; a paragraph ends before a block and goes on after it."""
        return self._replace(_PARAGRAPH.sub(self._split, html))

    def restore_markdown(self, markdown: str) -> str:
        """The page as it would read had its author pasted the HTML in by hand."""
        return _TOKEN.sub(
            lambda found: (
                f"\n\n{one.html}\n\n" if (one := self._of(found[0])) and one.block else (one.html if one else found[0])
            ),
            markdown,
        )

    def plain(self, text: str) -> str:
        """A heading or title without markup."""
        words = _TOKEN.sub(lambda found: one.plain if (one := self._of(found[0])) else "", text)
        return " ".join(words.split())

    def _split(self, found: re.Match[str]) -> str:
        parts = _TOKEN.sub(lambda one: f"</p>{one[0]}<p>" if self._is_block(one[0]) else one[0], found[0])
        return parts if parts == found[0] else _EMPTY.sub("", parts)

    def _is_block(self, character: str) -> bool:
        fragment = self._of(character)
        return fragment is not None and fragment.block

    def _replace(self, html: str) -> str:
        return _TOKEN.sub(lambda found: one.html if (one := self._of(found[0])) else found[0], html)

    def _of(self, character: str) -> Fragment | None:
        number = ord(character) - _FIRST
        return self.kept[number] if 0 <= number < len(self.kept) else None


def has_fragments(text: str) -> bool:
    return _TOKEN.search(text) is not None
