"""schema.org's ClaimReview on a claim's page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros.publish.claim_review import in_head, review
from macros.results.catalogue import CatalogueResult
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import build_site

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def form(folder: Path, name: str, language: Any = "en") -> dict[str, Any]:
    results = catalogue(folder)
    return review(results, results.claims[name], "https://example.org/claims/x/", "sample", language)


@pytest.mark.parametrize(("name", "rating"), [("cold-start", 5), ("arms", 1), ("linked-statically", 3)])
def test_a_decided_verdict_is_a_rating_with_its_word(tmp_path: Path, name: str, rating: int) -> None:
    """From 1, false, to 5, true; what depends stands in the middle."""
    given = form(tmp_path, name)["reviewRating"]
    assert (given["ratingValue"], given["worstRating"], given["bestRating"]) == (rating, 1, 5)
    assert given["alternateName"] == catalogue(tmp_path).claims[name].finding.verdict.value


@pytest.mark.parametrize("name", ["noisy", "two-nodes", "told"])
def test_an_open_verdict_is_no_rating(tmp_path: Path, name: str) -> None:
    """Inconclusive, untestable and unverifiable: the review says so in words and rates nothing."""
    given = form(tmp_path, name)
    assert "reviewRating" not in given
    assert given["reviewBody"].startswith(catalogue(tmp_path).claims[name].finding.verdict.value)


def test_it_says_what_is_reviewed_by_whom_and_when(tmp_path: Path) -> None:
    """The statement as text without markup, where the source makes it, and the page's address."""
    given = form(tmp_path, "cold-start")
    assert given["@type"] == "ClaimReview"
    assert given["claimReviewed"] == "What the source says about cold-start."
    assert given["itemReviewed"]["appearance"]["position"] == "1.1"
    assert (given["author"]["name"], given["datePublished"]) == ("sample", "2026-01-02")
    assert given["url"] == "https://example.org/claims/x/"
    assert form(tmp_path, "cold-start", "zh")["claimReviewed"] == "原文的说法。"


def test_every_claims_page_has_one_and_no_other_page(tmp_path: Path) -> None:
    """In its head."""
    site = build_site(tmp_path, {})
    found = {path: BLOCK.findall(path.read_text("utf-8").split("</head>")[0]) for path in site.rglob("*.html")}
    having = {path.parent.name for path, blocks in found.items() if len(blocks) == 1}
    assert having == set(catalogue(tmp_path).claims)
    assert sum(map(len, found.values())) == len(having)


def test_no_word_of_a_claim_ends_the_block(tmp_path: Path) -> None:
    """What it says is still what was written."""
    words = "</script><script>alert(1)</script> <!-- & \u2028"
    page = in_head("<html><head><title>x</title></head></html>", {"claimReviewed": words})
    (block,) = BLOCK.findall(page)
    assert page.count("<script") == 1
    assert json.loads(block) == {"claimReviewed": words}


def test_characters_that_show_nothing_are_named(tmp_path: Path) -> None:
    """As everywhere else on the pages."""

    def hidden(results: CatalogueResult) -> CatalogueResult:
        one = results.claims["cold-start"]
        statement = one.claim.statement.model_copy(update={"en": "It is \u202eso."})
        changed = replace(one, claim=one.claim.model_copy(update={"statement": statement}))
        return replace(results, claims={**results.claims, "cold-start": changed})

    results = hidden(catalogue(tmp_path))
    given = review(results, results.claims["cold-start"], "./", "sample", "en")
    assert "\u202e" not in json.dumps(given, ensure_ascii=False)
