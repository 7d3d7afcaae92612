"""What is looked for in every page beyond its macros: figures that somebody typed, and prose that nothing binds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from macros.problems import Problem
from macros.publish import prose_lint
from macros.publish.prose_figures import allowed_of, typed

CONFIG = Path("mkdocs.yml")


def check_page(
    uri: str, path: Path, source: str, html: str, extra: Mapping[str, Any], known: prose_lint.Known
) -> list[Problem]:
    """What is wrong with one page: its path among the docs, its file, its text and the HTML made of it.

    `extra`: that of mkdocs.yml, which has the settings of both.
    """
    return [*_typed_figures(uri, path, source, html, extra), *_unbound_prose(uri, path, source, extra, known)]


def _typed_figures(uri: str, path: Path, source: str, html: str, extra: Mapping[str, Any]) -> list[Problem]:
    try:
        allowed = allowed_of(extra.get("prose_figures"))
    except ValueError as error:
        return [Problem(CONFIG, 1, 1, str(error), "write all three")]
    problems = []
    for figure in typed(html, uri, allowed):
        lines = enumerate((" ".join(text.split()) for text in source.splitlines()), 1)
        line = next((number for number, text in lines if figure in text), 1)
        what = f"the figure `{figure}` appears in prose, but no claim produced it"
        fix = "use value, figure or policy; or list it in mkdocs.yml under extra.prose_figures with the reason"
        problems.append(Problem(path, line, 1, what, fix))
    return problems


def _unbound_prose(
    uri: str, path: Path, source: str, extra: Mapping[str, Any], known: prose_lint.Known
) -> list[Problem]:
    try:
        settings = prose_lint.settings_of(extra.get("bound_prose"))
    except ValueError as error:
        return [Problem(CONFIG, 1, 1, str(error), "write pages: [patterns] and enforce: true")]
    if not settings.enforce or not settings.has(uri):
        return []
    return prose_lint.lint_page(source, path, known, settings.everywhere)
