"""Results are kept whole or not at all, under everything that they depend on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from macros.claim.loading import LoadedClaim, load_catalogue
from macros.claim.scope import cells_of
from macros.evidence.observation import Calibration, Evidence, Observation, Session
from macros.ledger.address import key_of
from macros.ledger.record import Cell, Output, Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.run.job import job_of, key_parts
from tests import builders

MACHINE = {"architecture": "x86_64", "cpu": "A", "cores": "2", "kernel": "6"}
CELL = Cell("c", "go1.22", "default")


def record(key: str = "ab12", value: float = 1.5) -> Record:
    seen = Observation("run", 0, 0.25, {"m": value, "text": "t", "flag": True})
    return Record(
        key,
        CELL,
        Evidence((seen,), {"b": 2.0}, None, (Session(0, {"cpu": "A"}, (Calibration(0, 0.01, 0.011),), 0.009),)),
        (Output("run", "./x", 0, "out", "err"),),
        {"cpu": "A"},
        {"run": 0.25},
        {"files": "f"},
    )


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """JSON loses nothing of it."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    assert ledger.get("ab12") == record()
    assert ledger.latest_parts(CELL) == {"files": "f"}
    assert list(ledger.keys()) == ["ab12"]


def test_a_damaged_record_counts_as_missing(tmp_path: Path) -> None:
    """Half a file, or a file of another schema, is run again and not believed."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    path = next(tmp_path.glob("records/??/*.json"))
    whole = path.read_text("utf-8")
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert ledger.get("ab12") is None
    path.write_text(whole.replace('"schema": 2', '"schema": 1'), encoding="utf-8")
    assert ledger.get("ab12") is None


def test_a_full_disk_loses_nothing_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old record stays, no half file is left, and the message says what to do."""
    ledger = Ledger(tmp_path)
    ledger.put(record())

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFailed, match=r"No space left on device.*Make room"):
        ledger.put(record(value=2.5))
    assert ledger.get("ab12") == record()
    assert [path.name for path in tmp_path.rglob(".*")] == []


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedClaim:
    builders.go_claim(tmp_path)
    return reload(tmp_path)


def reload(folder: Path) -> LoadedClaim:
    catalogue, problems = load_catalogue(folder)
    assert problems == []
    return catalogue.claims["ten-bytes"]


def key(loaded: LoadedClaim, image: str = "i", machine: dict[str, str] = MACHINE) -> str:
    cell = cells_of(loaded.claim, ("go1.22", "go1.27"), builders.SETTINGS)[0][0]
    return key_of(key_parts(job_of(loaded, cell), image, machine), cell)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("run: ./claim ", "run: ./claim -v ", False),
        ("go build -o claim", "go build -race -o claim", False),
        ("from: json\n", "from: json\n    unit: B\n", False),
        ("equals: 10", "equals: 11", True),
        ("recorded: confirmed", "recorded: refuted", True),
        ("A slice made with", "A slice that is made with", True),
        ('env: {SIZE: "11"}', 'env: {SIZE: "12"}', True),
        ("{en: length, zh: 长度}", "{en: how long, zh: 长度}", True),
    ],
)
def test_a_key_changes_with_what_is_executed_and_with_nothing_else(
    loaded: LoadedClaim, old: str, new: str, same: bool
) -> None:
    """Scripts and extraction are in the key; expectations, prose and other cells' controls are not."""
    before = key(loaded)
    path = loaded.folder / "claim.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert (key(reload(loaded.folder.parent)) == before) is same


def test_a_key_changes_with_the_program_the_image_and_the_architecture(loaded: LoadedClaim) -> None:
    """One changed byte of a program file, another image or another architecture is another cell."""
    before = key(loaded)
    assert key(loaded, image="j") != before
    assert key(loaded, machine={**MACHINE, "architecture": "arm64"}) != before
    program = loaded.folder / "main.go"
    program.write_bytes(program.read_bytes() + b"\n")
    assert key(reload(loaded.folder.parent)) != before


def test_the_processor_is_in_the_key_of_measuring_cells_only(loaded: LoadedClaim) -> None:
    """What a compiler prints does not depend on the processor; what a clock shows does."""
    other = {**MACHINE, "cpu": "B"}
    assert key(loaded, machine=other) == key(loaded)
    path = loaded.folder / "claim.yml"
    path.write_text(path.read_text("utf-8").replace("equals: 10", "below: 10"), encoding="utf-8")
    measuring = reload(loaded.folder.parent)
    assert key(measuring, machine=other) != key(measuring)


def test_a_control_s_changes_are_in_its_own_cell_s_key(loaded: LoadedClaim) -> None:
    """A control is a cell of its own."""
    own, controls = cells_of(loaded.claim, ("go1.22", "go1.27"), builders.SETTINGS)
    assert [(cell.toolchain, cell.control) for cell in controls] == [("go1.27", "eleven-bytes")]
    parts = [key_parts(job_of(loaded, cell), "i", MACHINE) for cell in (own[1], controls[0])]
    assert parts[0]["scripts"] != parts[1]["scripts"]
    assert parts[0]["files"] == parts[1]["files"]
