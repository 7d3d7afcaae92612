"""A claim's files and scripts as highlighted HTML, made once for each text."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

from macros.words.inert import visible_in

_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=1024)
def highlighted(text: str, name: str) -> Markup:
    """Pygments' spans for the inside of a `<code>`, in the language of a file called `name`; plain when unknown.

    Pygments escapes, but leaves what changes the order or the look of the letters: an editor's bidirectional marks can
    make a program read as what it is not.
    """
    return visible_in(Markup(highlight(text, _lexer(name), _FORMATTER)))


def _lexer(name: str) -> Lexer:
    try:
        return get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)
