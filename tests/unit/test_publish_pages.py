"""Pages through a real MkDocs build: what stands in the HTML in the end."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.publish.card import printed
from macros.results.catalogue import CatalogueResult
from macros.verdict.details import MachineLacks
from macros.verdict.finding import Estimate, Finding, Mark
from tests.unit.publish_sample import cell, claim, frozen, imported, judged_again
from tests.unit.publish_site import Failed, article, build_site, page


def judged(claim: str, verdict: str) -> object:
    """A change of the sample: the claim came out otherwise."""

    def change(results: CatalogueResult) -> CatalogueResult:
        other = replace(results.claims[claim], finding=Finding(VerdictName(verdict), detail=MachineLacks("something")))
        return replace(results, claims={**results.claims, claim: other})

    return change


def words(html: str) -> str:
    """The text of some HTML, spaces joined, none before punctuation."""
    text = re.sub(r"<[^>]+>", " ", html).replace("\u202f", " ").replace("&nbsp;", " ")
    return re.sub(r" ([,.;:])", r"\1", " ".join(text.split()))


def test_a_value_stands_in_the_sentence_with_interval_and_count(tmp_path: Path) -> None:
    """A value macro is a phrase: number, unit, interval and n inside the paragraph, the conditions in its title."""
    html = page(tmp_path, 'It takes {{ value("cold-start", "start") }} today.')
    assert "It takes 3.2 ms (3.0–3.4, n = 18) today." in words(html)
    assert 'title="start, go1.27, default: 3.2' in html


def test_values_of_arms_and_ratios_have_names_of_their_own(tmp_path: Path) -> None:
    """arm= picks an arm's value, `metric of/over` a ratio's."""
    html = page(tmp_path, '{{ value("arms", "start", arm="fast") }}; {{ value("arms", "start plain/fast") }}')
    assert "2.10 ms (2.00–2.20, n = 18); 1.52 (1.38–1.64, n = 20)" in words(html)


def test_a_chip_says_the_verdict_in_words_beside_a_shape(tmp_path: Path) -> None:
    """Never colour alone: each chip has its word and an icon, and leads to the claim's page."""
    html = page(tmp_path, '{{ verdict("linked-statically") }} {{ verdict("linked-statically", case="cgo") }}')
    chips = re.findall(r'<a class="claim-chip.*?</a>', html)
    assert [words(chip) for chip in chips] == ["depends", "refuted"]
    assert all("<svg" in chip and 'href="../claims/linked-statically/"' in chip for chip in chips)
    assert 'title="It fails with cgo &amp; holds without."' in chips[0]


def test_marks_stand_in_words_beside_every_chip(tmp_path: Path) -> None:
    """In the text, in the table of claims, in the card and on the claim's own page; their meaning is in the title."""

    def marked(results: CatalogueResult) -> CatalogueResult:
        claim = results.claims["cold-start"]
        finding = replace(claim.finding, marks=(Mark.NEAR_BOUND, Mark.IN_PART_UNTESTABLE))
        return replace(results, claims={**results.claims, "cold-start": replace(claim, finding=finding)})

    pages = {
        "text.md": 'It is {{ verdict("cold-start") }}.\n',
        "table.md": "{{ claims_table() }}\n",
        "card.md": '{{ card("cold-start") }}\n',
        "legend.md": "{{ legend() }}\n",
    }
    site = build_site(tmp_path, pages, change=marked)
    for name in ("text", "table", "card", "claims/cold-start"):
        html = (site / name / "index.html").read_text()
        assert "confirmed near its bound in part untestable" in words(html), name
        assert 'title="The margin is so small that' in html, name
    assert "near its bound The margin is so small" in words((site / "legend" / "index.html").read_text())


def test_a_chip_in_a_heading_changes_neither_anchor_nor_title(tmp_path: Path) -> None:
    """Links to a heading keep working whatever the verdict comes to be."""
    site = build_site(tmp_path, {"page.md": '# Start {{ verdict("cold-start") }}\n\n## More {{ verdict("arms") }}\n'})
    html = (site / "page" / "index.html").read_text()
    assert 'id="more"' in html
    assert "<title>Start - sample</title>" in html
    assert re.search(r'href="#more"[^>]*>\s*<span[^>]*>\s*More\s*</span>', html)


def test_source_and_measurement_stand_side_by_side(tmp_path: Path) -> None:
    """against() gives the figure as the source has it, and the value with its uncertainty."""
    html = page(tmp_path, '{{ against("cold-start", "start", figure=0) }} `{{ figure("cold-start", 1) }}`')
    assert "source &lt; 5 ms measured 3.2 ms (3.0–3.4, n = 18) 2 KB" in words(html)


