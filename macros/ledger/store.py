"""The ledger on disk: one JSON file per result, under its content key.

A file is written beside its place, flushed to the disk, and renamed over it: whatever happens to the
run or the machine, a record is there whole or not at all. Old results stay until `prune`.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from macros.claim.cell import Cell
from macros.ledger.record import Record
from macros.problems import EnvironmentFailed


class Ledger:
    """A folder of records. Reading one that cannot be understood counts as not having it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Record | None:
        """The record, or None."""
        try:
            return Record.from_json(json.loads(self._path(key).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, record: Record) -> None:
        """Keep a record. Raises EnvironmentFailed (disk full, say); what was there before is then still there."""
        write_json(self._path(record.key), record.to_json())
        write_json(self._latest(record.cell), {"key": record.key, "key_parts": dict(record.key_parts)})

    def latest_parts(self, cell: Cell) -> Mapping[str, str] | None:
        """The key parts of the cell's last result, whatever its key: to say what changed since."""
        try:
            data = json.loads(self._latest(cell).read_text("utf-8"))
            return dict(data["key_parts"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, name: str, data: Any) -> None:
        """Keep a small document beside the records (the images that were used, say)."""
        write_json(self.folder / f"{name}.json", data)

    def noted(self, name: str) -> Any:
        """A document kept by `note`, or None."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def keys(self) -> Iterator[str]:
        """Of all records, in no order that means anything."""
        for path in self.folder.glob("records/??/*.json"):
            yield path.stem

    def _path(self, key: str) -> Path:
        return self.folder / "records" / key[:2] / f"{key}.json"

    def _latest(self, cell: Cell) -> Path:
        name = "~".join(part for part in (cell.toolchain, cell.case, cell.control) if part)
        return self.folder / "latest" / cell.claim / f"{name}.json"


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file atomically. Raises EnvironmentFailed naming the file and the next step."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise EnvironmentFailed(
            f"cannot write {path}: {error.strerror}; nothing that was there is lost. Make room, then start again"
        ) from error
