"""The grid of all claims by release, as different readers meet it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_site import CONTRAST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

COLUMNS = "table.claim-grid thead th"
MARKS = "table.claim-grid td a"


@pytest.fixture(params=[1440, 390])
def home(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """Home, on a desk and on a phone."""
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    page.goto(address)
    yield page
    page.close()


def test_the_whole_grid_is_in_sight_without_scrolling_sideways(home: Page) -> None:
    """All releases at once, and every mark inside the window."""
    assert home.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    width = home.evaluate("innerWidth")
    boxes = [mark.bounding_box() for mark in home.locator(MARKS).all()[:40]]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


def test_the_releases_stay_in_sight_while_the_reader_scrolls(home: Page) -> None:
    """The heads of the columns are above the last rows too."""
    home.locator("table.claim-grid tbody tr").nth(60).scroll_into_view_if_needed()
    box = home.locator(COLUMNS).last.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 200


def test_arrows_lead_from_mark_to_mark_and_tab_from_claim_to_claim(home: Page) -> None:
    """A thousand marks are no stops of Tab; what a mark says appears when the arrows reach it."""
    home.locator("table.claim-grid tbody tr:not(.claim-grid-chapter) th a").first.focus()
    home.keyboard.press("ArrowRight")
    focused = "document.activeElement"
    assert home.evaluate(f"{focused}.closest('td') !== null")
    tip = home.locator(".claim-tip")
    assert tip.is_visible()
    assert tip.inner_text() == home.evaluate(f"{focused}.title")
    row = home.evaluate(f"{focused}.closest('tr').rowIndex")
    home.keyboard.press("ArrowDown")
    assert home.evaluate(f"{focused}.closest('tr').rowIndex") > row
    home.keyboard.press("ArrowLeft")
    home.keyboard.press("ArrowLeft")
    row = home.evaluate(f"{focused}.closest('tr').rowIndex")
    home.keyboard.press("Tab")
    assert home.evaluate(f"{focused}.closest('th[scope=row]') !== null")
    assert home.evaluate(f"{focused}.closest('tr').rowIndex") > row
    assert not tip.is_visible()


def test_a_mark_leads_to_the_values_of_its_release(home: Page) -> None:
    """On the claim's page, at the row of that release."""
    mark = home.locator(MARKS).first
    release = mark.get_attribute("title").split(":")[0]  # type: ignore[union-attr]
    mark.click()
    there = home.locator("th:has(:target)")
    assert release in there.inner_text()
    assert (home.locator(":target").get_attribute("id") or "").startswith(f"{release}-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_stand_out_from_their_ground(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> None:
    """By 4.5 to 1 or more, each verdict."""
    page = browser.new_page(color_scheme=scheme)
    page.goto(address)
    for verdict in page.evaluate(
        "[...new Set([...document.querySelectorAll('.claim-grid td:has(a)')].map(cell => cell.className))]"
    ):
        assert page.locator(f".claim-grid td.{verdict}:has(a)").first.evaluate(CONTRAST) >= 4.5, verdict
    page.close()


def test_under_forced_colours_shapes_and_words_remain(browser: Browser, address: str) -> None:
    """The system's own colours replace ours; each verdict's shape is still drawn."""
    page = browser.new_page(forced_colors="active")
    page.goto(address)
    icon = page.locator(f"{MARKS} svg").first
    assert icon.is_visible()
    assert icon.evaluate("icon => getComputedStyle(icon).stroke") != "none"
    page.close()


def test_without_scripts_the_grid_is_whole(browser: Browser, address: str) -> None:
    """Headers, words and links are in the page itself."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    assert page.locator("table.claim-grid th[scope=row] a").count() > 100
    assert page.locator(COLUMNS).count() == 11
    mark = page.locator(MARKS).first
    assert mark.get_attribute("title")
    assert mark.locator("span").text_content() in mark.get_attribute("title")  # type: ignore[operator]
    page.close()


def test_a_screen_reader_gets_a_table_with_headers(browser: Browser, address: str) -> None:
    """Also on a phone, where the rows are laid out otherwise."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(address)
    table = page.get_by_role("table", name="What each claim came to")
    assert table.count() == 1
    assert table.get_by_role("rowheader").count() > 100
    assert table.get_by_role("cell").count() > 900
    page.close()
