"""Opens boxes on one engine, and makes sure that every container is removed."""

from __future__ import annotations

import contextlib
import functools
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import docker

from macros.lab import runtimes, sandbox
from macros.lab.box import BoxSpec
from macros.lab.engine import connection, host, reaper, remembered
from macros.lab.engine.container import DockerBox
from macros.lab.machine import MachineFacts
from macros.problems import BoxFailed, EnvironmentFailed

IMAGES = "executable-claims/*"
"""The names of ours, in the engine's list."""


class DockerRunner:
    """See `box.Runner`. Close it: that removes every container that it made.

    `say` is told of each container that could not be removed: unfortunate, but no reason to end a run. `memory` is a
    file in which the host's facts are remembered for a while.
    """

    def __init__(self, say: Callable[[str], None] = lambda text: None, memory: Path | None = None) -> None:
        self.run_id = uuid.uuid4().hex[:12]
        self._say = say
        self._memory = memory
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[str, DockerBox] = {}
        self._janitor = ThreadPoolExecutor(1, "janitor")
        self._removals: dict[str, Future[str]] = {}
        self._closed = False
        self._janitor_left = False
        self._gone = ""

    @property
    def client(self) -> docker.APIClient:
        """This thread's connection: the SDK's session is not made to be shared."""
        if not hasattr(self._local, "client"):
            self._local.client = connection.connect()
        return self._local.client  # type: ignore[no-any-return]

    def open(self, spec: BoxSpec) -> DockerBox:
        """See `box.Runner.open`."""
        self._still_open()
        if spec.runtime:
            runtimes.require(spec.runtime, self._info)
        cpuset = str(self.cpus()[-1]) if spec.cpus == "one" else ""
        box = DockerBox(spec, self.labels(spec.claim), cpuset, lambda: self.client, self.forget)
        with self._lock:
            self._open[box.container] = box
        try:
            self._still_open()
            box.start()
        except BaseException:
            box.close()
            raise
        return box

    def facts(self) -> MachineFacts:
        """See `box.Runner.facts`."""
        return host.facts(self._seen, self._info)

    def cpus(self) -> tuple[int, ...]:
        """See `box.Runner.cpus`."""
        return self._seen.usable

    def look(self) -> host.Seen:
        """The engine's host, from inside a box. Raises EnvironmentFailed where there is no image to look from."""
        return self._seen

    @functools.cached_property
    def _info(self) -> dict[str, Any]:
        try:
            return self.client.info()
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error

    @functools.cached_property
    def _seen(self) -> host.Seen:
        """Once: a machine does not change under a run."""
        seen = remembered.recall(self._memory, self._info) if self._memory is not None else None
        if seen is None:
            seen = self._look()
            if self._memory is not None:
                remembered.note(self._memory, self._info, seen)
        return seen

    def _look(self) -> host.Seen:
        try:
            images = self.client.images(filters={"reference": IMAGES})
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error
        if not images:
            raise EnvironmentFailed("the engine has none of our images; run `claims images`")
        for image in images[:-1]:
            with contextlib.suppress(BoxFailed), self.open(BoxSpec(image["Id"], "machine")) as box:
                return host.look(box)  # An image of an older recipe may lack what a box is run by.
        with self.open(BoxSpec(images[-1]["Id"], "machine")) as box:
            return host.look(box)

    def labels(self, claim: str) -> dict[str, str]:
        """By which a person, and the reaper, tell whose a container is."""
        return {
            sandbox.PROJECT_LABEL: reaper.PROJECT,
            sandbox.RUN_LABEL: self.run_id,
            sandbox.CLAIM_LABEL: claim,
        }

    def forget(self, container: str) -> None:
        """Remove a container in the background; `settle` waits for all of them."""
        with self._lock:
            if self._open.pop(container, None) is None:
                return
            if not self._janitor_left:
                self._removals[container] = self._janitor.submit(self._remove, container)
                return
        self._complain(container, self._remove(container))  # A box that was being made while the runner closed.

    def reap(self) -> None:
        """Remove what killed runs left behind."""
        for trouble in reaper.reap(self.client):
            self._say(f"container {trouble}; remove it with `docker rm -f`")

    def settle(self) -> None:
        """See `box.Runner.settle`. Raises BoxFailed when one that could not be removed is still at work."""
        for container in self._settled():
            if reaper.is_running(self.client, container):
                raise BoxFailed(f"container {container[:12]} cannot be removed and still runs; nothing can be measured")

    def close(self) -> None:
        """See `box.Runner.close`."""
        with self._lock:
            self._closed = True
            left = dict(self._open)
        for box in left.values():
            box.abandon()  # First of all, so that nobody waits for an engine that may be gone.
        for container in left:
            self.forget(container)
        self._settled()
        with self._lock:
            self._janitor_left = True
        self._janitor.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settled(self) -> list[str]:
        """Wait for the removals; the containers that are still there, of which the user has been told."""
        with self._lock:
            pending, self._removals = self._removals, {}
        said = {container: removal.result() for container, removal in pending.items()}
        for container, text in said.items():
            self._complain(container, text)
        return [container for container, text in said.items() if text]

    def _complain(self, container: str, text: str) -> None:
        if text:
            self._say(f"container {container[:12]} could not be removed: {text}; remove it with `docker rm -f`")

    def _remove(self, container: str) -> str:
        """One that does not answer is asked once: not for every container that it still has."""
        if not self._gone:
            try:
                return reaper.remove(self.client, container)
            except EnvironmentFailed as error:
                self._gone = str(error)
            except connection.ENGINE_GONE as error:
                self._gone = connection.said(error)
        return self._gone

    def _still_open(self) -> None:
        if self._closed:
            raise EnvironmentFailed("the run was stopped")
