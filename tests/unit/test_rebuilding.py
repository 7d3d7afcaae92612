"""What an edit touches while the site is served, and what it leaves alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from macros.publish import plugin
from macros.publish.rebuilding import Rebuilding, heading_of, print_of
from macros.results.catalogue import CatalogueResult
from tests.unit import publish_site
from tests.unit.publish_sample import catalogue

PROSE = "# Prose\n\nStarted in {{ value('cold-start', 'start', toolchain='go1.27') }}.\n"
PAGES = {"index.md": "# Home\n\nHome.\n", "prose.md": PROSE, "part/other.md": "# Other\n\nAnother page.\n"}


class Served:
    """A small project as `mkdocs serve --dirty` builds it. `asked`: how often its results were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0
        self._plugins: object = None
        (folder / "claims").mkdir()
        (folder / "claims" / "one.yml").write_text("a claim")
        (folder / "mkdocs.yml").write_text(publish_site.CONFIG + "watch: [claims]\n")
        (folder / "entry.py").write_text(publish_site.ENTRY)
        for name, text in PAGES.items():
            self.write(name, text)
        self.config = self._load()
        self.config.plugins.on_startup(command="serve", dirty=True)

    def write(self, name: str, text: str) -> None:
        path = self.folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def provide(self, claims: Path) -> CatalogueResult:
        self.asked += 1
        return catalogue(self.folder / "programs")

    def built(self) -> set[str]:
        """Build; which pages were written."""
        for path in self.pages():
            os.utime(path, (1, 1))
        config, self.config = self.config, self._load()
        with redirect_stdout(StringIO()):
            build(config, serve_url=config.site_url, dirty=True)
        site = self.folder / "site"
        return {path.parent.relative_to(site).as_posix() for path in self.pages() if path.stat().st_mtime > 1}

    def pages(self) -> list[Path]:
        return list((self.folder / "site").rglob("index.html"))

    def found(self, word: str) -> list[str]:
        """Where the search finds it."""
        index = json.loads((self.folder / "site" / "search" / "search_index.json").read_text("utf-8"))
        return [entry["location"] for entry in index["docs"] if word in entry["text"] + entry["title"]]

    def _load(self):  # type: ignore[no-untyped-def]
        config = load_config(str(self.folder / "mkdocs.yml"))
        config.site_url = f"http://{config.dev_addr}/"
        return config


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """After its first build."""
    monkeypatch.setattr(plugin, "SERVED", Rebuilding())
    monkeypatch.setenv("CLAIMS_LEDGER", str(tmp_path / "ledger"))
    site = Served(tmp_path)
    publish_site._PROVIDE.append(site.provide)
    assert {".", "prose", "part/other", "claims/cold-start"} <= site.built()
    yield site
    publish_site._PROVIDE.pop()


def test_an_edit_of_prose_builds_its_page_and_no_other(served: Served) -> None:
    """The results are not asked for again."""
    served.write("prose.md", PROSE + "\nOne more zebra.\n")
    assert served.built() == {"prose"}
    assert "zebra" in (served.folder / "site" / "prose" / "index.html").read_text("utf-8")
    assert served.asked == 1


def test_the_search_keeps_all_pages_and_takes_the_edited_one_anew(served: Served) -> None:
    """Also where the edited page is the home page, within whose address all others lie."""
    for name in ("prose.md", "index.md"):
        served.write(name, PAGES[name] + "\nOne more zebra.\n")
    served.built()
    assert sorted(served.found("zebra")) == ["", "prose/"]
    assert served.found("Another page") == ["part/other/"]
    assert served.found("Title of") != []
    for name in ("index.md", "prose.md"):
        served.write(name, PAGES[name])
        served.built()
    assert served.found("zebra") == []
    assert served.found("Home.") == [""]
    assert served.found("Started in") == ["prose/"]


def test_pages_that_are_not_built_stay_in_the_navigation_by_their_titles(served: Served) -> None:
    """Not by their files' names."""
    served.write("far.md", "# By far\n")
    served.built()
    served.write("prose.md", PROSE + "\nMore.\n")
    assert served.built() == {"prose"}
    html = (served.folder / "site" / "prose" / "index.html").read_text("utf-8")
    assert "By far" in html


TOUCHES_ALL: dict[str, Callable[[Served], object]] = {
    "another title": lambda site: site.write("prose.md", PROSE.replace("# Prose", "# Verse")),
    "other front matter": lambda site: site.write("prose.md", "---\nstatus: new\n---\n" + PROSE),
    "one page more": lambda site: site.write("new.md", "# New\n"),
    "the settings": lambda site: (site.folder / "mkdocs.yml").write_text(publish_site.CONFIG + "watch: [claims]\n\n"),
    "a drawing": lambda site: (site.folder / "docs" / "a.svg").write_text("<svg/>"),
    "a claim": lambda site: (site.folder / "claims" / "one.yml").write_text("another claim"),
}


@pytest.mark.parametrize("edit", TOUCHES_ALL.values(), ids=TOUCHES_ALL.keys())
def test_what_other_pages_may_show_builds_them_all(served: Served, edit: Callable[[Served], object]) -> None:
    """Every page that was built before is built again."""
    edit(served)
    assert {".", "prose", "part/other", "claims/cold-start"} <= served.built()


@pytest.mark.parametrize("place", ["claims/one.yml", "ledger/records/new.json"])
def test_new_claims_and_records_give_new_results(served: Served, place: str) -> None:
    """They are asked for again, once."""
    path = served.folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("something else")
    served.built()
    served.built()
    assert served.asked == 2


def test_a_page_that_stops_the_build_is_looked_at_again(served: Served) -> None:
    """A warning comes after the page was written, so the next build must not take it for right."""
    served.write("prose.md", PROSE + "\n[nowhere](nowhere.md)\n")
    for _ in range(2):
        with pytest.raises(SystemExit):
            served.built()
    served.write("prose.md", PROSE)
    assert "prose" in served.built()


def test_a_page_whose_macro_fails_is_built_when_it_is_mended(served: Served) -> None:
    """And what stood there before is there until then."""
    served.write("prose.md", PROSE + "\n{{ value('no-such', 'start') }}\n")
    with pytest.raises(SystemExit):
        served.built()
    served.write("prose.md", PROSE + "\nMended.\n")
    assert served.built() == {"prose"}


def test_a_plain_build_remembers_nothing(tmp_path: Path) -> None:
    """Each asks for its own results, and writes every page."""
    asked = []
    for name in ("a", "b"):
        publish_site.build_site(tmp_path / name, {"page.md": "# Page\n"}, lambda results: asked.append(1) or results)  # type: ignore[func-returns-value]
    assert len(asked) == 2


def test_a_heading_is_the_first_of_the_first_rank_and_the_front_matter() -> None:
    """Nothing below it counts."""
    assert heading_of("---\na: 1\n---\n\n# One\n\n## Two\n") == heading_of("---\na: 1\n---\n# One\n\ntext\n# Three\n")
    assert heading_of("# One\n") != heading_of("---\na: 1\n---\n# One\n")


def test_a_print_tells_a_changed_file_and_leaves_caches_out(tmp_path: Path) -> None:
    """By size and by time."""
    (tmp_path / "a.txt").write_text("a")
    before = print_of([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "b.pyc").write_text("b")
    assert print_of([tmp_path]) == before
    os.utime(tmp_path / "a.txt", (1, 1))
    assert print_of([tmp_path]) != before
    assert print_of([tmp_path], ".txt") == {}