@pytest.mark.parametrize(
    "around", ["{}", "- item\n\n    {}\n", "!!! note\n    {}\n", "text before\n{}\ntext after", "> {}"]
)
def test_hostile_output_stays_text_wherever_it_is_put(tmp_path: Path, around: str) -> None:
    """Fences, tags, Jinja, ANSI codes and bidirectional marks in output change nothing around it, in any construct."""
    html = page(tmp_path, around.format('{{ output("linked-statically") }}') + "\n\n## After\n")
    assert html.count("<script>alert") == 0
    assert "&lt;script&gt;alert('out')&lt;/script&gt;" in html
    assert "{{ config }} {% raw %}" in html
    assert "# heading\n" in html
    assert 'id="after"' in html
    assert not re.search(r"<p>(?:(?!</p>).)*<div", html, re.DOTALL)
    assert html.count("<pre") == html.count("</pre>") == 1
    assert not any(chr(0xF0000) <= character <= chr(0xFFFFD) for character in html)


def test_a_claim_s_page_shows_everything_that_led_to_the_verdict(tmp_path: Path) -> None:
    """Statement, reason, results by toolchain and case, controls, scripts, programs, output, timings, how to run it."""
    site = build_site(tmp_path, {})
    text = words(article((site / "claims" / "linked-statically" / "index.html").read_text("utf-8")))
    for part in (
        "What the source says about linked-statically",
        "It fails with cgo &amp; holds without.",
        "with cgo go1.15 to go1.27 refuted",
        "no-cgo shown for context; no part of the verdict: The source builds with cgo. go1.15 to go1.27 confirmed",
        "sleeps in go1.27: expected refuted, came out refuted — as it must.",
        "median of start below 5 ms",
        "go build -o server main.go",
        "&lt;/pre&gt;",
        "cpu Example CPU",
        "run, all cells 63.0",
        "claims run linked-statically --fresh",
        "written for: depends",
    ):
        assert part in text, part


def test_a_card_is_short_and_leads_to_the_rest(tmp_path: Path) -> None:
    """Statement, verdict, reason, verdicts by release and the newest values; no program, no output, no control."""
    html = page(tmp_path, '{{ card("linked-statically") }}')
    text = words(html)
    for part in (
        "What the source says about linked-statically",
        "It fails with cgo &amp; holds without.",
        "values of go1.27",
        "verdict go1.15 to go1.27 refuted",
    ):
        assert part in text, part
    assert 'href="../claims/linked-statically/"' in html
    for part in ("sleeps", "go build", "Example CPU", "<pre"):
        assert part not in html, part


def test_values_that_a_stretch_of_releases_shares_stand_in_one_row(tmp_path: Path) -> None:
    """Each release keeps its own address in it, so that a link to its values still leads there."""
    site = build_site(tmp_path, {})
    html = (site / "claims" / "linked-statically" / "index.html").read_text("utf-8")
    for release in ("go1.15", "go1.21", "go1.27"):
        assert html.count(f'id="{release}-cgo"') == 1


def test_a_program_that_claims_share_is_shown_once(tmp_path: Path) -> None:
    """On the page of the first claim that has it; the others link to that place. A changed one is shown by itself."""

    def shared(results: CatalogueResult) -> CatalogueResult:
        claims = dict(results.claims)
        for name, text in (("cold-start", "one"), ("linked-statically", "one"), ("arms", "other")):
            claims[name] = replace(claims[name], files={"main.go": f"package {text}\n".encode()})
        return replace(results, claims=claims)

    site = build_site(tmp_path, {}, shared)
    read = {name: (site / "claims" / name / "index.html").read_text("utf-8") for name in shared_names}
    showing = [name for name, html in read.items() if 'id="program-main.go"' in html]
    assert "arms" in showing
    assert len(showing) == 2
    (other,) = set(read) - set(showing)
    (first,) = set(showing) - {"arms"}
    assert f'href="../{first}/#program-main.go"' in read[other]


shared_names = ("cold-start", "linked-statically", "arms")


