"""The sandbox profile: what every container gets, and what no claim file can ask for.

Pure: a box's specification in, the arguments of the engine's create call out. The profile's text is
part of every content key, so a change of it runs the cells again.

Two users share a box. The *keeper* is its first process: it unpacks the files and then holds the box open. The claim's
scripts run as another user of the same group, who can write to the files and cannot signal the keeper; so no
script ends its box, and everything that a script left behind can be killed at once without harming it. They are started
by the *starter*, one program for all of a box's processes: to enter a container takes the engine fifty milliseconds,
which is more than most processes of a claim take themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from macros.lab.box import BoxSpec

UID = 10001
"""Of the claims' scripts, and the group of both."""

KEEPER = 10002
WORK = "/work"
SOURCES = "/work/src"
NOFILE = 4096
INODES = 65536

PROJECT_LABEL = "executable-claims.made-by"
RUN_LABEL = "executable-claims.run"
CLAIM_LABEL = "executable-claims.claim"

READY = b"box-ready"

_KEEP = (
    f"umask 002; chmod 775 {WORK}; mkdir -p {SOURCES} {WORK}/tmp; "
    f'head -c "$1" | tar -xf - -C {SOURCES} && echo {READY.decode()} && exec timeout -s KILL "$2" cat >/dev/null'
)
"""The keeper. It takes so many bytes of files, and ends with the connection that brought them, whoever closes it: so a
box never outlives the run that opened it, and nobody else has to judge whether that run lives. At the latest it ends
with the box's lifetime, on the engine's own host and whatever happens to ours. (chmod: runc gives a tmpfs the mode
that the folder has in the image.)"""

PRELUDE = "section() { printf '\\n==> %s <==\\n' \"$1\"; printf '\\n==> %s <==\\n' \"$1\" >&2; }\n"
"""What every script begins with: `section NAME` marks where a part of the output begins, on both streams."""


SEPARATOR = b"\x1e"
"""Around what the starter itself writes to a process's streams (`lab/inside/starter.c`)."""

STARTER = "/usr/local/lib/claims/starter"
"""In every image (`lab/inside`)."""

STARTED = SEPARATOR + b"ready" + SEPARATOR

SENTINEL = "/usr/local/lib/claims/sentinel"
"""The same."""

LAYOUT_VARIABLE = "CLAIMS_LAYOUT"
"""By which an image's linker and C compiler arrange code (`lab/inside`)."""

REPORT_BYTES = 2048
"""The most that status and the sentinel's report take, before the end of the error stream."""


def end_of(word: str) -> bytes:
    """What comes last on either stream of a process. Output that is lost on its way must be told from a process that
    printed none: a count of nothing must never come from that."""
    return SEPARATOR + word.encode() + SEPARATOR


def request(script: str, word: str, *, watched: bool = False) -> bytes:
    """What asks the starter for a process; `watched`: under the sentinel. `word`: the secret that tells its end."""
    text = (PRELUDE + script).encode("utf-8", "surrogateescape")
    return f"{word} {watched:d} {len(text)}\n".encode() + text


def host_config(spec: BoxSpec, cpuset: str = "") -> dict[str, Any]:
    """The arguments of the SDK's `create_host_config`. `cpuset`: the host's processors for the box; all where empty."""
    return {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "read_only": True,
        "tmpfs": {
            WORK: f"rw,exec,nosuid,nodev,size={spec.disk},nr_inodes={INODES},uid={KEEPER},gid={UID},mode=0775",
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
        "auto_remove": True,
        "log_config": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
        "shm_size": 2**24,
        **({"runtime": spec.runtime} if spec.runtime else {}),
    }


def create_arguments(spec: BoxSpec, labels: Mapping[str, str], size: int = 0) -> dict[str, Any]:
    """The arguments of the SDK's `create_container`, but for the host configuration. `size`: of the files' archive."""
    return {
        "image": spec.image,
        "command": ["/bin/sh", "-euc", _KEEP, "sh", str(size), f"{spec.lifetime:g}"],
        "user": f"{KEEPER}:{UID}",
        "working_dir": WORK,
        "environment": {"TMPDIR": f"{WORK}/tmp", **spec.env},
        "stdin_open": True,
        "tty": False,
        "labels": dict(labels),
    }


def starter_arguments() -> dict[str, Any]:
    """The arguments of the SDK's `exec_create` for the starter, the claim's user."""
    return {"cmd": [STARTER, SOURCES, SENTINEL], "user": f"{UID}:{UID}", "workdir": SOURCES, "stdin": True}


def fingerprint(runtime: str = "") -> str:
    """The profile as text, for content keys: everything above for a box with nothing of its own but its runtime."""
    spec = BoxSpec(image="", claim="", runtime=runtime)
    asked = request("", "word").decode()
    return json.dumps([host_config(spec), create_arguments(spec, {}), starter_arguments(), asked], sort_keys=True)
