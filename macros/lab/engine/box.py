"""Boxes in real containers, through the Docker SDK's low-level calls.

A container is created and started once for a cell; its first process receives the program files as
a tar stream on stdin and then sleeps. Each script is a fresh process by `exec`, whose streams the
engine keeps apart and whose status it reports: nothing is copied out of a container, and nothing that
runs inside can change what the host saw of a process.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import socket
import threading
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import docker
from docker.errors import ImageNotFound
from docker.utils import kwargs_from_env

from macros.lab import sandbox
from macros.lab.box import BoxSpec, Outcome
from macros.lab.engine import connection, host
from macros.lab.engine.reaper import PROJECT, owner, reap, remove
from macros.lab.engine.wire import Streams, read_until, tar
from macros.lab.machine import MachineFacts
from macros.problems import EnvironmentFailed

READY_SECONDS = 60.0
STREAM_SECONDS = 7200
LATE = "it ran past its deadline"


class DockerRunner:
    """Opens boxes on one engine. Close it: that removes every container that it made."""

    def __init__(self) -> None:
        self.run_id = uuid.uuid4().hex[:12]
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[str, DockerBox] = {}
        self._janitor = ThreadPoolExecutor(1, "janitor")
        self._removals: list[Future[None]] = []
        self._closed = False
        self._janitor_left = False

    @property
    def client(self) -> docker.APIClient:
        """This thread's connection: the SDK's session is not made to be shared."""
        if not hasattr(self._local, "client"):
            try:
                self._local.client = docker.APIClient(**kwargs_from_env(), timeout=STREAM_SECONDS)
            except connection.ENGINE_GONE as error:
                raise connection.failed(error) from error
        return self._local.client  # type: ignore[no-any-return]

    def open(self, spec: BoxSpec) -> DockerBox:
        """See `box.Runner.open`."""
        if self._closed:
            raise EnvironmentFailed("the run was stopped")
        box = DockerBox(self, spec)
        with self._lock:
            self._open[box.container] = box
            stopped = self._closed
        try:
            if stopped:
                raise EnvironmentFailed("the run was stopped")
            box.start()
        except BaseException:
            box.close()
            raise
        return box

    def facts(self) -> MachineFacts:
        """See `box.Runner.facts`."""
        try:
            return host.facts(self._seen, self.client.info())
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error

    def cpus(self) -> tuple[int, ...]:
        """See `box.Runner.cpus`."""
        return self._seen.usable

    @functools.cached_property
    def _seen(self) -> host.Seen:
        """Looked at once: a machine does not change under a run."""
        return host.look(self.client, self.labels("machine", READY_SECONDS))

    def labels(self, claim: str, lifetime: float) -> dict[str, str]:
        return {
            sandbox.PROJECT_LABEL: PROJECT,
            sandbox.RUN_LABEL: self.run_id,
            sandbox.CLAIM_LABEL: claim,
            sandbox.OWNER_LABEL: owner(os.getpid()),
            sandbox.DEADLINE_LABEL: str(int(time.time() + lifetime)),
        }

    def forget(self, container: str) -> None:
        """Remove a container behind the caller's back; `close` waits for all of them."""
        with self._lock:
            if self._open.pop(container, None) is None:
                return
            if not self._janitor_left:
                self._removals.append(self._janitor.submit(self._remove, container))
                return
        self._remove(container)  # A box that was being made while the runner closed.

    def _remove(self, container: str) -> None:
        remove(self.client, container)

    def reap(self) -> int:
        """Remove what killed runs left behind; how many containers that were."""
        return reap(self.client)

    def settle(self) -> None:
        """Wait until every container that was let go of is gone: nothing must run beside a measurement."""
        with self._lock:
            pending, self._removals = self._removals, []
        for removal in pending:
            removal.result()

    def close(self) -> None:
        """Kill and remove whatever is still there. Safe to call twice, and from a signal's handler thread."""
        with self._lock:
            self._closed = True
            left = list(self._open)
        for container in left:
            with contextlib.suppress(EnvironmentFailed):
                self.forget(container)
        with contextlib.suppress(EnvironmentFailed):
            self.settle()
        with self._lock:
            self._janitor_left = True
        self._janitor.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class DockerBox:
    """One container. See `box.Box`."""

    def __init__(self, runner: DockerRunner, spec: BoxSpec) -> None:
        self._runner = runner
        self._spec = spec
        self._dead: str = ""
        self._oom_kills = 0
        client = runner.client
        try:
            one = str(runner.cpus()[-1]) if spec.cpus == "one" else ""
            config = client.create_host_config(**sandbox.host_config(spec, one))
            made = client.create_container(
                host_config=config, **sandbox.create_arguments(spec, runner.labels(spec.claim, spec.lifetime))
            )
        except ImageNotFound as error:
            raise EnvironmentFailed(f"image {spec.image} is not there; run `claims images` to build it") from error
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error
        self.container: str = made["Id"]

    def start(self) -> None:
        """Start the container and hand it the files."""
        client = self._runner.client
        try:
            attached = client.attach_socket(self.container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            raw: socket.socket = getattr(attached, "_sock", attached)
            raw.settimeout(READY_SECONDS)
            client.start(self.container)
            raw.sendall(tar(self._spec.files))
            raw.shutdown(socket.SHUT_WR)
            said = read_until(raw, sandbox.READY)
            attached.close()
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error
        if sandbox.READY not in said:
            text = said.decode("utf-8", "replace").strip()
            raise EnvironmentFailed(f"a container of {self._spec.image} did not start: {text or 'it said nothing'}")

    def run(self, script: str, *, deadline: float) -> Outcome:
        """See `box.Box.run`."""
        if self._dead:
            raise EnvironmentFailed(f"the box is gone: {self._dead}")
        client = self._runner.client
        streams = Streams(self._spec.output)
        timer = threading.Timer(deadline, self._kill, [LATE])
        timer.daemon = True
        begun = time.monotonic()
        try:
            made = client.exec_create(self.container, sandbox.command(script), workdir=sandbox.SOURCES)
            timer.start()
            for out, err in client.exec_start(made["Id"], stream=True, demux=True):
                if not streams.take(out, err) and not self._dead:
                    # Read on while it dies: the engine waits for a stream that nobody drains.
                    threading.Thread(target=self._kill, args=["its output went over the limit"]).start()
            seconds = time.monotonic() - begun
            timer.cancel()
            status = None if self._dead else client.exec_inspect(made["Id"])["ExitCode"]
            oom = not self._dead and self._was_oom(failed=status != 0)
        except connection.ENGINE_GONE as error:
            if not self._dead:
                raise connection.failed(error) from error
            seconds, status, oom = time.monotonic() - begun, None, False
        finally:
            timer.cancel()
        complete = streams.finish()
        return Outcome(
            status=status,
            stdout=bytes(streams.out[: self._spec.output]),
            stderr=bytes(streams.err[: self._spec.output]),
            seconds=seconds,
            truncated=streams.over,
            timed_out=self._dead == LATE,
            out_of_memory=oom,
            complete=complete,
        )

    def close(self) -> None:
        self._dead = self._dead or "it was closed"
        self._runner.forget(self.container)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _kill(self, why: str) -> None:
        self._dead = why
        with contextlib.suppress(*connection.ENGINE_GONE, EnvironmentFailed):
            self._runner.client.kill(self.container)

    def _was_oom(self, failed: bool) -> bool:
        """Whether the kernel killed a process of this box for memory since the last look.

        The host's own view costs nothing and also sees a child whose death its script hid. Where the
        engine's cgroups are not in sight, a process inside is asked, and only after a failure.
        """
        said = _oom_report(self.container)
        if said is None:
            if not failed:
                return False
            client = self._runner.client
            state = client.inspect_container(self.container)["State"]
            if not state["Running"]:
                self._dead = "its container stopped"
                return bool(state["OOMKilled"])
            files = "/sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events"
            made = client.exec_create(self.container, ["/bin/sh", "-c", f"cat {files} 2>/dev/null"], stderr=False)
            said = client.exec_start(made["Id"]).decode("ascii", "replace")
        words = said.split()
        kills = sum(int(count) for word, count in itertools.pairwise(words) if word == "oom_kill" and count.isdigit())
        before, self._oom_kills = self._oom_kills, kills
        return kills > before


def _oom_report(container: str) -> str | None:
    """The kernel's count of kills for a container, from cgroup v1 or v2 (either driver); None if not in sight."""
    for pattern in (
        f"/sys/fs/cgroup/memory/docker/{container}/memory.oom_control",
        f"/sys/fs/cgroup/docker/{container}/memory.events",
        f"/sys/fs/cgroup/system.slice/docker-{container}.scope/memory.events",
    ):
        with contextlib.suppress(OSError), open(pattern, encoding="ascii") as file:
            return file.read()
    return None
