"""The index of all claims: its filters, its address, its copy; and the search, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

ROWS = ".claim-index tbody tr"


class Index:
    """The page of all claims, as a reader works with it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, f"{address}claims/"
        self.wrong: list[str] = []
        page.set_default_timeout(10_000)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.open()

    def open(self, query: str = "") -> None:
        self.page.goto(self.address + query)

    @property
    def rows(self) -> Locator:
        """Those in sight."""
        return self.page.locator(f"{ROWS}:visible")

    def having(self, name: str) -> set[str]:
        """What the rows in sight have as an attribute."""
        return set(self.rows.evaluate_all(f"rows => rows.map(row => row.dataset.{name})"))

    def ids(self) -> list[str]:
        return [text.strip() for text in self.rows.locator(".claim-id").all_inner_texts()]

    def count(self) -> int:
        """What the page says that it shows, once it is what it shows."""
        shown = self.rows.count()
        expect(self.page.locator(".claim-index [role=status]")).to_have_text(re.compile(rf"^{shown} "))
        return shown

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("combobox", name=label, exact=True)

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(option)

    def press(self, verdict: str) -> None:
        """A click where the reader sees the word."""
        self.page.locator(f".claim-toggle:has([value={verdict}])").click()

    def query(self) -> str:
        return self.page.url.partition("?")[2]


