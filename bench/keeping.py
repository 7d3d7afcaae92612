"""What lets hours of work be interrupted: rows that are kept as they come, and ledgers that are thrown away."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.judging import carry_quiet
from macros.ledger.store import Ledger


def keep(file: Path, row: Mapping[str, Any]) -> None:
    """A row is written by one call, so that an interruption leaves whole lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")


def kept(file: Path) -> list[dict[str, Any]]:
    """The rows that were kept, in order; a last line that is not whole is none."""
    if not file.is_file():
        return []
    lines = file.read_text("utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


@contextlib.contextmanager
def ledger_to_throw_away(known: Ledger) -> Iterator[Ledger]:
    """The ledger of everything that runs in the block, gone after it."""
    with tempfile.TemporaryDirectory() as folder, ledger_in(Path(folder), known) as ledger:
        yield ledger


@contextlib.contextmanager
def ledger_in(folder: Path, known: Ledger) -> Iterator[Ledger]:
    """The ledger of everything that runs in the block. It begins with what `known` knows of the machine when quiet."""
    before = os.environ.get("CLAIMS_LEDGER")
    begins = not folder.is_dir() or not any(folder.iterdir())
    ledger = Ledger(folder)
    if begins:
        carry_quiet(known, ledger)
    os.environ["CLAIMS_LEDGER"] = str(folder)
    try:
        yield ledger
    finally:
        if before is None:
            del os.environ["CLAIMS_LEDGER"]
        else:
            os.environ["CLAIMS_LEDGER"] = before
