"""What a claim's page and its files say of other people's machines, and when a verdict is no longer that of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.results import claim_file, feed
from macros.results.all_plots import all_plots
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.elsewhere import Elsewhere, agrees, models_that_agree
from macros.results.forest import forests_of
from macros.results.weakest import Weakness, weakest
from macros.verdict.finding import CellFinding, Finding, Reason
from macros.words.elsewhere import ELSEWHERE
from tests.unit.publish_sample import FACTS, catalogue, milliseconds
from tests.unit.publish_site import build_site

HOSTILE = "x</td><script>alert(1)</script>\u202e"


def found(folder: Path) -> ClaimResult:
    """A measured claim, confirmed, without any other weakness than that of its one machine."""
    result = catalogue(folder).claims["cold-start"]
    return replace(result, finding=Finding(VerdictName.CONFIRMED))


def other(result: ClaimResult, cpu: str = "Another CPU 9", file: str = "theirs.json", **over: Any) -> Elsewhere:
    """The same claim on another machine."""
    facts: Mapping[str, Any] = {**FACTS, "cpu": cpu, **over}
    return Elsewhere("a" * 64, facts, file, "2026-02-03", result.finding.verdict, result)


def came_to(result: ClaimResult, verdict: str, reason: Reason = Reason.NONE) -> ClaimResult:
    return replace(result, finding=Finding(VerdictName(verdict), reason))


def test_a_verdict_is_one_machine_s_until_a_second_model_agrees(tmp_path: Path) -> None:
    """Then the next weakness is named: the platform, which goes too where the architecture is another."""
    ours = found(tmp_path)
    assert weakest(ours) is Weakness.ONE_MACHINE
    assert weakest(ours, [other(ours)]) is Weakness.ONE_BUILD
    assert weakest(ours, [other(ours, architecture="aarch64")]) is None


@pytest.mark.parametrize(
    "cpu", ["Example CPU", "EXAMPLE(R) cpu @ 2.30GHz", "Example Processor", "Example 7763 64-Core Processor", "unknown"]
)
def test_the_same_model_twice_does_not_count(tmp_path: Path, cpu: str) -> None:
    """Nor does one whose name is the longer form of it, nor one that is not known; however many there are."""
    ours = found(tmp_path)
    twice = [other(ours, cpu, f"{number}.json", cores=8 * number) for number in (1, 2)]
    assert len(models_that_agree(ours, twice)) == 1
    assert weakest(ours, twice) is Weakness.ONE_MACHINE


@pytest.mark.parametrize(
    "change",
    [
        lambda ours: came_to(ours, "refuted"),
        lambda ours: came_to(ours, "depends", Reason.TOOLCHAIN),
        lambda ours: came_to(ours, "inconclusive", Reason.NOISY),
        lambda ours: replace(ours, cells=ours.cells[1:]),
        lambda ours: None,
    ],
)
def test_a_machine_that_does_not_agree_or_saw_less_does_not_count(
    tmp_path: Path, change: Callable[[ClaimResult], ClaimResult | None]
) -> None:
    """Another verdict, a release less than ours, or an earlier experiment."""
    ours = found(tmp_path)
    theirs = replace(other(ours), result=change(ours))
    assert not agrees(ours, theirs)
    assert weakest(ours, [theirs]) is Weakness.ONE_MACHINE


def test_that_it_depends_on_something_else_is_no_agreement(tmp_path: Path) -> None:
    """The verdict's word alone does not say it."""
    ours = came_to(found(tmp_path), "depends", Reason.TOOLCHAIN)
    assert agrees(ours, other(ours))
    assert not agrees(ours, replace(other(ours), result=came_to(ours, "depends", Reason.CASE)))


def slower(result: ClaimResult) -> ClaimResult:
    """The same on a machine that is slower."""
    cells = tuple(
        replace(
            cell, judged=CellFinding(cell.judged.finding, cell.judged.expectations, {"start": milliseconds(7.5, 7, 8)})
        )
        for cell in result.cells
    )
    return replace(came_to(result, "refuted"), cells=cells)


def beside(results: CatalogueResult) -> CatalogueResult:
    """The sample with two other machines: a slower one, and one of an earlier experiment with a hostile name."""
    ours = results.claims["cold-start"]
    theirs = replace(other(ours), result=slower(ours), verdict=VerdictName.REFUTED)
    earlier = replace(other(ours, HOSTILE, "earlier.json"), result=None)
    return replace(results, elsewhere={"cold-start": (theirs, earlier)})


