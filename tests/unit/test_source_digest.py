"""The digest of the extractors' source: part of a result's address."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.evidence import source_digest
from macros.evidence.extractors import EXTRACTORS
from macros.evidence.source_digest import digest_of, extractors_digest, normalised, sources

PACKAGE = Path(source_digest.__file__).parents[1]
NM = "macros.evidence.extractors.nm"

SNIPPET = '''
"""What a module is."""

import re

LIMIT = 3
"""What the limit is."""


def f(a: str, b: int = 2) -> str:
    """What f does."""
    # Why.
    if a:
        return f"{a!r} of {b + 1}{{}}"  # Because.
    return "x" """y"""
'''


def test_every_module_that_decides_a_value_is_in_it() -> None:
    """Each extractor's, what they share, and what they take from `claim`; what has no influence is left out by name."""
    names = set(sources())
    assert {extractor.read.__module__ for extractor in EXTRACTORS.values()} <= names
    assert {f"macros.evidence.{name}" for name in ("extract", "reading", "summaries", "slopes")} <= names
    assert {f"macros.claim.{name}" for name in ("metrics", "patterns", "units")} <= names
    here = {
        ".".join(("macros", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for path in (PACKAGE / "evidence").rglob("*.py")
    }
    left_out = ("observation", "points", "source_digest")
    assert here - names == {"macros.evidence", *(f"macros.evidence.{name}" for name in left_out)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"(?P<type>[A-Za-z?_-]) ", r"(?P<type>[A-Za-z?_]) "),
        ("if not symbols:", "if symbols:"),
        ("fullmatch(unversioned)", "search(unversioned)"),
        ("is the binary stripped?", "is it stripped?"),
    ],
)
def test_a_changed_reader_changes_the_digest(old: str, new: str) -> None:
    """A sign in an expression, a condition, a call, a message: whatever is executed."""
    modules = sources()
    assert old in modules[NM]
    assert digest_of({**modules, NM: modules[NM].replace(old, new)}) != extractors_digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""How many listed symbols', '"""The number of listed symbols'),
        ("\n\ndef nm(", "\n# Why this is so.\n\n\ndef nm("),
        ("    if not symbols:\n", "    if not symbols:  # Nothing.\n\n"),
        ("return [Reading(", "return [\n        Reading("),
        ("\n", "\r\n"),
    ],
)
def test_a_changed_comment_does_not(old: str, new: str) -> None:
    """Documentation, comments, blank lines, breaks inside brackets and line endings give nobody another value."""
    modules = sources()
    assert old in modules[NM]
    assert digest_of({**modules, NM: modules[NM].replace(old, new)}) == extractors_digest()


def test_what_a_program_says_is_the_same_in_every_version_of_python() -> None:
    """Literally: tokens in order, strings as they are written (formatted ones whole), no documentation."""
    assert list(normalised(SNIPPET)) == [
        *("import", "re", "\n"),
        *("LIMIT", "=", "3", "\n"),
        *("def", "f", "(", "a", ":", "str", ",", "b", ":", "int", "=", "2", ")", "->", "str", ":", "\n"),
        "indent",
        *("if", "a", ":", "\n"),
        "indent",
        *("return", 'f"{a!r} of {b + 1}{{}}"', "\n"),
        "dedent",
        *("return", '"x"', '"""y"""', "\n"),
        "dedent",
    ]


def test_indentation_is_part_of_a_program() -> None:
    """A statement inside a condition is not the one after it."""
    assert digest_of({"m": "if a:\n    b()\n    c()\n"}) != digest_of({"m": "if a:\n    b()\nc()\n"})


def test_a_modules_name_is_part_of_it() -> None:
    """The same text under another name is imported by other modules."""
    assert digest_of({"a": "x = 1\n", "b": "y = 1\n"}) != digest_of({"a": "y = 1\n", "b": "x = 1\n"})
