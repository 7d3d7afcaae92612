"""Whether the kernel killed a process of a container because its memory was used up."""

from __future__ import annotations

import contextlib
import itertools
import time

import docker

from macros.lab.engine.wire import Wire

_LOOK_SECONDS = 30.0
_FILES = "/sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events"
_ON_THE_HOST = (
    "/sys/fs/cgroup/memory/docker/{}/memory.oom_control",
    "/sys/fs/cgroup/docker/{}/memory.events",
    "/sys/fs/cgroup/system.slice/docker-{}.scope/memory.events",
)
"""Of cgroup v1 and v2, with either driver."""


class Kills:
    """The kernel's count for one container, look by look."""

    def __init__(self, container: str) -> None:
        self._container = container
        self._before = 0

    def any_new(self, client: docker.APIClient, *, failed: bool) -> bool:
        """Whether there were any since the last look.

        The host's own view costs nothing and also sees a child whose death its script hid. Where the
        engine's cgroups are not in sight, a process inside is asked, and only after a failure.
        """
        report = _seen_from_here(self._container)
        if report is None:
            if not failed:
                return False
            made = client.exec_create(self._container, ["/bin/sh", "-c", f"cat {_FILES} 2>/dev/null"], stderr=False)
            with contextlib.closing(Wire(client.exec_start(made["Id"], socket=True))) as wire:
                report = wire.read_all(time.monotonic() + _LOOK_SECONDS).decode("ascii", "replace")
        now = kills(report)
        before, self._before = self._before, now
        return now > before


def kills(report: str) -> int:
    """From the kernel's file: words, and a number after each."""
    words = report.split()
    return sum(int(count) for word, count in itertools.pairwise(words) if word == "oom_kill" and count.isdigit())


def _seen_from_here(container: str) -> str | None:
    """The kernel's file, from this system; None where the engine's containers are not in sight."""
    for pattern in _ON_THE_HOST:
        with contextlib.suppress(OSError), open(pattern.format(container), encoding="ascii") as file:
            return file.read()
    return None
