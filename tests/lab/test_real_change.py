"""A real change to a real repository: everything that its author, a reviewer and CI are told of it.

The catalogue is small and its containers are real. What the change does stands in `tests/small_repository.py`.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import docker
import pytest
from junitparser import Failure, JUnitXml, TestCase
from playwright.sync_api import Page

from macros.lab.images import base_image, building
from macros.lab.images.pins import Toolchains
from macros.lab.images.recipes import recipes
from macros.lab.setup import Leave
from macros.report.comment import MARK
from macros.results import feed
from macros.steps import load
from tests import small_repository as small
from tests.browser.serving import serving
from tests.chromium import launched
from tests.conftest import ROOT
from tests.forge import forge
from tests.small_repository import Repository
from tests.unit.test_ci import commands

pytestmark = [pytest.mark.container, pytest.mark.browser]

FLIPPED = {small.THRESHOLD: ["claim"], small.PROGRAM: ["program"], small.PIN: ["image"]}
OLD, NEW = "go1.22", "go1.27"


@dataclass(frozen=True)
class Change:
    """The repository after both pushes, and what each command said on the way."""

    repository: Repository
    reports: Path
    pushes: tuple[str, str]
    base: CompletedProcess[str]
    first: CompletedProcess[str]
    site_of_first: CompletedProcess[str]
    accepted: CompletedProcess[str]
    second: CompletedProcess[str]
    previewed: CompletedProcess[str]
    places: list[tuple[str, int]]
    """Where the recorded verdicts of the flipped claims stand after the first push, and the passages about them."""


@pytest.fixture(scope="module")
def change(toolchains: Toolchains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Change]:
    """Both pushes, verified. The pin moves between two images that are there: only their names are new."""
    building.ensure(toolchains, ["shell", OLD, NEW], root=ROOT, leave=Leave.given())
    folder = tmp_path_factory.mktemp("change")
    (reports := folder / "reports").mkdir()
    repository = small.base(folder / "repository", toolchains.toolchains[OLD])
    names = [_name_image(repository, toolchains, OLD)]
    base = repository.claims("verify", "--json", reports / "base.json")
    first_push = small.first_push(repository, toolchains.toolchains[NEW])
    names.append(_name_image(repository, toolchains, NEW))
    verified = ("verify", "--changed-since", "main", "--json", reports / "head.json", "--junit", reports / "junit.xml")
    first = repository.claims(
        *verified,
        GITHUB_ACTIONS="true",
        GITHUB_WORKSPACE=str(repository.folder),
    )
    site = repository.claims("site", "--out", reports / "site-of-first")
    places = [place for name in FLIPPED for place in speaking_of(repository, name)]
    accepted = repository.claims("verify", "--accept", "--markdown", reports / "summary.md")
    second_push = small.second_push(repository)
    second = repository.claims("verify", "--json", reports / "second.json")
    previewed = repository.claims("preview", "--base", "main", "--out", reports / "preview")
    yield Change(
        repository, reports, (first_push, second_push), base, first, site, accepted, second, previewed, places
    )  # fmt: skip
    client = docker.APIClient()
    for name in names:
        client.remove_image(name)


def _name_image(repository: Repository, toolchains: Toolchains, release: str) -> str:
    """Give a release's image the name that the small catalogue's pin asks for."""
    client = docker.APIClient()
    on = base_image.find(client, toolchains.base)
    assert on is not None
    (there,) = recipes(toolchains, [release], ROOT)
    (here,) = recipes(load(repository.folder / "claims").toolchains, ["go"], repository.folder)
    assert here.digest == there.digest
    client.tag(there.tag(on.digest), *here.tag(on.digest).split(":"))
    return here.tag(on.digest)


def speaking_of(repository: Repository, name: str) -> Iterator[tuple[str, int]]:
    """File and line of a claim's recorded verdict, and of each passage about it."""
    words = {f"claims/{name}/claim.yml": "recorded:", "docs/*.md": f'passage("{name}"'}
    for pattern, word in words.items():
        for path in repository.folder.glob(pattern):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if word in line:
                    yield path.relative_to(repository.folder).as_posix(), number


# ---- verify ----------------------------------------------------------------------------------------------


def test_exit_codes_follow_the_change(change: Change) -> None:
    """0 on main; 1 where verdicts flip; 2 for a site whose prose denies them; 0 once both are accepted."""
    assert change.base.returncode == 0, change.base.stdout + change.base.stderr
    assert change.first.returncode == 1, change.first.stdout + change.first.stderr
    assert change.site_of_first.returncode == 2, change.site_of_first.stdout + change.site_of_first.stderr
    assert "docs/index.md" in change.site_of_first.stderr
    assert change.accepted.returncode == 0, change.accepted.stdout + change.accepted.stderr
    assert change.second.returncode == 0, change.second.stdout + change.second.stderr


