"""The passages of a project's pages: which claim and verdict each was written for, and which no longer hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError
from mkdocs.utils.yaml import yaml_load

from macros.problems import InvalidInput
from macros.publish import guards
from macros.publish.build import project_of
from macros.publish.page_problems import PageProblem
from macros.publish.page_source import Call, blocks
from macros.results.catalogue import CatalogueResult
from macros.results.passages import Passage

_GUARDS = ("passage", "found")


def passages_of(claims: Path) -> list[Passage]:
    """Every guard of every page, in the order of pages and lines; none where the claims have no pages.

    A page that cannot be read has none here: the build says what is wrong with it.
    """
    return [passage for passage, _ in _guarded(claims)]


def outdated(claims: Path, results: CatalogueResult) -> list[Passage]:
    """Those whose verdict is not the measured one, of the claims that have results."""
    found = []
    for passage, call in _guarded(claims):
        if passage.claim in results.claims and not _holds(results, passage, call):
            found.append(passage)
    return found


def _guarded(claims: Path) -> Iterator[tuple[Passage, Call]]:
    try:
        project = project_of(claims)
    except InvalidInput:
        return
    config = yaml_load((project / "mkdocs.yml").read_text("utf-8")) or {}
    docs = project / str(config.get("docs_dir") or "docs")
    for page in sorted(docs.rglob("*.md")):
        try:
            found = blocks(page.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, TemplateSyntaxError):
            continue
        once = {id(block.guards): block.guards for block in found if block.guards is not None}
        for guard in once.values():
            for call in guard.every():
                if call.name in _GUARDS:
                    yield from _passages(page, call)


def _passages(page: Path, call: Call) -> Iterator[tuple[Passage, Call]]:
    where = ", ".join(dict.fromkeys([*call.texts("toolchain", 2), *call.texts("case", 3)]))
    for claim in dict.fromkeys(call.texts("claim", 0)):
        for verdict in dict.fromkeys(call.texts("verdict", 1)):
            yield Passage(page, call.line, claim, verdict, where), call


def _holds(results: CatalogueResult, passage: Passage, call: Call) -> bool:
    toolchains, cases = call.texts("toolchain", 2), call.texts("case", 3)
    try:
        guard = guards.found(results, passage.claim, passage.written_for, toolchains or None, cases or None)
    except PageProblem:
        return False
    return not guards.unmet(guard)
