"""The page on hostile claims is set from what the tests left, and says where they left nothing."""

from __future__ import annotations

from pathlib import Path

from macros.results.hostile import FILE, Attempt, Hostile, Known, read_hostile
from tests.unit.publish_site import page

ALL = '{{ hostile("profile") }}\n\n{{ hostile("engine") }}\n\n{{ hostile("Reach") }}\n'
KEPT = Hostile(
    "2026-01-02",
    (Known("runc", "1.1.5", "1.2.8", ok=False),),
    (Attempt("Reach", "become <b>root</b>", "Operation not permitted", held=True), Attempt("Reach", "y", "z", False)),
)


def test_the_page_shows_the_profile_the_engine_and_every_attempt(tmp_path: Path) -> None:
    """What did not hold says so, and no name of a test is markup."""
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(KEPT.to_json(), encoding="utf-8")
    assert read_hostile(tmp_path / FILE) == KEPT
    html = page(tmp_path, ALL)
    for words in ("no-new-privileges", "1.1.5", "1 of 2 attempts came to nothing", "Not held:", "&lt;b&gt;root"):
        assert words in html, words


def test_without_results_the_page_names_the_next_step(tmp_path: Path) -> None:
    """The profile is there all the same: it comes from the code."""
    html = page(tmp_path, ALL)
    assert "make hostile" in html
    assert "no-new-privileges" in html
