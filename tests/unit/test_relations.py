"""Which claims rest on which, and what becomes of a claim whose premise fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.publish.argument import Argument, path_of
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.feed import feed_of
from macros.results.relations import premises_of, resting_on, with_premises
from macros.verdict.finding import Finding, Mark, Reason
from macros.verdict.premises import Relation, carries, of_premises
from macros.words import speak
from tests.unit import publish_sample
from tests.unit.publish_sample import claim, result
from tests.unit.publish_site import build_site
from tests.unit.test_publish_pages import words

CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS


def judged(*claims: tuple[str, str, list[str]], reason: Reason = Reason.CASE) -> dict[str, ClaimResult]:
    """Claims by name, verdict and premises."""
    return {
        name: result(
            claim(name, premises=premises), Path(), [], verdict, reason if verdict == "depends" else Reason.NONE
        )
        for name, verdict, premises in claims
    }


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(CONFIRMED), None),
        (Finding(REFUTED), Relation.CARRIES_NOTHING),
        (Finding(DEPENDS, Reason.CASE), Relation.CARRIES_IN_PART),
        (Finding(DEPENDS, Reason.TOOLCHAIN), Relation.CARRIES_IN_PART),
        (Finding(DEPENDS, Reason.MACHINE), None),
        (Finding(DEPENDS, Reason.LAYOUT), None),
        (Finding(VerdictName.INCONCLUSIVE, Reason.NOISY), None),
        (Finding(VerdictName.UNTESTABLE, Reason.MISSING_MEANS), None),
    ],
)
def test_a_premise_fails_where_it_is_refuted_and_in_part_where_it_depends(
    finding: Finding, said: Relation | None
) -> None:
    """What another machine or another layout may make up for is open, as what was not decided is."""
    assert carries(finding) is said


def test_the_worst_of_several_premises_tells() -> None:
    """One that is refuted breaks the argument, whatever the others are."""
    holds, fails, in_part = Finding(CONFIRMED), Finding(REFUTED), Finding(DEPENDS, Reason.CASE)
    assert of_premises([holds]) == ()
    assert of_premises([holds, in_part]) == (Mark.PREMISE_IN_PART,)
    assert of_premises([in_part, fails]) == (Mark.PREMISE_REFUTED,)


def test_a_claim_keeps_its_verdict_and_is_marked_for_its_own_premises() -> None:
    """Those of its premises are marked where they stand, and what was not judged in this run counts for nothing."""
    claims = judged(
        ("root", "refuted", []),
        ("first", "confirmed", ["root", "gone"]),
        ("second", "refuted", ["first"]),
        ("third", "confirmed", ["gone"]),
    )
    marked = with_premises(claims)
    assert {name: one.finding.marks for name, one in marked.items()} == {
        "root": (), "first": (Mark.PREMISE_REFUTED,), "second": (), "third": (),
    }  # fmt: skip
    assert {name: one.finding.verdict for name, one in marked.items()} == {
        name: one.finding.verdict for name, one in claims.items()
    }
    assert [one.claim.id for one in premises_of(marked["first"], marked)] == ["root"]
    assert [one.claim.id for one in resting_on(marked["root"], marked)] == ["first"]


def test_the_feed_says_whether_a_premise_fails(tmp_path: Path) -> None:
    """And nothing where a claim names none."""
    claims = judged(
        ("root", "refuted", []), ("part", "depends", []), ("a", "confirmed", ["root"]), ("b", "confirmed", ["part"])
    )
    results = replace(publish_sample.catalogue(tmp_path), claims=with_premises(claims))
    said = {one.id: (one.premise_refuted, one.premise_in_part) for one in feed_of(results).claims}
    assert said == {"root": (None, None), "part": (None, None), "a": (True, False), "b": (False, True)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_relation_is_said_in_both_languages(language: str) -> None:
    """The labels as phrases, what is said of a premise that fails in whole sentences."""
    said = [speak("en" if language == "en" else "zh").relation(each) for each in Relation]
    assert all(said)
    assert len(set(said)) == len(Relation)
    assert [text[-1] in ".。" for text in said] == [False, False, True, True]


# ---- on pages ------------------------------------------------------------------------------------


def resting(results: CatalogueResult) -> CatalogueResult:
    """The sample, in which one confirmed claim rests on a refuted one, and another on that and on one that depends."""
    claims = dict(results.claims)
    for name, premises in (("cold-start", ["arms"]), ("noisy", ["linked-statically", "cold-start"])):
        of = claims[name].claim.model_copy(update={"premises": tuple(premises)})
        claims[name] = replace(claims[name], claim=of)
    return replace(results, claims=with_premises(claims))


def test_both_pages_say_that_a_premise_is_refuted(tmp_path: Path) -> None:
    """The claim's and the premise's, each with the other's verdict; a card amid prose says that there is one."""
    site = build_site(tmp_path, {"index.md": '# T\n\n{{ card("cold-start") }}\n'}, resting)
    resting_on_it = words((site / "claims" / "cold-start" / "index.html").read_text("utf-8"))
    of_others = words((site / "claims" / "arms" / "index.html").read_text("utf-8"))
    card = words((site / "index.html").read_text("utf-8"))
    for text in (resting_on_it, card):
        assert "confirmed premise refuted" in text
        assert "Whatever the verdict here, that argument fails." in text
    assert "Premises of this statement Title of arms refuted" in resting_on_it
    assert "Statements that rest on this one Title of noisy inconclusive premise holds in part" in resting_on_it
    assert "Statements that rest on this one Title of cold-start confirmed premise refuted" in of_others
    assert "This statement is refuted, so the source’s argument for the ones that rest on it fails" in of_others
    assert "Premises of this statement" not in of_others


