"""The theme's stylesheet without the rules that no page of the site can use: more than a third of it.

A rule stays if every class that its selector asks for is on a page, or is a word of a script. What stands in brackets
(`:not(.a)`, `[type=b]`) is not looked at, so nothing is lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

_PIECE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[{};]|[^{};\"']+")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
_INNERMOST = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PART = re.compile(r"[(\[]|[)\]]|,|[^()\[\],]+")
_PICTURE = re.compile(r"(--[\w-]+):url\((?:\"[^\"]*\"|'[^']*'|[^)\"']*)\);?")
_CLASSES = re.compile(r'\bclass="([^"]*)"')
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def classes_of(html: str) -> set[str]:
    """The classes that a page's elements have."""
    return {name for names in set(_CLASSES.findall(html)) for name in names.split()}


def words_of(script: str) -> set[str]:
    """Whatever may be a class that a script gives to an element."""
    return set(_WORD.findall(script))


def prune(site: Path, classes: Collection[str]) -> None:
    """Rewrite the theme's stylesheets in a finished site whose pages have these classes."""
    scripts = [path.read_text("utf-8") for path in (site / "assets").rglob("*.js")]
    known = {*classes, *(word for script in scripts for word in words_of(script))}
    for path in (site / "assets" / "stylesheets").glob("*.css"):
        path.write_text(pruned(path.read_text("utf-8"), known), encoding="utf-8")


def pruned(css: str, classes: Collection[str]) -> str:
    """The stylesheet's rules for `classes`, and the pictures that these rules name."""
    kept = "".join(_rules(_PIECE.findall(css), classes))
    return _PICTURE.sub(lambda picture: picture[0] if f"var({picture[1]}" in kept else "", kept)


def _rules(pieces: list[str], classes: Collection[str]) -> Iterator[str]:
    """Statements as they are, rules with what is left of their selectors, groups with what is left in them."""
    place = 0
    while place < len(pieces):
        end = next((at for at in range(place, len(pieces)) if pieces[at] in "{;"), len(pieces))
        head = "".join(pieces[place:end])
        if end == len(pieces) or pieces[end] == ";":
            yield head + ("" if end == len(pieces) else ";")
            place = end + 1
            continue
        close = _closing(pieces, end)
        inside = pieces[end + 1 : close]
        if head.startswith(("@media", "@supports")):
            body = "".join(_rules(inside, classes))
        else:
            head = head if head.startswith("@") else ",".join(_used(head, classes))
            body = "".join(inside)
        if head and body:
            yield f"{head}{{{body}}}"
        place = close + 1


def _closing(pieces: list[str], opening: int) -> int:
    depth = 0
    for place in range(opening, len(pieces)):
        depth += (pieces[place] == "{") - (pieces[place] == "}")
        if depth == 0:
            return place
    return len(pieces)


def _used(selectors: str, classes: Collection[str]) -> Iterator[str]:
    for selector in _split(selectors):
        bare = selector
        while (shorter := _INNERMOST.sub("", bare)) != bare:
            bare = shorter
        if all(name in classes for name in _CLASS.findall(bare)):
            yield selector


def _split(selectors: str) -> Iterator[str]:
    """At the commas that stand in no brackets."""
    depth, selector = 0, ""
    for part in _PART.findall(selectors):
        if part == "," and depth == 0:
            yield selector
            selector = ""
            continue
        depth += (part in "([") - (part in ")]")
        selector += part
    yield selector
