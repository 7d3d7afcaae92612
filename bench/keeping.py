"""What lets hours of work be interrupted: rows that are kept as they come, and ledgers that are thrown away."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
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


DECIDING = ("evidence", "lab", "run", "verdict")
"""The rooms whose code decides what comes out of a session."""


@cache
def code_digest() -> str:
    """Of the code that measures and judges; comments, docstrings and layout are no part of it."""
    rooms = Path(__file__).parents[1] / "macros"
    trees = [
        f"{file.relative_to(rooms)}\n{code_alone(file.read_text('utf-8'))}"
        for room in DECIDING
        for file in sorted((rooms / room).rglob("*.py"))
    ]
    return hashlib.sha256("\n".join(trees).encode()).hexdigest()[:16]


def code_alone(source: str) -> str:
    """What a module does, in one form for all sources that do the same: its tree without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A string that stands alone as a statement does nothing: docstrings, and those below constants.
            node.body = [one for one in body if not _is_text(one)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


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
