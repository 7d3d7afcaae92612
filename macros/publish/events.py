"""What happens in a build beyond the macros: claim pages, the exchange of fragments, problems, claims.json."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url
from mkdocs.utils.templates import TemplateContext

from macros.problems import InvalidInput, Problem
from macros.publish import badge, claim_pages, claim_review, news, not_found, site_folder
from macros.publish.content_policy import is_preview, with_policy
from macros.publish.fragments import Fragments
from macros.publish.page_checks import check_page
from macros.publish.preview_pages import PreviewPages
from macros.publish.prose_lint import known_of
from macros.publish.provenance import banner_of
from macros.publish.rebuilding import Rebuild
from macros.publish.rendering import head_text, render
from macros.publish.repository import edit_url, keeps_to_itself
from macros.publish.stylesheets import classes_of, prune
from macros.publish.theme_files import drop_unused, repair_search, search_languages
from macros.publish.theme_repairs import repaired
from macros.publish.theme_scripts import ThemeScripts
from macros.publish.vocabulary import Vocabulary
from macros.publish.whitespace import without_indents
from macros.results import claim_file, feed, grid
from macros.results.all_plots import Plots
from macros.results.catalogue import CatalogueResult
from macros.results.history import Past
from macros.words.changes import CHANGES

LOG = logging.getLogger("claims.pages")
"""Not one of MkDocs' own, whose warnings stop a strict build."""

SEARCH = "Search"
"""The name of the search dialog."""

HEAD_KEYS = ("title", "description")
"""The entries of a page's front matter that the theme prints as they are."""


