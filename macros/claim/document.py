"""YAML documents with positions: what a file says, and at which line and column it says each part.

YAML 1.2, and of it only what a reviewer can take in at sight: no tags, anchors, aliases or merge
keys, no duplicate keys, one document, at most 64 KiB. Every breach is a `Problem` with a position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from macros.problems import Problem

MAX_BYTES = 64 * 1024

Where = tuple[str | int, ...]
"""A path into the data: ("metrics", "start", "unit") or ("expect", 0)."""


@dataclass
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and the position of each of its parts."""

    path: Path
    data: Any = None
    positions: dict[Where, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

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
    try:
        raw = path.read_bytes()
    except OSError as error:
        document.problems.append(
            Problem(path, 1, 1, f"cannot be read: {error.strerror}", "check that the file is there")
        )
        return document
    if len(raw) > MAX_BYTES:
        document.problems.append(
            Problem(
                path,
                1,
                1,
                f"has {len(raw):,} bytes",
                f"at most {MAX_BYTES:,} are allowed; move data into program files",
            )
        )
        return document
    try:
        text = raw.decode("utf-8")
        document.problems.extend(_beyond_the_subset(path, text))
        if not document.problems:
            node = _yaml().compose(text)
            document.data = _build(document, node, ()) if node is not None else None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.problems.append(Problem(path, line, 1, "is not UTF-8", "save the file as UTF-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(part) for part in (error.problem, error.context) if part)
        document.problems.append(Problem(path, line, column, f"not valid YAML: {what}", "check indentation and quotes"))
    except YAMLError as error:
        document.problems.append(
            Problem(path, 1, 1, f"not valid YAML: {error}".splitlines()[0], "check for control characters")
        )
    return document


def _yaml() -> YAML:
    """The pure safe loader; the round-trip one marks where folded text was broken, in the text itself."""
    return YAML(typ="safe", pure=True)


def _beyond_the_subset(path: Path, text: str) -> Iterator[Problem]:
    documents = 0
    for event in _yaml().parse(text):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield Problem(path, line, column, "a second document begins here", "keep one claim to a file")
        elif isinstance(event, AliasEvent):
            yield Problem(path, line, column, f"alias *{event.anchor}", "write the value out")
        elif isinstance(event, NodeEvent) and event.anchor:
            yield Problem(path, line, column, f"anchor &{event.anchor}", "write the value out where it is used")
        elif getattr(event, "tag", None):
            yield Problem(path, line, column, f"tag {event.tag}", "leave the tag out; quote the value to make it text")


def _build(document: Document, node: Node, where: Where) -> Any:
    document.positions.setdefault(where, _mark(node))
    if isinstance(node, MappingNode):
        return _build_mapping(document, node, where)
    if isinstance(node, SequenceNode):
        return [_build(document, item, (*where, index)) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(str(node.tag).rsplit(":", 1)[-1], node.value)


def _build_mapping(document: Document, node: MappingNode, where: Where) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = _mark(key_node)
        if not isinstance(key_node, ScalarNode):
            document.problems.append(Problem(document.path, line, column, "a key that is not text", "use a plain word"))
            continue
        key = str(key_node.value)
        if key == "<<":
            document.problems.append(Problem(document.path, line, column, "merge key <<", "write the keys out"))
        elif key in built:
            document.problems.append(
                Problem(document.path, line, column, f"key `{key}` stands twice", "keep one of them")
            )
        else:
            document.positions[(*where, key)] = (line, column)
            built[key] = _build(document, value_node, (*where, key))
    return built


def _mark(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(kind: str, text: str) -> Any:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        digits = text.replace("_", "")
        return int(digits, 0) if digits.lstrip("+-")[:2].lower() in ("0x", "0o") else int(digits)
    if kind == "float":
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    return text