@pytest.fixture(params=[1440, 390])
def index(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Index]:
    """On a desk and on a phone. No page may have failed or warned when the test is over."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    index = Index(context.new_page(), address)
    yield index
    assert index.wrong == []
    context.close()


def grid(site: Path) -> dict[str, dict[str, object]]:
    """What the site publishes of each claim for programs."""
    claims: dict[str, dict[str, object]] = json.loads((site / "grid.json").read_text("utf-8"))["claims"]
    return claims


def test_all_filters_stand_in_the_address_and_narrow_together(index: Index) -> None:
    """Each one leaves the rows that fit; two verdicts are either of them; the count follows."""
    everything = index.count()
    index.press("refuted")
    assert index.having("verdict") == {"refuted"}
    index.press("depends")
    assert index.having("verdict") == {"refuted", "depends"}
    index.choose("Chapter", "2")
    index.choose("Kind", "inspect")
    assert index.having("kind") == {"inspect"}
    assert all("2" in chapters.split() for chapters in index.having("chapter"))
    index.page.get_by_label("Find").fill("markrootDefer")
    expect(index.rows.first).to_be_visible()
    assert 0 < index.count() < everything
    assert index.query() == "find=markrootDefer&verdict=refuted&verdict=depends&chapter=2&kind=inspect"
    assert index.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_release_shows_and_filters_by_its_own_verdict(index: Index, site: Path) -> None:
    """As grid.json has it; what was not executed in it is not shown."""
    index.choose("Verdict in", "go1.15")
    there = {name: one["by_release"] for name, one in grid(site).items()}
    expected = {name for name, verdicts in there.items() if "go1.15" in verdicts}  # type: ignore[operator]
    assert set(index.ids()) == expected
    index.press("confirmed")
    expected = {name for name, verdicts in there.items() if verdicts.get("go1.15") == "confirmed"}  # type: ignore[attr-defined]
    assert set(index.ids()) == expected
    assert {chip.strip() for chip in index.rows.locator(".claim-chip:visible").all_inner_texts()} == {"confirmed"}
    assert "verdict in go1.15" in index.page.locator(".claim-index thead").inner_text()


def test_changed_in_is_where_the_verdict_is_not_that_of_the_release_before(index: Index, site: Path) -> None:
    """In one release, or in any."""

    def changed(verdicts: dict[str, str]) -> set[str]:
        names = list(verdicts)
        return {after for before, after in pairwise(names) if verdicts[before] != verdicts[after]}

    expected = {name: changed(one["by_release"]) for name, one in grid(site).items()}  # type: ignore[arg-type]
    release = sorted(set().union(*expected.values()))[0]
    index.choose("Changed in", release)
    assert set(index.ids()) == {name for name, releases in expected.items() if release in releases}
    index.choose("Changed in", "any")
    assert set(index.ids()) == {name for name, releases in expected.items() if releases}


@pytest.mark.parametrize("text", ["defer-alloc-times", "42.3 ns", "9.6", "从堆分配", "RECORD heap cache 42.3"])
def test_free_text_finds_ids_figures_words_and_chinese(index: Index, text: str) -> None:
    """In any order and case; a number is not found inside a longer one."""
    index.page.get_by_label("Find").fill(text)
    assert "defer-alloc-times" in index.ids()
    assert index.count() < 20
    index.page.get_by_label("Find").fill("2.3 ns")
    assert "defer-alloc-times" not in index.ids()


def test_the_address_alone_brings_a_view_back(index: Index) -> None:
    """On load, with every control as it was; what no control knows is ignored."""
    index.open("?verdict=refuted&verdict=nonsense&chapter=2&kind=inspect&changed=go9&find=defer")
    assert index.having("verdict") == {"refuted"}
    assert index.field("Chapter").input_value() == "2"
    assert index.field("Changed in").input_value() == ""
    assert index.page.get_by_label("Find").input_value() == "defer"
    shown = index.ids()
    index.page.reload()
    assert index.ids() == shown


def test_back_and_forward_go_through_the_views(index: Index) -> None:
    """A choice is a step; the letters of one search are one step together."""
    everything = index.count()
    index.press("refuted")
    refuted = index.count()
    index.page.get_by_label("Find").press_sequentially("defer")
    both = index.count()
    assert everything > refuted > both
    index.page.go_back()
    assert index.count() == refuted
    assert index.page.get_by_label("Find").input_value() == ""
    index.page.go_back()
    assert (index.count(), index.query()) == (everything, "")
    index.page.go_forward()
    index.page.go_forward()
    assert index.count() == both
    index.page.get_by_role("button", name="Clear all filters").click()
    assert (index.count(), index.query()) == (everything, "")
    index.page.go_back()
    assert index.count() == both


def test_everything_can_be_done_with_the_keyboard(index: Index) -> None:
    """Tab leads from the field through verdicts and choices to the buttons; Space presses a verdict."""
    index.page.get_by_label("Find").focus()
    index.page.keyboard.press("Tab")
    assert index.page.evaluate("document.activeElement.value") == "confirmed"
    index.page.keyboard.press("Space")
    assert index.having("verdict") == {"confirmed"}
    reached = []
    for _ in range(11):
        index.page.keyboard.press("Tab")
        reached.append(index.page.evaluate("document.activeElement.name || document.activeElement.textContent"))
    assert reached[-6:] == ["chapter", "kind", "release", "changed", "Copy as Markdown", "Clear all filters"]


def test_what_is_in_sight_can_be_copied_as_markdown(index: Index) -> None:
    """A table with one line for each row, absolute links, and the verdict that is shown; it is said how many."""
    index.press("refuted")
    index.choose("Verdict in", "go1.27")
    shown = index.ids()
    index.page.get_by_role("button", name="Copy as Markdown").click()
    status = index.page.locator(".claim-index [role=status]")
    expect(status).to_have_text(f"{len(shown)} claims copied as Markdown")
    lines = index.page.evaluate("navigator.clipboard.readText()").rstrip("\n").split("\n")
    assert lines[0] == "| section | claim | kind | verdict in go1.27 |"
    assert len(lines) == 2 + len(shown)
    assert [re.search(r"\]\((http://\S+)\)", line)[1] for line in lines[2:]] == [  # type: ignore[index]
        f"{index.address}{name}/" for name in shown
    ]
    assert all("| refuted" in line for line in lines[2:])


def test_without_leave_to_copy_the_text_is_there_to_be_taken(browser: Browser, address: str) -> None:
    """As on a page that was not fetched over TLS: the table stands selected in a field."""
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(address + "claims/?chapter=1")
    page.get_by_role("button", name="Copy as Markdown").click()
    box = page.locator(".claim-by-hand textarea")
    expect(box).to_be_focused()
    assert box.input_value().startswith("| section | claim |")
    assert page.evaluate("document.activeElement.selectionEnd - document.activeElement.selectionStart") > 100
    page.close()


def test_a_view_without_claims_says_so(index: Index) -> None:
    """And can be cleared."""
    index.page.get_by_label("Find").fill("no claim says this")
    expect(index.page.get_by_text("No claim fits all of these filters.")).to_be_visible()
    assert index.count() == 0
    index.page.get_by_role("button", name="Clear all filters").click()
    expect(index.page.get_by_text("No claim fits all of these filters.")).not_to_be_visible()


def test_the_count_is_announced(index: Index) -> None:
    """In a live region that does not interrupt."""
    status = index.page.get_by_role("status").filter(has_text="claims")
    assert status.count() == 1
    index.press("refuted")
    expect(status).to_have_text(re.compile(r"^\d+ of \d+ claims$"))


def test_the_scoreboard_leads_to_the_claims_of_a_verdict(browser: Browser, address: str) -> None:
    """The number on the first page is the number of rows."""
    page = browser.new_page()
    page.goto(address)
    count = page.locator(".claim-count--refuted b").inner_text()
    page.locator(".claim-count--refuted a").click()
    page.wait_for_url("**/claims/?verdict=refuted")
    assert page.locator(f"{ROWS}:visible").count() == int(count)
    page.close()


def test_without_scripts_the_table_is_whole(browser: Browser, address: str, site: Path) -> None:
    """Every claim with its verdict, and no dead control, whatever the address asks for."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(address + "claims/?verdict=refuted")
    rows = page.locator(ROWS)
    assert rows.count() == len(grid(site))
    assert all(row.is_visible() for row in rows.all())
    assert not page.locator(".claim-index form").is_visible()
    verdicts = [text.strip() for text in rows.locator(".claim-chip").all_inner_texts()]
    assert verdicts == [one["verdict"] for one in grid(site).values()]
    page.close()


