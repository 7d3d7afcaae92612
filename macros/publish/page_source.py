"""A page's source as blocks of prose, with what its macros were called with. Nothing is rendered.

Jinja's own lexer and parser read it, so what counts as a call is what the build takes for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateSyntaxError, nodes

_JINJA = Environment()
_MARK = "\ufdd0"
"""Stands in a block's text where a macro was called. It is no character of any text."""

_FENCE = re.compile(r" {0,3}(```|~~~)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+\.)\s+|\s*\[\^[^\]]+\]:")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A macro's call. Of each argument all values that it can have, where a loop gives them; none where unknown.

    `nested`: calls that are arguments of it.
    """

    name: str
    line: int
    args: tuple[tuple[object, ...], ...]
    kwargs: Mapping[str, tuple[object, ...]]
    nested: tuple[Call, ...] = ()

    def texts(self, name: str, place: int | None = None) -> list[str]:
        """The texts that an argument can be, by name or by place; a list counts as its items."""
        given = self.kwargs.get(name, ())
        if not given and place is not None and place < len(self.args):
            given = self.args[place]
        flat = [one for value in given for one in (value if isinstance(value, (list, tuple)) else [value])]
        return [one for one in flat if isinstance(one, str)]

    def every(self) -> Iterator[Call]:
        """It and the calls in it."""
        yield self
        for one in self.nested:
            yield from one.every()


@dataclass
class Block:
    """A paragraph, an item of a list, a heading or a table. `guards`: the arguments of the passage around it.

    They are None outside of one. `text` has its source's line feeds, and no macros.
    """

    line: int
    kind: str
    text: str = ""
    calls: list[Call] = field(default_factory=list)
    guards: Call | None = None

    def line_of(self, offset: int) -> int:
        """The line of the page's file at this place of the text."""
        return self.line + self.text.count("\n", 0, offset)

    def every_call(self) -> Iterator[Call]:
        for call in self.calls:
            yield from call.every()


def blocks(source: str) -> list[Block]:
    """The page's blocks in order. Raises jinja2.TemplateSyntaxError for a page that cannot be read."""
    reader = _Reader()
    for line, kind, value in _pieces(source):
        if kind == "text":
            reader.text(line, value)
        elif kind == "variable":
            reader.macro(line, value)
        elif kind == "block":
            reader.statement(line, value)
    reader.flush()
    return reader.found


