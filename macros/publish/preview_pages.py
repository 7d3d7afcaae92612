"""What the pages of a preview have besides: a banner, marks in the navigation, and the page of the change.

No search engine is to list them. Nothing of this is in a published site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from macros.problems import Problem
from macros.publish.claim_pages import CLAIM_KEY
from macros.publish.preview_values import PreviewVocabulary
from macros.publish.rendering import render, without_markup
from macros.publish.vocabulary import inside
from macros.results.preview import PageState, Preview
from macros.words.changes import CHANGES
from macros.words.preview import PREVIEW, PreviewWords

SOURCE, PLACE = "this-change.md", "this-change/"
STYLE = "assets/preview.css"
ROBOTS = "User-agent: *\nDisallow: /\n"
MOST, MOST_CELLS = 500, 12
"""Rows of a table, and cells of a row: feeds have no limit."""

OF_ALL = ("grid", "summary")
"""The macros that speak of all claims."""

_FIRST = '<meta charset="utf-8">'
_STATUS = re.compile(r'<span class="md-status md-status--preview-(\w+)"[^>]*>\s*</span>')


class PreviewPages:
    """Those of one build."""

    def __init__(self, preview: Preview, vocabulary: PreviewVocabulary) -> None:
        self.preview = preview
        self._vocabulary = vocabulary
        self._states: dict[str, PageState] = {}
        self._listed: list[Page] = []

    @property
    def says(self) -> PreviewWords:
        return PREVIEW[self._vocabulary.language]

    def add(self, files: Files, config: MkDocsConfig) -> None:
        """The page of the change; in a preview no other page can have its place."""
        there = files.get_file_from_path(SOURCE)
        if there is not None:
            files.remove(there)
        source = f"---\nrender_macros: false\nhide: [toc]\n---\n# {self.says.page}\n"
        files.append(File.generated(config, SOURCE, content=source))

    def noting(self, name: str, macro: Callable[..., object], page: Callable[[], Page]) -> Callable[..., object]:
        """The macro, which notes the page at hand where it speaks of a claim that is another one now."""

        def noted(*args: object, **kwargs: object) -> object:
            first = args[0] if args else next(iter(kwargs.values()), "")
            if self._is_told(name, first if isinstance(first, str) else ""):
                self._states.setdefault(page().file.src_uri, PageState.CHANGED)
            return macro(*args, **kwargs)

        # What reports a wrong call asks for these.
        noted.__name__ = name
        noted.__wrapped__ = macro  # type: ignore[attr-defined]
        return noted

    def _is_told(self, macro: str, first: str) -> bool:
        """Whether a macro speaks of a claim of which something is said otherwise. `first`: what it was given first."""
        if macro in OF_ALL:
            return bool(self.preview.diff.verdicts)
        if macro != "claims_table":
            return first in self.preview.told
        claims = self._vocabulary.results.claims
        places = [claims[one.id].claim.source.where for one in self.preview.diff.verdicts if one.id in claims]
        return any(not first or inside(part.strip(), first) for where in places for part in where.split("/"))

    def mark(self, page: Page) -> None:
        """All macros of a page have been called: say in its front matter what the navigation shows of it."""
        state = self._state(page)
        if state is not None:
            page.meta["status"] = f"preview-{state.value}"
            self._listed.append(page)

    def _state(self, page: Page) -> PageState | None:
        claim = page.meta.get(CLAIM_KEY)
        if page.file.generated_by is None:
            path = Path(page.file.abs_src_path or page.file.src_uri).resolve()
            return self.preview.files.get(path) or self._states.get(page.file.src_uri)
        if claim in self._vocabulary.results.claims:
            new = any(one.id == claim for one in self.preview.diff.new)
            changed = self.preview.changed_claim(str(claim), self._vocabulary.results)
            return PageState.NEW if new else PageState.CHANGED if changed else None
        return PageState.CHANGED if claim is not None and self.preview.told else None

    def whole(self, page: Page, problems: Sequence[Problem], denied: Sequence[Problem], config: MkDocsConfig) -> str:
        """A page's content under its banner; that of the change's page is known once all others have been read.

        `problems`: what stops the published site. `denied`: what only this run denies.
        """
        state = str(page.meta.get("status", "")).removeprefix("preview-")
        root = get_relative_url(".", page.url)
        content = self._content(page, problems, denied, config) if page.file.src_uri == SOURCE else ""
        return self._banner(state, "" if root == "." else f"{root}/") + (page.content or "") + content

    def above_not_found(self, html: str, root: str) -> str:
        """The page of a wrong address, whose script corrects its links, with the same banner."""
        return html.replace("<main>", f"<main>\n{self._banner('', root, anywhere=True)}", 1)

    def _banner(self, state: str, root: str, *, anywhere: bool = False) -> str:
        return render(
            "preview_banner",
            self._vocabulary.language,
            says=self.says,
            against=self._against,
            state=state,
            root=root,
            place=PLACE,
            anywhere=anywhere,
        )

    @property
    def _against(self) -> str:
        about = self.preview
        head = self.says.edited.format(commit=about.head) if about.edited else about.head
        base = about.base if about.revision == about.base else f"{about.revision} ({about.base})"
        return self.says.against.format(head=head, base=base)

    def _content(self, page: Page, problems: Sequence[Problem], denied: Sequence[Problem], config: MkDocsConfig) -> str:
        """What the page of the change says."""
        found, vocabulary = self.preview.diff, self._vocabulary
        claims = vocabulary.results.claims

        def link(claim: str) -> Markup:
            if claim not in claims:
                return Markup("{}").format(claim)
            title = without_markup(claims[claim].claim.title, vocabulary.language)
            return Markup('<a href="{}">{}</a>').format(vocabulary.url(claim), title)

        docs = Path(config.docs_dir).resolve()
        gone = [
            path.relative_to(docs).as_posix()
            for path, state in sorted(self.preview.files.items())
            if state is PageState.REMOVED and path.suffix == ".md" and path.is_relative_to(docs)
        ]
        listed = [one for one in self._listed if one.file.src_uri != SOURCE]
        pages = [
            (
                _title(one),
                get_relative_url(one.url, page.url),
                str(one.meta["status"]).removeprefix("preview-"),
            )
            for one in listed
        ]
        return render(
            "preview_page",
            vocabulary.language,
            about=self.preview,
            against=self._against,
            says=self.says,
            verdicts=[(kind, getattr(found, kind)) for kind in ("flips", "cells", "undecided", "decided")],
            because=CHANGES[vocabulary.language].because,
            shown=vocabulary.shown,
            link=link,
            pages=pages[:MOST],
            gone=gone,
            problems=problems,
            denied=denied,
            most=MOST,
            most_cells=MOST_CELLS,
        )

    def finished(self, html: str, page: Page) -> str:
        """A page's whole HTML with its marks, and with what keeps it out of search engines."""
        html = _STATUS.sub(lambda found: f'<span class="preview-mark">{self.says.marks[found[1]]}</span>', html)
        style = get_relative_url(STYLE, page.url)
        head = f'{_FIRST}\n<meta name="robots" content="noindex">\n<link rel="stylesheet" href="{style}">'
        return html.replace(_FIRST, head, 1)

    def files(self) -> Iterator[tuple[str, str]]:
        """The files of a preview beside its pages, by their places."""
        yield "robots.txt", ROBOTS
        yield STYLE, _style()

    def in_navigation(self, config: MkDocsConfig) -> None:
        """Give the page of the change its place in the navigation: after the first."""
        if config.nav is not None:
            config.nav.insert(1, {self.says.page: SOURCE})


def _title(page: Page) -> Markup:
    """What the theme prints as it is."""
    return Markup(page.meta.get("title") or page.title or "")


@cache
def _style() -> str:
    return (Path(__file__).parent / "templates" / "preview.css").read_text("utf-8")
