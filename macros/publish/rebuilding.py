"""What a build leaves to the next one in the same process: `make serve` builds only the pages that an edit touches.

A page rests on its own file, on the results, and on what all pages share: the settings, the program and its templates,
the drawings, the files of bench. Where nothing of that has changed, the page that was built is still right. Where an
edit changes what other pages show of a page, its title and its front matter, or adds or removes a page, all are built.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler
from mkdocs.utils.meta import get_data

from macros.publish.walking import files_below
from macros.results.catalogue import CatalogueResult

SEARCH = "material/search"
"""The plugin whose index is carried over; with another one every page is built."""

Print = Mapping[str, tuple[int, int]]
"""Files by their paths, each with its size and when it was changed: equal where nobody has touched one."""


def print_of(places: Iterable[Path], leave_out: str = "") -> Print:
    """Of files, and of all files in folders but those whose names end with `leave_out`."""
    files = (
        file for place in places for file in files_below(place) if not (leave_out and file.name.endswith(leave_out))
    )
    return {str(file): (state.st_size, state.st_mtime_ns) for file in files for state in [file.stat()]}


@dataclass(frozen=True)
class Seen:
    """A page as it was built: what was read, and what other pages show of it."""

    source: str
    title: Any
    meta: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """A build that came to its end. `shared`: on what all its pages rest beside the results."""

    results: CatalogueResult
    shared: Print
    pages: Mapping[str, Seen]
    entries: tuple[Mapping[str, Any], ...]
    """Of the search's index."""

    def untouched(self, results: CatalogueResult, shared: Print, sources: Mapping[str, str]) -> set[str]:
        """The pages, of those with these sources, that need not be built again."""
        if results is not self.results or shared != self.shared or sources.keys() != self.pages.keys():
            return set()
        edited = {uri for uri, source in sources.items() if source != self.pages[uri].source}
        if any(heading_of(sources[uri]) != heading_of(self.pages[uri].source) for uri in edited):
            return set()
        return sources.keys() - edited


def heading_of(source: str) -> tuple[str, str]:
    """What other pages show of a page: its front matter, and its first heading."""
    markdown, meta = get_data(source)
    return repr(meta), next((line for line in markdown.splitlines() if line.startswith("# ")), "")


class Rebuilding:
    """The builds of one process. Only a build that MkDocs' server asked for is remembered."""

    def __init__(self) -> None:
        self._results: tuple[Print, Print, CatalogueResult] | None = None
        self._finished: Finished | None = None

    def results(self, claims: Iterable[Path], ledger: Path, provide: Callable[[], CatalogueResult]) -> CatalogueResult:
        """The results of the last build if neither the claims nor the ledger have changed since, else new ones."""
        given = print_of(claims)
        if self._results is None or self._results[:2] != (given, print_of([ledger])):
            results = provide()
            # Providing writes to the ledger; a claim that is edited meanwhile has not been seen.
            self._results = (given, print_of([ledger]), results)
        return self._results[2]

    def begin(self, results: CatalogueResult, shared: Print) -> Rebuild:
        return Rebuild(self, self._finished, results, shared)

    def end(self, finished: Finished | None) -> None:
        """`None`: it was not clean, so the next build looks at every page again."""
        self._finished = finished


SERVED = Rebuilding()
"""The builds of this process."""


class Rebuild:
    """One build. MkDocs asks each page's file whether it was modified, if it was started with `--dirty`."""

    def __init__(self, all_: Rebuilding, last: Finished | None, results: CatalogueResult, shared: Print) -> None:
        self._all, self._last, self._results, self._shared = all_, last, results, shared
        self._untouched: set[str] = set()
        self._files: list[File] = []
        self._sources: dict[str, str] = {}
        build.log.addFilter(_is_no_general_warning)

    @property
    def in_part(self) -> bool:
        """Whether some pages, and all files that are made of the results alone, are left as they are."""
        return bool(self._untouched)

    def on_files(self, files: Files, config: MkDocsConfig) -> None:
        """Decide which pages are built."""
        self._files = list(files.documentation_pages())
        self._sources = {file.src_uri: file.content_string for file in self._files}
        there = SEARCH in config.plugins and all(Path(file.abs_dest_path).is_file() for file in self._files)
        if self._last and there:
            self._untouched = self._last.untouched(self._results, self._shared, self._sources)
        for file in self._files:
            modified = file.src_uri not in self._untouched
            file.is_modified = lambda modified=modified: modified  # type: ignore[method-assign, misc]

    def on_nav(self, nav: Navigation) -> None:
        """What the navigation shows of pages that are not read."""
        for page in nav.pages:
            seen = self._seen(page)
            if seen is not None:
                page.title, page.meta = seen.title, seen.meta

    def on_env(self, config: MkDocsConfig) -> None:
        """The theme carries its index over in a way that is right for a single page, with no page in its folder."""
        search = config.plugins.get(SEARCH)
        if self._last and search is not None:
            search.search_index_prev = None
            kept = {file.page.url for file in self._files if file.page and file.src_uri in self._untouched}
            entries = [one for one in self._last.entries if str(one["location"]).partition("#")[0] in kept]
            search.search_index.entries[:0] = entries

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Remember what was built, if nothing was wrong with it: a warning stops a strict build after this."""
        search = config.plugins.get(SEARCH)
        if search is None or _warned():
            self._all.end(None)
            return
        pages = {file.src_uri: self._seen(file.page) or self._built(file.page) for file in self._files if file.page}
        entries = tuple(search.search_index.entries)
        self._all.end(Finished(self._results, self._shared, pages, entries))

    def _built(self, page: Page) -> Seen:
        return Seen(self._sources[page.file.src_uri], page.title, dict(page.meta))

    def _seen(self, page: Page) -> Seen | None:
        uri = page.file.src_uri
        return self._last.pages[uri] if self._last and uri in self._untouched else None


def _is_no_general_warning(record: logging.LogRecord) -> bool:
    """MkDocs warns of every `--dirty` build, which would stop a strict one. Here no changed page is left out."""
    return not record.getMessage().startswith("A 'dirty' build is being performed")


def _warned() -> bool:
    handlers = logging.getLogger("mkdocs").handlers
    return any(handler.get_counts() for handler in handlers if isinstance(handler, CountHandler))
