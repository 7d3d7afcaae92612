"""Files that are written whole or not at all, and small shared ones that are changed by one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from macros.problems import EnvironmentFailed


def write_text(path: Path, text: str) -> None:
    """Write a file atomically, readable for whom the umask lets read it.

    It is written beside its place, flushed to the disk, and renamed over it. Raises EnvironmentFailed naming the file
    and the next step; what was there before is then still there.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise EnvironmentFailed(
            f"cannot write {path}: {error.strerror}; nothing was lost. Make room, then start again"
        ) from error


def write_json(path: Path, data: Any) -> None:
    """As `write_text`, with a value as JSON."""
    write_text(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def read_text(path: Path) -> str | None:
    """A file's text; None where there is none. Raises EnvironmentFailed for one that may not be read."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise EnvironmentFailed(
            f"cannot read {path}: {error.strerror}; it is not treated as missing, because it may hold hours of work. "
            "Give this user the right to read it, or name another ledger (CLAIMS_LEDGER)"
        ) from error


def read_json(path: Path) -> Any:
    """A JSON file's value; None where there is none, or where it is not JSON."""
    text = read_text(path)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def change_json(path: Path, change: Callable[[Any], Any]) -> Any:
    """Read, change and write a small shared file while nobody else does; returns the new value."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        with lock:
            value = change(read_json(path))
            write_json(path, value)
    except OSError as error:
        raise EnvironmentFailed(
            f"cannot write {path}: {error.strerror}; check the rights of its folder, then start again"
        ) from error
    return value
