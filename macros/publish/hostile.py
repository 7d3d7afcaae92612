"""What the page on hostile claims shows: the sandbox's profile, the engine of the tests, and what each attempt got."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from macros.lab import sandbox
from macros.lab.box import BoxSpec
from macros.results.hostile import Attempt, Hostile

PROFILE, ENGINE = "profile", "engine"


@dataclass(frozen=True)
class HostilePage:
    """The values of one part of the page. `kept` is what the tests left; None where they left nothing."""

    part: str
    kept: Hostile | None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return self.kept.of(self.part) if self.kept is not None else ()

    @property
    def held(self) -> int:
        return sum(attempt.held for attempt in self.attempts)

    @cached_property
    def profile(self) -> list[tuple[str, str]]:
        """What every container gets, as the engine is told it; sizes where a claim asks for nothing of its own."""
        spec = BoxSpec(image="", claim="")
        config = sandbox.host_config(spec)
        limits = {limit["Name"]: limit["Hard"] for limit in config["ulimits"]}
        return [
            ("network", config["network_mode"]),
            ("user", f"{sandbox.UID}, not root; the container's first process is user {sandbox.KEEPER}"),
            ("capabilities", f"{', '.join(config['cap_drop']).lower()} dropped"),
            ("privileges", ", ".join(config["security_opt"])),
            ("system calls", "the engine's default seccomp profile"),
            ("root file system", "read-only" if config["read_only"] else "writable"),
            ("folders that can be written", " and ".join(f"{name} (tmpfs)" for name in config["tmpfs"])),
            ("files there", f"{sandbox.INODES:,}, of {_mebibytes(spec.disk)} together"),
            ("memory, without swap", _mebibytes(config["mem_limit"])),
            ("processes and threads", f"{config['pids_limit']:,}"),
            ("open files in a process", f"{limits['nofile']:,}"),
            ("core dumps", "none" if limits["core"] == 0 else _mebibytes(limits["core"])),
            ("output of a process", f"{_mebibytes(spec.output)} on each stream"),
            ("shared memory", f"{_mebibytes(config['shm_size'])}, {config['ipc_mode']}"),
        ]


def _mebibytes(size: int) -> str:
    return f"{size // 2**20} MiB"
