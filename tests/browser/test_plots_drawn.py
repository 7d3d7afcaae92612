"""Plots in a real browser: drawn, readable on a phone, by day, by night and in forced colours, and told in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.test_site import Reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

KINDS = {
    "rows": "claims/http-cold-start/",
    "shares": "claims/gc-pause-p99/",
    "growth": "claims/gc-defer-nonlinear/",
}
"""A claim with each kind of plot."""

OVERLAPS = """() => [...document.querySelectorAll(".claim-plot")].flatMap(figure => {
    const frame = figure.getBoundingClientRect();
    const texts = [...figure.querySelectorAll("text")].map(each => [each.textContent, each.getBoundingClientRect()]);
    const wrong = texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1)
        .map(([text]) => `outside: ${text}`);
    texts.forEach(([one, a], index) => texts.slice(index + 1).forEach(([other, b]) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) wrong.push(`${one} | ${other}`);
    }));
    return wrong;
})"""
"""Texts of plots that lie upon each other or beyond the figure's edge. Lines may share the room between them."""


@pytest.fixture(params=[(1440, "light"), (390, "dark")], ids=lambda look: f"{look[0]}-{look[1]}")
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Reader]:
    """A reader of one look, on whose pages nothing may have failed."""
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    reader = Reader(page, address, scheme)
    yield reader
    page.wait_for_load_state("networkidle")
    assert reader.wrong == []
    page.close()


def kinds_on(site: Path, path: str) -> set[str]:
    """The kinds of plot in a claim's own file."""
    return {plot["kind"] for plot in json.loads((site / path / "claim.json").read_text("utf-8"))["plots"]}


@pytest.mark.parametrize(("kind", "path"), KINDS.items(), ids=KINDS)
def test_each_kind_is_drawn_and_axe_finds_nothing(reader: Reader, site: Path, kind: str, path: str) -> None:
    """The page holds the plot that its file has the data of, no wider than the window, and without a barrier."""
    assert kind in kinds_on(site, path)
    page = reader.open(path)
    assert page.locator(".claim-plot > svg[role=img]").count() >= 1
    assert reader.overflow() <= 0
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("forced", ["none", "active"])
def test_the_dots_are_seen(browser: Browser, address: str, path: str, forced: str) -> None:
    """A stroke without length is painted, with the page's colours and with the reader's own; so is a ring's inside."""
    page = browser.new_page(viewport={"width": 390, "height": 900}, forced_colors=forced)  # type: ignore[arg-type]
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    for looks in page.evaluate(
        "[...new Set([...document.querySelectorAll('.claim-plot > svg path')].map(p => p.classList[0]))]"
    ):
        with_them = picture(page)
        show(page, looks, "hidden")
        assert picture(page) != with_them, looks
        show(page, looks, "")
    page.close()


def picture(page: Page) -> bytes:
    return page.locator(".claim-plot").first.screenshot() + page.locator(".claim-plot").last.screenshot()


def show(page: Page, looks: str, visibility: str) -> None:
    page.evaluate(
        "([looks, to]) => document.querySelectorAll(`.claim-plot path.${looks}`).forEach(p => p.style.visibility = to)",
        [looks, visibility],
    )


WIDE = """() => {
    document.body.style.setProperty("--md-text-font-family", "DejaVu Sans");
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = "100px DejaVu Sans";
    return Math.round(canvas.measureText("m").width);
}"""
"""Shows a page in a wide font and tells how wide its `m` is, in hundredths of the font's size."""


def test_no_text_lies_upon_another(reader: Reader, site: Path) -> None:
    """In the plots of every claim, in a wider font than most readers have, and none is cut at an edge."""
    claims = [path.parent.name for path in sorted(site.glob("claims/*/claim.json")) if '"kind":' in path.read_text()]
    wrong = {}
    for claim in claims:
        if kinds_on(site, f"claims/{claim}"):
            page = reader.open(f"claims/{claim}/")
            assert page.evaluate(WIDE) == 97
            found = page.evaluate(OVERLAPS)
            wrong |= {claim: found} if found else {}
    assert wrong == {}


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_a_plot_is_told_in_words(reader: Reader, path: str) -> None:
    """Its name says what it shows, and its description has every row's value, what is asked for, and the verdict."""
    page = reader.open(path)
    plots = page.locator(".claim-plot > svg")
    for number in range(plots.count()):
        title, told = (plots.nth(number).locator(f"> {name}").text_content() or "" for name in ("title", "desc"))
        assert page.get_by_role("img", name=title, exact=True).count() >= 1
        if (plots.nth(number).get_attribute("aria-labelledby") or "").startswith("forest-"):
            continue  # Its rows are machines, whose words tests/unit/test_other_machines.py reads.
        rows = re.findall(r"go1\.\d+[^.]*?: .*?\d.*?; .+? is asked for; .+?; [a-z]+\.", told)
        verdicts = plots.nth(number).locator("text[class*='claim-chip--'] tspan").count()
        assert len(rows) == verdicts
