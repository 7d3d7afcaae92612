"""YAML documents with positions: what a file says, and at which line and column it says each part.

YAML 1.2, and of it only what a reviewer can see at a glance: no tags, anchors, aliases, merge keys or directives, no
duplicate keys, no hidden characters, one document. Every breach is a `Problem` with a position. Reading any file ends
soon and raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from macros.claim.files import Unreadable, read_regular
from macros.claim.scalars import NoNumber, value_of
from macros.claim.visible import first_hidden, shown
from macros.problems import Problem

MAX_BYTES = 64 * 1024
"""Ten times the longest claim file. It bounds the time and memory of everything below."""

MAX_DEPTH = 16
"""Of lists and mappings in each other; a claim file has five. Composing and validating recur once for each level."""

MOST_PROBLEMS = 25
"""Of one file. If there are more mistakes than that, one of them causes the others."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, which takes a tenth of the time. Where the library was built without it, its own twin in Python."""

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
        """Of the part named, or of the nearest part around it that is in the file."""
        while where and where not in self.positions:
            where = where[:-1]
        return self.positions.get(where, (1, 1))

    def problem(self, where: Where, what: str, fix: str = "") -> Problem:
        return Problem(self.path, *self.position(where), what, fix)


def read_document(path: Path) -> Document:
    """Read a file. `problems` holds what is wrong with it, and then `data` may be None."""
    document = Document(path)
    raw = _read(document)
    return document if raw is None else parse_document(path, raw)


def parse_document(path: Path, raw: bytes) -> Document:
    """The document that a file with this content is; `path` is its name in problems."""
    document = Document(path)
    text = _decode(document, raw)
    if text is not None:
        document.first_line = text.partition("\n")[0]
        document.problems.extend(islice(_hidden_characters(path, text), MOST_PROBLEMS))
    if text is None or document.problems:
        return document
    try:
        events: list[yaml.Event] = []
        document.problems.extend(islice(_beyond_the_subset(path, _parsed(text, events)), MOST_PROBLEMS))
        if not document.problems:
            document.data = _Builder(document, events).build_document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(part) for part in (error.problem, error.context) if part)
        document.problems.append(
            Problem(path, line, column, f"not valid YAML: {shown(what, 200)}", "check indentation and quotes")
        )
    except yaml.YAMLError as error:
        what = shown(str(error).partition("\n")[0], 200)
        document.problems.append(Problem(path, 1, 1, f"not valid YAML: {what}", "check for control characters"))
    except Exception as error:
        # The library may let some errors of its own through: ValueError for the escape "\UFFFFFFFF", for example.
        what = f"not valid YAML: {shown(error, 200)}"
        document.problems.append(Problem(path, 1, 1, what, "check the escapes in double quotes"))
    if document.problems:
        document.data = None
        del document.problems[MOST_PROBLEMS:]
    return document


def _read(document: Document) -> bytes | None:
    try:
        return read_regular(document.path, MAX_BYTES)
    except Unreadable as error:
        fix = f"{error.fix}; move data into program files" if "bytes" in error.what else error.fix
        document.problems.append(Problem(document.path, 1, 1, error.what, fix))
        return None


def _decode(document: Document, raw: bytes) -> str | None:
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


def _parsed(text: str, events: list[yaml.Event]) -> Iterator[yaml.Event]:
    """The events of a text, one by one; they are kept in `events`, to be built from when they have been looked at."""
    for event in yaml.parse(text, Loader=_LOADER):
        events.append(event)
        yield event


def _beyond_the_subset(path: Path, events: Iterator[yaml.Event]) -> Iterator[Problem]:
    """What the grammar allows and this project does not. Stops at once where going on could take too long."""
    documents = depth = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield Problem(path, line, column, "a second document begins here", "keep one per file")
            if event.version or event.tags:
                yield Problem(path, line, column, "a directive (%) before the document", "leave it out")
            continue
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield Problem(path, line, column, f"more than {MAX_DEPTH} levels of nesting", "use fewer levels")
            return
        if isinstance(event, yaml.AliasEvent):
            yield Problem(path, line, column, f"alias *{shown(event.anchor)}", "write the value out")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            yield Problem(path, line, column, f"anchor &{shown(event.anchor)}", "write the value out where it is used")
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag:
            what = f"tag {shown(event.tag)}"
            yield Problem(path, line, column, what, "leave the tag out; quote the value to make it text")


class _Builder:
    """From the parser's events to plain data, noting where each part stands.

    The events are those of one document at most, without aliases, and not too deep: so it ends, and recurs little.
    """

    def __init__(self, document: Document, events: list[yaml.Event]) -> None:
        self._document = document
        self._events = iter(events)

    def build_document(self) -> Any:
        """None for a file without a document."""
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                return self._build(event, ())
        return None

    def _build(self, event: yaml.Event, where: Where) -> Any:
        self._document.positions.setdefault(where, _mark(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._build(item, (*where, index)) for index, item in enumerate(self._until_the_end())]
        return self._scalar(event)

    def _mapping(self, where: Where) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_event in self._until_the_end():
            if not isinstance(key_event, yaml.ScalarEvent):
                self._complain(key_event, "a key that is not text", "use a plain word")
                self._pass_over(key_event)
                self._pass_over(next(self._events))
                continue
            key = self._text(key_event)
            value_event = next(self._events)
            if key == "<<":
                self._complain(key_event, "merge key <<", "write the keys out")
                self._pass_over(value_event)
            elif key in built:
                self._complain(key_event, f"key `{shown(key)}` appears twice", "keep one of them")
                self._pass_over(value_event)
            else:
                self._document.positions[(*where, key)] = _mark(key_event)
                built[key] = self._build(value_event, (*where, key))
        return built

    def _until_the_end(self) -> Iterator[yaml.Event]:
        """The beginnings of a collection's parts; whoever takes one takes all that belongs to it."""
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _pass_over(self, event: yaml.Event) -> None:
        """The rest of a part that is not built."""
        if isinstance(event, yaml.CollectionStartEvent):
            for part in self._until_the_end():
                self._pass_over(part)

    def _scalar(self, event: yaml.Event) -> Any:
        plain = event.implicit[0]
        try:
            value = value_of(event.value) if plain else event.value
        except NoNumber as error:
            self._complain(event, error.what, error.fix)
            return None
        return self._text(event) if isinstance(value, str) else value

    def _text(self, event: yaml.Event) -> str:
        """Its text; escapes in double quotes can hide characters in it that the file itself does not hold."""
        text = str(event.value)
        hidden = first_hidden(text)
        if hidden is not None:
            fix = "leave it out; a script can print it with printf"
            self._complain(event, f"an escape stands for the hidden character {hidden[1]}", fix)
        return text

    def _complain(self, event: yaml.Event, what: str, fix: str) -> None:
        self._document.problems.append(Problem(self._document.path, *_mark(event), what, fix))


def _mark(event: yaml.Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
