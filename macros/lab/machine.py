"""The machine that measures: the facts that tell its results from others', and the lock that keeps measurements apart.

The facts come from the host that owns the engine (see `engine.host`); nothing here looks at the machine on which this
process runs but the lock, which is a matter of the host that measures.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from macros.problems import EnvironmentFailed

PLACES = (Path("/run"), Path("/"))
"""Folders of root's that every user can open and nobody else can replace; the first that there is carries the lock."""


@dataclass(frozen=True)
class MachineFacts:
    """What may change a measurement, of the host that owns the engine.

    `cores`: the processors that a container may use. `counters`: whether there are hardware performance counters.
    """

    architecture: str
    cpu: str
    cores: int
    sockets: int
    numa_nodes: int
    kernel: str
    engine: str
    runc: str
    counters: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MachineFacts:
        return cls(**data)


def alone(
    on_wait: Callable[[], None] = lambda: None, where: Path | None = None
) -> contextlib.AbstractContextManager[None]:
    """Hold the machine for measuring: nothing of ours that would disturb goes on beside it, whoever runs it."""
    return _holding(where or place(), on_wait, exclusive=True)


def in_company(
    on_wait: Callable[[], None] = lambda: None, where: Path | None = None
) -> contextlib.AbstractContextManager[None]:
    """Work that would disturb a measurement (inspecting cells, builds of images): side by side, never beside one.

    Not inside `alone`: one process would wait for itself.
    """
    return _holding(where or place(), on_wait, exclusive=False)


def place() -> Path:
    return next(place for place in PLACES if place.is_dir())


@contextlib.contextmanager
def _holding(place: Path, on_wait: Callable[[], None], *, exclusive: bool) -> Iterator[None]:
    """A lock on a folder itself, which is opened for reading and not through a link: there is no file to plant.

    It is the same for all users and all TMPDIRs, no mode is in its way, and the kernel frees that of a killed process.
    """
    try:
        import fcntl
    except ImportError as error:
        raise EnvironmentFailed("running claims needs Linux or macOS; this system can build from a ledger") from error
    how = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        owned_by_root = os.fstat(handle).st_uid == 0
        if not owned_by_root and os.fstat(handle).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise EnvironmentFailed(f"{place} is writable for anybody, so the lock for measuring cannot be kept there")
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
