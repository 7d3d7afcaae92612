"""How the package joins a build: results are made sure of, macros registered, errors given a position."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from jinja2 import TemplateSyntaxError, UndefinedError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs_macros.errors import format_error
from mkdocs_macros.plugin import MacrosPlugin

from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.publish import chinese
from macros.publish.benchmarks import read_benchmarks
from macros.publish.content_policy import is_preview
from macros.publish.events import SiteEvents
from macros.publish.fragments import Fragments
from macros.publish.given import Given, given_here
from macros.publish.page_problems import line_of_error, lines_before
from macros.publish.preview_pages import PreviewPages
from macros.publish.preview_values import PreviewVocabulary
from macros.publish.rebuilding import SERVED, print_of
from macros.publish.reporting import reporting
from macros.publish.vocabulary import PAGE_MACROS, Vocabulary
from macros.results.all_plots import all_plots
from macros.results.catalogue import CatalogueResult
from macros.results.history import file_of_last, last_published, past_of
from macros.results.replication_files import FOLDER as REPLICATIONS
from macros.run.plan import Project

Provider = Callable[[Path], CatalogueResult]
"""The claims' folder to the catalogue's results, running whatever is missing."""


def define(env: MacrosPlugin, provide: Provider) -> None:
    """Get the results, give the pages their macros, and join the build's later events.

    Called once in a build; so the results are asked for once, and again in a rebuild of
    `mkdocs serve` where they may have changed.
    """
    project = Path(env.project_dir)
    try:
        given = given_here() or Given(claims_folder(project), previous=last_published())
    except InvalidInput as error:
        raise BuildError(str(error)) from error
    for folder in (given.claims, given.claims.parent / REPLICATIONS):
        if folder.is_dir() and str(folder) not in env.conf.watch:
            env.conf.watch.append(str(folder))
    served = is_preview(env.conf)
    try:
        results = given.results or (_served(given.claims, provide) if served else provide(given.claims))
        plots = all_plots(results)
    except (InvalidInput, EnvironmentFailed) as error:
        raise BuildError(str(error)) from error
    if "zh" in results.settings.languages:
        chinese.prepare()
    fragments = Fragments()
    past = past_of(results, given.previous) if given.previous else None
    rebuild = SERVED.begin(results, print_of(_shared_by_pages(env.conf, project), ".md")) if served else None
    events = SiteEvents(results, fragments, plots, past, rebuild)

    def url(claim: str) -> str:
        return get_relative_url(events.address(claim), env.page.url)

    def place(line: int | None) -> tuple[Path, int]:
        return position(env.page, line, project)

    values = (results, fragments, url, read_benchmarks(project), Path(env.conf.docs_dir))
    if given.preview is None:
        events.vocabulary = Vocabulary(*values, past=past, plots=plots)
    else:
        vocabulary = PreviewVocabulary(*values, past=past, plots=plots, preview=given.preview)
        events.vocabulary = vocabulary
        events.preview = PreviewPages(given.preview, vocabulary)
        events.preview.in_navigation(env.conf)
    for name in PAGE_MACROS:
        denied = None if given.strict else events.denied
        macro = events.vocabulary.macro(name)
        if events.preview is not None:
            macro = events.preview.noting(name, macro, lambda: env.page)
        env.macro(reporting(macro, place, events.problems, denied), name)
    env.conf.plugins["claims"] = events


def _served(claims: Path, provide: Provider) -> CatalogueResult:
    """While pages are edited, the results stay until the claims or the ledger change."""
    project = Project(claims)
    inputs = [claims, claims.parent / REPLICATIONS, project.root / "Dockerfile"]
    return SERVED.results(inputs, project.ledger.folder, lambda: provide(claims))


def _shared_by_pages(config: MkDocsConfig, project: Path) -> list[Path]:
    """What all pages rest on: what MkDocs watches, its settings, and what pages take from beside the claims."""
    previous = [file for file in [file_of_last()] if file is not None]
    settings = [Path(config.config_file_path)] if config.config_file_path else []
    return [*map(Path, config.watch), *settings, Path(config.docs_dir), project / "bench", *previous]


def claims_folder(project: Path) -> Path:
    """The catalogue of a plain `mkdocs build`: the one that CLAIMS_DIR names, as for `claims`, else the project's."""
    asked = os.environ.get("CLAIMS_DIR")
    return Path(asked).absolute() if asked else project / "claims"


def position(page: Page, line: int | None, project: Path | None = None) -> tuple[Path, int]:
    """The page's file, and the line in it of a line of its Markdown: front matter, which Markdown lacks, counts too."""
    path = Path(page.file.abs_src_path or page.file.src_uri)
    if project is not None and path.is_relative_to(project):
        path = path.relative_to(project)
    return path, (line or 1) + lines_before(page.file.content_string, page.markdown or "")


@format_error.register
def _undefined(error: UndefinedError, markdown: str, page: Page) -> str:
    """The macros plugin prints this for an unknown macro or variable, and stops the build."""
    path, line = position(page, line_of_error(error.__traceback__))
    return str(Problem(path, line, 1, error.message or "undefined", f"pages have {', '.join(PAGE_MACROS)}"))


@format_error.register
def _syntax(error: TemplateSyntaxError, markdown: str, page: Page) -> str:
    path, line = position(page, error.lineno)
    return str(
        Problem(path, line, 1, f"the page's macros cannot be read: {error.message}", "check brackets and quotes")
    )
