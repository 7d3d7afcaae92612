"""A claim's page with another machine's values, in a real browser: a small catalogue with the real site's looks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from macros.publish.build import build_site
from macros.publish.given import Given
from tests.browser.serving import serving
from tests.unit import replicated

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

ROOT = Path(__file__).parents[2]
PAGE = "claims/measuring/"
REPOSITORY = "https://forge.example/owner/name"


def settings(text: str) -> str:
    """This site's configuration without its pages."""
    text = re.sub(r"(?ms)^nav:.*?(?=^plugins:)", "", text)
    text = re.sub(r"(?m)^watch:.*\n", "", text)
    return text.replace("module_name: macros", "modules: [macros]")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two claims, one of them with the same values from a synthetic second machine, and slower ones of a
    third.
    """
    project = tmp_path_factory.mktemp("project")
    claims = replicated.catalogue(project)
    replicated.contribute(
        claims, replicated.replication(claims, project / "a", "Second Model 7 with a long name"), "a.json"
    )
    slower = replicated.contribute(claims, replicated.replication(claims, project / "b", "Third Model 8"), "b.json")

    def triple(data: dict[str, list[dict[str, list[dict[str, dict[str, dict[str, list[int]]]]]]]]) -> None:
        readings = data["claims"][1]["cells"][0]["processes"]["readings"]
        readings["n"] = [3 * value for value in readings["n"]]

    replicated.edit(slower, triple)
    results = replicated.run(claims, project / "ours")
    (project / "mkdocs.yml").write_text(settings((ROOT / "mkdocs.yml").read_text("utf-8")), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "assets", project / "docs" / "assets")
    (project / "docs" / "index.md").write_text("# Small\n\n{{ claims_table() }}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPO_URL", REPOSITORY)
        patch.setenv("EDIT_URI", "edit/main/docs/")
        return build_site(project, project / "site", given=Given(claims.resolve(), results), quiet=True)


@pytest.fixture(scope="module")
def served(small: Path) -> Iterator[str]:
    with serving(small) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_page_has_no_barrier_no_error_and_no_foreign_request(
    browser: Browser, served: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """With the section on other machines and its plot, and with a link to edit the claim's file; nothing runs off the
    page's side.
    """
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: said.append(answer.url) if not answer.ok else None)
    page.goto(served + PAGE)
    page.wait_for_load_state("networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith((served, "data:"))] == []
    section = page.locator(".claim-elsewhere")
    assert "Second Model 7 with a long name, 2 cores, kernel 6.1" in section.inner_text()
    assert section.locator("svg[role=img] .claim-plot-row").count() == 3
    description = section.locator("svg desc").first.text_content() or ""
    assert "ours: Example CPU" in description
    assert "A: Second Model 7 with a long name, 2 cores, kernel 6.1: 10" in description
    assert page.get_by_role("link", name="Edit this claim").get_attribute("href") == (
        f"{REPOSITORY}/edit/main/claims/measuring/claim.yml"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    drawn = section.locator("svg text")
    assert all(box["x"] + box["width"] <= width for box in (one.bounding_box() for one in drawn.all()) if box)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    page.close()


def test_without_scripts_all_of_it_is_there(browser: Browser, served: str) -> None:
    """The plot is drawn when the site is built."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served + PAGE)
    assert page.locator(".claim-elsewhere svg .claim-plot-interval").count() == 3
    assert page.locator(".claim-elsewhere table tbody tr").count() == 1
    context.close()
