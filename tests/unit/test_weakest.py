"""The weakest point of a claim: chosen by rule, the gravest first, and said in every language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.results.weakest import Weakness, weakest
from macros.verdict.analyses import Analyses
from macros.verdict.finding import Finding, Mark
from macros.words import speak
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import build_site


def test_the_gravest_reason_is_named(tmp_path: Path) -> None:
    """A value near its bound goes before an analysis that fails, and both before what every timing lacks."""
    found = catalogue(tmp_path).claims["cold-start"]
    failing = Analyses(("mean",), ("minimum",))  # type: ignore[arg-type]
    near = Finding(VerdictName.CONFIRMED, marks=(Mark.NEAR_BOUND,))
    assert weakest(replace(found, finding=near, analyses=failing)) is Weakness.NEAR_BOUND
    clear = replace(found, finding=Finding(VerdictName.CONFIRMED))
    assert weakest(replace(clear, analyses=failing)) is Weakness.ANALYSES
    assert weakest(replace(clear, analyses=None, controls=())) is Weakness.UNFLIPPED


@pytest.mark.parametrize("verdict", ["inconclusive", "untestable"])
def test_what_is_not_decided_has_no_weakest_point(tmp_path: Path, verdict: str) -> None:
    """There is nothing that could be wrong; the reason is given instead."""
    found = catalogue(tmp_path).claims["cold-start"]
    assert weakest(replace(found, finding=Finding(VerdictName(verdict)))) is None


def test_a_report_without_an_experiment_has_none(tmp_path: Path) -> None:
    """Nothing was done that could have gone wrong."""
    assert weakest(catalogue(tmp_path).claims["told"]) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_weakness_has_its_sentence(language: str) -> None:
    """In each language, and no two the same."""
    said = speak(language).weaknesses  # type: ignore[arg-type]
    assert set(said) == set(Weakness)
    assert len(set(said.values())) == len(Weakness)


def test_a_claim_s_page_names_it(tmp_path: Path) -> None:
    """In one sentence, below the verdict."""
    site = build_site(tmp_path, {})
    html = (site / "claims" / "arms" / "index.html").read_text(encoding="utf-8")
    assert "Its weakest point</span>" in html
