"""Turns at something on this host: a lock file, on every system."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout


@contextlib.contextmanager
def taking_turns(lock: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file; `on_wait` is called if another process has it. The system frees the lock of a killed one.

    The file's folder must be one that nobody else can write to.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    file = FileLock(lock)
    try:
        file.acquire(timeout=0)
    except Timeout:
        on_wait()
        file.acquire()
    try:
        yield
    finally:
        file.release()
