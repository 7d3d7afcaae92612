"""The sandbox profile: what every container gets, and what no claim file can ask for.

Pure: a box's specification in, the arguments of the engine's create call out. The profile's text is
part of every content key, so a change of it runs the cells again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from macros.lab.box import BoxSpec

UID = 10001
WORK = "/work"
SOURCES = "/work/src"
NOFILE = 4096
INODES = 65536

PROJECT_LABEL = "executable-claims.project"
RUN_LABEL = "executable-claims.run"
CLAIM_LABEL = "executable-claims.claim"
OWNER_LABEL = "executable-claims.owner"
DEADLINE_LABEL = "executable-claims.deadline"

READY = b"box-ready"

_RECEIVE = f"mkdir -p {SOURCES} {WORK}/tmp && tar -xf - -C {SOURCES} && echo {READY.decode()} && exec sleep infinity"

PRELUDE = "section() { printf '\\n==> %s <==\\n' \"$1\"; printf '\\n==> %s <==\\n' \"$1\" >&2; }\n"
"""What every script begins with: `section NAME` marks where a part of the output begins, on both streams."""


END = b"\x1eend\x1e"
"""What the engine must deliver last on either stream. An engine under load has been seen to drop a process's output and
to report its success all the same; a count of nothing must never come from that."""

_TO_THE_END = (
    "/bin/sh -euc \"$1\" && status=0 || status=$?; printf '\\036end\\036'; printf '\\036end\\036' >&2; exit $status"
)


def command(script: str) -> list[str]:
    """A script as the engine runs it: in a shell of its own, after which both streams get their last bytes."""
    return ["/bin/sh", "-c", _TO_THE_END, "sh", PRELUDE + script]


def host_config(spec: BoxSpec, cpuset: str = "") -> dict[str, Any]:
    """The arguments of the SDK's `create_host_config`. `cpuset`: the host's processors for the box; all where empty."""
    return {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "read_only": True,
        "tmpfs": {
            WORK: f"rw,exec,nosuid,nodev,size={spec.disk},nr_inodes={INODES},uid={UID},gid={UID},mode=0755",
            "/tmp": f"rw,noexec,nosuid,nodev,size={2**24},nr_inodes=1024,mode=1777",
        },
        "mem_limit": spec.memory,
        "memswap_limit": spec.memory,
        "pids_limit": spec.processes,
        "cpuset_cpus": cpuset or None,
        "ulimits": [
            {"Name": "nofile", "Soft": NOFILE, "Hard": NOFILE},
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "fsize", "Soft": spec.disk, "Hard": spec.disk},
        ],
        "ipc_mode": "private",
        "init": True,
        "log_config": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
        "shm_size": 2**24,
    }


def create_arguments(spec: BoxSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of the SDK's `create_container`, but for the host configuration."""
    return {
        "image": spec.image,
        "command": ["/bin/sh", "-euc", _RECEIVE],
        "user": f"{UID}:{UID}",
        "working_dir": WORK,
        "environment": {"TMPDIR": f"{WORK}/tmp", **spec.env},
        "stdin_open": True,
        "tty": False,
        "labels": dict(labels),
    }


def fingerprint() -> str:
    """The profile as text, for content keys: everything above for a box with nothing of its own."""
    spec = BoxSpec(image="", claim="")
    return json.dumps([host_config(spec), create_arguments(spec, {}), command("")], sort_keys=True)