SEARCHES = {
    "a Chinese word": ("遍历", "claims/defer-walk-one-hop/"),
    "two Chinese words": ("垃圾回收", "claims/gc-markroot-defer/"),
    "an id": ("gc-markroot-defer", "claims/gc-markroot-defer/"),
    "a function": ("markrootDefer", "claims/gc-markroot-defer/"),
    "a function with its package": ("runtime.markrootDefer", "claims/gc-markroot-defer/"),
    "a figure": ("42.3 ns", "claims/defer-alloc-times/"),
    "English words": ("write barrier", "claims/gc-defer-node-barrier/"),
}


@pytest.mark.parametrize(("words", "wanted"), SEARCHES.values(), ids=SEARCHES.keys())
def test_the_search_finds_claims_in_both_languages(browser: Browser, address: str, words: str, wanted: str) -> None:
    """By what a reader has in hand; the claim is among the first results."""
    page = browser.new_page()
    page.goto(address)
    field = page.locator(".md-search__input")
    field.click()
    field.fill(words)
    field.press("Shift")
    results = page.locator(".md-search-result__item > a")
    results.first.wait_for(timeout=60_000)
    first = [str(link.get_attribute("href")).partition("?")[0] for link in results.all()[:6]]
    assert address + wanted in first
    page.close()


def test_a_badge_is_drawn(browser: Browser, address: str) -> None:
    """As an image, with the size that it says."""
    page = browser.new_page()
    page.goto(address + "claims/gc-markroot-defer/badge.svg")
    message = page.locator("svg text").last.text_content()
    assert page.locator("svg").get_attribute("aria-label") == f"gc-markroot-defer: {message}"
    page.goto(address)
    size = page.evaluate(
        """async address => {
            const image = new Image();
            image.src = address;
            await image.decode();
            return [image.naturalWidth, image.naturalHeight];
        }""",
        address + "claims/gc-markroot-defer/badge.svg",
    )
    assert size[0] > 100
    assert size[1] == 20
    page.close()
