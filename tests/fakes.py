"""Test doubles. They live here and nowhere else."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from macros.lab.box import BoxSpec, Outcome
from macros.lab.machine import MachineFacts
from macros.lab.sandbox import PRELUDE
from macros.problems import BoxFailed, EnvironmentFailed

MACHINE = MachineFacts(
    architecture="x86_64", cpu="a processor", cores=2, sockets=1, numa_nodes=1,
    kernel="6.1", engine="Docker 1", runc="1.1", counters=False,
)  # fmt: skip
"""What a fake says that it runs on; take `replace(MACHINE, ...)` for another."""


TOO_LARGE = 2**63
"""Bytes that no kernel takes."""

_WATCHED = '/bin/sh -euc "$1" && status=0 || status=$?; exit $status'
"""A script in a shell of its own, which another one watches: as in a real box."""


class LocalRunner:
    """Runs scripts as plain processes in a temporary folder: no sandbox, so only for tests' own scripts."""

    def __init__(self, images: tuple[str, ...] = ("image",), machine: MachineFacts = MACHINE) -> None:
        self.images = images
        self.machine = machine
        self.opened: list[BoxSpec] = []
        self._closed = False
        self._boxes: list[LocalBox] = []

    def open(self, spec: BoxSpec) -> LocalBox:
        if self._closed:
            raise EnvironmentFailed("the run was stopped")
        if spec.image not in self.images:
            raise EnvironmentFailed(f"image {spec.image} does not exist; run `claims images` to build it")
        if spec.disk >= TOO_LARGE or any(not name or "=" in name or "\0" in name for name in spec.env):
            raise BoxFailed(f"a box for {spec.claim} was not created: the engine refuses")
        self.opened.append(spec)
        self._boxes.append(LocalBox(spec))
        return self._boxes[-1]

    def facts(self) -> MachineFacts:
        return self.machine

    def cpus(self) -> tuple[int, ...]:
        return tuple(range(self.machine.cores))

    def settle(self) -> None:
        """Nothing lingers."""

    def close(self) -> None:
        self._closed = True
        for box in self._boxes:
            box.abandon()


class LocalBox:
    """See `macros.lab.box.Box`."""

    def __init__(self, spec: BoxSpec) -> None:
        self._spec = spec
        self._dead = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path(tempfile.mkdtemp())
        for name, content in spec.files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o755 if content.startswith(b"#!") else 0o644)

    def run(self, script: str, *, deadline: float, watched: bool = False) -> Outcome:
        """Nobody watches here: a plain process has no witnesses."""
        if self._dead:
            raise BoxFailed(f"the box is gone: {self._dead}")
        pinned = ["taskset", "-c", str(max(os.sched_getaffinity(0)))] if self._spec.cpus == "one" else []
        begun = time.monotonic()
        with tempfile.TemporaryFile() as out_file, tempfile.TemporaryFile() as err_file:
            self._process = process = subprocess.Popen(
                [*pinned, "/bin/sh", "-c", _WATCHED, "sh", PRELUDE + script],
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], **self._spec.env},
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                start_new_session=True,
            )
            late = False
            try:
                process.wait(timeout=deadline)
            except subprocess.TimeoutExpired:
                late = True
            self._kill_all(process)
            seconds = time.monotonic() - begun
            out, err = (_content(file) for file in (out_file, err_file))
        limit = self._spec.output
        over = max(len(out), len(err)) > limit
        if late or over:
            self._dead = self._dead or "it was killed"
        elif process.returncode < 0 and not self._dead:
            self._dead = "its script killed what started it"
            raise BoxFailed(f"the box is gone: {self._dead}")
        return Outcome(
            status=None if self._dead else process.returncode,
            stdout=out[:limit],
            stderr=err[:limit],
            seconds=seconds,
            truncated=over,
            timed_out=late,
        )

    def abandon(self) -> None:
        self._dead = self._dead or "it was closed"
        if self._process is not None:
            self._kill_all(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kill_all(self, process: subprocess.Popen[bytes]) -> None:
        """The process, and what it left behind in its session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


class LosingRunner(LocalRunner):
    """Loses the output of the processes of a cell whose numbers are given, counted from 0 over all its boxes."""

    def __init__(self, lost: tuple[int, ...]) -> None:
        super().__init__()
        self._lost = lost
        self._count = 0

    def open(self, spec: BoxSpec) -> LocalBox:
        return _LosingBox(super().open(spec), self)

    def passes(self, outcome: Outcome) -> Outcome:
        number, self._count = self._count, self._count + 1
        return replace(outcome, stdout=b"", stderr=b"", lost=True) if number in self._lost else outcome


class _LosingBox(LocalBox):
    def __init__(self, box: LocalBox, runner: LosingRunner) -> None:
        self.__dict__.update(box.__dict__)
        self._runner = runner

    def run(self, script: str, *, deadline: float, watched: bool = False) -> Outcome:
        return self._runner.passes(super().run(script, deadline=deadline, watched=watched))


class ScriptedTask:
    """A schedule's task that only writes down what is asked of it.

    It takes `steps` rounds of its own, leaves `left` seconds over, and would take `wants` rounds more.
    """

    left = 0.0
    wants = 0

    def __init__(self, name: str, log: list[str], steps: int = 1, fails: Callable[[str], None] | None = None) -> None:
        self.name, self.log, self.steps, self.fails = name, log, steps, fails or (lambda stage: None)

    def open(self) -> None:
        """Not in the log: it may come at any time before `prepare`."""

    def prepare(self) -> bool:
        self._note("prepare")
        return self.steps > 0

    def step(self) -> bool:
        self._note("step")
        self.steps -= 1
        if self.steps < 0:
            self.wants -= 1
        return self.steps <= 0

    def seconds_left(self) -> float:
        return self.left

    def wants_more(self) -> bool:
        return self.wants > 0

    def finish(self) -> None:
        self._note("finish")

    def close(self) -> None:
        self._note("close")

    def _note(self, what: str) -> None:
        self.log.append(f"{self.name} {what}")
        self.fails(what)
