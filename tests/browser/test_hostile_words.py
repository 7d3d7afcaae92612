"""Nothing that a claim file or a program says becomes markup: shown in a real browser, on pages full of attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from macros.words import inert
from tests.browser.serving import serving
from tests.unit.publish_hostile import HARMLESS, MARKUP, WORD, everything_says
from tests.unit.publish_sample import imported
from tests.unit.publish_site import build_site
from tests.unit.test_hostile_output import PARTS

pytestmark = pytest.mark.browser

PHRASE = '{{ value("linked-statically", "start") }}'
PAGES = {
    "index.md": f"# Home {PHRASE}\n\n{PHRASE}\n",
    "page.md": f"""# All macros {PHRASE}

## A value {PHRASE} and a verdict {{{{ verdict("cold-start") }}}}

{PHRASE} {{{{ verdict("arms") }}}} {{{{ figure("cold-start") }}}} {{{{ against("cold-start", "start") }}}}

## Blocks

{{{{ output("linked-statically") }}}}

{{{{ card("linked-statically") }}}}

{{{{ card("arms") }}}}

{{{{ program("cold-start", PROGRAM) }}}}

{{{{ values("linked-statically", "start") }}}}

{{{{ claims_table("1") }}}}

{{{{ summary() }}}} {{{{ legend() }}}} {{{{ trust("controls") }}}} {{{{ trust("error") }}}} {{{{ trust("reasons") }}}}

{{% call passage("noisy", "refuted") %}}
Prose {PHRASE}.
{{% endcall %}}
""",
    "second.md": f"# Second {PHRASE}\n\n## {PHRASE}\n\nText.\n",
}

ELEMENTS = """() => {
    const counts = {};
    const count = (name) => { counts[name] = (counts[name] || 0) + 1; };
    for (const element of document.querySelectorAll("*")) {
        // A highlighter colours other words otherwise.
        const listing = element.closest(".highlight");
        if (!(listing && element.localName === "span")) count(element.localName);
        for (const one of element.attributes) {
            if (one.name.startsWith("on") || /^\\s*javascript:/i.test(one.value)) count(`${one.name}=${one.value}`);
        }
    }
    return counts;
}"""
"""How many elements of each name the page has, and what could run when something happens."""


def built(folder: Path, words: str) -> Path:
    name = f"{words} main.go"
    pages = {path: text.replace("PROGRAM", repr(name)) for path, text in PAGES.items()}
    return build_site(folder, pages, lambda results: everything_says(imported(results), words))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, list[str]]]:
    """The addresses of the hostile site and of its harmless twin, and the paths of all pages."""
    hostile = built(tmp_path_factory.mktemp("hostile"), MARKUP)
    harmless = built(tmp_path_factory.mktemp("harmless"), HARMLESS)
    paths = sorted(path.relative_to(hostile).as_posix().removesuffix("index.html") for path in hostile.rglob("*.html"))
    assert len(paths) == 11
    with serving(hostile) as first, serving(harmless) as second:
        yield first, second, paths


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which no dialog may open."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    dialogs: list[str] = []

    def opened(dialog: object) -> None:
        dialogs.append(str(dialog))
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", opened)
    yield page
    assert dialogs == []
    page.close()


def elements(page: Page, address: str) -> Counter[str]:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return Counter(page.evaluate(ELEMENTS))


@pytest.mark.hostile("Output")
def test_no_page_has_an_element_more_than_its_harmless_twin(page: Page, sites: tuple[str, str, list[str]]) -> None:
    """Head, header, navigation, contents, article and footer: the same elements, and no script has run."""
    hostile, harmless, paths = sites
    for path in paths:
        attempted = elements(page, hostile + path)
        assert page.evaluate("window.pwned") is None, path
        assert attempted == elements(page, harmless + path), path


def test_the_words_are_there_to_be_read(page: Page, sites: tuple[str, str, list[str]]) -> None:
    """Inert is not gone: title, description, heading, statement and output show the very characters."""
    page.goto(sites[0] + "claims/linked-statically/")
    head = page.evaluate("[document.title, document.querySelector('meta[name=description]').content]")
    assert all(MARKUP in text for text in head)
    for where in ("article h1", ".claim-says", ".claim-answer", ".claim-output pre", ".claim-listing code"):
        assert MARKUP in (page.locator(where).first.text_content() or ""), where
    for where in ("article h1", ".md-header__topic + .md-header__topic"):
        assert WORD in (page.locator(where).text_content() or ""), where
    page.goto(sites[0] + "page/")
    for where in (".md-nav--secondary a", "article h2", ".md-header__topic + .md-header__topic", ".md-footer"):
        text = " ".join(page.locator(where).all_text_contents())
        assert MARKUP in text, where


@pytest.mark.hostile("Output")
def test_a_search_shows_what_it_finds_and_runs_nothing(page: Page, sites: tuple[str, str, list[str]]) -> None:
    """The index holds the same words; the theme sets them as HTML into its list of results."""
    lists = []
    for address in sites[:2]:
        page.goto(address + "second/")
        page.wait_for_load_state("networkidle")
        page.locator(".md-search__input").click()
        page.locator(".md-search__input").press_sequentially(WORD)
        found = page.locator(".md-search-result__item")
        found.first.wait_for()
        page.evaluate("document.querySelectorAll('.md-search-result details').forEach(one => one.open = true)")
        page.wait_for_timeout(500)
        assert found.count() >= 6
        names = set(page.evaluate("[...document.querySelectorAll('.md-search-result *')].map(one => one.localName)"))
        lists.append(names)
        assert page.evaluate("window.pwned") is None
        if address == sites[0]:
            assert "<script>pwned=1</script>" in page.locator(".md-search-result").inner_text()
    assert lists[0] == lists[1]


@pytest.mark.hostile("Output")
@pytest.mark.parametrize("words", PARTS, ids=[f"a site in Chromium, part {number + 1}" for number in range(len(PARTS))])
def test_every_kind_of_hostile_output_is_read_and_does_nothing(
    page: Page, tmp_path: Path, words: str, record_property: Callable[[str, object], None]
) -> None:
    """No script runs, nothing is fetched from elsewhere, no element is theirs; and all can be read."""
    site = built(tmp_path, words)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    with serving(site) as address:
        for path in ("page/", "claims/linked-statically/", "claims/", "second/"):
            names = elements(page, address + path)
            assert page.evaluate("window.pwned") is None, path
            assert not {name for name in names if "=" in name or name in ("iframe", "object", "embed", "base")}, path
        page.goto(address + "claims/linked-statically/")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        shown = " ".join(page.locator(".claim-output pre").all_text_contents())
        assert inert.visible(words.splitlines()[0]) in shown
    assert all(url.startswith(address) or url.startswith("data:") for url in fetched), fetched
    record_property("got", "nothing ran, nothing was fetched from elsewhere, and the words can be read")
