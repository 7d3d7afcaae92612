"""What was seen of the engine's host a moment ago, so that a build with nothing to run opens no box for it.

Only where the engine is on this machine, and only for as long as nothing has changed that could be noticed: the engine,
its kernel, this start of it, the processors. What is remembered came from inside a box, as ever; the files read here
only say whether it may still be true.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from macros.lab.engine.host import Seen

SECONDS = 900.0

_ENGINE = ("ID", "KernelVersion", "NCPU", "MemTotal", "ServerVersion", "CgroupVersion", "CgroupDriver")
_STEADY = ("model name", "physical id", "flags", "CPU part", "CPU implementer")
"""Of the kernel's list of processors, what does not change from one moment to the next."""


def recall(file: Path, info: Mapping[str, Any], now: float | None = None) -> Seen | None:
    """What was noted of this engine's host, if that was lately. `info` is the engine's answer to GET /info."""
    mark = _mark(info)
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        noted = json.loads(file.read_text("utf-8"))
        age = (time.time() if now is None else now) - noted["at"]
        if mark is not None and noted["mark"] == mark and 0 <= age < SECONDS:
            lists = {name: tuple(noted["seen"][name]) for name in ("usable", "families")}
            return Seen(**{**noted["seen"], **lists})
    return None


def note(file: Path, info: Mapping[str, Any], seen: Seen) -> None:
    """Best effort: a folder that cannot be written to costs a look the next time."""
    mark = _mark(info)
    if mark is None:
        return
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.write_text(json.dumps({"mark": mark, "at": time.time(), "seen": asdict(seen)}), encoding="utf-8")
        os.replace(fresh, file)


def _mark(info: Mapping[str, Any]) -> str | None:
    """A digest of all that could be noticed; None where the engine is not on this machine, or this is not Linux."""
    if info.get("KernelVersion") != platform.release() or info.get("NCPU") != os.cpu_count():
        return None
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
        listed = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    processors = [line for line in listed if line.startswith(_STEADY)]
    parts = [[info.get(name) for name in _ENGINE], boot, processors]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
