"""The sandbox profile: what every container gets, and what no claim file can ask for.

Pure: a box's specification in, the arguments of the engine's create call out. The profile's text is
part of every content key, so a change of it runs the cells again.

Two users share a box. The *keeper* is its first process: it unpacks the files and then holds the box open. The claim's
scripts run as another user of the same group, who can write to the files and cannot signal the keeper; so no
script ends its box, and everything that a script left behind can be killed at once without harming it.
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


END = b"\x1eend\x1e"
"""What must come last on either stream. Output that is lost on its way must be told from a process that printed none: a
count of nothing must never come from that."""

SENTINEL = "/usr/local/lib/claims/sentinel"
"""In every image (`lab/inside`)."""

LAYOUT_VARIABLE = "CLAIMS_LAYOUT"
"""By which an image's linker and C compiler arrange code (`lab/inside`)."""

REPORT_BYTES = 2048
"""The most that the sentinel's report takes, before the end mark of the error stream."""

LEAVE_SECONDS = 30
"""How long what a script left behind may take to be gone. To give gigabytes back takes a part of a second."""

_PLAIN = '/bin/sh -euc "$1" && status=0 || status=$?\n'
_WATCHED = f'exec 4>&1; report=$({SENTINEL} 3 /bin/sh -euc "$1" 3>&1 >&4 4>&-) && status=0 || status=$?\n'
_TO_THE_END = f"""\
others() {{
    for place in /proc/[0-9]*; do
        [ "${{place#/proc/}}" = $$ ] || ! kill -0 "${{place#/proc/}}" 2>/dev/null || return 0
    done
    return 1
}}
now() {{ read -r now rest </proc/uptime && now=${{now%%.*}}; }}
now && until=$((now + {LEAVE_SECONDS}))
while kill -KILL -1 2>/dev/null; others; do
    now && [ "$now" -lt "$until" ] || exit 137
done
printf '\\036end\\036'; printf '\\036%s\\036end\\036' "$report" >&2
exit $status
"""
"""What a script leaves behind is gone before its end is reported: it must not run beside a later sample, of this box or
another.

-1 is every process that this user may signal but this shell itself; the kernel lets none of them fork meanwhile. A
process that is killed still runs while it gives its memory back, so it is waited for. All of this is done by the shell
itself, which could not fork where the limit of processes is reached. What does not go in time ends the box: its end is
never reported, and the status is that of a shell that was killed.
"""


def command(script: str, *, watched: bool = False) -> list[str]:
    """A script, in a shell of its own, as the engine runs it; `watched`: under the sentinel."""
    return ["/bin/sh", "-c", (_WATCHED if watched else "report=; " + _PLAIN) + _TO_THE_END, "sh", PRELUDE + script]


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


def exec_arguments(script: str, *, watched: bool = False) -> dict[str, Any]:
    """The arguments of the SDK's `exec_create` for a fresh process of the claim's user."""
    return {"cmd": command(script, watched=watched), "user": f"{UID}:{UID}", "workdir": SOURCES}


def fingerprint() -> str:
    """The profile as text, for content keys: everything above for a box with nothing of its own."""
    spec = BoxSpec(image="", claim="")
    runs = [exec_arguments("", watched=watched) for watched in (False, True)]
    return json.dumps([host_config(spec), create_arguments(spec, {}), *runs], sort_keys=True)
