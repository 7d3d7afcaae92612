"""The grid of all claims by release, and the list of what is furthest from the source's figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.results.catalogue import CatalogueResult
from macros.results.grid import chapter_of, grid_of, text_of
from macros.results.surprises import figure_of, surprises
from macros.verdict.finding import CellFinding, Estimate, Finding, Reason
from macros.words.figures import factor
from tests.unit.publish_sample import catalogue, cell, claim, result
from tests.unit.publish_site import build_site, page


def of(folder: Path, *claims: object) -> CatalogueResult:
    """The sample's catalogue with these claims alone."""
    whole = catalogue(folder)
    return replace(whole, claims={each.claim.id: each for each in claims})  # type: ignore[attr-defined]


CASES = [{"name": "a"}, {"name": "b"}, {"name": "aside", "context": True}]


def test_a_release_s_verdict_is_made_of_its_own_cells_alone(tmp_path: Path) -> None:
    """Both cases hold in one release and neither in the next: confirmed, then refuted; and mixed is `depends`."""
    one = claim("one", cases=CASES)
    verdicts = {"go1.15": "confirmed confirmed", "go1.21": "refuted refuted", "go1.27": "confirmed refuted"}
    cells = [
        cell(one, release, case, verdict=verdict)
        for release, both in verdicts.items()
        for case, verdict in zip("ab", both.split(), strict=True)
    ]
    (group,) = grid_of(of(tmp_path, result(one, tmp_path, cells, "depends"))).groups
    found = {name: each.finding.verdict for name, each in group.rows[0].by_release.items()}
    assert found == {"go1.15": "confirmed", "go1.21": "refuted", "go1.27": "depends"}


def test_a_case_for_context_has_no_part_in_it(tmp_path: Path) -> None:
    """As it has none in the claim's own verdict; and a release that has no other cell was not run."""
    one = claim("one", cases=CASES)
    cells = [cell(one, "go1.27", "a"), cell(one, "go1.27", "aside", verdict="refuted"), cell(one, "go1.15", "aside")]
    row = grid_of(of(tmp_path, result(one, tmp_path, cells, "confirmed"))).groups[0].rows[0]
    assert {name: each.finding.verdict.value for name, each in row.by_release.items()} == {"go1.27": "confirmed"}


def test_where_a_control_failed_no_release_is_decided(tmp_path: Path) -> None:
    """What the claim does not believe, its row does not show."""
    one = claim("one", cases=CASES)
    failed = result(one, tmp_path, [cell(one, "go1.27", "a")], "inconclusive", Reason.CONTROL)
    row = grid_of(of(tmp_path, failed)).groups[0].rows[0]
    assert row.by_release["go1.27"].finding.verdict is VerdictName.INCONCLUSIVE


def test_rows_are_in_the_order_of_the_source_and_grouped_by_chapter(tmp_path: Path) -> None:
    """1.2 before 1.10; a statement of two places is where it comes first; other toolchains are named apart."""
    places = {"late": "2.1", "tenth": "1.10", "second": "1.2 / 2.1", "java": "1.3"}
    claims = []
    for name, where in places.items():
        each = claim(name, source={"where": where})
        claims.append(result(each, tmp_path, [cell(each, "jdk17" if name == "java" else "go1.27")], "confirmed"))
    results = of(tmp_path, *claims)
    settings = results.settings.model_copy(
        update={"families": [results.settings.families[0].model_copy(update={"pattern": "go.*"})]}
    )
    grid = grid_of(replace(results, settings=settings))
    assert [(group.chapter, [row.result.claim.id for row in group.rows]) for group in grid.groups] == [
        ("1", ["second", "java", "tenth"]),
        ("2", ["late"]),
    ]
    java = grid.groups[0].rows[1]
    assert (dict(java.by_release), java.elsewhere) == ({}, ("jdk17",))
    assert grid.releases == ("go1.15", "go1.21", "go1.27")


@pytest.mark.parametrize(("where", "chapter"), [("1.2", "1"), ("3.2/3.3", "3"), ("4", "4"), ("10.1", "10")])
def test_a_chapter_is_the_first_part_of_the_first_place(where: str, chapter: str) -> None:
    """Whatever comes after it."""
    assert chapter_of(where) == chapter


