"""The index of all claims: what its filters choose by, and what stands in the page without any script."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from macros.claim.fields import VerdictName
from macros.publish.claims_index import Entry, index_of, titles_elsewhere
from macros.results.catalogue import CatalogueResult
from tests.unit.publish_sample import catalogue as sample
from tests.unit.publish_sample import cell, claim, result
from tests.unit.publish_site import article, build_site
from tests.unit.test_publish_pages import words


def only(folder: Path, verdicts: dict[str, str], verdict: str = "depends") -> CatalogueResult:
    """A catalogue of one claim with these verdicts by release."""
    of = claim("one", source={"where": "3.2 / 4.1 / 4.2", "figures": ["< 5 ms"]})
    cells = [cell(of, release, verdict=each) for release, each in verdicts.items()]
    return replace(sample(folder), claims={"one": result(of, folder, cells, verdict)})


def entry(folder: Path, verdicts: dict[str, str], verdict: str = "depends") -> Entry:
    return index_of(only(folder, verdicts, verdict)).entries[0]


def test_a_claim_has_changed_where_its_verdict_is_not_that_of_the_release_before(tmp_path: Path) -> None:
    """The first release has none before it; one in which nothing was executed is passed over."""
    assert entry(tmp_path, {"go1.15": "refuted", "go1.21": "refuted", "go1.27": "confirmed"}).changed == ("go1.27",)
    assert entry(tmp_path, {"go1.15": "refuted", "go1.27": "confirmed"}).changed == ("go1.27",)
    assert entry(tmp_path, {"go1.21": "refuted", "go1.27": "refuted"}).changed == ()
    back = entry(tmp_path, {"go1.15": "refuted", "go1.21": "inconclusive", "go1.27": "refuted"})
    assert back.changed == ("go1.21", "go1.27")


def test_releases_are_named_where_the_claims_verdict_does_not_say_it_all(tmp_path: Path) -> None:
    """Not where each has the claim's own verdict; a gap among them is never bridged."""

    def names(verdicts: dict[str, str], verdict: str = "depends") -> list[tuple[str, str]]:
        return [(span.names, span.verdict.value) for span in entry(tmp_path, verdicts, verdict).spans]

    everywhere = {"go1.15": "refuted", "go1.21": "refuted", "go1.27": "refuted"}
    assert names(everywhere, "refuted") == []
    assert names(everywhere, "inconclusive") == [("go1.15 to go1.27", "refuted")]
    assert names({"go1.15": "refuted", "go1.27": "refuted"}, "refuted") == [("go1.15, go1.27", "refuted")]
    assert names({**everywhere, "go1.27": "confirmed"}) == [("go1.15, go1.21", "refuted"), ("go1.27", "confirmed")]


def test_a_claim_is_in_every_chapter_that_says_it(tmp_path: Path) -> None:
    """Each once, in the order in which the source is cited."""
    results = only(tmp_path, {"go1.27": "refuted"})
    assert index_of(results).entries[0].chapters == ("3", "4")
    assert index_of(results).chapters == ["3", "4"]


def test_a_verdict_that_claims_have_in_some_release_only_can_be_chosen_too(tmp_path: Path) -> None:
    """It stands among the choices with no claim of its own."""
    results = only(tmp_path, {"go1.15": "confirmed", "go1.27": "refuted"})
    assert index_of(results).verdicts == [
        (VerdictName.CONFIRMED, 0), (VerdictName.REFUTED, 0), (VerdictName.DEPENDS, 1),
    ]  # fmt: skip


def test_what_is_not_on_the_line_can_still_be_found(tmp_path: Path) -> None:
    """The source's figures, and the title in the languages that the pages do not speak."""
    one = entry(tmp_path, {"go1.27": "refuted"})
    assert one.hidden_words("en") == "one 的标题 · < 5 ms"
    assert titles_elsewhere(one.result.claim, "zh") == {"en": "Title of one"}


def test_the_table_is_complete_without_scripts(tmp_path: Path) -> None:
    """Place, title, statement, id, kind, verdict, and each release whose verdict is another; the filters are hidden."""

    def changed(results: CatalogueResult) -> CatalogueResult:
        verdicts = {"go1.15": "refuted", "go1.21": "refuted", "go1.27": "confirmed"}
        return replace(results, claims={**results.claims, **only(tmp_path, verdicts).claims})

    html = article((build_site(tmp_path / "site", {}, changed) / "claims" / "index.html").read_text("utf-8"))
    rows = [words(row) for row in re.findall(r"<tr data-verdict.*?</tr>", html, re.DOTALL)]
    assert len(rows) == 7
    line = " ".join(rows[-1].split())
    assert line.startswith("3.2 / 4.1 / 4.2 Title of one What the source says about one. one inspected depends")
    assert line.endswith("go1.15, go1.21: refuted go1.27: confirmed")
    assert re.search(r'<form class="claim-filters" [^>]* hidden>', html)
    assert "style=" not in html.split("<table", 1)[1].split("</table>", 1)[0]


def test_a_claims_page_names_its_id_and_its_title_in_the_other_languages(tmp_path: Path) -> None:
    """In the page's text, where the search reads them; the id is also what the search puts first."""
    site = build_site(tmp_path, {})
    html = (site / "claims" / "cold-start" / "index.html").read_text("utf-8")
    assert '<code>cold-start</code> <span lang="zh">cold-start 的标题</span>' in html
    index = (site / "search" / "search_index.json").read_text("utf-8")
    assert '"tags":["cold-start"]' in index


def test_the_search_takes_nothing_that_every_claims_page_says(tmp_path: Path) -> None:
    """They would be found with every claim. Where a claim has no results, what is said instead is found."""
    index = json.loads((build_site(tmp_path, {}) / "search" / "search_index.json").read_text("utf-8"))
    found = {entry["location"]: entry for entry in index["docs"]}
    assert {place for place in found if place.startswith("claims/linked-statically/#")} == {
        "claims/linked-statically/#controls", "claims/linked-statically/#how-it-is-decided",
    }  # fmt: skip
    assert "It sleeps." in found["claims/linked-statically/#controls"]["text"]
    assert "No procedure is given." in found["claims/told/#results"]["text"]
    decided = found["claims/cold-start/#how-it-is-decided"]["text"]
    assert "below 5 ms" in decided
    assert "Each sample is one fresh process" not in decided
    assert "decided by" not in decided


def test_the_search_does_not_find_a_claim_on_the_page_of_all(tmp_path: Path) -> None:
    """It would be found there before its own page, with all others."""
    site = build_site(tmp_path, {})
    index = (site / "search" / "search_index.json").read_text("utf-8")
    assert not re.search(r'"location":"claims/[^/"]*","title":"[^"]*","text":"[^"]*Title of', index)