def test_a_page_says_in_how_many_analyses_the_verdict_holds(tmp_path: Path) -> None:
    """The claim's own; of a claim that was not judged again it says nothing."""
    site = build_site(tmp_path, {}, judged_again)
    shown = article((site / "claims" / "cold-start" / "index.html").read_text("utf-8"))
    assert shown.count("The verdict holds in 2 of 3 other analyses; it does not hold in: the mean.") == 1
    assert "other analyses" not in (site / "claims" / "told" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(("count", "shown"), [(1, "one layout"), (8, "8 layouts")])
def test_a_page_gives_the_reason_for_an_unusual_number_of_layouts(tmp_path: Path, count: int, shown: str) -> None:
    """With the usual number beside it; a claim that has the usual number says nothing of it."""
    layouts = {"count": count, "because": {"en": "Builds of `x` differ.", "zh": "构建不同。"}}

    def other(results: CatalogueResult) -> CatalogueResult:
        own = results.claims["cold-start"]
        claim = own.claim.model_validate({**own.claim.model_dump(exclude_unset=True, by_alias=True), "experiment": {
            "build": "go build", "run": "./server", "layouts": layouts}})  # fmt: skip
        return replace(results, claims={**results.claims, "cold-start": replace(own, claim=claim)})

    site = build_site(tmp_path, {}, other)
    read = words((site / "claims" / "cold-start" / "index.html").read_text("utf-8"))
    assert f"It is built in {shown} of the code in memory; 4 are usual. Builds of x differ." in read
    assert "are usual" not in (site / "claims" / "arms" / "index.html").read_text("utf-8")


def test_toolchains_stand_in_the_order_of_their_releases(tmp_path: Path) -> None:
    """Rows go from the oldest release to the newest, by number and not by letter."""
    html = page(tmp_path, '{{ values("cold-start", "start") }}')
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == ["go1.15", "go1.21", "go1.27"]


def test_a_table_of_claims_has_a_section_and_no_other(tmp_path: Path) -> None:
    """Section 1.1 does not take in 1.10, and chapter 1 takes in both; a claim of two places is in both."""
    first, chapter, second = (
        re.findall(r'href="\.\./claims/([\w-]+)/"', html)
        for html in page(
            tmp_path, '{{ claims_table("1.1") }}\n\n---\n\n{{ claims_table("1") }}\n\n---\n\n{{ claims_table("2") }}'
        ).split("<hr")
    )
    assert set(first) == {"cold-start", "linked-statically"}
    assert set(chapter) == {"cold-start", "linked-statically", "noisy", "two-nodes", "arms"}
    assert set(second) == {"two-nodes", "told"}


PASSAGE = '{% call passage("cold-start", "confirmed") %}\nIt *is* quick.\n{% endcall %}'


def test_a_passage_is_plain_prose_where_its_verdict_was_measured(tmp_path: Path) -> None:
    """Nothing is added to prose that fits the evidence, and it is Markdown as all other."""
    html = page(tmp_path, PASSAGE)
    assert "<p>It <em>is</em> quick.</p>" in html
    assert "claim-note" not in html


@pytest.mark.parametrize("measured", ["inconclusive", "untestable"])
def test_a_passage_says_when_the_run_does_not_decide(tmp_path: Path, measured: str) -> None:
    """No contradiction: the prose stands, under a note with what was measured and why it does not decide."""
    text = words(page(tmp_path, PASSAGE, judged("cold-start", measured)))  # type: ignore[arg-type]
    assert f"{measured} What follows was written when the evidence said confirmed. Today’s run does not decide" in text
    assert "This machine lacks what the experiment needs: something. It is quick." in text


def test_a_passage_written_for_an_open_question_stands_with_a_note_when_it_is_decided(tmp_path: Path) -> None:
    """ "Does not decide" is not contradicted by a run that does; readers are told that it did."""
    passage = PASSAGE.replace('"confirmed"', '"inconclusive"')
    text = words(page(tmp_path, passage, judged("cold-start", "confirmed")))
    assert "was written when the evidence said inconclusive. Today’s run says confirmed" in text
    assert "does not decide" not in text


@pytest.mark.parametrize("measured", ["refuted", "depends", "unverifiable"])
def test_a_passage_that_the_run_contradicts_stops_a_strict_build(tmp_path: Path, measured: str) -> None:
    """The message names the page, its line, the claim and both verdicts."""
    with pytest.raises(Failed) as failed:
        page(tmp_path, f"# Title\n\n{PASSAGE}\n", judged("cold-start", measured), strict=True)  # type: ignore[arg-type]
    said = str(failed.value)
    assert "docs/page.md:3:1: passage: the passage on claim `cold-start` was written for `confirmed`" in said
    assert f"measured verdict is `{measured}`" in said
    assert not (tmp_path / "site" / "page" / "index.html").exists()


def test_frozen_results_are_said_to_be_frozen_on_every_page(tmp_path: Path) -> None:
    """A reader of any page can tell that this build executed nothing, and which machine did."""
    site = build_site(tmp_path, {}, frozen)
    for path in (site / "index.html", site / "claims" / "index.html", site / "claims" / "arms" / "index.html"):
        text = words(article(path.read_text()))
        assert "Frozen results. This build executed nothing" in text
        assert "results come from Example CPU, 2 cores, kernel 6.1.0." in text
    text = words(article((site / "claims" / "arms" / "index.html").read_text()))
    assert (
        "2 cells of this claim and its controls ran on Example CPU, 2 cores, kernel 6.1.0, on 2026-01-02; shown as"
        in text
    )


def test_imported_results_say_from_which_machine_and_file(tmp_path: Path) -> None:
    """Every page says that some are; the claim's page and each value's title say which machine, file and day."""
    site = build_site(
        tmp_path, {"page.md": '{{ value("cold-start", "start") }} {{ value("arms", "start", arm="fast") }}'}, imported
    )
    html = article((site / "page" / "index.html").read_text())
    assert "Imported results. 4 of " in words(html)
    assert html.count('; imported, from Another CPU, 64 cores, kernel 6.6.9"') == 1
    text = words(article((site / "claims" / "cold-start" / "index.html").read_text()))
    assert (
        "4 cells of this claim and its controls ran on Another CPU, 64 cores, kernel 6.6.9, on 2026-01-02; "
        "imported from theirs.json on 2026-02-03."
    ) in text
    text = words(article((site / "claims" / "arms" / "index.html").read_text()))
    assert "2 cells of this claim and its controls ran on Example CPU" in text
    assert "imported from" not in text


def test_the_search_finds_pages_and_not_their_banner(tmp_path: Path) -> None:
    """What every page says would be found on every page, before what the page itself says."""
    site = build_site(tmp_path, {}, frozen)
    assert "Frozen" not in (site / "search" / "search_index.json").read_text()


def test_a_value_of_any_length_stays_a_value(tmp_path: Path) -> None:
    """A program may print a megabyte where one word is expected; the sentence shows its beginning."""

    def long(results: CatalogueResult) -> CatalogueResult:
        one = results.claims["cold-start"]
        judged = replace(one.cells[0].judged, estimates={"start": Estimate("word " * 200_000, None, None, "", 3)})
        cells = (replace(one.cells[0], judged=judged), *one.cells[1:])
        return replace(results, claims={**results.claims, "cold-start": replace(one, cells=cells)})

    html = page(tmp_path, '# {{ value("cold-start", "start") }}\n\n{{ values("cold-start", "start") }}', long)
    assert len(html) < 20_000
    assert "word word" in html


def test_results_of_this_machine_need_no_banner(tmp_path: Path) -> None:
    """What was run here is what a reader expects; nothing is said above it."""
    assert "claim-banner" not in (build_site(tmp_path, {}) / "index.html").read_text()


def test_every_claim_has_a_page_though_the_docs_folder_has_none(tmp_path: Path) -> None:
    """Claim pages exist in the site only, with what every toolchain printed; equal output is shown once."""
    site = build_site(tmp_path, {})
    assert not (tmp_path / "docs" / "claims").exists()
    html = article((site / "claims" / "linked-statically" / "index.html").read_text())
    assert 'id="what-it-printed"' in html
    assert "run: go1.15 to go1.27 (cgo, no-cgo)</summary>" in html
    assert "No procedure is given." in (site / "claims" / "told" / "index.html").read_text()


def test_cells_that_printed_alike_are_named_in_short() -> None:
    """Three neighbouring releases or more by the first and the last, and cases of the same releases together."""
    told = claim("told-apart")
    others = {("go1.22", "one"), ("go1.22", "two"), ("go1.26", "two")}
    cells = [
        cell(told, toolchain, case, stdout="other\n" if (toolchain, case) in others else "usual\n")
        for toolchain in ("go1.9", "go1.15", "go1.21", "go1.22", "go1.23", "go1.26")
        for case in ("one", "two", "three")
    ]
    assert [one.label for one in printed(cells, 100)] == [
        "build: go1.9 to go1.26 (one, two, three)",
        "run: go1.9 to go1.21, go1.23, go1.26 (one); go1.9 to go1.26 (three); go1.9 to go1.21, go1.23 (two)",
        "run: go1.22, go1.26 (two); go1.22 (one)",
    ]
    assert [one.label for one in printed([one for one in cells if one.cell.case == "two"], 100)] == [
        "build: go1.9 to go1.26", "run: go1.22, go1.26", "run: go1.9 to go1.21, go1.23",
    ]  # fmt: skip


def test_a_diagram_stands_in_the_page_with_its_caption(tmp_path: Path) -> None:
    """As markup of the page, so that it follows its colours; an unknown name lists what there is."""
    folder = tmp_path / "docs" / "assets" / "diagrams"
    folder.mkdir(parents=True)
    (folder / "life.svg").write_text('<svg viewBox="0 0 9 9"><title>Life</title></svg>', encoding="utf-8")
    shown = page(tmp_path, '{{ diagram("life", "From <birth> on") }}')
    assert '<svg viewBox="0 0 9 9">' in shown
    assert "From &lt;birth&gt; on" in shown
    with pytest.raises(Failed, match="life"):
        page(tmp_path, '{{ diagram("lif", "x") }}')
