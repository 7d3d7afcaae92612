"""The machine that measures: what is recorded with every result, and the lock that keeps measurements apart."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from macros.lab import sandbox


def cpu_model() -> str:
    """The processor's name as the kernel gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def describe() -> dict[str, str]:
    """Processor, usable cores, kernel and architecture."""
    return {
        "cpu": cpu_model(),
        "cores": str(len(sandbox.usable_cpus())),
        "kernel": platform.release(),
        "architecture": platform.machine(),
    }


def alone(on_wait: Callable[[], None] = lambda: None) -> contextlib.AbstractContextManager[None]:
    """Hold the machine for measuring: two runs on one machine take turns."""
    return taking_turns(Path(tempfile.gettempdir()) / f"executable-claims-{os.getuid()}.measuring", on_wait)


@contextlib.contextmanager
def taking_turns(lock: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file; `on_wait` is called if another process has it. The kernel frees the lock of a killed one."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
