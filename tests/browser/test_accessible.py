"""Every kind of page, as axe-core sees it: no barrier for readers with assistive technology."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

KINDS = {
    "home": "",
    "catalogue": "claims/",
    "a measured claim": "claims/http-cold-start/",
    "an inspected claim": "claims/gc-markroot-defer/",
    "a claim with nothing to execute": "claims/multicloud-plan/",
    "a chapter": "chapter-1/",
    "a section with values": "chapter-1/1-static-binaries/",
    "a section with programs": "chapter-1/4-abstractions/",
    "a section with a table of text": "chapter-5/1-migration/",
    "a section with a diagram": "chapter-3/3-defer-allocation/",
    "trust": "how-far/",
    "method": "how-it-works/",
    "a wrong address": "404.html",
}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_axe_finds_nothing(
    browser: Browser, address: str, path: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """On a desk by day and on a phone by night, with everything that folds opened."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    answer = page.goto(address + path)
    assert answer is not None
    assert answer.ok, f"{path} is not there"
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('article details').forEach(each => each.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    page.close()
