"""A pull request that brings results of its own: main publishes none of them, whatever they are made to look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from macros.claim.fields import VerdictName
from macros.ledger.address import machine_half
from macros.ledger.record import Record, read_record, write_record
from macros.results import feed
from tests.conftest import ROOT
from tests.fresh_clone import BASE_CLAIM, Clone, cloned

pytestmark = pytest.mark.container


def published(clone: Clone, temporary: Path) -> None:
    """What the workflow `publish` does on main before it deploys: its own steps, with their own environment."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8"))
    steps = [step for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    assert [step["run"] for step in steps] == ["make site FRESH=1", "make export OUT=ledger.json"]
    for step in steps:
        variables = {name: text.replace("${{ runner.temp }}", str(temporary)) for name, text in step["env"].items()}
        done = clone.type(step["run"], **variables)
        assert done.returncode == 0, done.stdout


def of_another_machine(record: Record) -> Record:
    """The same, as if a machine of another architecture had shown it; it fits its address."""
    facts = {**record.facts, "architecture": "riscv64"}
    other = Record.model_validate({**dict(record), "facts": facts, "machine": machine_half(facts, whole=False)})
    assert other.fits_its_address
    return other


def verdict(file: Path) -> VerdictName:
    (claim,) = feed.read(file.read_text("utf-8")).claims
    return claim.verdict


def test_main_publishes_no_record_that_a_pull_request_planted(tmp_path: Path) -> None:
    """Sound records with the evidence of others are committed with a change. A plain run believes them; main does not,
    and the ledger that it releases has none of them, neither for its machine nor for another one.
    """
    clone = cloned(tmp_path, 0)
    assert clone.type("claims run --json before.json").returncode == 0
    assert verdict(clone.folder / "before.json") is VerdictName.CONFIRMED
    records = clone.folder / ".ledger" / "records"
    mine = {path: read_record(path.read_text("utf-8")) for path in sorted(records.rglob("*.json"))}
    forged = next(one.evidence for one in mine.values() if one.cell.control)
    for path, record in mine.items():
        if not record.cell.control:
            lie = record.model_copy(update={"evidence": forged})
            path.write_text(write_record(lie), "utf-8")
            other = of_another_machine(lie)
            (path.parent / f"{other.machine.key}.json").write_text(write_record(other), "utf-8")
    assert (
        clone.type("git add --force .ledger && git -c user.name=a -c user.email=a commit -qm planted").returncode == 0
    )
    assert clone.type("claims run --json believed.json").returncode == 0
    assert verdict(clone.folder / "believed.json") is not VerdictName.CONFIRMED

    published(clone, tmp_path)

    assert verdict(clone.folder / "site" / "claims.json") is VerdictName.CONFIRMED
    released = json.loads((clone.folder / "ledger.json").read_text("utf-8"))["records"]
    assert len(released) == len(mine)
    assert all(record["facts"]["architecture"] != "riscv64" for record in released)
    assert clone.type("claims import ledger.json", CLAIMS_LEDGER=str(tmp_path / "reader")).returncode == 0
    done = clone.type("claims show " + BASE_CLAIM, CLAIMS_LEDGER=str(tmp_path / "reader"))
    assert "confirmed" in done.stdout and "refuted, as it must" in done.stdout
