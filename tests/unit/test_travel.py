"""A ledger goes to another machine as one file, which is checked there and overwrites nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from macros.claim.cell import Cell
from macros.ledger.address import digest
from macros.ledger.store import Ledger
from macros.ledger.travel import Imported, export_records, import_records
from macros.problems import InvalidInput
from tests.unit.test_ledger import record

NOW = "2026-03-04T05:06:07+00:00"
RECIPE = "e" * 64


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A file with two claims' records and an image."""
    ledger = Ledger(tmp_path / "there")
    ledger.put(record())
    ledger.put(record(Cell("other", "go1.22", "default")))
    ledger.note_image(RECIPE, {"image": "sha256:1", "image_content": "i"})
    file = tmp_path / "ledger.json"
    assert export_records(ledger, lambda one: True, file) == 2
    return file


def take(tmp_path: Path, file: Path) -> tuple[Ledger, Imported]:
    ledger = Ledger(tmp_path / "here")
    return ledger, import_records(ledger, [file], NOW)


def test_what_was_exported_is_taken_in_with_its_origin(tmp_path: Path, exported: Path) -> None:
    """The same records, and each says which file it came in."""
    ledger, done = take(tmp_path, exported)
    assert (done.added, done.known, done.rejected) == (2, 0, [])
    back = ledger.get(record().address)
    assert back is not None
    assert back.model_copy(update={"origin": None}) == record()
    assert back.origin is not None
    assert (back.origin.file, back.origin.imported) == ("ledger.json", NOW)
    assert ledger.images(RECIPE) == [{"image": "sha256:1", "image_content": "i"}]


def test_only_the_claims_that_are_asked_for_are_exported(tmp_path: Path) -> None:
    """Images are few and small: they all go along."""
    ledger = Ledger(tmp_path / "there")
    ledger.put(record())
    ledger.put(record(Cell("other", "go1.22", "default")))
    file = tmp_path / "one.json"
    assert export_records(ledger, lambda one: one.cell.claim == "c", file) == 1


def test_nothing_is_overwritten(tmp_path: Path, exported: Path) -> None:
    """A record of one's own stays, though another value comes for the same address."""
    mine = record(value=9.5)
    ledger = Ledger(tmp_path / "here")
    ledger.put(mine)
    done = import_records(ledger, [exported], NOW)
    assert (done.added, done.known) == (1, 1)
    assert ledger.get(mine.address) == mine


def test_images_that_are_known_here_stay_the_newest(tmp_path: Path, exported: Path) -> None:
    """An imported image never takes the place of the one that this engine has."""
    ledger = Ledger(tmp_path / "here")
    ledger.note_image(RECIPE, {"image": "sha256:2", "image_content": "mine"})
    import_records(ledger, [exported], NOW)
    assert ledger.images(RECIPE)[0]["image_content"] == "mine"


def edited(exported: Path, change: Callable[[Any], None], *, sealed: bool = True) -> Path:
    data = json.loads(exported.read_text("utf-8"))
    change(data)
    if sealed:
        data["sha256"] = digest({"records": data["records"], "images": data["images"]})
    exported.write_text(json.dumps(data), encoding="utf-8")
    return exported


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda data: data["records"][0]["experiment"]["parts"].update(files="g"),
            "its key does not match its content",
        ),
        (lambda data: data["records"][0]["machine"]["parts"].update(cpu="Z"), "its key does not match its content"),
        (lambda data: data["records"][0]["cell"].update(case="other"), "its key does not match its content"),
        (lambda data: data["records"][0]["cell"].update(claim="../../x"), "is not a record"),
        (lambda data: data["records"][0].update(extra=1), "is not a record"),
        (lambda data: data["records"][0].pop("evidence"), "is not a record"),
    ],
)
def test_a_record_whose_content_does_not_match_its_key_is_rejected(
    tmp_path: Path, exported: Path, change: Callable[[Any], None], said: str
) -> None:
    """By name and number, also where the file's own digest was made anew; the others are taken in."""
    ledger, done = take(tmp_path, edited(exported, change))
    assert done.added == 1
    assert [said in str(problem) for problem in done.rejected] == [True]
    assert len(list(ledger.addresses())) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "is not an exported ledger"),
        ('{"form": "executable-claims ledger 1", "sha256": "", "records": [], "images": {}}', "its digest does not"),
    ],
)
def test_what_is_not_an_exported_ledger_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file and the next step."""
    file = tmp_path / "wrong.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said) as refused:
        take(tmp_path, file)
    assert str(file) in str(refused.value)


def test_a_file_that_was_edited_or_cut_is_refused_whole(tmp_path: Path, exported: Path) -> None:
    """Its digest covers all of it."""
    edited(exported, lambda data: data["records"].pop(), sealed=False)
    with pytest.raises(InvalidInput, match="cut or edited"):
        take(tmp_path, exported)


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """No traceback."""
    with pytest.raises(InvalidInput, match="claims export"):
        take(tmp_path, tmp_path / "nowhere.json")


@pytest.mark.parametrize("images", [{"../x": []}, {RECIPE: "x"}, {RECIPE: [{"a": 1}]}, []])
def test_images_of_a_strange_shape_are_refused(tmp_path: Path, exported: Path, images: Any) -> None:
    """A recipe's name is a file of ours: it cannot lead elsewhere."""
    with pytest.raises(InvalidInput, match="images by recipe"):
        take(tmp_path, edited(exported, lambda data: data.update(images=images)))
