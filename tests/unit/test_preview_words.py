"""What a preview says in each language, and what it may say of chance."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from macros.publish.rendering import render
from macros.results.diff import diff
from macros.results.feed import feed_of
from macros.results.preview import PageState, Preview
from macros.words.changes import CHANGES
from macros.words.language import LanguageName
from macros.words.preview import PREVIEW
from tests.unit.publish_sample import catalogue


def about(tmp_path: Path, together: tuple[str, ...]) -> Preview:
    """A change that says nothing otherwise."""
    results = catalogue(tmp_path)
    feed = feed_of(results)
    return Preview("main", "1234567", "89abcde", True, results, diff(feed, feed), together, "", together, (), True, {})


def test_languages_leave_the_same_gaps() -> None:
    """A number that one language gives, the other gives too; and neither lacks a word."""
    said = {language: asdict(words) for language, words in PREVIEW.items()}
    gaps = {
        language: {key: sorted(re.findall(r"{\w+}", str(text))) for key, text in one.items()}
        for language, one in said.items()
    }
    assert gaps["en"] == gaps["zh"]
    assert all(said[language]["marks"].keys() == set(PageState) for language in said)
    assert said["en"]["tables"].keys() == said["zh"]["tables"].keys()
    assert said["en"]["heads"].keys() == said["zh"]["heads"].keys()


def test_flips_by_chance_are_twice_the_error_of_a_claim_for_each_that_was_measured_twice(tmp_path: Path) -> None:
    """A noise flip needs a wrong verdict on one side. What was not measured on both sides cannot flip so."""
    found = about(tmp_path, ("a", "b", "c"))
    assert found.error == pytest.approx(0.05 / 60)
    assert found.flips_by_chance == pytest.approx(3 * 2 * 0.05 / 60)
    assert replace(found, together=()).flips_by_chance == 0


@pytest.mark.parametrize(
    ("language", "part"), [("en", "5 %"), ("en", "another version"), ("zh", "5 %"), ("zh", "判定程序不同")]
)
def test_the_page_of_the_change_is_set_in_each_language(tmp_path: Path, language: LanguageName, part: str) -> None:
    """Also where nothing differs: with our own error, and with what was not compared."""
    html = render(
        "preview_page", language, about=about(tmp_path, ("a",)), against="", says=PREVIEW[language], verdicts=[],
        because=CHANGES[language].because, shown=None, link=None, pages=[], gone=[], problems=[], denied=[], most=1,
        most_cells=1,
    )  # fmt: skip
    assert part in html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert PREVIEW[language].nothing in html