def test_the_file_for_programs_has_what_the_table_shows(tmp_path: Path) -> None:
    """Place, verdict, and verdict by release of every claim."""
    results = catalogue(tmp_path)
    grid = grid_of(results)
    read = json.loads(text_of(grid))
    assert (read["schema"], read["releases"], set(read["claims"])) == (1, list(grid.releases), set(results.claims))
    for group in grid.groups:
        for row in group.rows:
            told = read["claims"][row.result.claim.id]
            assert told["verdict"] == row.result.finding.verdict
            assert told["by_release"] == {name: each.finding.verdict for name, each in row.by_release.items()}


def test_the_file_is_published_beside_the_pages(tmp_path: Path) -> None:
    """At the address that programs know."""
    site = build_site(tmp_path, {"index.md": "x\n"})
    assert json.loads((site / "grid.json").read_text("utf-8"))["releases"] == ["go1.15", "go1.21", "go1.27"]


def test_the_table_has_headers_words_shapes_and_links(tmp_path: Path) -> None:
    """A reader who sees no colour reads the word, one who follows a mark comes to the values of that release."""
    html = page(tmp_path, '{{ grid({"1": "the first"}) }}')
    assert '<th scope="rowgroup" colspan="5">Chapter 1: the first</th>' in html
    assert '<th scope="col"><span class="claim-grid-go">Go </span>1.15</th>' in html
    assert 'href="../claims/linked-statically/#go1.27-cgo" title="go1.27: refuted' in html
    assert '<use href="#grid-refuted"/></svg><span>refuted</span></a>' in html
    assert html.count('id="grid-refuted"') == 1


# ---- furthest from the source ----------------------------------------------------------------------


def judged(value: float | str, verdict: str = "refuted", unit: str = "ms") -> CellFinding:
    finding = Finding(VerdictName(verdict))
    return CellFinding(finding, (finding,), {"start": Estimate(value, None, None, unit, 9)})


def with_value(folder: Path, name: str, value: float | str, *, verdict: str = "refuted", **over: object) -> object:
    one = claim(name, **over)
    each = replace(cell(one, "go1.27"), judged=judged(value, verdict))
    return result(one, folder, [each], verdict)


def test_the_furthest_comes_first_whichever_way(tmp_path: Path) -> None:
    """A tenth of the figure is as far from it as ten times the figure."""
    claims = [with_value(tmp_path, f"at-{value * 10:.0f}", value) for value in (7.0, 50.0, 0.1)]
    found = surprises(of(tmp_path, *claims), 2)
    assert [(one.result.claim.id, one.more) for one in found] == [("at-1", False), ("at-500", True)]
    assert [one.factor for one in found] == pytest.approx([50, 10])


@pytest.mark.parametrize(
    "claim_of",
    [
        lambda folder: with_value(folder, "one", 50.0, verdict="confirmed"),
        lambda folder: with_value(folder, "one", "a text"),
        lambda folder: with_value(folder, "one", 0.0),
        lambda folder: with_value(folder, "one", float("inf")),
        lambda folder: with_value(folder, "one", 50.0, source={"where": "1.1"}),
        lambda folder: with_value(folder, "one", 50.0, source={"where": "1.1", "figures": ["6 ms"]}),
    ],
    ids=["confirmed", "text", "zero", "infinite", "no figure", "our own threshold"],
)
def test_only_a_refuted_figure_of_the_source_counts(tmp_path: Path, claim_of: object) -> None:
    """Neither what holds, nor what is no number, nor a bound that is ours."""
    assert surprises(of(tmp_path, claim_of(tmp_path)), 5) == []  # type: ignore[operator]


def test_the_figure_is_the_one_that_has_the_number(tmp_path: Path) -> None:
    """Also with thousands separated, and among several."""
    assert figure_of(("2 KB", "1,000,000 calls"), "1000000") == "1,000,000 calls"
    assert figure_of(("2 KB",), "2 KiB") == "2 KB"
    assert figure_of(("2 KB",), "nothing") is None


@pytest.mark.parametrize(
    ("times", "text"), [(1.384, "1.38"), (5.6, "5.6"), (94.2, "94"), (43130.0, "43,000"), (2.0, "2.0")]
)
def test_a_factor_has_two_digits(times: float, text: str) -> None:
    """Three below two, where the digits that tell it from one begin later."""
    assert factor(times) == text
