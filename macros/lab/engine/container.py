"""One box in one container, through the Docker SDK's low-level calls.

A container is created and started once for a cell; its first process receives the program files as
a tar stream on stdin and then holds the box open. One `exec` brings the starter into it, which then starts each script
as a fresh process, with streams that the engine keeps apart: nothing is copied out of a container, and nothing that
runs inside can change what the host saw of a process.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import docker
from docker.errors import ImageNotFound

from macros.lab import sandbox, sentinel
from macros.lab.box import BoxSpec, Outcome
from macros.lab.engine import connection
from macros.lab.engine.memory import Kills
from macros.lab.engine.wire import Streams, Wire, tar
from macros.problems import BoxFailed, EnvironmentFailed

READY_SECONDS = 60.0
GRACE_SECONDS = 60.0
"""How long a process that was killed may take to be gone: the engine itself waits ten seconds and more."""

END_SECONDS = 10.0
"""How long after the end of its streams a starter may take to be gone."""

LATE = "it ran past its deadline"
FULL = "its output went over the limit"
CLOSED = "it was closed"
LOST = "the engine lost output of its process"
KILLED = 137


class DockerBox:
    """See `box.Box`. `connect` gives this thread's connection, `let_go` has a container removed."""

    def __init__(
        self,
        spec: BoxSpec,
        labels: Mapping[str, str],
        cpuset: str,
        connect: Callable[[], docker.APIClient],
        let_go: Callable[[str], None],
    ) -> None:
        self._spec = spec
        self._connect = connect
        self._let_go = let_go
        self._dead = ""
        self._hold: Wire | None = None
        self._process: Wire | None = None
        self._starter = ""
        self._archive = tar(spec.files)
        client = connect()
        try:
            config = client.create_host_config(**sandbox.host_config(spec, cpuset))
            asked = sandbox.create_arguments(spec, labels, len(self._archive))
            self.container: str = client.create_container(host_config=config, **asked)["Id"]
        except ImageNotFound as error:
            raise EnvironmentFailed(f"image {spec.image} does not exist; run `claims images` to build it") from error
        except connection.ENGINE_GONE as error:
            raise connection.trouble(error, f"a box for {spec.claim} was not created") from error
        self._kills = Kills(self.container)

    def start(self) -> None:
        """Start the container and hand it the files. The connection that brings them holds it open."""
        until = time.monotonic() + READY_SECONDS
        client = self._connect()
        doing = f"a box for {self._spec.claim} did not start"
        try:
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._hold = Wire(client.attach_socket(self.container, params=streams))
            client.start(self.container)
            self._hold.send(self._archive, until)
            self._expect(self._hold, sandbox.READY, until, doing)
            self._starter = client.exec_create(self.container, **sandbox.starter_arguments())["Id"]
            self._process = Wire(client.exec_start(self._starter, socket=True))
            self._expect(self._process, sandbox.STARTED, until, doing)
        except TimeoutError as error:
            raise self._stuck(f"{doing} within {READY_SECONDS:g} s") from error
        except connection.ENGINE_GONE as error:
            raise connection.trouble(error, doing) from error

    def _expect(self, wire: Wire, word: bytes, until: float, doing: str) -> None:
        said = wire.read_all(until, word)
        if word not in said:
            text = said.decode("utf-8", "replace").strip()
            raise BoxFailed(f"{doing}: {text or 'it said nothing'}")

    def run(self, script: str, *, deadline: float, watched: bool = False) -> Outcome:
        """See `box.Box.run`."""
        if self._dead or self._process is None:
            raise BoxFailed(f"the box is gone: {self._dead or 'it was not started'}")
        client = self._connect()
        word = secrets.token_hex(16)
        streams = Streams(self._spec.output, sandbox.end_of(word))
        oom = False
        begun = ended = time.monotonic()
        try:
            self._process.send(sandbox.request(script, word, watched=watched), begun + deadline)
            self._follow(self._process, streams, begun + deadline)
            ended = time.monotonic()
            streams.finish()
            if streams.over and not self._dead:
                self._end(FULL)
            if not self._dead:
                oom = self._kills.any_new(client, failed=streams.status != 0)
            if not self._dead and streams.status is None and not oom:
                self._without_end(client, streams)
        except connection.ENGINE_GONE as error:
            if not self._dead:
                raise connection.trouble(error, f"a process of {self._spec.claim} was lost") from error
            ended = time.monotonic()
        if streams.status is None:
            self._dead = self._dead or "its memory was used up"
        return Outcome(
            status=None if self._dead else streams.status,
            stdout=bytes(streams.out[: self._spec.output]),
            stderr=bytes(streams.err[: self._spec.output]),
            seconds=ended - begun,
            truncated=streams.over,
            timed_out=self._dead == LATE,
            out_of_memory=oom,
            lost=self._dead == LOST,
            witnesses=sentinel.read(streams.report.decode("ascii", "replace")) if watched else {},
        )

    def _without_end(self, client: docker.APIClient, streams: Streams) -> None:
        """The streams ended before the process did: say why. Raises BoxFailed where the box itself is the reason."""
        status = self._status(client)
        if status is None or status == 0:
            self._end(LOST)  # The starter lives, or ended since its input did: it is the engine that lost it.
            return
        last = streams.err.decode("utf-8", "replace").strip().splitlines()[-1:]
        self._end("its script killed what started it" if status == KILLED else "".join(last) or f"status {status}")
        raise BoxFailed(f"the box is gone: {self._dead}")

    def abandon(self) -> None:
        """What runs in it is no longer needed: its reader ends at once, in the thread in which it waits."""
        self._dead = self._dead or CLOSED
        for wire in (self._process, self._hold):
            if wire is not None:
                wire.close()

    def close(self) -> None:
        self.abandon()
        self._let_go(self.container)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, wire: Wire, streams: Streams, until: float) -> None:
        """Take both streams to their end, and see that this comes: at the deadline or the limit, by a kill.

        The deadline is kept by the wait for the next piece, in which the interpreter's lock is not held. Goes on
        reading while the process dies: the engine waits for a stream that nobody drains.
        """
        while not streams.ended:
            try:
                frame = wire.read(until)
            except TimeoutError as error:
                if self._dead:
                    raise self._stuck(f"a process of {self._spec.claim} did not end after it was killed") from error
                self._end(LATE)
                until = time.monotonic() + GRACE_SECONDS
                continue
            if frame is None:
                return
            if not streams.take(*frame) and not self._dead:
                self._end(FULL)
                until = time.monotonic() + GRACE_SECONDS

    def _end(self, why: str) -> None:
        """Kill the box: by letting go of it, which asks nothing of the engine, and by its own call."""
        self._dead = why
        if self._hold is not None:
            self._hold.close()
        threading.Thread(target=self._kill, daemon=True).start()

    def _kill(self) -> None:
        with contextlib.suppress(*connection.ENGINE_GONE, EnvironmentFailed):
            self._connect().kill(self.container)

    def _stuck(self, what: str) -> EnvironmentFailed:
        """What did not happen in time, and whose trouble that is."""
        if connection.answers():
            return BoxFailed(f"{what}, and the engine does not say why")
        return EnvironmentFailed(f"{what}: the Docker engine does not answer; restart it, then start again")

    def _status(self, client: docker.APIClient) -> int | None:
        """The starter's, once its streams have ended, which may be a moment before it has; None where it lives on."""
        until = time.monotonic() + END_SECONDS
        while (seen := client.exec_inspect(self._starter))["Running"] or seen["ExitCode"] is None:
            if time.monotonic() > until:
                return None
            time.sleep(0.02)
        return int(seen["ExitCode"])
