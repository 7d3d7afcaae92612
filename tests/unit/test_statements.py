"""The catalogue against the list of the source's statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.check.statements import STATEMENTS_FILE, Statements, check_statements
from macros.claim.fields import Kind
from macros.claim.loading import load_catalogue, load_model
from macros.problems import InvalidInput
from macros.steps import load
from tests import builders

CLAIMS = Path(__file__).parents[2] / "claims"


def complaints(claims: Path, *rows: str) -> list[str]:
    (claims / STATEMENTS_FILE).write_text("statements:\n" + "".join(f"  - {row}\n" for row in rows), encoding="utf-8")
    catalogue, problems = load_catalogue(claims)
    assert problems == []
    return [str(problem).replace(f"{claims}/", "") for problem in check_statements(catalogue)]


def test_a_statement_without_a_claim_is_missing(tmp_path: Path) -> None:
    """Named with the line of the list on which it stands; and a claim that nobody stated is too much."""
    builders.go_claim(tmp_path)
    said = complaints(tmp_path, '{id: ten-bytes, where: "1.1", kind: measure}', '{id: gone, where: "2.3", kind: plan}')
    assert said[-1].startswith("statements.yml:3:5: no claim decides `gone` (2.3)")
    (too_much,) = [
        line for line in complaints(tmp_path, '{id: other, where: "1.1", kind: plan}') if "no statement" in line
    ]
    assert too_much.startswith("ten-bytes/claim.yml:2:1: statements.yml has no statement `ten-bytes`")


def test_kind_and_place_must_be_those_of_the_statement(tmp_path: Path) -> None:
    """A report cannot be turned into something else, nor an inspection into a report."""
    builders.go_claim(tmp_path)
    catalogue, _ = load_catalogue(tmp_path)
    claim = catalogue.claims["ten-bytes"].claim
    right = f'{{id: ten-bytes, where: "{claim.source.where}", kind: {claim.kind.value}}}'
    assert complaints(tmp_path, right) == []
    wrong = complaints(tmp_path, '{id: ten-bytes, where: "9.9", kind: report}')
    assert len(wrong) == 2
    assert "lists it as report" in wrong[0]
    assert "lists it in 9.9" in wrong[1]


def test_every_statement_of_the_source_has_its_claim() -> None:
    """All 119, each of its kind and in its place, and no claim beside them."""
    listed, _ = load_model(CLAIMS / STATEMENTS_FILE, Statements)
    assert listed is not None
    assert len(listed.statements) == 119
    catalogue, problems = load_catalogue(CLAIMS)
    assert problems == []
    assert check_statements(catalogue) == []


def test_only_reports_and_plans_are_unverifiable() -> None:
    """Whatever can be executed has an experiment and a control."""
    catalogue, _ = load_catalogue(CLAIMS)
    for loaded in catalogue.claims.values():
        executable = loaded.claim.kind not in (Kind.REPORT, Kind.PLAN)
        assert executable is (loaded.claim.experiment is not None)
        assert executable is bool(loaded.claim.controls)
        assert executable is (loaded.claim.recorded.value != "unverifiable")


def test_a_claim_recorded_as_untestable_needs_a_probe(tmp_path: Path) -> None:
    """That the machine lacks something must be found out, not asserted."""
    builders.go_claim(tmp_path)
    (tmp_path / "toolchains.yml").write_text((CLAIMS / "toolchains.yml").read_text("utf-8"), encoding="utf-8")
    path = tmp_path / "ten-bytes" / "claim.yml"
    path.write_text(path.read_text("utf-8").replace("recorded: confirmed", "recorded: untestable"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="untestable without a probe"):
        load(tmp_path)
