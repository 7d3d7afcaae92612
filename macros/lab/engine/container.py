"""One box in one container, through the Docker SDK's low-level calls.

A container is created and started once for a cell; its first process receives the program files as
a tar stream on stdin and then holds the box open. Each script is a fresh process by `exec`, whose streams the
engine keeps apart and whose status it reports: nothing is copied out of a container, and nothing that
runs inside can change what the host saw of a process.
"""

from __future__ import annotations

import contextlib
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
LATE = "it ran past its deadline"
FULL = "its output went over the limit"
CLOSED = "it was closed"
BY_A_SIGNAL = 128


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
            said = self._hold.read_all(until, sandbox.READY)
        except TimeoutError as error:
            raise self._stuck(f"{doing} within {READY_SECONDS:g} s") from error
        except connection.ENGINE_GONE as error:
            raise connection.trouble(error, doing) from error
        if sandbox.READY not in said:
            text = said.decode("utf-8", "replace").strip()
            raise BoxFailed(f"{doing}: {text or 'it said nothing'}")

    def run(self, script: str, *, deadline: float, watched: bool = False) -> Outcome:
        """See `box.Box.run`."""
        if self._dead:
            raise BoxFailed(f"the box is gone: {self._dead}")
        client = self._connect()
        streams = Streams(self._spec.output, watched=watched)
        status, oom = None, False
        begun = ended = time.monotonic()
        try:
            made = client.exec_create(self.container, **sandbox.exec_arguments(script, watched=watched))["Id"]
            with contextlib.closing(Wire(client.exec_start(made, socket=True))) as self._process:
                self._follow(self._process, streams, time.monotonic() + deadline)
            ended = time.monotonic()
            if not self._dead:
                status = self._status(client, made)
                oom = self._kills.any_new(client, failed=status != 0)
        except connection.ENGINE_GONE as error:
            if not self._dead:
                raise connection.trouble(error, f"a process of {self._spec.claim} was lost") from error
            ended = time.monotonic()
        complete = streams.finish()
        if streams.over and not self._dead:
            self._end(FULL)
            status = None
        if status is not None and status > BY_A_SIGNAL and not (complete or oom or streams.over):
            self._end("its script killed the shell that watches it")
            raise BoxFailed(f"the box is gone: {self._dead}")
        return Outcome(
            status=status,
            stdout=bytes(streams.out[: self._spec.output]),
            stderr=bytes(streams.err[: self._spec.output]),
            seconds=ended - begun,
            truncated=streams.over,
            timed_out=self._dead == LATE,
            out_of_memory=oom,
            complete=complete,
            witnesses=sentinel.read(streams.report.decode("ascii", "replace")) if watched else {},
        )

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
        while True:
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

    def _status(self, client: docker.APIClient, process: str) -> int:
        """The engine may take a moment between the end of the streams and the process's."""
        end = time.monotonic() + END_SECONDS
        while (seen := client.exec_inspect(process))["Running"] or seen["ExitCode"] is None:
            if time.monotonic() > end:
                self._end("the engine does not say how its process ended")
                raise BoxFailed(f"the box is gone: {self._dead}")
            time.sleep(0.02)
        return int(seen["ExitCode"])
