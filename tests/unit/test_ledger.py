"""Results are kept whole or not at all, at the address of what was done and where."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from macros.claim.cell import Cell
from macros.evidence.observation import Evidence, NullPair, Observation, QuietLevel, Session
from macros.ledger.address import EXPERIMENT_PARTS, MACHINE_PARTS, Half, changed_parts, machine_half
from macros.ledger.record import Damaged, Output, Record, read_record, write_record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed

CELL = Cell("c", "go1.22", "default")
FACTS: Mapping[str, str | int | bool] = {
    "architecture": "x86_64", "cpu": "A", "cores": 2, "sockets": 1, "numa_nodes": 1, "kernel": "6.1",
    "engine": "20.10", "runc": "1.1", "counters": False,
}  # fmt: skip


def record(
    cell: Cell = CELL,
    *,
    files: str = "f",
    facts: Mapping[str, str | int | bool] = FACTS,
    whole: bool = True,
    started: str = "2026-01-02T03:04:05+00:00",
    value: float = 1.5,
) -> Record:
    """A record at the address that its content has."""
    seen = Observation("run", 0, 0.25, {"m": value, "count": 3, "whole": 3.0, "text": "t", "flag": True})
    return Record(
        cell=cell,
        experiment=Half.of({"files": files}, str(cell)),
        machine=machine_half(facts, whole=whole),
        facts=facts,
        image={"image": "sha256:1", "image_content": "i"},
        evidence=Evidence(
            (seen,),
            {"b": 2.0},
            None,
            (Session(0, {"cpu": "A"}, (NullPair(0, 0.01, 0.011),), {"latency/1": QuietLevel(1e-5, 2e-5)}),),
        ),
        outputs=(Output(stage="run", script="./x", status=0, stdout="out", stderr="err"),),
        started=started,
        seconds={"run": 0.25},
    )


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """The file loses nothing of it: neither the kind of a number nor a truth value."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    back = ledger.get(record().address)
    assert back == record()
    assert back is not None
    kinds = {name: type(value) for name, value in back.evidence.observations[0].readings.items()}
    assert kinds == {"m": float, "count": int, "whole": float, "text": str, "flag": bool}
    assert list(ledger.addresses()) == [record().address]
    assert ledger.latest(CELL) == (record().experiment, record().machine)


def test_a_record_lies_at_its_experiment_and_its_machine(tmp_path: Path) -> None:
    """Two machines' records of one experiment lie side by side, and both are found, the newer first."""
    ledger = Ledger(tmp_path)
    elsewhere = record(facts={**FACTS, "cpu": "B"}, started="2026-02-01T00:00:00+00:00")
    ledger.put(record())
    ledger.put(elsewhere)
    here = record().address
    assert (tmp_path / "records" / here.experiment / f"{here.machine}.json").is_file()
    assert elsewhere.experiment == record().experiment
    assert ledger.of_experiment(here.experiment) == [elsewhere, record()]


@pytest.mark.parametrize("part", MACHINE_PARTS)
def test_every_fact_of_the_machine_is_in_the_key_of_a_cell_that_asks_about_it(part: str) -> None:
    """Cores, kernel, NUMA nodes, counters and the rest: another one is another machine."""
    other = machine_half({**FACTS, part: "another"}, whole=True)
    assert other.key != machine_half(FACTS, whole=True).key
    assert changed_parts(other, machine_half(FACTS, whole=True), MACHINE_PARTS) == [MACHINE_PARTS[part]]


@pytest.mark.parametrize("part", MACHINE_PARTS)
def test_of_a_cell_that_asks_nothing_of_the_machine_the_architecture_alone_is_in_the_key(part: str) -> None:
    """What a compiler says is the same on every machine of an architecture."""
    other = machine_half({**FACTS, part: "another"}, whole=False)
    assert (other.key == machine_half(FACTS, whole=False).key) is (part != "architecture")


def test_an_experiment_s_key_depends_on_its_cell_and_on_each_part() -> None:
    """The same parts of two cells are two experiments."""
    parts = dict.fromkeys(EXPERIMENT_PARTS, "x")
    keys = {Half.of(parts, "a").key, Half.of(parts, "b").key}
    keys |= {Half.of({**parts, name: "y"}, "a").key for name in EXPERIMENT_PARTS}
    assert len(keys) == 2 + len(EXPERIMENT_PARTS)


@pytest.mark.parametrize("cut", [0, 10, 90, 300, -5])
def test_half_a_file_is_not_a_record(cut: int) -> None:
    """Wherever it was cut."""
    text = write_record(record())
    with pytest.raises(Damaged):
        read_record(text[:cut])


@pytest.mark.parametrize(("old", "new"), [('"m": 1.5', '"m": 2.5'), ('"schema": 4', '"schema": 3'), ("out", "ouT")])
def test_an_edited_file_is_not_a_record(old: str, new: str) -> None:
    """One changed letter is enough."""
    text = write_record(record())
    assert old in text
    with pytest.raises(Damaged):
        read_record(text.replace(old, new, 1))


