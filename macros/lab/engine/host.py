"""The host that owns the engine, seen through the engine alone: what its API says, and a look from inside a container.

The client may be another machine, with another processor and another system. So nothing here reads a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from macros.lab.box import Box
from macros.lab.machine import MachineFacts
from macros.problems import BoxFailed

LOOK_SECONDS = 60.0
MARK = "==> "
_FILES = ("/proc/cpuinfo", "/proc/self/status", "/sys/devices/system/node/online")
_EVENTS = "/sys/bus/event_source/devices"
_FAMILIES = {"vsock": (40, 1), "crypto": (38, 5)}
"""Families that the kernel does not set apart by container, with a type of each: only a seccomp profile refuses them.
The first reaches the hypervisor, the second the kernel's ciphers (CVE-2026-31431)."""

_TRY = " ".join(f"print qq({name}\\n) if socket my $x, {one}, {kind}, 0;" for name, (one, kind) in _FAMILIES.items())
LOOK = f"""
for f in {" ".join(_FILES)}; do echo '{MARK}'$f; cat $f 2>/dev/null || :; done
echo '{MARK}events'
ls {_EVENTS} 2>/dev/null || :
echo '{MARK}families'
perl -e '{_TRY}' 2>/dev/null || :
echo '{MARK}free'
df -Pk /
"""
"""What is run in a container: it prints files of the kernel, each under a line with its name."""


@dataclass(frozen=True)
class Seen:
    """The host as a container sees it.

    `usable`: the processors that containers may use, in order. `free`: bytes on the disk that holds images. `families`:
    of the sockets that leave a container, those that the engine lets it have.
    """

    cpu: str
    usable: tuple[int, ...]
    sockets: int
    numa_nodes: int
    counters: bool
    free: int
    families: tuple[str, ...] = ()


def look(box: Box) -> Seen:
    """From inside a box. Raises BoxFailed where it cannot be asked."""
    outcome = box.run(LOOK, deadline=LOOK_SECONDS)
    if outcome.status != 0 or outcome.lost:
        raise BoxFailed(f"the machine could not be looked at: {outcome.stderr.decode('utf-8', 'replace').strip()}")
    return read(outcome.stdout.decode("utf-8", "replace"))


def read(text: str) -> Seen:
    """From what LOOK printed. Where a system has no such file, one socket or node and no counters are assumed."""
    parts = {}
    for part in ("\n" + text).split("\n" + MARK)[1:]:
        name, _, body = part.partition("\n")
        parts[name.strip()] = body
    cpuinfo, status, nodes = (parts.get(name, "") for name in _FILES)
    sockets = {value for key, value in _pairs(cpuinfo) if key == "physical id"}
    allowed = dict(_pairs(status)).get("Cpus_allowed_list", "0")
    return Seen(
        cpu=_processor(cpuinfo),
        usable=numbers(allowed),
        sockets=max(len(sockets), 1),
        numa_nodes=max(len(numbers(nodes)), 1),
        counters=any(re.match(r"(cpu|armv\d|arm_)", name) for name in parts.get("events", "").split()),
        free=_free(parts.get("free", "")),
        families=tuple(parts.get("families", "").split()),
    )


def facts(seen: Seen, info: Mapping[str, Any]) -> MachineFacts:
    """`info` is the engine's answer to GET /info."""
    return MachineFacts(
        architecture=str(info["Architecture"]),
        cpu=seen.cpu or str(info["Architecture"]),
        cores=len(seen.usable),
        sockets=seen.sockets,
        numa_nodes=seen.numa_nodes,
        kernel=str(info["KernelVersion"]),
        engine=f"Docker {info['ServerVersion']}",
        runc=str(info.get("RuncCommit", {}).get("ID") or "unknown"),
        counters=seen.counters,
    )


def numbers(ranges: str) -> tuple[int, ...]:
    """The kernel's lists: `0-2,5` is 0, 1, 2 and 5."""
    found: list[int] = []
    for part in ranges.replace(",", " ").split():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(sorted(set(found)))


def _free(listing: str) -> int:
    """Of POSIX `df -k`: the fourth column of its second line."""
    words = listing.strip().splitlines()[-1].split() if listing.strip() else []
    return int(words[3]) * 1024 if len(words) > 3 and words[3].isdigit() else 0


def _pairs(text: str) -> list[tuple[str, str]]:
    return [
        (key.strip(), value.strip())
        for key, colon, value in (line.partition(":") for line in text.splitlines())
        if colon
    ]


def _processor(cpuinfo: str) -> str:
    """`model name` on x86; Arm gives numbers of implementer and part instead."""
    pairs = dict(reversed(_pairs(cpuinfo)))
    if "model name" in pairs:
        return pairs["model name"]
    return " ".join(f"{name} {pairs[name]}" for name in ("CPU implementer", "CPU part", "CPU variant") if name in pairs)
