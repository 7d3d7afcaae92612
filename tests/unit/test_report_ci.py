"""Reports for CI: well-formed and inert whatever a program printed, with a place for everything that can come out."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import markdown as python_markdown
import pytest

from macros.problems import EnvironmentFailed, Failure, InvalidInput, Problem
from macros.report.junit import junit
from macros.report.summary import LIMIT, summary
from macros.report.verification import Report, State, check, nothing_but
from tests.unit import terminal_sample


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """One claim for each way to compare, and one that was lost."""
    lost = (Problem(Path("claims/lost/claim.yml"), 3, 1, terminal_sample.HOSTILE),)
    mixed = terminal_sample.mixed(tmp_path)
    return check(terminal_sample.catalogue(*mixed.claims.values(), problems=lost))


def cases(document: str) -> dict[str, ElementTree.Element]:
    """The test cases of a JUnit document, by name."""
    root = ElementTree.fromstring(document.encode("utf-8"))
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def test_junit_has_a_place_for_everything_that_can_come_out(report: Report) -> None:
    """Contradiction: failure. No result: error. Untestable: skipped. Undecided: passed, with a warning."""
    document = junit(report)
    found = {name: [child.tag for child in case] for name, case in cases(document).items()}
    assert found == {
        "agreeing": [],
        "contradicted": ["failure"],
        "undecided": ["system-out"],
        "untestable-here": ["skipped"],
        "decided-now": ["system-out"],
        "agreeing-too": [],
        "lost": ["error"],
    }
    suite = next(ElementTree.fromstring(document.encode()).iter("testsuite"))
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    warning = cases(document)["undecided"].findtext("system-out") or ""
    assert warning.startswith("warning: undecided: recorded confirmed, measured inconclusive (noisy)")


def test_junit_is_well_formed_whatever_was_printed(report: Report) -> None:
    """XML 1.0 has no place for most controls and for lone surrogates; the words survive."""
    document = junit(report)
    message = cases(document)["contradicted"][0].attrib["message"]
    assert "owned" in message and "</failure>" in message
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202e]", document)


def test_the_summary_lists_what_does_not_agree_and_counts_the_rest(report: Report) -> None:
    """Contradictions first; a row is one line with four cells."""
    lines = summary(report).splitlines()
    assert lines[0] == (
        "6 claims: 1 contradicted, 2 undecided, 1 with another verdict, 1 without a result, "
        "2 agree with their recorded verdict."
    )
    rows = [re.split(r"(?<!\\)\|", line) for line in lines[4:]]
    assert [len(row) for row in rows] == [6] * 5
    assert [row[2].strip() for row in rows] == ["confirmed", "", "confirmed", "confirmed", "inconclusive"]


@pytest.mark.parametrize("limit", [LIMIT, 3_000])
def test_the_summary_keeps_within_its_limit(report: Report, limit: int) -> None:
    """GitHub refuses a longer one as a whole. What is left out is counted, and is the least bad."""
    many = Report(tuple(report.of(State.UNDECIDED)) * 5_000 + tuple(report.contradicted) * 3, report.lost)
    text = summary(many, limit)
    assert limit - 2_000 < len(text.encode()) < limit
    rows = text.splitlines()[4:-2]
    assert [row.split("|")[1].strip() for row in rows[:4]] == [*["contradicted"] * 3, "lost"][: len(rows)]
    left_out = re.fullmatch(
        r"(\d+) more, for which there is no room here; `--junit` has them all.", text.splitlines()[-1]
    )
    assert left_out is not None and int(left_out[1]) + len(rows) == 10_004


def test_the_summary_is_inert(report: Report) -> None:
    """No image, link, HTML, emphasis or code comes of what a program printed, and GitHub finds nobody to notify."""
    html = python_markdown.markdown(summary(report), extensions=["tables"])
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert "<strong>" not in html
    shown = re.sub(r"<[^>]+>", "", html)
    assert "everyone" in shown and "@everyone" not in shown and not re.search(r"#1\b", shown)


@pytest.mark.parametrize(
    ("failure", "names"),
    [
        (EnvironmentFailed("no engine; start one"), ["environment"]),
        (
            InvalidInput([Problem(Path(f"claims/{file}"), 1, 1, "x") for file in ("a/claim.yml", "toolchains.yml")]),
            ["a", "toolchains.yml"],
        ),
    ],
)
def test_a_run_that_failed_has_reports_too(failure: Failure, names: list[str]) -> None:
    """CI sees why there is nothing else in them: an error each, by claim where it is one's."""
    report = nothing_but(failure)
    found = cases(junit(report))
    assert list(found) == names
    assert all(case.find("error") is not None for case in found.values())
    assert f"{len(names)} without a result" in summary(report)
    assert report.code == failure.exit_code
