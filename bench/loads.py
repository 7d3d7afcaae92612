"""Work of others, started on this machine for as long as a block lasts.

What is tried beside a load must be tried beside a real one: these run as processes outside the lab, and in a box of
another run. Each of them also ends by itself when the process that started it is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from macros.lab.box import Box, BoxSpec, Runner
from macros.problems import Failure

NONE = "none"
TURN = 0.05
"""Seconds: half duty works for one and rests for one."""

COPIED = 64 << 20
"""Bytes that the copier moves at a time: more than a cache holds."""

SETTLE = 0.5
"""Seconds from a load's start until the block begins."""

_BOUND = """
import os, time
parent = os.getppid()
os.sched_setaffinity(0, {core})
"""
LOOP = """
while os.getppid() == parent:
    for _ in range(100_000):
        pass
"""
COPIER = f"""
old, new = bytearray({COPIED}), bytearray({COPIED})
while os.getppid() == parent:
    new[:] = old
"""
HALF = f"""
while os.getppid() == parent:
    ends = time.monotonic() + {TURN}
    while time.monotonic() < ends:
        pass
    time.sleep({TURN})
"""

_COMPILE = "export GOCACHE=$TMPDIR/cache; while :; do go build std; rm -rf $GOCACHE; done"
_COMPILE_MEMORY, _COMPILE_DISK = 3 << 30, 1 << 30


@dataclass(frozen=True)
class Place:
    """Where loads run: the processors that boxes may use; for the one that compiles, a runner and an image with Go."""

    cores: Sequence[int]
    runner: Runner
    image: str

    @property
    def own(self) -> int:
        """The processor of a box that has one (`Runner.open`)."""
        return self.cores[-1]

    @property
    def other(self) -> int:
        """Another one, where there is one."""
        return self.cores[0]


@contextlib.contextmanager
def running(*programs: tuple[str, int]) -> Iterator[list[int]]:
    """Python programs, each on the processor given; their numbers.

    They and what they started are gone when the block ends.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        for program, core in programs:
            script = _BOUND.format(core=[core]) + program
            started.append(subprocess.Popen([sys.executable, "-c", script], start_new_session=True))
        time.sleep(SETTLE)
        for process in started:
            if process.poll() is not None:
                raise RuntimeError(f"a load ended by itself, with status {process.returncode}")
        yield [process.pid for process in started]
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def compiling(place: Place) -> Iterator[None]:
    """Go's standard library compiled again and again, in a box on all processors, with an empty cache each time."""
    spec = BoxSpec(place.image, "load", memory=_COMPILE_MEMORY, disk=_COMPILE_DISK)
    box = place.runner.open(spec)
    ended = threading.Event()

    def compile_on() -> None:
        with contextlib.suppress(Failure):  # The box is closed under it.
            _work(box)
        ended.set()

    thread = threading.Thread(target=compile_on)
    try:
        thread.start()
        time.sleep(SETTLE)
        yield
        if ended.is_set():
            raise RuntimeError("the load that compiles ended by itself")
    finally:
        box.__exit__(None, None, None)
        thread.join()
        place.runner.settle()


def _work(box: Box) -> None:
    box.run(_COMPILE, deadline=86400.0)


Load = Callable[[Place], contextlib.AbstractContextManager[object]]

LOADS: Mapping[str, Load] = {
    "a loop on the cell's core": lambda place: running((LOOP, place.own)),
    "loops on all cores": lambda place: running(*((LOOP, core) for core in place.cores)),
    "a memory copier on another core": lambda place: running((COPIER, place.other)),
    "50 % duty in 50 ms turns": lambda place: running((HALF, place.own)),
    "go build std": compiling,
}
"""By the name under which figures are shown."""

HALF_DUTY = "50 % duty in 50 ms turns"


def load(name: str, place: Place) -> contextlib.AbstractContextManager[object]:
    """The load of that name, or none."""
    return contextlib.nullcontext() if name == NONE else LOADS[name](place)
