"""The seam between the lab and what runs a process: one box per cell.

A runner opens a box; a box runs scripts, each as a fresh process, and closes. That is the whole
protocol, so that the Docker runner and the tests' fake pass one contract suite and another runner
(a cluster of hosts) can take their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

from macros.lab.machine import MachineFacts

A_WEEK = 7 * 86400.0


@dataclass(frozen=True)
class BoxSpec:
    """What a box is made of. Sizes in bytes, `lifetime` in seconds.

    A box lives for as long as its run holds it. Its lifetime is a limit for runs that hang, far longer than any normal
    run. `cpus` says how many of the processors that a container may use; which these are is the runner's business.
    `runtime` is what the engine starts the container with; its default where empty.
    """

    image: str
    claim: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    memory: int = 2**30
    processes: int = 512
    disk: int = 2**29
    output: int = 2**20
    cpus: Literal["one", "all"] = "all"
    lifetime: float = A_WEEK
    runtime: str = ""


@dataclass(frozen=True)
class Outcome:
    """One process, as the host saw it. Streams hold at most the output limit and then `truncated` is set.

    `lost`: the engine did not deliver all that it printed. `witnesses`: what the sentinel saw around it
    (`sentinel.read`); empty where it did not watch, or did not come to its end.
    """

    status: int | None
    stdout: bytes
    stderr: bytes
    seconds: float
    truncated: bool = False
    timed_out: bool = False
    out_of_memory: bool = False
    lost: bool = False
    witnesses: Mapping[str, float] = field(default_factory=dict)


class Box(Protocol):
    def run(self, script: str, *, deadline: float, watched: bool = False) -> Outcome:
        """Run POSIX shell with `set -eu` in the work folder as a fresh process; after `deadline` seconds kill it.

        `watched`: under the sentinel, which tells what else went on at the machine meanwhile.

        A process that times out, exceeds its output or is lost takes the box with it: later calls raise BoxFailed, as
        does one whose script ends the box. What a script leaves behind is killed before its outcome is given.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Runner(Protocol):
    def open(self, spec: BoxSpec) -> Box:
        """A box with the files in place.

        Raises EnvironmentFailed when the engine or the image is not there, and BoxFailed when this box cannot be made.
        """
        ...

    def facts(self) -> MachineFacts:
        """What tells the host that runs the boxes from others."""
        ...

    def cpus(self) -> tuple[int, ...]:
        """The processors of that host which boxes may use, in order."""
        ...

    def settle(self) -> None:
        """Wait until every box that was let go of is gone: nothing must run beside a measurement."""
        ...

    def close(self) -> None:
        """Let everything go, including what is under way in another thread. Safe to call twice."""
        ...
