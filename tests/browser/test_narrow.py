"""Pages on a phone: nothing reaches over the edge, and nothing stands alone that belongs to something else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_accessible import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

LONG = "runtime.aNameThatIsMuchLongerThanALineOfAPhoneCanBeAndHasNoPlaceToBreakIt.andGoesOn"


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def wider(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_no_page_is_wider_than_a_phone(phone: Page, address: str, path: str) -> None:
    """With everything that folds opened; tables and printed text scroll by themselves."""
    phone.goto(address + path)
    phone.evaluate("document.querySelectorAll('article details').forEach(each => each.open = true)")
    assert wider(phone) <= 0


@pytest.mark.parametrize("inside", ["{}", "<em>{}</em>", "<strong><a href='#'>{}</a></strong>"])
@pytest.mark.parametrize("around", ["p", "li", "dd", "h2"])
def test_code_breaks_where_a_line_ends(phone: Page, address: str, inside: str, around: str) -> None:
    """However it is nested in prose."""
    phone.goto(address + "how-it-works/")
    html = f"<{around}>{inside.format(f'<code>{LONG}</code>')}</{around}>"
    phone.evaluate("html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", html)
    assert wider(phone) <= 0


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_the_link_of_a_heading_takes_no_line_of_its_own(phone: Page, address: str, path: str) -> None:
    """A heading is as high as it is without its link."""
    phone.goto(address + path)
    higher = phone.evaluate("""
        [...document.querySelectorAll("article :is(h1, h2, h3):has(.headerlink)")].filter(each => {
            const link = each.querySelector(".headerlink"), height = each.offsetHeight;
            link.style.display = "none";
            const without = each.offsetHeight;
            link.style.display = "";
            return height > without + 2;
        }).map(each => each.textContent)""")
    assert higher == []


def test_a_table_that_goes_on_shows_it_and_scrolls(phone: Page, address: str) -> None:
    """By the keyboard as well: its frame takes the focus, and the focus is seen."""
    phone.goto(address + "claims/http-cold-start/")
    frame = phone.locator(".claim-scroll:has(.claim-results)")
    assert frame.evaluate("each => each.scrollWidth > each.clientWidth")
    assert frame.evaluate("each => getComputedStyle(each).backgroundImage").count("gradient") == 4
    frame.focus()
    phone.keyboard.press("ArrowRight")
    phone.wait_for_timeout(1_000)
    assert frame.evaluate("each => each.scrollLeft") > 0
    assert frame.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_a_trust_table_names_no_column_without_a_value(phone: Page, address: str) -> None:
    """A row that is shown without a target has an empty cell, and no name of its column stands there alone."""
    phone.goto(address + "how-far/")
    assert phone.locator("table.claim-trust td:empty").count() > 0
    named = phone.evaluate("""
        [...document.querySelectorAll("table.claim-trust td")].filter(each =>
            each.checkVisibility() && getComputedStyle(each, "::before").content !== "none"
        ).map(each => each.textContent.trim())""")
    assert named
    assert "" not in named
