"""Sends sessions to the hosts of a scheduler and takes their answers; each session has one answer, or is named."""

from __future__ import annotations

import contextlib
import queue
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from macros.problems import EnvironmentFailed
from macros.run.pool.messages import Answer, Card, Errand
from macros.run.pool.network import CONNECT_SECONDS, Network, library
from macros.run.pool.worker import answer

FAILURES = 3
"""On so many hosts a session may end early before it counts as failed."""

PATIENCE_SECONDS = 30.0
"""How long there may be no host for what is left."""

LOOK_SECONDS = 1.0
"""How often it is looked whether there is one."""


@dataclass
class Sent:
    """A session on its way. `wants`: what its host must offer. Those of a higher priority go first."""

    errand: Errand
    wants: frozenset[str]
    priority: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.errand.session.claim.id


class Pool:
    """A connection to a scheduler."""

    def __init__(self, network: Network, client: Any) -> None:
        self._network = network
        self._client = client

    def cards(self) -> list[Card]:
        """Of the hosts that are there now. Other workers of the scheduler are none of ours."""
        try:
            workers = self._client.scheduler_info()["workers"].values()
        except Exception as error:  # The library raises whatever its connection met.
            raise self._gone() from error
        return [Card.model_validate_json(worker["claims"]) for worker in workers if "claims" in worker]

    def wait_for(self, enough: Callable[[Sequence[Card]], bool], patience: float) -> list[Card]:
        """The hosts, as soon as there are enough of them, or when patience ends."""
        last = time.monotonic() + patience
        while not enough(cards := self.cards()) and time.monotonic() < last:
            time.sleep(LOOK_SECONDS / 4)
        return cards

    def run(self, sessions: Sequence[Sent], take: Callable[[Sent, Answer], None]) -> None:
        """Have every session run; `take` gets each one's answer once, as soon as it is there.

        Raises EnvironmentFailed when no host is left for the others. However it ends, what has not begun never begins.
        """
        came: queue.SimpleQueue[tuple[Sent, Any]] = queue.SimpleQueue()
        pending: dict[int, Any] = {}

        def send(sent: Sent) -> None:
            future = self._client.submit(
                answer,
                sent.errand.model_dump_json(by_alias=True),
                key=f"{sent.name}-{uuid.uuid4().hex}",
                pure=False,
                resources=dict.fromkeys(sent.wants, 1),
                priority=sent.priority,
            )
            pending[id(sent)] = future
            future.add_done_callback(lambda done: came.put((sent, done)))

        try:
            for sent in sessions:
                send(sent)
            alone_since: float | None = None
            looked = time.monotonic()
            while pending:
                with contextlib.suppress(queue.Empty):
                    sent, future = came.get(timeout=LOOK_SECONDS)
                    del pending[id(sent)]
                    answered = self._answer(sent, future)
                    if answered.failed and len(sent.failures) < FAILURES:
                        send(sent)
                    else:
                        take(sent, answered)
                if time.monotonic() - looked > LOOK_SECONDS:
                    looked = time.monotonic()
                    alone_since = self._alone(sessions, pending, alone_since)
        finally:
            if pending:
                self._client.cancel(list(pending.values()), force=True)

    def _answer(self, sent: Sent, future: Any) -> Answer:
        """What a session came to. One that its host failed, or that no host survived, has a failed answer."""
        if future.status == "cancelled":
            raise self._gone()
        error = future.exception() if future.status == "error" else None
        if isinstance(error, library().KilledWorker):
            sent.failures += [""] * FAILURES
            return Answer(
                host="", failed=f"every host that it was sent to was lost, the last one {error.last_worker.name}"
            )
        if error is not None:
            raise error
        answered = Answer.model_validate_json(future.result())
        if answered.failed:
            sent.failures.append(f"{answered.host}: {answered.failed}")
        return answered

    def _alone(self, sessions: Sequence[Sent], pending: Collection[int], since: float | None) -> float | None:
        """Since when there has been no host for some session that is left; None if there is one for each."""
        cards = self.cards()
        orphans = [sent for sent in sessions if id(sent) in pending and not fitting(cards, sent.wants)]
        if not orphans:
            return None
        since = time.monotonic() if since is None else since
        if time.monotonic() - since > PATIENCE_SECONDS:
            failures = [failure for sent in orphans for failure in sent.failures]
            last = f" ({failures[-1]})" if failures else ""
            raise EnvironmentFailed(
                f"no host is left for {named([sent.name for sent in orphans])}{last}; what the others answered is "
                "kept. Start a worker, then run it again"
            )
        return since

    def _gone(self) -> EnvironmentFailed:
        return EnvironmentFailed(
            f"the scheduler at {self._network.address} is gone; what was answered is kept. "
            "Start it and its workers again, then run it again"
        )


@contextmanager
def connected(network: Network) -> Iterator[Pool]:
    """Raises EnvironmentFailed where no scheduler answers."""
    client = None
    try:
        client = library().Client(
            network.address, security=network.security(), timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise network.unreachable(str(error).splitlines()[0] if str(error) else "") from error
    try:
        yield Pool(network, client)
    finally:
        client.close(timeout=CONNECT_SECONDS)


def fitting(cards: Sequence[Card], wants: Collection[str]) -> list[Card]:
    """The hosts that offer all of it."""
    return [card for card in cards if card.offers >= frozenset(wants)]


def named(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
