"""A claim's files and scripts as highlighted HTML, made once for each text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType
from pygments.util import ClassNotFound

from macros.words.inert import between_tags, visible_in

_COLOURED = (
    (Comment.Preproc, "cp"), (Comment, "c"), (Keyword, "k"), (String, "s"), (Number, "m"),
    (Name.Function, "nf"), (Name.Builtin, "nb"),
)  # fmt: skip
"""What the theme gives a colour of its own, by its class there. All else has the colour of the text: a span for each
blank, bracket and name would make a program seven times as long."""


@lru_cache(maxsize=1024)
def highlighted(text: str, name: str) -> Markup:
    """Spans for the inside of a `<code>`, in the language of a file called `name`; plain when unknown.

    Everything is escaped, and what changes the order or the look of the letters is named: an editor's bidirectional
    marks can make a program read as what it is not.
    """
    return visible_in(Markup("".join(_spans(text, _lexer(name)))))


def _spans(text: str, lexer: Lexer) -> Iterator[str]:
    for style, tokens in groupby(lexer.get_tokens(text), key=lambda token: _style(token[0])):
        words = between_tags("".join(word for _, word in tokens))
        yield f'<span class="{style}">{words}</span>' if style else str(words)


@cache
def _style(kind: _TokenType) -> str:
    return next((style for family, style in _COLOURED if family in kind.split()), "")


@cache
def _lexer(name: str) -> Lexer:
    try:
        return get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)