def _pieces(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, kind, text) of each stretch of text and of each construct between braces, which keep their line feeds."""
    head = _FRONT_MATTER.match(source)
    body = ("\n" * head[0].count("\n") + source[head.end() :]) if head else source
    inside, begun = "", 1
    parts: list[str] = []
    for line, token, value in _JINJA.lex(body):
        if token in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
            inside, begun, parts = token.removesuffix("_begin"), line, []
            if inside == "raw":
                inside = ""
        elif inside and token == f"{inside}_end":
            yield begun, inside, "".join(parts)
            inside = ""
        elif inside:
            parts.append(value)
        elif token == "data":
            yield line, "text", value


class _Reader:
    """Puts the pieces of a page together to blocks."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self._known: dict[str, tuple[object, ...]] = {}
        self._guards: list[Call | None] = []
        self._block: Block | None = None
        self._fence = ""
        self._begun = False
        """Whether the line at hand has anything on it yet."""

    # ---- pieces ----------------------------------------------------------------------------------

    def text(self, line: int, text: str) -> None:
        """What stands outside of all braces."""
        for number, part in enumerate(text.split("\n"), line):
            if number > line:
                self._line_feed()
            if part.strip():
                if not self._begun:
                    self._starts(number, part)
                self._add(number, part)
            elif self._block is not None:
                self._block.text += part

    def macro(self, line: int, source: str) -> None:
        """A macro's call, or another expression."""
        calls = self._read(source, line)
        if not self._begun and self._block is not None and self._block.kind in ("heading", "table"):
            self.flush()
        self._add(line, _MARK)
        assert self._block is not None
        self._block.calls += calls

    def statement(self, line: int, source: str) -> None:
        """What stands between `{%` and `%}`. A passage begins and ends blocks."""
        word, _, rest = source.strip("-+ \n").partition(" ")
        if word == "call":
            self.flush()
            calls = self._read(rest, line)
            self._guards.append(calls[0] if calls and calls[0].name == "passage" else None)
        elif word == "endcall":
            self.flush()
            del self._guards[-1:]
        elif word == "for":
            self._loop(rest)
        elif word == "set":
            self._set(rest)

    def flush(self) -> None:
        """The block at hand is complete."""
        if self._block is not None and (self._block.text.strip() or self._block.calls):
            self.found.append(self._block)
        self._block = None

    # ---- lines -----------------------------------------------------------------------------------

    def _line_feed(self) -> None:
        if not self._begun and not self._fence:
            self.flush()
        self._begun = False

    def _add(self, line: int, part: str) -> None:
        if self._block is None:
            self._begin(line, "code" if self._fence else "prose")
        assert self._block is not None
        # Also where Jinja's `-` has eaten line feeds.
        self._block.text += "\n" * (line - self._block.line_of(len(self._block.text))) + part
        self._begun = True

    def _starts(self, line: int, part: str) -> None:
        """A line of the page begins: it may begin a block, or go on with one."""
        fence = _FENCE.match(part)
        kind = self._block.kind if self._block is not None else ""
        if self._fence:
            if fence and fence[1] == self._fence:
                self._fence = ""
        elif fence:
            self._begin(line, "code")
            self._fence = fence[1]
        elif part.lstrip().startswith("#"):
            self._begin(line, "heading")
        elif part.lstrip().startswith("|"):
            if kind != "table":
                self._begin(line, "table")
        elif kind != "prose" or _ITEM.match(part):
            self._begin(line, "prose")

    def _begin(self, line: int, kind: str) -> None:
        self.flush()
        self._block = Block(line, kind, guards=next((one for one in reversed(self._guards) if one is not None), None))

    # ---- expressions -----------------------------------------------------------------------------

    def _loop(self, rest: str) -> None:
        """Remember what a loop's variables stand for: all items, or their parts where there are several variables."""
        targets, _, items = rest.partition(" in ")
        names = [name.strip("() ") for name in targets.split(",")]
        of_list = self._values_of(items)
        flat = [one for value in of_list for one in (value if isinstance(value, (list, tuple)) else [value])]
        if len(names) == 1:
            self._known[names[0]] = tuple(flat)
            return
        rows = [one for one in flat if isinstance(one, (list, tuple)) and len(one) == len(names)]
        for place, name in enumerate(names):
            self._known[name] = tuple(row[place] for row in rows)

    def _set(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self._known[name.strip()] = self._values_of(value)

    def _values_of(self, source: str) -> tuple[object, ...]:
        try:
            read = _JINJA.parse("{{ " + source.strip("-+ \n") + " }}")
            return _values(next(read.find_all(nodes.Output)).nodes[0], self._known)
        except (TemplateSyntaxError, StopIteration):
            return ()

    def _read(self, source: str, line: int) -> list[Call]:
        tree = _JINJA.parse("{{ " + source.strip("-+ \n") + " }}")
        return [_call(node, line, self._known) for node in _outermost(tree)]


def _outermost(node: nodes.Node) -> Iterator[nodes.Call]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call):
            yield child
        else:
            yield from _outermost(child)


def _call(node: nodes.Call, line: int, known: Mapping[str, tuple[object, ...]]) -> Call:
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    given: list[nodes.Node] = [*node.args, *(one.value for one in node.kwargs)]
    nested = [_call(one, line, known) for each in given for one in _calls_of(each)]
    return Call(
        name,
        line + node.lineno - 1,
        tuple(_values(one, known) for one in node.args),
        {one.key: _values(one.value, known) for one in node.kwargs},
        tuple(nested),
    )


def _calls_of(node: nodes.Node) -> Iterable[nodes.Call]:
    return [node] if isinstance(node, nodes.Call) else _outermost(node)


def _values(node: nodes.Node, known: Mapping[str, tuple[object, ...]]) -> tuple[object, ...]:
    """All values that an expression can have; none where it is not told by the page itself."""
    if isinstance(node, nodes.Name):
        return known.get(node.name, ())
    if isinstance(node, (nodes.List, nodes.Tuple)):
        items = [_values(item, known) for item in node.items]
        return (tuple(value for values in items for value in values),) if items else ()
    try:
        return (node.as_const(),) if isinstance(node, nodes.Expr) else ()
    except nodes.Impossible:
        return ()


def without_marks(text: str) -> str:
    """A block's text with a space where a macro stood."""
    return text.replace(_MARK, " ")
