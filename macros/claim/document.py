"""YAML documents with positions: what a file says, and at which line and column it says each part.

YAML 1.2, and of it only what a reviewer can take in at sight: no tags, anchors, aliases, merge keys or directives, no
duplicate keys, no hidden characters, one document. Every breach is a `Problem` with a position. Whatever the file
holds, reading it ends soon and raises nothing.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from macros.claim.files import Unreadable, read_regular
from macros.claim.visible import first_hidden, shown
from macros.problems import Problem

MAX_BYTES = 64 * 1024
"""Ten times the longest claim file. It bounds the time and memory of everything below."""

MAX_DEPTH = 16
"""Of lists and mappings in each other; a claim file has five. Composing and validating recur once for each level."""

MAX_NUMBER = 40
"""Characters of an unquoted number. No double and no 64-bit integer needs more, and Python refuses 4,301 digits."""

MOST_PROBLEMS = 25
"""Of one file; whoever has more mistakes than that has one that makes the others."""

_NUMBERS = ("int", "float")
_PLAIN = (*_NUMBERS, "bool", "null")
"""What is not text. Dates are text here."""

Where = tuple[str | int, ...]
"""A path into the data: ("metrics", "start", "unit") or ("expect", 0)."""


@dataclass
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and the position of each of its parts."""

    path: Path
    data: Any = None
    positions: dict[Where, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    first_line: str = ""

    def position(self, where: Where) -> tuple[int, int]:
        """Of the part named, or of the nearest part around it that stands in the file."""
        while where and where not in self.positions:
            where = where[:-1]
        return self.positions.get(where, (1, 1))

    def problem(self, where: Where, what: str, fix: str = "") -> Problem:
        return Problem(self.path, *self.position(where), what, fix)


def read_document(path: Path) -> Document:
    """Read a file; what is wrong with it stands in `problems`, and then `data` may be None."""
    document = Document(path)
    text = _read_text(document)
    if text is not None:
        document.first_line = text.partition("\n")[0]
        document.problems.extend(islice(_hidden_characters(path, text), MOST_PROBLEMS))
    if text is None or document.problems:
        return document
    try:
        events: list[Event] = []
        document.problems.extend(islice(_beyond_the_subset(path, _parsed(text, events)), MOST_PROBLEMS))
        if not document.problems:
            yaml = _yaml()
            yaml.Parser = lambda loader: _Replay(events)
            node = yaml.composer.get_single_node()
            document.data = _Builder(document, yaml).build(node, ()) if node is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(part) for part in (error.problem, error.context) if part)
        document.problems.append(
            Problem(path, line, column, f"not valid YAML: {shown(what, 200)}", "check indentation and quotes")
        )
    except YAMLError as error:
        what = shown(str(error).partition("\n")[0], 200)
        document.problems.append(Problem(path, 1, 1, f"not valid YAML: {what}", "check for control characters"))
    except Exception as error:
        # The library lets some errors of its own through: ValueError for the escape "\UFFFFFFFF", for example.
        what = f"not valid YAML: {shown(error, 200)}"
        document.problems.append(Problem(path, 1, 1, what, "check the escapes in double quotes"))
    if document.problems:
        document.data = None
        del document.problems[MOST_PROBLEMS:]
    return document


def _read_text(document: Document) -> str | None:
    try:
        raw = read_regular(document.path, MAX_BYTES)
    except Unreadable as error:
        fix = f"{error.fix}; move data into program files" if "bytes" in error.what else error.fix
        document.problems.append(Problem(document.path, 1, 1, error.what, fix))
        return None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.problems.append(Problem(document.path, line, 1, "is not UTF-8", "save the file as UTF-8"))
        return None


def _hidden_characters(path: Path, text: str) -> Iterator[Problem]:
    """The first in each line; also in comments, which reviewers read."""
    for number, line in enumerate(text.split("\n"), 1):
        hidden = first_hidden(line)
        if hidden is not None:
            column, name = hidden
            yield Problem(path, number, column + 1, f"the hidden character {name}", "remove it")


def _yaml() -> YAML:
    """The pure safe loader; the round-trip one marks where folded text was broken, in the text itself."""
    return YAML(typ="safe", pure=True)


def _parsed(text: str, events: list[Event]) -> Iterator[Event]:
    """The events of a text, one by one; they are kept in `events`, to be composed when they have been looked at."""
    for event in _yaml().parse(text):
        events.append(event)
        yield event


class _Replay:
    """The events of a parser again, as the library's composer asks for them: parsing is what takes the time."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = deque(events)

    def check_event(self, *kinds: type[Event]) -> bool:
        return bool(self._events) and (not kinds or isinstance(self._events[0], kinds))

    def peek_event(self) -> Event:
        return self._events[0]

    def get_event(self) -> Event:
        return self._events.popleft()


def _beyond_the_subset(path: Path, events: Iterator[Event]) -> Iterator[Problem]:
    """What the grammar allows and this project does not. Stops at once where going on could take too long."""
    documents = depth = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield Problem(path, line, column, "a second document begins here", "keep one to a file")
            if event.version or event.tags:
                yield Problem(path, line, column, "a directive (%) before the document", "leave it out")
            continue
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield Problem(path, line, column, f"more than {MAX_DEPTH} levels in each other", "use fewer levels")
            return
        if isinstance(event, AliasEvent):
            yield Problem(path, line, column, f"alias *{shown(event.anchor)}", "write the value out")
        elif isinstance(event, NodeEvent) and event.anchor:
            yield Problem(path, line, column, f"anchor &{shown(event.anchor)}", "write the value out where it is used")
        elif isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag:
            what = f"tag {shown(event.tag)}"
            yield Problem(path, line, column, what, "leave the tag out; quote the value to make it text")


class _Builder:
    """From the library's nodes to plain data, noting where each part stands. Scalars are the library's own."""

    def __init__(self, document: Document, yaml: YAML) -> None:
        self._document = document
        self._constructor = yaml.constructor

    def build(self, node: Node, where: Where) -> Any:
        self._document.positions.setdefault(where, _mark(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, where)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*where, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: MappingNode, where: Where) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._complain(key_node, "a key that is not text", "use a plain word")
                continue
            key = self._text(key_node)
            if key == "<<":
                self._complain(key_node, "merge key <<", "write the keys out")
            elif key in built:
                self._complain(key_node, f"key `{shown(key)}` appears twice", "keep one of them")
            else:
                self._document.positions[(*where, key)] = _mark(key_node)
                built[key] = self.build(value_node, (*where, key))
        return built

    def _scalar(self, node: ScalarNode) -> Any:
        kind = str(node.tag).rsplit(":", 1)[-1]
        if kind not in _PLAIN:
            return self._text(node)
        if kind in _NUMBERS and len(node.value) > MAX_NUMBER:
            fix = "round it, or quote it to make it text"
            self._complain(node, f"a number of {len(node.value):,} characters", fix)
            return None
        try:
            value = self._constructor.construct_object(node)
        except ValueError:
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            self._complain(node, f"`{node.value}` is not a finite number", "give a number, or quote it to make it text")
            return None
        return value

    def _text(self, node: ScalarNode) -> str:
        """Its text; escapes in double quotes can hide characters in it that the file itself does not hold."""
        text = str(node.value)
        hidden = first_hidden(text)
        if hidden is not None:
            fix = "leave it out; a script can print it with printf"
            self._complain(node, f"an escape stands for the hidden character {hidden[1]}", fix)
        return text

    def _complain(self, node: Node, what: str, fix: str) -> None:
        self._document.problems.append(Problem(self._document.path, *_mark(node), what, fix))


def _mark(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
