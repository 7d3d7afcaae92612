"""What `claims doctor` looks at: the engine and its host, each beside what is needed and why, with the next step.

`examine` asks, `diagnose` judges what it was told and does nothing else. What is too old is a warning: it matters if
you run claims that others wrote, and not for your own.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from macros.claim.visible import shown
from macros.lab import runtimes
from macros.lab.engine import connection
from macros.lab.engine.host import Seen
from macros.lab.engine.runner import DockerRunner
from macros.problems import EnvironmentFailed

Level = Literal["ok", "warning", "error"]

Version = tuple[int, ...]

OLDEST_ENGINE: Version = (20, 10)
"""Whose API the lab speaks (1.41); nothing older was ever tried."""

SAFE_ENGINE: Version = (24, 0, 9)
SAFE_RUNC: tuple[Version, ...] = ((1, 2, 8), (1, 3, 3), (1, 4, 0))
"""The first of each series without CVE-2025-31133, CVE-2025-52565, CVE-2025-52881 and, long before, CVE-2024-21626."""

GIB = 2**30
ROOM, LEAST_ROOM = 12 * GIB, 2 * GIB
"""All images with what their builds need meanwhile; what a run with its images in place needs."""

_FAMILY_NAMES = {"vsock": "AF_VSOCK", "crypto": "AF_ALG"}
"""By the names that `engine.host` has for them."""

NEEDED_LIMITS = {"MemoryLimit": "memory", "PidsLimit": "processes", "CPUSet": "processors"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `needed` says why; `next_step` is empty where nothing is to be done."""

    name: str
    found: str
    needed: str
    ok: Level
    next_step: str = ""


def examine(architecture: str) -> list[Check]:
    """Look at the engine that a run would use. `architecture`: what the toolchains are pinned for, as Go names it.

    Raises nothing: what cannot be found out is itself what was found. Changes nothing but for one box, opened and
    removed, where the engine has an image of ours.
    """
    try:
        client = connection.connect(connection.PING_SECONDS)
        info, runs = client.info(), client.version()["Arch"]
    except (EnvironmentFailed, *connection.ENGINE_GONE):
        return [Check("engine", "none answers", "a Docker engine", "error", str(connection.none_answers()))]
    seen = None
    with contextlib.suppress(EnvironmentFailed), DockerRunner() as runner:
        seen = runner.look()
    return diagnose(info, runs, architecture, seen)


def diagnose(info: Mapping[str, Any], runs: str, architecture: str, seen: Seen | None) -> list[Check]:
    """Every check, from the engine's answer to GET /info, the architecture that it runs, and what a box saw, if any."""
    return [
        _engine(str(info.get("ServerVersion", ""))),
        _runc(str((info.get("RuncCommit") or {}).get("ID", ""))),
        _runtime(runtimes.offered(info), runtimes.chosen()),
        _architecture(runs, architecture),
        _kernel(info),
        *_limits(info),
        _sandbox(info),
        _storage(str(info.get("Driver", ""))),
        *(_from_inside(seen) if seen is not None else [_NOT_SEEN]),
    ]


_NOT_SEEN = Check(
    "host", "not looked at", "one of our images, to look from inside", "warning", "run `claims images`, then ask again"
)


def _engine(text: str) -> Check:
    needed = (
        f"Docker {_dotted(OLDEST_ENGINE)}; {_dotted(SAFE_ENGINE)} for others' claims "
        "(CVE-2024-24557: an older builder can be made to take a poisoned layer from its cache)"
    )
    version = _version(text)
    if version < OLDEST_ENGINE:
        return Check("engine", f"Docker {text or '?'}", needed, "error", "install a newer Docker engine")
    if version < SAFE_ENGINE:
        return Check("engine", f"Docker {text}", needed, "warning", _unless_fixed("Docker engine", text))
    return Check("engine", f"Docker {text}", needed, "ok")


def _runc(text: str) -> Check:
    fixed = ", ".join(_dotted(version) for version in SAFE_RUNC)
    needed = f"runc {fixed} or newer for others' claims (CVE-2024-21626, CVE-2025-31133: ways out of a container)"
    version = _version(text)
    safe = any(version[:2] == first[:2] and version >= first for first in SAFE_RUNC) or version > SAFE_RUNC[-1]
    if safe:
        return Check("runc", text, needed, "ok")
    return Check("runc", text or "unknown", needed, "warning", _unless_fixed("runc", text))