def test_only_what_the_change_affects_is_verified(change: Change) -> None:
    """Four of five: the page of prose affects none, and the removed one is gone."""
    assert "claims that the change since main affects: 4" in change.first.stderr
    found = feed.read((change.reports / "head.json").read_text("utf-8"))
    assert {claim.id for claim in found.claims} == {*FLIPPED, small.ADDED}


def test_junit_reads_back_with_a_failure_for_each_flip(change: Change) -> None:
    """And a success for the claim that is new; the counts agree."""
    (suite,) = JUnitXml.fromfile(str(change.reports / "junit.xml"))
    cases = {case.name: case for case in suite if isinstance(case, TestCase)}
    assert set(cases) == {*FLIPPED, small.ADDED}
    for name in FLIPPED:
        (failure,) = cases[name].result
        assert isinstance(failure, Failure) and failure.type == "contradiction"
        assert "recorded confirmed, measured refuted" in failure.message
    assert cases[small.ADDED].result == []
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 3, 0, 0)


def test_annotations_stand_at_the_claims_and_at_the_passages_about_them(change: Change) -> None:
    """At the line of `recorded`, and at the page's first passage; nothing else is a command."""
    found = [re.match(r"::error file=([^,]+),line=(\d+),title=[^:]*::", line) for line in commands(change.first.stdout)]
    assert sorted((one[1], int(one[2])) for one in found if one) == sorted(change.places)
    assert len(found) == 6 and all(found)


def test_the_summary_has_a_row_for_each_flip(change: Change) -> None:
    """As Markdown for the job's page, worst first and far below its limit."""
    text = (change.reports / "summary.md").read_text("utf-8")
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| ")][1:]
    assert sorted(tuple(cell.strip().replace("\\", "") for cell in row) for row in rows) == sorted(
        (name, "confirmed", "refuted") for name in FLIPPED
    )
    assert len(text.encode()) < 900_000


def test_accepting_writes_the_verdicts_and_lists_the_passages(change: Change) -> None:
    """One word of each claim file changes, comments stay, and the passages written for the old verdicts are named."""
    for name in FLIPPED:
        path = change.repository.folder / "claims" / name / "claim.yml"
        assert re.search(r"^recorded: refuted", path.read_text("utf-8"), re.MULTILINE)
    assert "recorded: refuted      # by the first run" in (
        change.repository.folder / "claims" / small.THRESHOLD / "claim.yml"
    ).read_text("utf-8")
    for path, line in change.places:
        assert path.startswith("claims/") or f"{path}:{line}: " in change.accepted.stdout


# ---- diff ------------------------------------------------------------------------------------------------


