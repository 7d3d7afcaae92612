"""Which extractors read a value: a digest of their source, which is part of a result's address.

It changes with everything that may give another value for the same output, and with nothing else: comments,
documentation, line breaks and line endings are left out, and it does not depend on the version of Python.
"""

from __future__ import annotations

import hashlib
import inspect
import pkgutil
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from macros import evidence

_BESIDES = ("macros.claim.metrics", "macros.claim.patterns", "macros.claim.units")
"""What the extractors take from the room before."""

_WITHOUT_INFLUENCE = ("macros.evidence.observation", "macros.evidence.points", "macros.evidence.source_digest")
"""The shapes in which values are kept, what is drawn and not judged, and this module."""

_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)
# From Python 3.12 on, a formatted string is not one token but many.
_STRING_STARTS = getattr(tokenize, "FSTRING_START", -1)
_STRING_ENDS = getattr(tokenize, "FSTRING_END", -1)


@cache
def extractors_digest() -> str:
    """The digest of all modules that decide a value, in hexadecimal."""
    return digest_of(sources())


def sources() -> dict[str, str]:
    """The source of each of these modules by its full name."""
    found = pkgutil.walk_packages(evidence.__path__, f"{evidence.__name__}.")
    names = {module.name for module in found} - set(_WITHOUT_INFLUENCE)
    return {name: inspect.getsource(import_module(name)) for name in sorted({*names, *_BESIDES})}


def digest_of(modules: Mapping[str, str]) -> str:
    """SHA-256 over the modules' names and what their sources say, in hexadecimal."""
    hasher = hashlib.sha256()
    for name, source in sorted(modules.items()):
        for part in (name, *normalised(source)):
            encoded = part.encode("utf-8")
            # Its length before each part: no two lists of parts run together to the same bytes.
            hasher.update(len(encoded).to_bytes(8, "big") + encoded)
    return hasher.hexdigest()


def normalised(source: str) -> Iterator[str]:
    """The parts of a program that are neither comment nor documentation nor layout, in order.

    A statement that is nothing but a string is documentation. Indentation is given by signs of its own.
    """
    statement: list[str] = []
    only_strings = True
    for kind, text in _tokens(source):
        if kind == tokenize.NEWLINE:
            if not only_strings:
                yield from (*statement, "\n")
            statement, only_strings = [], True
        elif kind in (tokenize.INDENT, tokenize.DEDENT):
            yield "indent" if kind == tokenize.INDENT else "dedent"
        else:
            statement.append(text)
            only_strings = only_strings and kind == tokenize.STRING


def _tokens(source: str) -> Iterator[tuple[int, str]]:
    """(kind, text) of all tokens but those of layout; a formatted string is one, as it is written."""
    text_lines = [f"{line}\n" for line in source.replace("\r\n", "\n").split("\n")]
    depth, began = 0, (0, 0)
    for token in tokenize.generate_tokens(iter(text_lines).__next__):
        if token.type == _STRING_STARTS:
            depth, began = depth + 1, began if depth else token.start
        elif token.type == _STRING_ENDS:
            depth -= 1
            if not depth:
                yield tokenize.STRING, _between(text_lines, began, token.end)
        elif not depth and token.type not in _LAYOUT:
            yield token.type, token.string


def _between(text_lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one position to another; positions are (line from 1, column from 0)."""
    if start[0] == end[0]:
        return text_lines[start[0] - 1][start[1] : end[1]]
    whole = text_lines[start[0] : end[0] - 1]
    return "".join((text_lines[start[0] - 1][start[1] :], *whole, text_lines[end[0] - 1][: end[1]]))
