"""Records as one file, to build the site elsewhere from: written by export, checked and taken in by import.

The file is JSON: the records, the images that they name, perhaps a note of the run that they are of, and the digest of
all that. Nothing in it is trusted: a record is taken only if both of its keys match what it says was done, and where. A
record that the ledger already has is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from macros.ledger.address import digest
from macros.ledger.files import write_text
from macros.ledger.record import Origin, Record, as_data
from macros.ledger.store import Ledger
from macros.problems import InvalidInput, Problem

FORM = "executable-claims ledger 1"
MOST_BYTES = 2**30


@dataclass
class Imported:
    """What came of an import: records that were added, that were known, and that were not believed."""

    added: int = 0
    known: int = 0
    rejected: list[Problem] = field(default_factory=list)


def export_records(ledger: Ledger, wanted: Callable[[Record], bool], file: Path, run: Any = None) -> int:
    """Write the wanted records and all notes on images as one file; how many records. Raises EnvironmentFailed.

    `run`: what is to be said of the run that they are of, as plain data.
    """
    records = [record for address in sorted(ledger.addresses(), key=str) if (record := ledger.get(address))]
    chosen = [as_data(record) for record in records if wanted(record)]
    content = {
        "records": [{**data, "origin": None} for data in chosen],
        "images": {recipe: ledger.images(recipe)[::-1] for recipe in ledger.recipes()},
        **({} if run is None else {"run": run}),
    }
    write_text(file, json.dumps({"form": FORM, "sha256": digest(content), **content}, ensure_ascii=False) + "\n")
    return len(chosen)


def import_records(ledger: Ledger, files: Sequence[Path], now: str) -> Imported:
    """Take the records of exported files in. `now` is noted as the time (UTC, ISO 8601).

    Nothing is ever overwritten. Raises InvalidInput for a file that is not a whole exported one; then nothing of it
    is taken in.
    """
    done = Imported()
    for file in files:
        content = _content(file)
        origin = Origin(file=file.name, imported=now)
        for number, data in enumerate(content["records"], 1):
            record = _believed(data, file, number, done.rejected)
            if record is None:
                continue
            if ledger.add(record.model_copy(update={"origin": origin})):
                done.added += 1
            else:
                done.known += 1
        for recipe, images in content["images"].items():
            ledger.add_images(recipe, images)
    return done


def run_of(file: Path) -> Any:
    """What an exported file says of the run that its records are of; None if nothing. Raises InvalidInput."""
    return _content(file).get("run")


def _content(file: Path) -> Any:
    def problem(what: str, fix: str) -> InvalidInput:
        return InvalidInput([Problem(file, 1, 1, what, fix)])

    try:
        if file.stat().st_size > MOST_BYTES:
            raise problem("is larger than an exported ledger can be", "export it again")
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise problem(f"cannot be read: {error.strerror}", "name a file that `claims export` wrote") from error
    except (ValueError, RecursionError) as error:
        raise problem(
            f"is not JSON: {error}", "name a file that `claims export` wrote; it may have been cut"
        ) from error
    if isinstance(data, dict) and {"schema", "claims"} <= data.keys():
        raise problem("holds verdicts and no records", "name the file that `--export` wrote beside it")
    if not isinstance(data, dict) or data.get("form") != FORM:
        raise problem("is not an exported ledger of this version", "export it again with this version")
    content = {"records": data.get("records"), "images": data.get("images")}
    if "run" in data:
        content["run"] = data["run"]
    if data.get("sha256") != digest(content):
        raise problem("its digest does not match its content", "it was cut or edited: get the file again")
    shaped = (
        isinstance(content["records"], list)
        and isinstance(content["images"], dict)
        and all(_is_digest(recipe) and _are_images(images) for recipe, images in content["images"].items())
    )
    if not shaped:
        raise problem("has no list of records and no images by recipe", "export it again")
    return content


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def _are_images(images: Any) -> bool:
    return isinstance(images, list) and all(
        isinstance(image, dict) and all(isinstance(value, str) for value in image.values()) for image in images
    )


def _believed(data: Any, file: Path, number: int, rejected: list[Problem]) -> Record | None:
    """The record, if its content has its address."""
    try:
        record = Record.model_validate_json(json.dumps(data))
    except ValueError as error:
        rejected.append(
            Problem(file, 1, 1, f"record {number} is not a record: {str(error).splitlines()[0]}", "export it again")
        )
        return None
    if not record.fits_its_address:
        rejected.append(
            Problem(
                file,
                1,
                1,
                f"record {number}, {record.cell}: its key does not match its content",
                "it was edited; run the claim here instead",
            )
        )
        return None
    return record
