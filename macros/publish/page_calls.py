"""Where in a page's source a macro is called, and where each of its arguments stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

_CONSTRUCT = re.compile(r"\{#.*?#\}|\{%-?\s*raw\b.*?endraw\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NAME = re.compile(r"(?<![\w.])([a-z_]+)\(")
_PIECE = re.compile(r"""(['"])(?:\\.|(?!\1).)*\1|[()\[\]{},]""", re.DOTALL)
_JINJA = Environment()


@dataclass(frozen=True)
class Span:
    """A part of the source, from `begin` up to and without `end`."""

    begin: int
    end: int

    def of(self, source: str) -> str:
        return source[self.begin : self.end]


@dataclass(frozen=True)
class Written:
    """A call as it stands in the source. `whole`: the braces around it, where there is nothing else between them."""

    name: str
    span: Span
    positional: tuple[Span, ...]
    named: dict[str, Span]
    whole: Span | None

    def argument(self, name: str, place: int) -> Span | None:
        """An argument by its name or its place."""
        return self.named.get(name) or (self.positional[place] if place < len(self.positional) else None)


def written_calls(source: str) -> Iterator[Written]:
    """Every call between braces, in order; also those inside of other calls' arguments."""
    for construct in _CONSTRUCT.finditer(source):
        if construct[0].startswith("{#") or "endraw" in construct[0]:
            continue
        for name in _NAME.finditer(source, construct.start(), construct.end()):
            read = _arguments(source, name.end(), construct.end())
            if read is None:
                continue
            end, spans = read
            around = source[construct.start() : name.start()] + source[end : construct.end()]
            whole = Span(*construct.span()) if re.fullmatch(r"\{\{-?\s*-?\}\}", around) else None
            positional, named = [], {}
            for span in spans:
                key = re.match(r"\s*([a-z_]+)\s*=(?!=)\s*", span.of(source))
                if key:
                    named[key[1]] = Span(span.begin + key.end(), span.end)
                else:
                    positional.append(span)
            yield Written(name[1], Span(name.start(), end), tuple(positional), named, whole)


def _arguments(source: str, begin: int, limit: int) -> tuple[int, list[Span]] | None:
    """The end of a call whose arguments begin there, and the arguments, without the blanks around them."""
    depth, start, spans = 0, begin, []
    for piece in _PIECE.finditer(source, begin, limit):
        sign = piece[0]
        if sign in "([{":
            depth += 1
        elif (sign == "," and depth == 0) or (sign in ")]}" and depth == 0):
            text = source[start : piece.start()]
            if text.strip():
                left = start + len(text) - len(text.lstrip())
                spans.append(Span(left, left + len(text.strip())))
            start = piece.end()
            if sign != ",":
                return piece.end(), spans
        elif sign in ")]}":
            depth -= 1
    return None


def constant(text: str) -> object:
    """What an argument is, where it is written out: a text, a number, a list of them; None for anything else."""
    try:
        outputs = list(_JINJA.parse("{{ (" + text + ") }}").find_all(nodes.Output))
        node = outputs[0].nodes[0]
        return node.as_const() if isinstance(node, nodes.Expr) else None
    except (TemplateSyntaxError, nodes.Impossible, IndexError):
        return None
