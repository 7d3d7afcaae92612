"""One page rendered by itself: its macros, its Markdown and the checks of a build, without theme, search and files.

So a page can be tried in some milliseconds. What it says is wrong, a build says as well.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.utils.meta import get_data

from macros.problems import Problem
from macros.publish.benchmarks import read_benchmarks
from macros.publish.fragments import Fragments
from macros.publish.page_checks import check_page
from macros.publish.page_problems import line_of_error, lines_before
from macros.publish.prose_lint import known_of
from macros.publish.reporting import reporting
from macros.publish.vocabulary import PAGE_MACROS, Vocabulary
from macros.results.catalogue import CatalogueResult
from macros.results.feed_base import folder_of


class PageAlone:
    """Renders pages of a project, with its results and its mkdocs.yml."""

    def __init__(self, results: CatalogueResult, project: Path) -> None:
        config = load_config(str(project / "mkdocs.yml"))
        self.docs = Path(config.docs_dir)
        self.extra = config.extra
        self._fragments = Fragments()
        self._known = known_of(results)
        self._markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs or {})
        self._vocabulary = Vocabulary(results, self._fragments, folder_of, read_benchmarks(project), self.docs)

    def undecided(self) -> list[str]:
        """The words of the comparisons that the data did not decide, of the page that was rendered last."""
        return list(self._vocabulary.binding.undecided)

    def problems(self, uri: str, source: str, denied: list[Problem] | None = None) -> list[Problem]:
        """What a build would say of the page if it had this source; nothing where it could be built.

        A strict build, unless `denied` takes what this build alone denies.
        """
        self._vocabulary.binding.undecided.clear()
        path = Path(self.docs.name) / uri
        markdown, _ = get_data(source)
        before = lines_before(source, markdown)
        problems: list[Problem] = []

        def place(line: int | None) -> tuple[Path, int]:
            return path, (line or 1) + before

        jinja = Environment(undefined=StrictUndefined)
        macros = {name: reporting(self._vocabulary.macro(name), place, problems, denied) for name in PAGE_MACROS}
        try:
            rendered = jinja.from_string(markdown).render(macros)
        except TemplateSyntaxError as error:
            return [Problem(*place(error.lineno), 1, str(error.message), "check brackets and quotes")]
        except UndefinedError as error:
            line = line_of_error(error.__traceback__)
            return [Problem(*place(line), 1, str(error.message), f"pages have {', '.join(PAGE_MACROS)}")]
        self._markdown.reset()
        html = self._markdown.convert(rendered)
        self._fragments.kept.clear()
        return [*problems, *check_page(uri, path, source, html, self.extra, self._known)]