def test_a_claim_s_page_shows_them_beside_ours(tmp_path: Path) -> None:
    """Labelled by processor, cores and kernel, with their verdict; and ours is what it was."""
    site = build_site(tmp_path, {}, beside)
    html = (site / "claims" / "cold-start" / "index.html").read_text(encoding="utf-8")
    section = html.split('id="on-other-machines"', 1)[1].split("<h2", 1)[0]
    assert "Another CPU 9, 2 cores, kernel 6.1.0" in section
    assert "7.5" in section
    assert "3.2" in section
    assert ELSEWHERE["en"].differs in section
    assert ELSEWHERE["en"].earlier in section
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert 'id="on-other-machines"' not in (site / "claims" / "noisy" / "index.html").read_text(encoding="utf-8")


def test_the_files_for_programs_have_them_apart_from_ours(tmp_path: Path) -> None:
    """claims.json and claim.json read back, and name the machine, the file and whether it agrees."""
    results = beside(catalogue(tmp_path))
    whole = feed.feed_of(results)
    assert feed.read(feed.write(whole)) == whole
    (claim,) = (one for one in whole.claims if one.id == "cold-start")
    refuted, earlier = claim.elsewhere
    assert (refuted.verdict, refuted.agrees, refuted.earlier) == (VerdictName.REFUTED, False, False)
    assert refuted.machine.cpu == "Another CPU 9"
    assert {cell.metrics["start"].value for cell in refuted.cells} == {7.5}
    assert (earlier.earlier, earlier.cells) == (True, ())
    assert claim.verdict is VerdictName.CONFIRMED
    assert {machine.cpu for machine in whole.machines.values()} == {"Example CPU"}
    file = claim_file.file_of(results, results.claims["cold-start"], all_plots(results)["cold-start"])
    assert file.claim.elsewhere == claim.elsewhere
    assert claim_file.read(claim_file.write(file)) == file
    assert "elsewhere" not in feed.write(feed.feed_of(catalogue(tmp_path)))


def test_a_forest_plot_has_a_row_for_each_machine_ours_first(tmp_path: Path) -> None:
    """In the newest release that another machine has too; without another machine there is none."""
    results = beside(catalogue(tmp_path))
    ours = results.claims["cold-start"]
    (forest,) = forests_of(ours, [replace(other(ours), result=replace(ours, cells=ours.cells[1:]))], results.policy)
    assert [row.facts and row.facts["cpu"] for row in forest.rows] == [None, "Another CPU 9"]
    assert forest.toolchain == max(cell.cell.toolchain for cell in ours.cells[1:])
    assert {row.high for row in forest.rows} == {5.0}
    assert forests_of(ours, [], results.policy) == []


def test_the_forest_plot_is_drawn_and_said(tmp_path: Path) -> None:
    """Its name says what it shows; its description holds each machine's value, what is asked for, and the verdict."""
    site = build_site(tmp_path, {}, beside)
    html = (site / "claims" / "cold-start" / "index.html").read_text(encoding="utf-8")
    description = html.split('id="forest-cold-start-1-desc">', 1)[1].split("</desc>", 1)[0]
    assert "ours: Example CPU, 2 cores, kernel 6.1.0: 3.2" in description
    assert "A: Another CPU 9, 2 cores, kernel 6.1.0: 7.5" in description
    assert description.count("below 5\u202fms is asked for; confirmed.") == 2
    assert 'aria-labelledby="forest-cold-start-1-title" aria-describedby="forest-cold-start-1-desc"' in html
    assert html.count('class="claim-plot-row') >= 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_language_says_all_of_it(language: str) -> None:
    """And nothing twice."""
    said = vars(ELSEWHERE[language])  # type: ignore[index]
    assert all(said.values())
    assert len(set(said.values())) == len(said)


def test_the_page_on_trust_counts_them(tmp_path: Path) -> None:
    """How many machines there are, and how many verdicts a second model came to; that there is none is said too."""
    pages = {"page.md": '{{ trust("machines") }}\n'}
    assert "No other machine’s results" in (build_site(tmp_path / "a", pages) / "page" / "index.html").read_text(
        "utf-8"
    )

    def agreeing(results: CatalogueResult) -> CatalogueResult:
        return replace(results, elsewhere={"cold-start": (other(results.claims["cold-start"]),)})

    html = (build_site(tmp_path / "b", pages, agreeing) / "page" / "index.html").read_text("utf-8")
    assert "Readers have added 1 other machine." in html
    assert ", 1 came to the same verdict on a second model" in html
