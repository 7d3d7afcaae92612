"""GitHub's annotations: the worst first, at the lines that matter, and never a command that a program wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.problems import EnvironmentFailed, Problem
from macros.report.annotations import MOST, Annotation, annotate
from macros.report.verification import Report, check, nothing_but
from macros.results.passages import Passage
from tests.unit import terminal_sample

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::([^\r\n]*)")


def read(annotation: Annotation) -> tuple[str, dict[str, str], str]:
    """As GitHub's runner reads the line: level, properties, message."""
    found = COMMAND.fullmatch(str(annotation))
    assert found is not None, str(annotation)

    def plain(text: str, signs: str) -> str:
        for sign in signs:
            text = text.replace(f"%{ord(sign):02X}", sign)
        return text.replace("%25", "%")

    pairs = (one.split("=", 1) for one in found[2].split(","))
    return found[1], {name: plain(value, "\r\n:,") for name, value in pairs}, plain(found[3], "\r\n")


def places(report: Report, root: Path) -> dict[str, tuple[Path, int]]:
    return {line.id: (root / "claims" / line.id / "claim.yml", 7) for line in report.lines}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """One claim for each way to compare, and one that was lost, all with hostile sentences."""
    lost = (Problem(tmp_path / "claims" / "lost" / "claim.yml", 3, 1, terminal_sample.HOSTILE),)
    return check(terminal_sample.catalogue(*terminal_sample.mixed(tmp_path).claims.values(), problems=lost))


def test_each_claim_is_annotated_where_its_verdict_is_recorded_and_on_each_page(report: Report, tmp_path: Path) -> None:
    """Contradictions are errors, and so is what was lost; undecided warns. A page has one, at its first passage."""
    page, other = tmp_path / "docs" / "a, b.md", tmp_path / "docs" / "c.md"
    passages = [
        Passage(other, 5, "contradicted", "confirmed"),
        Passage(page, 40, "contradicted", "confirmed", "go1.22, cgo"),
        Passage(page, 12, "contradicted", "confirmed"),
        Passage(page, 1, "agreeing", "confirmed"),
    ]
    found = [read(one) for one in annotate(report, places(report, tmp_path), passages, tmp_path)]
    assert [(level, given["file"], given["line"]) for level, given, _ in found] == [
        ("error", "claims/contradicted/claim.yml", "7"),
        ("error", "docs/a, b.md", "12"),
        ("error", "docs/c.md", "5"),
        ("error", "claims/lost/claim.yml", "3"),
        ("warning", "claims/undecided/claim.yml", "7"),
        ("warning", "claims/untestable-here/claim.yml", "7"),
        ("notice", "claims/decided-now/claim.yml", "7"),
    ]
    assert found[0][2].startswith("recorded confirmed, measured refuted: ")
    written = "line 12: confirmed; line 40: confirmed (go1.22, cgo)"
    assert found[1][2].startswith(f"Written for this claim, {written}. It is recorded confirmed, measured refuted")
    assert found[1][1]["title"] == "this page speaks of contradicted, which contradicts its recorded verdict"


def test_at_most_ten_are_printed_and_the_last_counts_the_rest(report: Report, tmp_path: Path) -> None:
    """GitHub would drop the others without a word."""
    passages = [Passage(tmp_path / f"{number}.md", 1, "contradicted", "confirmed") for number in range(5)]
    assert len(annotate(report, places(report, tmp_path), passages[:-1], tmp_path)) == MOST - 1
    assert len(annotate(report, places(report, tmp_path), passages, tmp_path)) == MOST
    passages += [Passage(tmp_path / f"{number}.md", 1, "contradicted", "confirmed") for number in range(100, 200)]
    found = [read(one) for one in annotate(report, places(report, tmp_path), passages, tmp_path)]
    assert len(found) == MOST and [level for level, _, _ in found] == ["error"] * (MOST - 1) + ["notice"]
    assert found[-1][2].startswith("101 more annotations. 6 claims: 1 contradicted, 2 undecided")


def test_no_text_ends_a_command_or_begins_one(report: Report, tmp_path: Path) -> None:
    """Per cent signs, line ends, colons and commas are escaped; other controls are spelt out."""
    for one in annotate(report, places(report, tmp_path), [], tmp_path):
        assert str(one).isprintable()
    hostile = "a,b:c%0A\r\n::error::x"
    level, given, message = read(Annotation("notice", hostile, hostile, f"docs/{hostile}", 2))
    assert (level, given["line"]) == ("notice", "2")
    assert given["title"] == message == "a,b:c%0A ::error::x"
    assert str(Annotation("notice", "t", "100 % of a:b, c")) == "::notice title=t::100 %25 of a:b, c"


def test_a_run_that_failed_is_annotated_too(tmp_path: Path) -> None:
    """Without a file where none is to blame."""
    found = [read(one) for one in annotate(nothing_but(EnvironmentFailed("no engine")), {}, [], tmp_path)]
    assert found == [("error", {"title": "environment has no result"}, "no engine")]
