"""What a reader sees of the built site, on a desk and on a phone, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request

# Chapter 1's claims may all have to run first, on a machine that has never built the site.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]

CONTRAST = """element => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const channels = colour => {
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(value => {
            value /= 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
    };
    const light = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    const style = getComputedStyle(element);
    const [dim, bright] = [light(channels(style.color)), light(channels(style.backgroundColor))].sort((a, b) => a - b);
    return (bright + 0.05) / (dim + 0.05);
}"""
"""The contrast ratio of an element's text on its own background, after WCAG 2.2, section 1.4.3."""


class Reader:
    """A browser page that notes whatever goes wrong while it is read."""

    def __init__(self, page: Page, address: str, scheme: str) -> None:
        self.page, self.address, self.scheme = page, address, scheme
        self.wrong: list[str] = []
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request))
        page.on("request", lambda request: self._note(request.url))

    def _failed(self, request: Request) -> None:
        # A reader who leaves a page ends its requests; those have not failed.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url}: {request.failure}")

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"goes to a third party: {url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Reader]:
    """A reader of one look. When the test is over, no page may have failed, warned, or asked a third party."""
    width, scheme = request.param
    colours: Literal["light", "dark"] = scheme
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)
    reader = Reader(page, address, scheme)
    yield reader
    page.wait_for_load_state("networkidle")
    assert reader.wrong == []
    page.close()


@pytest.fixture(scope="session")
def sections(site: Path) -> list[str]:
    """The addresses of chapter 1's sections."""
    found = sorted(path.parent.relative_to(site).as_posix() + "/" for path in site.glob("chapter-1/*/index.html"))
    assert found, "chapter 1 has no section"
    return found


def test_every_section_shows_values_verdicts_and_cards(reader: Reader, sections: list[str]) -> None:
    """Each section of chapter 1 has a value, a chip with its word and a card that opens; nothing overflows or fails."""
    for section in sections:
        page = reader.open(section)
        assert page.locator(".claim-value .claim-number, .claim-value code").first.is_visible()
        chip = page.locator("article a.claim-chip").first
        assert chip.inner_text().strip() in {
            "confirmed", "refuted", "depends", "inconclusive", "untestable", "unverifiable",
        }  # fmt: skip
        assert chip.locator("svg").is_visible()
        card = page.locator("details.claim-card").first
        assert not card.locator(".claim-results").is_visible()
        card.locator("summary").first.click()
        assert card.locator(".claim-results").is_visible()
        assert card.get_by_role("link", name="This claim’s own page").is_visible()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert reader.overflow() <= 0, section


def test_the_other_pages_fit_and_fetch_nothing_from_elsewhere(reader: Reader, site: Path) -> None:
    """Home, the method, the catalogue and every claim's page: no overflow, no error, no third party.

    The colours move nothing, so half of the claims are opened in one scheme and half in the other, at both widths.
    """
    claims = sorted(f"{path.parent.relative_to(site)}/" for path in site.glob("claims/**/index.html"))
    for path in ["", "how-it-works/", "chapter-1/", *claims[reader.scheme == "dark" :: 2]]:
        reader.open(path)
        assert reader.overflow() <= 0, path


def test_chips_can_be_read_in_both_schemes(reader: Reader) -> None:
    """The words of all six verdicts stand out from their ground by 4.5 to 1 or more."""
    page = reader.open("")
    chips = page.locator(".claim-legend .claim-chip").all()
    assert len(chips) == 6
    assert min(chip.evaluate(CONTRAST) for chip in chips) >= 4.5