def test_a_damaged_record_is_named_set_aside_and_counts_as_missing(tmp_path: Path) -> None:
    """It is not silently run over: its file stays, under another name."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    path = next(tmp_path.glob("records/*/*.json"))
    path.write_text(path.read_text("utf-8")[:200], encoding="utf-8")
    assert ledger.get(record().address) is None
    assert [str(path) in said and "set aside" in said for said in ledger.damaged] == [True]
    assert [one.name for one in path.parent.iterdir()] == [f"{path.name}.damaged"]
    ledger.put(record())
    assert ledger.get(record().address) == record()


def test_a_record_at_the_address_of_another_is_not_believed(tmp_path: Path) -> None:
    """Copying a file does not make it another machine's result."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    path = next(tmp_path.glob("records/*/*.json"))
    forged = path.with_name(f"{'0' * 64}.json")
    forged.write_bytes(path.read_bytes())
    assert ledger.of_experiment(path.parent.name) == [record()]
    assert len(ledger.damaged) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"experiment": Half(Half.of({"files": "f"}, str(CELL)).key, {"files": "another"})},
        {"machine": Half(machine_half(FACTS, whole=True).key, {"architecture": "another"})},
        {"facts": {**FACTS, "cpu": "another"}},
        {"facts": {}},
    ],
)
def test_a_record_that_does_not_fit_its_address_is_not_believed(tmp_path: Path, change: dict[str, object]) -> None:
    """Its digest may be right and its place too: what it says that was done, and where, must give its keys."""
    forged = record().model_copy(update=change)
    assert not forged.fits_its_address
    ledger = Ledger(tmp_path)
    ledger.put(forged)
    assert ledger.get(forged.address) is None
    assert len(ledger.damaged) == 1


def test_a_full_disk_loses_nothing_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old record stays, no half file is left, and the message says what to do."""
    ledger = Ledger(tmp_path)
    ledger.put(record())

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFailed, match=r"No space left on device.*Make room"):
        ledger.put(record(value=2.5))
    assert ledger.get(record().address) == record()
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_a_record_may_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    """A ledger made by one user serves another one's frozen build."""
    before = os.umask(0o022)
    try:
        Ledger(tmp_path).put(record())
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.json")}
    assert modes == {0o644}


def test_a_ledger_that_may_not_be_read_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours of work are not run again for want of a right; the message says what to do."""
    ledger = Ledger(tmp_path)
    ledger.put(record())

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(EnvironmentFailed, match=r"Permission denied.*CLAIMS_LEDGER"):
        ledger.get(record().address)


def test_records_of_an_older_form_are_counted_not_read_and_pruned(tmp_path: Path) -> None:
    """An old ledger is named, not believed."""
    old = tmp_path / "records" / "ab" / ("ab" * 32 + ".json")
    old.parent.mkdir(parents=True)
    old.write_text('{"schema": 3}', encoding="utf-8")
    ledger = Ledger(tmp_path)
    ledger.put(record())
    assert ledger.older_form() == 1
    assert ledger.of_experiment(record().experiment.key) == [record()]
    assert ledger.prune(lambda address: address == record().address) == 1
    assert ledger.older_form() == 0
    assert not old.parent.exists()
    assert ledger.get(record().address) == record()


def test_prune_removes_what_is_not_to_be_kept_and_what_was_set_aside(tmp_path: Path) -> None:
    """And says how many files that were."""
    ledger = Ledger(tmp_path)
    ledger.put(record())
    ledger.put(record(files="older"))
    path = tmp_path / "records" / record().experiment.key / "x.json.damaged"
    path.write_text("half", encoding="utf-8")
    assert ledger.prune(lambda address: address == record().address) == 2
    assert list(ledger.addresses()) == [record().address]


def test_what_an_image_holds_is_remembered_by_its_recipe(tmp_path: Path) -> None:
    """The newest first; the same content is noted once."""
    ledger = Ledger(tmp_path)
    for content in ("a", "b", "a"):
        ledger.note_image("r" * 64, {"image_content": content, "image": "sha256:1"})
    assert [image["image_content"] for image in ledger.images("r" * 64)] == ["a", "b"]
    assert ledger.recipes() == ["r" * 64]
    assert ledger.images("s" * 64) == []


@pytest.mark.parametrize("note", ["{}", "[1, null]", '[{"image_content": 3}]', '"text"', "[{}]", "half"])
def test_a_note_of_another_form_is_passed_over(tmp_path: Path, note: str) -> None:
    """An older version, or another hand, may have left it: nothing ends in a traceback, and it is written anew."""
    path = tmp_path / "images" / f"{'r' * 64}.json"
    path.parent.mkdir()
    path.write_text(note, encoding="utf-8")
    ledger = Ledger(tmp_path)
    assert ledger.images("r" * 64) == []
    ledger.note_image("r" * 64, {"image_content": "a", "image": "sha256:1"})
    assert [image["image_content"] for image in ledger.images("r" * 64)] == ["a"]


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "a\x00", "..", "A"])
def test_a_cell_s_name_cannot_lead_out_of_the_ledger(name: str) -> None:
    """A record that somebody sends names a file of ours by its cell."""
    with pytest.raises(ValueError, match="cannot be the name"):
        record(Cell(name, "go1.22", "default"))
