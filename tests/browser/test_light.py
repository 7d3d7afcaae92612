"""How heavy the built site is, and that it works by itself: in any folder, with nothing fetched from elsewhere."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.serving import serving
from tests.browser.test_accessible import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

FIRST_LOAD = 100 * 1024
WHOLE = 12 * 1024 * 1024
ROOT = "http://site/some/where/"
SEARCH_INDEX = "search/search_index.json"

VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""


class Parts(HTMLParser):
    """What a page fetches to be shown, where it leads, and which places in it have an address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif "src" in given:
            self.fetched.append(given["src"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "icon"):
            self.fetched.append(given["href"])


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Parts]:
    """Every page of the site by its address, with `ROOT` as the address of the site."""
    return {
        ROOT + path.relative_to(site).as_posix().removesuffix("index.html"): Parts(path.read_text("utf-8"))
        for path in site.rglob("*.html")
    }


def file_of(site: Path, address: str) -> Path:
    """What a plain file server answers with."""
    path = site / unquote(address.removeprefix(ROOT).partition("?")[0])
    return path / "index.html" if path.is_dir() else path


@cache
def compressed(path: Path) -> int:
    """Its size as servers send it."""
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_first_load_of_any_page_is_light(site: Path, pages: dict[str, Parts]) -> None:
    """The page and all that it fetches, compressed; without the index that the search fetches, with its worker."""
    worker = next(site.glob("assets/javascripts/workers/search.*.js"))
    weights = {}
    for address, page in pages.items():
        files = {file_of(site, urljoin(address, name)) for name in page.fetched} | {file_of(site, address)}
        if page.fetched:
            files.add(worker)
        weights[address] = sum(compressed(file) for file in files)
    heaviest = max(weights, key=lambda address: weights[address])
    assert weights[heaviest] <= FIRST_LOAD, (heaviest, weights[heaviest])


def test_a_browser_fetches_no_more_than_was_counted(browser: Browser, address: str, pages: dict[str, Parts]) -> None:
    """Of each kind of page: what stands in it, the search's worker and its index."""
    for path in KINDS.values():
        page = browser.new_page()
        asked: set[str] = set()
        page.on("request", lambda request, asked=asked: asked.add(request.url))  # type: ignore[misc]
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        counted = {urljoin(address + path, name) for name in pages[ROOT + path].fetched} | {address + path}
        others = {url.removeprefix(address) for url in asked - counted if not url.startswith("data:")}
        assert {url for url in others if not url.startswith("assets/javascripts/workers/search.")} <= {
            SEARCH_INDEX,
            "grid.json",
        }, path
        page.close()


def test_the_whole_site_is_small(site: Path) -> None:
    """All its files together."""
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= WHOLE


def test_no_link_and_no_anchor_is_broken(site: Path, pages: dict[str, Parts]) -> None:
    """Each leads to a file of the site, and to a place that is there; also from a site that lies in a folder."""
    broken = []
    for address, page in pages.items():
        if address.endswith("404.html"):
            continue  # its own test shows it in a browser, where its script finds the root
        for link in page.links:
            to, _, place = urljoin(address, link).partition("#")
            if not to.startswith(ROOT):
                broken += [] if urlsplit(to).netloc not in ("site", "") else [(address, link)]
            elif not file_of(site, to).is_file() or (
                place and unquote(place) not in pages[to.partition("?")[0]].places
            ):
                broken.append((address, link))
    assert broken == []


def test_no_page_fetches_what_is_not_there(site: Path, pages: dict[str, Parts]) -> None:
    """Scripts, styles and pictures, all of the site itself."""
    for address, page in pages.items():
        for name in page.fetched:
            assert urljoin(address, name).startswith(ROOT), (address, name)
            assert file_of(site, urljoin(address, name)).is_file(), (address, name)


# ---- in a browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def in_a_folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site in a folder of a plain file server, which shows its 404.html as many servers do."""
    root = tmp_path_factory.mktemp("server")
    shutil.copytree(site, root / "a" / "site")
    with serving(root, wrong=root / "a" / "site" / "404.html") as address:
        yield address + "a/site/"


