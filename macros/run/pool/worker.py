"""A host joins a scheduler: one worker with one thread, which runs one session at a time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from macros.lab import runtimes
from macros.lab.laboratory import Lab
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed
from macros.run.obtain import ensure_images, lab_of
from macros.run.plan import Inputs
from macros.run.pool.gate import pass_sentinel
from macros.run.pool.messages import Card
from macros.run.pool.network import CONNECT_SECONDS, Network, library
from macros.run.pool.serving import Serving
from macros.run.progress import Progress
from macros.run.tree import Tree

LAST_WORDS_SECONDS = 2.0
"""How long a worker that leaves waits, so that its answer goes out before it."""


def answer(text: str) -> str:
    """What the scheduler calls on a host: an errand as JSON text goes in, its answer comes out."""
    serving: Serving = library().get_worker().claims_serving
    return serving.answer(text)


def prepare(
    inputs: Inputs,
    name: str,
    classes: tuple[str, ...],
    toolchains: tuple[str, ...],
    patience: float,
    progress: Progress,
    lab: Lab | None = None,
) -> tuple[Card, Lab]:
    """Images and a quiet machine: what a host needs before it may join. Raises EnvironmentFailed."""
    lab = lab or lab_of(inputs)
    leave, names = Leave.given(), toolchains or tuple(inputs.toolchains.names)
    lab.ready(leave, progress.image)
    images = ensure_images(inputs, lab, names, leave, progress)
    recipes = lab.recipes(names)
    with lab.runner() as runner:
        progress.stage("waiting for a quiet machine", 0)
        pass_sentinel(
            runner,
            images[names[0]]["image"],
            inputs.project.ledger,
            inputs.policy,
            patience,
            lambda: progress.stage("waiting for another run on this machine", 0),
        )
        facts = runner.facts().to_json()
    card = Card(
        name=name,
        program=Tree.of(inputs).program,
        facts=facts,
        images={recipes[each]: images[each] for each in names},
        classes=classes,
        runtime=runtimes.chosen(),
    )
    return card, lab


class Worker:
    """A host's place in a scheduler's pool. `say` gets a line whenever it joins, or leaves."""

    def __init__(self, network: Network, card: Card, lab: Lab, inputs: Inputs, progress: Progress) -> None:
        self._network = network
        self._serving = Serving(card, lab, inputs.project.ledger, progress, self._leave)
        self._progress = progress
        self._why = ""
        self._interrupted = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def work(self) -> None:
        """Until the scheduler ends. Raises KeyboardInterrupt when it is stopped, EnvironmentFailed when it must."""
        asyncio.run(self._work())
        if self._interrupted:
            raise KeyboardInterrupt
        if self._why:
            raise EnvironmentFailed(self._why)

    async def _work(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._interrupt)
        with _settings(), tempfile.TemporaryDirectory() as folder:
            try:
                worker = await self._joined(folder)
            except (OSError, TimeoutError, ValueError, RuntimeError) as error:
                raise self._network.unreachable(_said(error)) from error
            self._progress.stage(f"{self._serving.card.name} works for {self._network.address}")
            gone = asyncio.ensure_future(worker.finished())
            ended = asyncio.ensure_future(self._ended.wait())
            await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not self._ended.is_set():
                self._why = f"the scheduler at {self._network.address} ended; start the worker again when it is back"
            elif self._why:
                await asyncio.sleep(LAST_WORDS_SECONDS)
            await self._loop.run_in_executor(None, self._serving.stop)
            with contextlib.suppress(Exception):  # It leaves; nobody waits for how it does so.
                await worker.close(timeout=LAST_WORDS_SECONDS, executor_wait=False, nanny=False)
            ended.cancel()

    async def _joined(self, folder: str) -> Any:
        card = self._serving.card
        worker = library().Worker(
            self._network.address,
            nthreads=1,
            name=card.name,
            resources=dict.fromkeys(card.offers, 1),
            security=self._network.security(),
            memory_limit=0,
            dashboard=False,
            local_directory=folder,
            death_timeout=CONNECT_SECONDS,
            startup_information={"claims": lambda _: card.model_dump_json()},
        )
        worker.claims_serving = self._serving
        return await worker

    def _leave(self, why: str) -> None:
        """Called from the thread that works."""
        self._why = why
        assert self._loop is not None
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)

    def _interrupt(self) -> None:
        self._interrupted = True
        assert self._ended is not None
        self._ended.set()


@contextmanager
def _settings() -> Iterator[None]:
    """Sessions take minutes and hold no data: nothing of the library's care for memory and data is wanted."""
    import dask

    with dask.config.set({"distributed.worker.profile.enabled": False, "distributed.admin.tick.limit": "1h"}):
        yield


def _said(error: BaseException) -> str:
    cause = error.__cause__ or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