class SiteEvents(BasePlugin):  # type: ignore[type-arg]
    """Joins a build from `define_env`, when MkDocs has its plugins already; so it needs no line in mkdocs.yml.

    `problems` is filled by the macros while pages are read. The build stops before anything is written if there are
    any. `denied` is what this build alone denies: it is said on stderr. `rendered` has every page's front matter, and
    its Markdown after the macros.
    """

    vocabulary: Vocabulary
    preview: PreviewPages | None = None

    def __init__(
        self,
        results: CatalogueResult,
        fragments: Fragments,
        plots: Plots,
        past: Past | None = None,
        rebuild: Rebuild | None = None,
    ) -> None:
        super().__init__()
        self._rebuild = rebuild
        self.results = results
        self.plots = plots
        self.past = past
        self.fragments = fragments
        self.problems: list[Problem] = []
        self.denied: list[Problem] = []
        self.rendered: dict[str, tuple[dict[str, Any], str]] = {}
        self._addresses: dict[str, str] = {}
        self._begins = False
        self._classes: set[str] = set()
        self._short: Navigation | None = None
        banner = banner_of(results)
        self._banner = render("banner", banner=banner, generated=results.generated) if banner else ""

    def address(self, claim: str) -> str:
        """The address of a claim's page in the site; of the catalogue's for ""."""
        return self._addresses[claim]

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """A folder that this build begins is one of ours; into one that others use MkDocs may write, but no mark."""
        folder = Path(config.site_dir)
        self._begins = site_folder.is_new(folder) or site_folder.is_ours(folder)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """A page for each claim, and the catalogue. They exist in the build only, never in the docs folder.

        Claims' pages are reached from the catalogue and from prose; MkDocs is not to look for them in the navigation.
        """
        drop_unused(files, search_languages(config))
        repair_search(files)
        for claim, uri in claim_pages.addresses(self.results).items():
            inclusion = InclusionLevel.NOT_IN_NAV if claim else InclusionLevel.UNDEFINED
            file = File.generated(config, uri, content=claim_pages.source(claim), inclusion=inclusion)
            self._addresses[claim] = file.url
            there = files.get_file_from_path(uri)
            if there is None:
                files.append(file)
            else:
                self.problems.append(_taken(there, claim, config))
        if self.preview is not None:
            self.preview.add(files, config)
        if self._rebuild:
            self._rebuild.on_files(files, config)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Pages that are not built again keep their place in it."""
        if self._rebuild:
            self._rebuild.on_nav(nav)
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """The generated pages get their content. The macros plugin, which comes before, has noted the page."""
        claim = page.meta.get(claim_pages.CLAIM_KEY)
        if claim is not None and page.file.generated_by is not None:
            result = self.results.claims.get(str(claim))
            edit = edit_url(config, result.folder) if result is not None else None
            markdown = claim_pages.body(self.vocabulary, str(claim), edit)
            head = claim_pages.head(self.results, str(claim))
            page.meta.update(title=head.title, description=head.description)
            page.meta.update(hide=list(head.hide), tags=list(head.tags))
        else:
            # What an author wrote in the front matter is text too; the theme would print it as markup.
            page.meta.update({key: head_text(str(page.meta[key])) for key in HEAD_KEYS if page.meta.get(key)})
        self.rendered[page.file.src_uri] = (dict(page.meta), markdown)
        return markdown

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Markdown is done: put the fragments in."""
        page.title = self.fragments.title(page.title or "")
        if not page.is_homepage:
            # The theme takes entities in `page.title` for what they stand for, and those in the front matter not.
            page.meta.setdefault("title", page.title)
        _clean(self.fragments, page.toc)
        if page.file.generated_by is None:
            uri, source = page.file.src_uri, page.file.content_string
            path = Path(config.docs_dir).name / Path(uri)
            self.problems += check_page(uri, path, source, html, config.extra, known_of(self.results))
        if self.preview is not None:
            self.preview.mark(page)
        return self.fragments.restore(html)

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        """All pages are read and none is written: the moment to stop. A preview says what stops the published site."""
        self._scripts = ThemeScripts(env, config)
        if self.problems and self.preview is None:
            invalid = InvalidInput(sorted(set(self.problems)))
            raise BuildError(f"the pages and the claims do not agree\n{invalid}") from invalid
        for one in sorted(set(self.problems)):
            LOG.warning("stops the published site: %s", one)
        if self._rebuild:
            self._rebuild.on_env(config)
        for one in sorted(set(self.denied)):
            LOG.warning("marked on its page as not so in this run: %s", one)

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Say above a page where its values come from, if not from here; this comes after the search has read it.

        Generated pages have no source that a reader could edit, and claims' pages no place in the navigation.
        """
        page.content = self._banner + (page.content or "")
        if self.preview is not None:
            page.content = self.preview.whole(page, sorted(set(self.problems)), sorted(set(self.denied)), config)
        if page.file.generated_by is not None:
            page.edit_url = None
            if page.meta.get(claim_pages.CLAIM_KEY) in self.results.claims:
                self._short = self._short or claim_pages.short_navigation(nav)
                context["nav"] = self._short
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """It is finished: add what the theme leaves out, what programs read of it, and what keeps it to itself."""
        html = self._scripts.moved_out(repaired(without_indents(output), SEARCH), get_relative_url(".", page.url))
        if self.preview is not None:
            html = self.preview.finished(html, page)
        self._classes |= classes_of(html)
        feeds = get_relative_url(f"{news.FOLDER}/", page.url)
        html = keeps_to_itself(news.in_head(html, feeds, CHANGES[self.vocabulary.language].every))
        html = self._reviewed(html, page, config)
        return html if is_preview(config) else with_policy(html)

    def _reviewed(self, output: str, page: Page, config: MkDocsConfig) -> str:
        claim = page.meta.get(claim_pages.CLAIM_KEY)
        if claim not in self.results.claims or page.file.generated_by is None:
            return output
        result = self.results.claims[str(claim)]
        url = page.canonical_url or "./"
        language = self.vocabulary.language
        return claim_review.in_head(output, claim_review.review(self.results, result, url, config.site_name, language))

    def on_pre_template(self, template: Template, *, template_name: str, config: MkDocsConfig) -> Template:
        """The page of a wrong address is our own."""
        return not_found.template() if template_name == not_found.NAME else template

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """What it needs."""
        if template_name == not_found.NAME:
            context.update(not_found.values(context["nav"]))
            self._root = str(context["base_url"])
        return context

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """It is finished."""
        if template_name != not_found.NAME:
            return output_content
        if self.preview is not None:
            output_content = self.preview.above_not_found(output_content, self._root)
        return not_found.finished(output_content)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """The machine's edition of the pages, and what they fetch."""
        site = Path(config.site_dir)
        if self._begins:
            site_folder.mark(site)
        if not (self._rebuild and self._rebuild.in_part):
            for name, text in self._files(config):
                (site / name).parent.mkdir(parents=True, exist_ok=True)
                (site / name).write_text(text, encoding="utf-8")
        if self._rebuild:
            # Its stylesheets stay whole: an edit may use what no page has used yet.
            self._rebuild.on_post_build(config)
        else:
            prune(site, self._classes)

    def _files(self, config: MkDocsConfig) -> Iterator[tuple[str, str]]:
        """The files of the site beside its pages, by their places in it."""
        yield from self._scripts.files.items()
        yield from feed.files(self.results, self.past.history if self.past else None).items()
        site = news.Site(config.site_name, config.site_url or "")
        yield from news.files(self.results, self.past, site, self.vocabulary.language)
        yield grid.FILE, grid.text_of(grid.grid_of(self.results))
        yield from claim_file.files(self.results, self.plots)
        yield from badge.files(self.results, self.vocabulary.language)
        if self.preview is not None:
            yield from self.preview.files()


def _taken(there: File, claim: str, config: MkDocsConfig) -> Problem:
    generated = {"": "the catalogue of all claims", claim_pages.ARGUMENT: "the page on premises"}
    whose = generated.get(claim, f"the page of claim `{claim}`")
    if there.generated_by is not None:
        return Problem(Path(claim), 1, 1, f"{whose} would take the place of another page", "give the claim another id")
    path = Path(config.docs_dir).name / Path(there.src_uri)
    return Problem(path, 1, 1, f"takes the place of {whose}, which every build writes", "give the page another name")


def _clean(fragments: Fragments, links: Iterable[AnchorLink]) -> None:
    for link in links:
        link.title = fragments.title(link.title)
        _clean(fragments, link.children)