def test_each_flip_has_its_cause(change: Change) -> None:
    """A threshold is the claim's, an edited program the program's, a pin the image's; flips are no error."""
    reports = change.reports
    done = change.repository.claims(
        "diff",
        reports / "base.json",
        reports / "second.json",
        "--json",
        reports / "d.json",
        "--markdown",
        reports / "d.md",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((reports / "d.json").read_text("utf-8"))
    flips = {flip["id"]: flip for flip in found["flips"]}
    assert set(flips) == set(FLIPPED)
    for name, causes in FLIPPED.items():
        assert (flips[name]["before"], flips[name]["after"]) == ("confirmed", "refuted")
        assert flips[name]["causes"] == causes, name
    assert [one["id"] for one in found["new"]] == [small.ADDED]
    assert [one["id"] for one in found["removed"]] == [small.REMOVED]
    moved = [(one["id"], one["metric"], one["causes"]) for one in found["moved"]]
    assert moved == [(small.PIN, "refused", ["image"]), (small.PROGRAM, "warnings", ["program"])]
    assert not found["other_machines"] and not found["undecided"]
    text = (reports / "d.md").read_text("utf-8")
    assert small.UNCHANGED not in text and all(name in text for name in (*FLIPPED, small.ADDED, small.REMOVED))


# ---- preview ---------------------------------------------------------------------------------------------


def test_the_preview_says_what_the_diff_says(change: Change) -> None:
    """Both sides' feeds, the comment and the site are there, and the verdicts are those that `verify` gave."""
    assert change.previewed.returncode == 0, change.previewed.stdout + change.previewed.stderr
    folder = change.reports / "preview"
    for name, was in (("base.json", "base.json"), ("head.json", "second.json")):
        preview, verified = (feed.read(path.read_text("utf-8")) for path in (folder / name, change.reports / was))
        assert {one.id: one.verdict for one in preview.claims} == {one.id: one.verdict for one in verified.claims}
    text = (folder / "comment.md").read_text("utf-8")
    assert text.startswith(MARK) and all(name in text for name in (*FLIPPED, small.ADDED, small.REMOVED))


# ---- the second stage ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def artifacts(change: Change) -> dict[str, Path]:
    """What the first stage uploads, hidden files left out: two zip files, each in a folder of its own."""
    preview = change.reports / "preview"
    found = {}
    for name, files in (
        ("results", [preview / "base.json", preview / "head.json"]),
        ("site", [path for path in (preview / "site").rglob("[!.]*") if path.is_file()]),
    ):
        found[name] = change.reports / "artifacts" / name
        found[name].mkdir(parents=True)
        root = preview if name == "results" else preview / "site"
        with zipfile.ZipFile(found[name] / f"preview-{name}.zip", "w", zipfile.ZIP_DEFLATED) as file:
            for path in files:
                file.write(path, path.relative_to(root))
    return found


def test_one_comment_is_kept_under_the_pull_request_of_the_commit(change: Change, artifacts: dict[str, Path]) -> None:
    """Written once, rewritten in place, and it says so when a later job fails."""
    head = change.pushes[1]
    with forge() as server:
        server.heads = {1: "0" * 40, 7: head}

        def comment(*arguments: str | Path) -> str:
            done = change.repository.claims("comment", *arguments, "--commit", head, **server.variables)
            assert done.returncode == 0, done.stderr
            ((pull, comments),) = server.comments.items()
            (text,) = comments.values()
            assert pull == 7
            return text

        text = comment(artifacts["results"], "--run", "https://ci.example/1", "--site", "https://preview.example/1/")
        assert text == comment(
            artifacts["results"], "--run", "https://ci.example/1", "--site", "https://preview.example/1/"
        )
        assert "(https://preview.example/1/)" in text and "(https://ci.example/1)" in text
        for name, cause in {
            small.THRESHOLD: "the claim file changed",
            small.PROGRAM: "the claim’s programs changed",
            small.PIN: "the toolchains’ images changed",
        }.items():
            (row,) = (line for line in text.splitlines() if line.startswith(f"| {name} | confirmed | refuted |"))
            assert cause in row
        assert "could not be made" in comment("--failed")


@pytest.fixture(scope="module")
def pages(change: Change, artifacts: dict[str, Path]) -> Iterator[Page]:
    """The preview's site, unpacked as for its own origin, in a browser; `goto` takes paths of it."""
    done = change.repository.claims("unpack", artifacts["site"], change.reports / "served")
    assert done.returncode == 0, done.stderr
    with serving(change.reports / "served") as address, launched() as browser:
        page = browser.new_context(base_url=address).new_page()
        yield page
        page.context.close()


def marks(page: Page) -> dict[str, str]:
    """What the navigation shows beside the pages' names."""
    links = page.locator(".md-sidebar--primary a.md-nav__link")
    return {
        link.locator(".md-ellipsis").first.inner_text().strip(): mark.first.inner_text()
        for link in links.all()
        if (mark := link.locator(".preview-mark")).count()
    }


def test_the_preview_marks_what_changed_and_is_not_listed_by_search_engines(pages: Page) -> None:
    """A banner on every page, `noindex`, and in the navigation a mark at each page that the change alters."""
    for path in ("", "loops/", "manners/", "quiet/", f"claims/{small.ADDED}/", "this-change/"):
        pages.goto(path)
        assert "This is not the published site" in pages.locator(".preview-banner").inner_text(), path
        assert pages.locator('meta[name="robots"]').get_attribute("content") == "noindex", path
    pages.goto("")
    assert {name: mark for name, mark in marks(pages).items() if name not in ("All claims",)} == {
        "Shell tools": "changed", "Loops": "changed", "Manners": "changed",
    }  # fmt: skip


def test_the_old_value_is_struck_through_beside_the_new_one(pages: Page) -> None:
    """And nothing on a page that the change leaves alone."""
    pages.goto("")
    old, new = pages.locator("article del.preview-was").first, pages.locator("article ins.preview-now").first
    assert (old.locator(".claim-number").inner_text(), new.locator(".claim-number").inner_text()) == ("1", "0")
    assert "line-through" in str(old.evaluate("element => getComputedStyle(element).textDecorationLine"))
    assert old.is_visible() and new.is_visible()
    pages.goto("quiet/")
    assert pages.locator("article del, article ins").count() == 0


def test_a_page_says_what_the_change_does(pages: Page) -> None:
    """The three flips with their causes and links to the claims, what is new and gone, and our own rate of error."""
    pages.goto("")
    pages.locator(".preview-banner a").click()
    pages.wait_for_url("**/this-change/")
    text = pages.locator("article").inner_text()
    for part in (small.REMOVED, "the claim file changed", "the claim’s programs changed", "Our own error"):
        assert part in text, part
    for name in (*FLIPPED, small.ADDED):
        assert pages.locator(f'article a[href$="claims/{name}/"]').count() >= 1, name
    pages.locator(f'article a[href$="claims/{small.PIN}/"]').first.click()
    pages.wait_for_url(f"**/claims/{small.PIN}/")
    assert pages.locator(".preview-note del").first.is_visible()
