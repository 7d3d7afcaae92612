"""A claim file with another recorded verdict, and otherwise as its author wrote it: comments, layout, line endings."""

from __future__ import annotations

import yaml

from macros.claim.document import Document, parse_document
from macros.claim.fields import VerdictName
from macros.problems import InvalidInput

_KEY = "recorded"


def with_recorded(content: bytes, document: Document, verdict: VerdictName) -> bytes:
    """The file's content with that one scalar replaced.

    `document` is what was read from the file. Raises InvalidInput where the content says something else by now.
    """
    if parse_document(document.path, content).data != document.data:
        what = "was edited while its claim ran; its recorded verdict was left as it is"
        raise InvalidInput([document.problem((), what, "verify it again")])
    text = content.decode("utf-8-sig")
    mark = content[: len(content) - len(text.encode())]
    scalar = _value(text, _KEY)
    begin, end = scalar.start_mark.index, scalar.end_mark.index
    written = f"{scalar.style}{verdict}{scalar.style}" if scalar.style in ("'", '"') else verdict.value
    # The parser counts the line feeds after a block, blank lines among them, as part of it.
    old = text[begin:end]
    line_feeds = old[len(old.rstrip("\r\n")) :]
    changed = mark + f"{text[:begin]}{written}{line_feeds}{text[end:]}".encode()
    assert parse_document(document.path, changed).data == {**document.data, _KEY: verdict.value}
    return changed


def _value(text: str, key: str) -> yaml.ScalarNode:
    """The scalar that a key of the outermost mapping has. The library's parser in Python counts characters."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode), "a claim file is a mapping"
    value = next(value for name, value in root.value if name.value == key)
    assert isinstance(value, yaml.ScalarNode), "a verdict is a word"
    return value
