"""An author's mistakes: the build stops, with the page's file and line, and says what exists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from macros.results.catalogue import CatalogueResult
from tests.unit.publish_sample import claim, result
from tests.unit.publish_site import Failed, build_site, page

FRONT_MATTER = "---\ntitle: A page\ntags: [a, b]\n---\n\n\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('value("cold-strat", "start")', "no claim is called `cold-strat`; did you mean cold-start or "),
        ('value("cold-start", "stat")', "no metric of claim `cold-start` is called `stat`; did you mean start?"),
        ('value("cold-start", "start", toolchain="go1.22")', "is called `go1.22`; did you mean go1."),
        ('value("cold-start", "start", toolchain="rust")', "known: go1.15, go1.21, go1.27"),
        ('value("linked-statically", "start", case="cgoo")', "is called `cgoo`; did you mean cgo or no-cgo?"),
        (
            'value("arms", "start")',
            "several arms print the metric `start` of claim `arms`; add arm= one of plain, fast",
        ),
        ('value("arms", "start", arm="slow")', "no arm of claim `arms` is called `slow`; known: plain, fast"),
        ('value("told", "start")', "claim `told` has no measured cells: its kind is report"),
        ('value("cold-start")', "missing a required argument: 'metric'; write value(claim, metric, toolchain=…"),
        ('figure("cold-start", 2)', "claim `cold-start` has no figure 2; the source gives 2, counted from 0"),
        ('output("cold-start", stage="probe")', "is called `probe`; known: build, run"),
        (
            'output("cold-start", control="sleep")',
            "no control of claim `cold-start` is called `sleep`; did you mean sleeps?",
        ),
        ('program("cold-start", "man.go")', "is called `man.go`; did you mean main.go?"),
        (
            'claims_table("7")',
            "no part of the source with claims is called `7`; known: 1.1, 1.2, 1.2 / 2.1, 1.10, 2.1",
        ),
        ('passage("cold-start", "confirm", caller=x)', "no verdict is called `confirm`; did you mean confirmed?"),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_what_would_be_right(tmp_path: Path, call: str, message: str) -> None:
    """The line is the file's own, front matter and blank lines counted."""
    with pytest.raises(Failed) as failed:
        page(
            tmp_path,
            FRONT_MATTER + "# Title\n\nSome\ntext {{ " + call.replace("caller=x", "caller=config.get") + " }}.\n",
        )
    assert f"docs/page.md:10:1: {call.split('(')[0]}: " in str(failed.value)
    assert message in str(failed.value)


def test_all_mistakes_of_all_pages_are_reported_at_once(tmp_path: Path) -> None:
    """One build tells everything, also what stands inside of a passage."""
    inside = '{% call passage("cold-start", "confirmed") %}\n{{ verdict("b") }}\n{% endcall %}'
    with pytest.raises(Failed) as failed:
        page(tmp_path, '{{ verdict("a") }}\n\n' + inside)
    assert "docs/page.md:1:1: verdict: no claim is called `a`" in str(failed.value)
    assert "docs/page.md:4:1: verdict: no claim is called `b`" in str(failed.value)


def test_an_unknown_macro_is_reported_with_its_line(tmp_path: Path) -> None:
    """A misspelt macro must not become an empty place in a published page."""
    with pytest.raises(Failed, match=r"page\.md:7:1: 'valeu' is undefined; pages have value, verdict"):
        page(tmp_path, FRONT_MATTER + '{{ valeu("cold-start", "start") }}\n')


def test_a_macro_call_that_does_not_end_is_reported_with_its_line(tmp_path: Path) -> None:
    """Jinja's syntax errors carry the file's line too."""
    with pytest.raises(Failed, match=r"page\.md:8:1: the page's macros cannot be read: unexpected"):
        page(tmp_path, FRONT_MATTER + 'text\n{{ value("cold-start" }}\n')


def test_a_page_in_the_place_of_a_claims_own_is_reported(tmp_path: Path) -> None:
    """Neither page may silently take the other's place."""
    with pytest.raises(Failed, match=r"docs/claims/arms\.md:1:1: takes the place of the page of claim `arms`"):
        build_site(tmp_path, {"claims/arms.md": "# Mine\n"})


def test_a_claim_whose_page_would_be_the_catalogue_is_reported(tmp_path: Path) -> None:
    """A claim called `index` has the address of the list of all claims."""

    def change(results: CatalogueResult) -> CatalogueResult:
        of = claim("index", "report")
        return replace(results, claims={**results.claims, "index": result(of, tmp_path, [], "unverifiable")})

    with pytest.raises(Failed, match="claim `index` would take the place of another page; give the claim another id"):
        build_site(tmp_path, {}, change)
