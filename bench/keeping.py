"""What lets hours of work be interrupted: rows that are kept as they come, and ledgers that are thrown away."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import macros
from bench.judging import carry_quiet
from macros.evidence.source_digest import digest_of
from macros.ledger.address import digest
from macros.ledger.store import Ledger
from macros.results.origins import LENGTH


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


DECIDING = ("evidence", "lab", "run", "verdict")
"""The rooms whose code decides what comes out of a session."""


@cache
def code_digest(rooms: Path = Path(macros.__file__).parent) -> str:
    """Of the code that measures and judges, and of the programs that the lab puts into boxes.

    Of Python, comments and documentation do not count.
    """
    files = {
        str(path.relative_to(rooms)): path.read_bytes()
        for room in DECIDING
        for path in (rooms / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    python = {name: content.decode() for name, content in files.items() if name.endswith(".py")}
    others = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name not in python}
    return digest([digest_of(python), others])[:LENGTH]


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
