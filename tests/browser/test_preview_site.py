"""The site of a preview in a real browser: it says what it is, marks what changed, and no search engine lists it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from macros.lab import machine
from macros.lab.setup import Leave
from macros.preview.making import preview
from macros.run.plan import Mode
from macros.run.progress import Progress
from tests.browser.serving import serving
from tests.fake_lab import FakeLab
from tests.preview_repository import Repository

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a preview is served that flips a verdict, changes a value and a page, and adds a page."""
    folder = tmp_path_factory.mktemp("preview")
    repository = Repository.made(folder)
    repository.slow_down()
    (repository.root / "docs" / "third.md").write_text("# A third\n\nNew.\n", "utf-8")
    repository.edit("mkdocs.yml", ("  - Another: other.md\n", "  - Another: other.md\n  - A third: third.md\n"))
    places: tuple[Path, ...] = (tmp_path_factory.mktemp("lock"),)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMS_LEDGER", str(repository.ledger))
        patch.setattr(machine, "PLACES", places)
        lab = FakeLab()
        claims = repository.root / "claims"
        target, _ = preview(claims, "main", None, Mode.AUTO, Leave.none(), Progress(), lambda inputs: lab)
    with serving(target / "site") as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ["", "other/", "claims/", "claims/ticks/", "this-change/", "404.html"])
def test_every_page_says_that_it_is_a_preview_and_keeps_out_of_search_engines(
    page: Page, previewed: str, path: str
) -> None:
    """With both sides' names, and a link to the page of the change. Nothing stands in the way of a screen reader."""
    page.goto(previewed + path)
    page.wait_for_load_state("networkidle")
    banner = page.locator(".preview-banner")
    assert "Preview of a change." in banner.inner_text()
    assert "with edits that are not committed against main (" in banner.inner_text()
    assert page.locator("meta[name=robots]").get_attribute("content") == "noindex"
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    banner.get_by_role("link", name="What this change does").click()
    assert page.locator("h1").inner_text().startswith("What this change does")


def test_robots_are_sent_away(page: Page, previewed: str) -> None:
    """Also those that read no page."""
    answer = page.goto(f"{previewed}robots.txt")
    assert answer is not None
    assert answer.text() == "User-agent: *\nDisallow: /\n"


def test_the_navigation_marks_the_pages_that_changed(page: Page, previewed: str) -> None:
    """In words: a page that shows a changed value, the list of claims, a new page; not the page that is as it was."""
    page.goto(f"{previewed}other/")
    links = page.locator(".md-nav--primary a.md-nav__link").all_inner_texts()
    said = {" ".join(text.split()) for text in links}
    assert {"Small changed", "All claims changed", "A third new", "What this change does"} <= said
    assert "Another" in said


def test_the_old_value_is_struck_through_beside_the_new_one(page: Page, previewed: str) -> None:
    """The verdict and the value of the claim that changed, told apart in words too; the other one's value is plain."""
    page.goto(previewed)
    olds, news = (page.locator(f"article p {tag}") for tag in ("del", "ins"))
    said = [[" ".join(text.split()) for text in each.all_inner_texts()] for each in (olds, news)]
    assert [len(each) for each in said] == [2, 2]
    assert said[0][0].startswith("before: 10 KiB") and said[0][1].startswith("before: confirmed")
    assert said[1][0].startswith("now: 12 KiB") and said[1][1].startswith("now: refuted")
    assert olds.first.evaluate("each => getComputedStyle(each).textDecorationLine") == "line-through"


def test_the_page_of_the_change_tells_flips_values_and_our_own_error(page: Page, previewed: str) -> None:
    """With a link to the claim's page, which says the same above all else."""
    page.goto(f"{previewed}this-change/")
    text = " ".join(page.locator("article").inner_text().split())
    for part in (
        "Verdicts that flipped",
        "the claim file changed",
        "Values that moved beyond their joint interval",
        "in the same rounds of one session: 1.",
        "family-wise error of 5 %",
        "at most 0.0017 flips are to be expected by chance",
        "A third (new)",
    ):
        assert part in text, part
    page.locator("#flips + div a").click()
    note = page.locator(".preview-note")
    assert note.locator("del").first.inner_text().split() == ["before:", "confirmed"]
