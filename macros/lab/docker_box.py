"""Boxes in real containers, through the Docker SDK's low-level calls.

A container is created and started once for a cell; its first process receives the program files as
a tar stream on stdin and then sleeps. Each script is a fresh process by `exec`, whose streams the
engine keeps apart and whose status it reports: nothing is copied out of a container, and nothing that
runs inside can change what the host saw of a process.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import socket
import struct
import tarfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import docker
import requests
from docker import utils
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from macros.lab import sandbox
from macros.lab.box import BoxSpec, EnvironmentFailed, Outcome

PROJECT = "executable-claims"
READY_SECONDS = 60.0
STREAM_SECONDS = 7200
LATE = "it ran past its deadline"

_ENGINE_GONE = (DockerException, requests.exceptions.RequestException, OSError)


class DockerRunner:
    """Opens boxes on one engine. Close it: that removes every container that it made."""

    def __init__(self, base_url: str | None = None) -> None:
        self.run_id = uuid.uuid4().hex[:12]
        self._settings = _settings(base_url)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[str, DockerBox] = {}
        self._janitor = ThreadPoolExecutor(1, "janitor")
        self._removals: list[Future[None]] = []
        self._closed = False

    @property
    def client(self) -> docker.APIClient:
        """This thread's connection: the SDK's session is not made to be shared."""
        if not hasattr(self._local, "client"):
            try:
                self._local.client = docker.APIClient(**self._settings)
            except _ENGINE_GONE as error:
                raise _engine_failed(error) from error
        return self._local.client  # type: ignore[no-any-return]

    def open(self, spec: BoxSpec) -> DockerBox:
        """See `box.Runner.open`."""
        if self._closed:
            raise EnvironmentFailed("the run was stopped")
        box = DockerBox(self, spec)
        with self._lock:
            self._open[box.container] = box
        try:
            box.start()
        except BaseException:
            box.close()
            raise
        return box

    def version(self) -> str:
        """The engine's name and version, for the record."""
        try:
            return f"Docker {self.client.version()['Version']}"
        except _ENGINE_GONE as error:
            raise _engine_failed(error) from error

    def labels(self, spec: BoxSpec) -> dict[str, str]:
        return {
            sandbox.PROJECT_LABEL: PROJECT,
            sandbox.RUN_LABEL: self.run_id,
            sandbox.CLAIM_LABEL: spec.claim,
            sandbox.OWNER_LABEL: owner(os.getpid()),
            sandbox.DEADLINE_LABEL: str(int(time.time() + spec.lifetime)),
        }

    def forget(self, container: str) -> None:
        """Remove a container behind the caller's back; `close` waits for all of them."""
        with self._lock:
            if self._open.pop(container, None) is not None:
                self._removals.append(self._janitor.submit(remove, self, container))

    def settle(self) -> None:
        """Wait until every container that was let go of is gone: nothing must run beside a measurement."""
        with self._lock:
            pending, self._removals = self._removals, []
        for removal in pending:
            removal.result()

    def close(self) -> None:
        """Kill and remove whatever is still there. Safe to call twice, and from a signal's handler thread."""
        self._closed = True
        with self._lock:
            left = list(self._open)
        for container in left:
            self.forget(container)
        with contextlib.suppress(EnvironmentFailed):
            self.settle()
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
            config = client.create_host_config(**sandbox.host_config(spec))
            made = client.create_container(host_config=config, **sandbox.create_arguments(spec, runner.labels(spec)))
        except ImageNotFound as error:
            raise EnvironmentFailed(f"image {spec.image} is not there; run `claims images` to build it") from error
        except _ENGINE_GONE as error:
            raise _engine_failed(error) from error
        self.container: str = made["Id"]

    def start(self) -> None:
        """Start the container and hand it the files."""
        client = self._runner.client
        try:
            attached = client.attach_socket(self.container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            raw: socket.socket = getattr(attached, "_sock", attached)
            raw.settimeout(READY_SECONDS)
            client.start(self.container)
            raw.sendall(_tar(self._spec.files))
            raw.shutdown(socket.SHUT_WR)
            said = _read_until(raw, sandbox.READY)
            attached.close()
        except _ENGINE_GONE as error:
            raise _engine_failed(error) from error
        if sandbox.READY not in said:
            text = said.decode("utf-8", "replace").strip()
            raise EnvironmentFailed(f"a container of {self._spec.image} did not start: {text or 'it said nothing'}")

    def run(self, script: str, *, deadline: float) -> Outcome:
        """See `box.Box.run`."""
        if self._dead:
            raise EnvironmentFailed(f"the box is gone: {self._dead}")
        client = self._runner.client
        streams = _Streams(self._spec.output)
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
        except _ENGINE_GONE as error:
            if not self._dead:
                raise _engine_failed(error) from error
            seconds, status, oom = time.monotonic() - begun, None, False
        finally:
            timer.cancel()
        return Outcome(
            status=status,
            stdout=bytes(streams.out),
            stderr=bytes(streams.err),
            seconds=seconds,
            truncated=streams.over,
            timed_out=self._dead == LATE,
            out_of_memory=oom,
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
        with contextlib.suppress(*_ENGINE_GONE, EnvironmentFailed):
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


class _Streams:
    """Both streams of a process, each cut at the limit."""

    def __init__(self, limit: int) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.over = False
        self._limit = limit

    def take(self, out: bytes | None, err: bytes | None) -> bool:
        """Keep what fits; False when a stream has more than the limit."""
        for stream, piece in ((self.out, out or b""), (self.err, err or b"")):
            room = self._limit - len(stream)
            stream += piece[:room]
            self.over = self.over or len(piece) > room
        return not self.over


def owner(pid: int) -> str:
    """A process by number and start time, so that a number used again is not taken for the same process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            started = file.read().rpartition(b")")[2].split()[19].decode()
    except OSError:
        started = "gone"
    return f"{os.uname().nodename}/{pid}/{started}"


def remove(runner: DockerRunner, container: str) -> None:
    """Kill and remove a container, and see that it is gone."""
    client = runner.client
    for attempt in range(5):
        try:
            client.remove_container(container, force=True, v=True)
            client.inspect_container(container)
        except NotFound:
            return
        except APIError as error:
            if attempt == 4:
                raise _engine_failed(error) from error
        except _ENGINE_GONE as error:
            raise _engine_failed(error) from error
        time.sleep(0.2 * (attempt + 1))


def reap(runner: DockerRunner) -> int:
    """Remove containers whose run is over: its process is gone (killed, say) or its deadline has passed."""
    try:
        found = runner.client.containers(all=True, filters={"label": f"{sandbox.PROJECT_LABEL}={PROJECT}"})
    except _ENGINE_GONE as error:
        raise _engine_failed(error) from error
    left = [made["Id"] for made in found if _orphaned(made["Labels"])]
    for container in left:
        remove(runner, container)
    return len(left)


def _orphaned(labels: Mapping[str, str]) -> bool:
    if float(labels.get(sandbox.DEADLINE_LABEL, 0)) < time.time():
        return True
    named = labels.get(sandbox.OWNER_LABEL, "")
    node, _, rest = named.partition("/")
    pid = rest.partition("/")[0]
    return node == os.uname().nodename and pid.isdigit() and owner(int(pid)) != named


def _settings(base_url: str | None) -> dict[str, Any]:
    settings: dict[str, Any] = dict(utils.kwargs_from_env())
    if base_url:
        settings["base_url"] = base_url
    return {**settings, "timeout": STREAM_SECONDS}


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            entry.uid = entry.gid = sandbox.UID
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _frames(raw: socket.socket) -> Iterator[bytes]:
    """Payloads of the engine's multiplexed stream: 8 bytes of header, the last four the length."""
    pending = b""
    while True:
        while len(pending) < 8 or len(pending) < 8 + struct.unpack(">L", pending[4:8])[0]:
            piece = raw.recv(65536)
            if not piece:
                return
            pending += piece
        size = 8 + struct.unpack(">L", pending[4:8])[0]
        yield pending[8:size]
        pending = pending[size:]


def _read_until(raw: socket.socket, token: bytes) -> bytes:
    said = b""
    for piece in _frames(raw):
        said += piece
        if token in said:
            break
    return said


def _engine_failed(error: BaseException) -> EnvironmentFailed:
    text = getattr(error, "explanation", None) or str(error) or type(error).__name__
    return EnvironmentFailed(f"the Docker engine failed: {text}; see that it runs (`docker info`), then start again")