class Watched:
    """A page whose requests and breaches of its policy are noted."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.address = address
        page.add_init_script(VIOLATIONS)
        page.on("request", self._note)
        page.on("response", lambda answer: self.failed.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: self.failed.append(str(error)))

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.foreign.append(request.url)

    def wrong(self) -> list[str]:
        return [*self.foreign, *self.failed, *self.page.evaluate("violations")]


def used(page: Page) -> None:
    """What readers do on any page: unfold, change the colours, scroll, search."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    toggle = page.locator("[data-md-component=palette] label:visible")
    if toggle.count():
        toggle.first.click()
    page.mouse.wheel(0, 3000)
    field = page.locator(".md-search__input")
    if field.count() and field.is_visible():
        field.click()
        field.press_sequentially("defer")
        page.locator(".md-search-result__item").first.wait_for()
        page.keyboard.press("Escape")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_page_keeps_to_its_policy_in_any_folder(browser: Browser, in_a_folder: str, path: str) -> None:
    """No breach, no request to another host or beside the site's folder, none that fails."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    watched = Watched(page, in_a_folder)
    page.goto(in_a_folder + path)
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    used(page)
    # A page of a wrong address looks for the root of the site, first where it should be.
    allowed = [in_a_folder.replace("a/site/", "grid.json")] * 2 if path == "404.html" else []
    assert [each for each in watched.wrong() if each not in allowed] == []
    page.close()


@pytest.mark.parametrize("path", ["", "chapter-1/1-static-binaries/", "claims/http-cold-start/", "404.html"])
def test_what_is_smuggled_into_a_page_does_not_act(browser: Browser, site: Path, tmp_path: Path, path: str) -> None:
    """A script, a handler and a style that got into the file past everything else: the policy keeps them still."""
    file = file_of(site, ROOT + path)
    smuggled = (
        "<script>window.pwned = 1</script><img src=data:, onerror='window.pwned = 2'>"
        "<style>body { outline: 7px solid red }</style><script src='https://example.invalid/x.js'></script></body>"
    )
    (tmp_path / "index.html").write_text(file.read_text("utf-8").replace("</body>", smuggled), encoding="utf-8")
    page = browser.new_page()
    page.add_init_script(VIOLATIONS)
    with serving(tmp_path) as address:
        page.goto(address)
        page.wait_for_timeout(300)
        assert page.evaluate("window.pwned") is None
        assert page.evaluate("getComputedStyle(document.body).outlineWidth") != "7px"
        blocked = page.evaluate("violations.map(each => each.split(':')[0])")
    assert {"script-src-elem", "script-src-attr", "style-src-elem"} <= set(blocked)
    page.close()


@pytest.mark.parametrize("wrong", ["nowhere", "nowhere/", "claims/no-such-claim/", "a/b/c/d"])
def test_a_wrong_address_leads_back_into_the_site(browser: Browser, in_a_folder: str, wrong: str) -> None:
    """Whatever the folder and the depth: home, the list of claims and the search are one click away."""
    page = browser.new_page()
    answer = page.goto(in_a_folder + wrong)
    assert answer is not None
    assert answer.status == 404
    page.wait_for_load_state("networkidle")
    for name, there in (("The site in short", ""), ("All claims", "claims/"), ("the list of all claims", "claims/")):
        link = page.get_by_role("link", name=name, exact=True)
        assert link.evaluate("link => link.href") == in_a_folder + there
    page.get_by_label("Search the site").fill("markrootDefer")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(f"{in_a_folder}?q=markrootDefer")
    page.locator(".md-search-result__item").first.wait_for()
    page.close()


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_nothing_moves_for_who_wants_no_motion(browser: Browser, address: str, path: str) -> None:
    """No element has a transition or an animation that takes time, and scrolling jumps."""
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address + path)
    moving = page.evaluate("""
        [...document.querySelectorAll("*")].flatMap(each => ["", "::before", "::after"].map(pseudo => {
            const style = getComputedStyle(each, pseudo || null);
            const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ").map(parseFloat);
            const moves = Math.max(...times) > 0.01 || style.scrollBehavior === "smooth";
            return moves ? `${each.localName}.${each.className}${pseudo}` : "";
        })).filter(Boolean)""")
    assert moving == []
    page.close()


@pytest.mark.parametrize("path", ["chapter-1/1-static-binaries/", "claims/http-cold-start/"])
def test_on_paper_everything_is_unfolded_and_the_frame_is_gone(browser: Browser, address: str, path: str) -> None:
    """No navigation, no search, no button; what is folded on the screen can be read; nothing is cut at the side."""
    page = browser.new_page(viewport={"width": 720, "height": 1000})
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    for gone in (".md-header", ".md-sidebar", ".md-footer", ".md-top", ".md-code__nav", ".headerlink"):
        assert not any(each.is_visible() for each in page.locator(gone).all()), gone
    hidden = page.evaluate("""
        [...document.querySelectorAll("article details")].filter(each =>
            ![...each.children].some(child => child.localName !== "summary" && child.checkVisibility())).length""")
    assert hidden == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
