"""How the package joins a build: results are made sure of, macros registered, errors given a position."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path

from jinja2 import TemplateSyntaxError, UndefinedError
from mkdocs.exceptions import BuildError
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs_macros.errors import format_error
from mkdocs_macros.plugin import MacrosPlugin

from macros.claim.document import InvalidInput
from macros.lab.box import EnvironmentFailed
from macros.ledger.results import CatalogueResult
from macros.publish.fragments import Fragments
from macros.publish.problems import PageProblem, line_of_call, line_of_error, lines_before
from macros.publish.site_events import SiteEvents
from macros.publish.vocabulary import PAGE_MACROS, Vocabulary

Provider = Callable[[Path], CatalogueResult]
"""The claims' folder to the catalogue's results, running whatever is missing."""


def define(env: MacrosPlugin, provide: Provider) -> None:
    """Get the results, give the pages their macros, and join the build's later events.

    Called once in a build; so the results are asked for once, and again at each rebuild of `mkdocs serve`.
    """
    project = Path(env.project_dir)
    try:
        results = provide(project / "claims")
    except (InvalidInput, EnvironmentFailed) as error:
        raise BuildError(str(error)) from error
    fragments = Fragments()
    events = SiteEvents(results, fragments)

    def url(claim: str) -> str:
        return get_relative_url(events.address(claim), env.page.url)

    events.vocabulary = vocabulary = Vocabulary(results, fragments, url)
    for name in PAGE_MACROS:
        env.macro(_reporting(getattr(vocabulary, name), lambda: env.page, project, events.problems), name)  # type: ignore[no-untyped-call]
    env.conf.plugins["claims"] = events


def _reporting(
    macro: Callable[..., str], page: Callable[[], Page], project: Path, problems: list[str]
) -> Callable[..., str]:
    """The macro, with its problems collected under their page and line: a build reports all of them, then fails."""
    signature = inspect.signature(macro)

    @functools.wraps(macro)
    def reporting(*args: object, **kwargs: object) -> str:
        try:
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                raise PageProblem(f"{error}; write {macro.__name__}{_usage(signature)}") from error
            return macro(*args, **kwargs)
        except PageProblem as problem:
            problems.append(f"{position(page(), line_of_call(), project)}: {macro.__name__}: {problem}")
            return ""

    return reporting


def _usage(signature: inspect.Signature) -> str:
    names = [
        name if one.default is inspect.Parameter.empty else f"{name}=…"
        for name, one in signature.parameters.items()
        if name != "caller"
    ]
    return f"({', '.join(names)})"


def position(page: Page, line: int | None, project: Path | None = None) -> str:
    """`docs/page.md:12` for a line of the page's Markdown; front matter, which Markdown does not see, is counted in."""
    path = page.file.abs_src_path or page.file.src_uri
    if project is not None and Path(path).is_relative_to(project):
        path = Path(path).relative_to(project).as_posix()
    if line is None:
        return str(path)
    return f"{path}:{line + lines_before(page.file.content_string, page.markdown or '')}"


@format_error.register
def _undefined(error: UndefinedError, markdown: str, page: Page) -> str:
    """The macros plugin prints this for an unknown macro or variable, and stops the build."""
    where = position(page, line_of_error(error.__traceback__))
    return f"{where}: {error.message}; the macros of pages are {', '.join(PAGE_MACROS)}"


@format_error.register
def _syntax(error: TemplateSyntaxError, markdown: str, page: Page) -> str:
    return f"{position(page, error.lineno)}: {error.message}; the page's macros cannot be read"