def test_the_catalogue_shows_which_claims_rest_on_which(tmp_path: Path) -> None:
    """As lists with links and verdicts, and as a drawing that readers of the lists miss nothing without."""
    site = build_site(tmp_path, {}, resting)
    assert 'href="what-rests-on-what/">what rests on what</a>' in (site / "claims" / "index.html").read_text("utf-8")
    html = (site / "claims" / "what-rests-on-what" / "index.html").read_text("utf-8")
    below = html[html.index('id="what-rests-on-what"') :]
    tree = words(below[below.index('<ul class="claim-tree">') :])
    assert tree.startswith(
        "Title of arms refuted Title of cold-start confirmed premise refuted Title of noisy inconclusive"
    )
    assert 'aria-hidden="true"' in below[: below.index("</svg>")]
    assert below.count('class="claim-point') == 4
    assert below.count('class="claim-line claim-line--carries-nothing"') == 1
    assert below.count('class="claim-line claim-line--carries-in-part"') == 1
    assert below.count('class="claim-line"') == 1


def test_a_catalogue_in_which_nothing_rests_on_anything_shows_no_graph(tmp_path: Path) -> None:
    """No page without anything on it, and no link to one."""
    site = build_site(tmp_path, {})
    assert "rests on what" not in (site / "claims" / "index.html").read_text("utf-8")
    assert not (site / "claims" / "what-rests-on-what").exists()


def test_the_drawing_depends_on_the_claims_alone_and_nothing_in_it_overlaps() -> None:
    """Each claim has one place; what rests on several premises stands to the right of all of them."""
    claims = judged(
        ("a", "confirmed", []),
        ("b", "refuted", ["a"]),
        ("c", "confirmed", ["a", "d"]),
        ("d", "depends", []),
        ("e", "confirmed", ["b", "d"]),
        ("f", "refuted", []),
        ("g", "confirmed", ["f"]),
        ("alone", "confirmed", []),
    )
    argument = Argument(claims)
    assert [node.result.claim.id for node in argument.roots] == ["a", "f", "d"]
    drawing = argument.drawing()
    assert drawing == Argument(dict(claims)).drawing()
    places = [(point.x, point.y) for point in drawing.points]
    assert len(set(places)) == len(places) == 7
    assert all(0 < x < drawing.width and 0 < y < drawing.height for x, y in places)
    assert len(drawing.lines) == 6
    for line in drawing.lines:
        assert line.start.x < line.end.x
        assert path_of(line).startswith(f"M{line.start.x + 10:g} {line.start.y:g}C")