def _runtime(offered: list[str], chosen: str) -> Check:
    needed = f"{runtimes.ISOLATING} (gVisor) for inspecting claims of strangers; other claims do without"
    found = ", ".join(offered) or "the default alone"
    if chosen and chosen not in offered:
        step = f"{runtimes.VARIABLE} names `{shown(chosen)}`: {runtimes.INSTALL}, or unset it"
        return Check("runtime", found, needed, "error", step)
    if runtimes.ISOLATING not in offered:
        return Check("runtime", f"{found}; no {runtimes.ISOLATING}", needed, "warning", runtimes.INSTALL)
    return Check("runtime", found, needed, "ok")


def _architecture(runs: str, pinned: str) -> Check:
    if runs == pinned:
        return Check("architecture", runs, f"{pinned}, for which the toolchains are pinned", "ok")
    step = f"set DOCKER_HOST to an engine on {pinned}, or build the site from a ledger: CLAIMS_MODE=frozen"
    return Check("architecture", runs, f"{pinned}, for which the toolchains are pinned", "error", step)


def _kernel(info: Mapping[str, Any]) -> Check:
    found, kind = str(info.get("KernelVersion", "unknown")), info.get("OSType")
    if kind != "linux":
        return Check("kernel", f"{kind} {found}", "Linux", "error", "switch the engine to Linux containers")
    return Check("kernel", f"{found}, cgroup v{info.get('CgroupVersion', '1')}", "Linux", "ok")


def _limits(info: Mapping[str, Any]) -> list[Check]:
    """What holds a claim in its bounds. A kernel that lacks one runs a claim without it."""
    lacking = [what for flag, what in NEEDED_LIMITS.items() if info.get(flag) is False]
    checks = []
    if lacking:
        step = "enable these cgroup controllers on the engine's host, then restart the engine"
        checks.append(Check("limits", f"none of {', '.join(lacking)}", "bounds for every box", "error", step))
    else:
        checks.append(Check("limits", "memory, processes, processors", "bounds for every box", "ok"))
    if info.get("SwapLimit") is False:
        step = "start the kernel with swapaccount=1, or switch swap off"
        checks.append(Check("swap", "cannot be limited", "a bound on memory that swap does not lift", "warning", step))
    return checks


def _sandbox(info: Mapping[str, Any]) -> Check:
    needed = "seccomp, which keeps most of the kernel out of a claim's reach"
    if any("seccomp" in str(option) for option in info.get("SecurityOptions") or ()):
        return Check("sandbox", "seccomp", needed, "ok")
    return Check("sandbox", "no seccomp", needed, "error", "use a kernel and an engine with seccomp")


def _storage(driver: str) -> Check:
    needed = "one that does not copy an image for each box"
    if driver == "vfs":
        return Check("storage", driver, needed, "warning", "let the engine use overlay2")
    return Check("storage", driver, needed, "ok")


def _from_inside(seen: Seen) -> list[Check]:
    room = f"{ROOM // GIB} GiB for all images and their builds, {LEAST_ROOM // GIB} GiB to run"
    level: Level = "ok" if seen.free >= ROOM else "warning" if seen.free >= LEAST_ROOM else "error"
    step = "" if level == "ok" else "free disk space on the engine's host (`docker system df`)"
    counters = Check("counters", "hardware counters", "for claims about cache misses", "ok")
    if not seen.counters:
        step_counters = "none: virtual machines often lack them, and these claims come out untestable"
        counters = Check("counters", "no hardware counters", "for claims about cache misses", "warning", step_counters)
    return [
        _families(seen.families),
        Check("disk", f"{seen.free / GIB:.1f} GiB free", room, level, step),
        Check("processor", f"{seen.cpu}, {len(seen.usable)} usable cores", "any", "ok"),
        counters,
    ]


def _families(let: Sequence[str]) -> Check:
    needed = (
        "for others' claims, a seccomp profile that refuses AF_VSOCK, by which a claim can reach the hypervisor, and "
        "AF_ALG (CVE-2026-31431)"
    )
    if not let:
        return Check("sockets", "none that leaves a box", needed, "ok")
    found = ", ".join(_FAMILY_NAMES.get(family, family) for family in let)
    step = f"install a newer Docker engine (AF_VSOCK is refused from 23.0 on), or use {runtimes.ISOLATING}"
    return Check("sockets", f"{found} can be opened in a box", needed, "warning", step)


def _unless_fixed(what: str, text: str) -> str:
    """Distributions repair an old version and keep its number."""
    patched = "+deb" in text or "ubuntu" in text
    hint = f"see whether your distribution has repaired {text}, else " if patched else ""
    return f"{hint}install a newer {what}"


def _version(text: str) -> Version:
    """The leading numbers: (1, 1, 5) of `1.1.5+ds1`, nothing of what is no version."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)
