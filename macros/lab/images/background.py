"""Work in threads that nobody has to wait for: Ctrl-C ends the command at once, even if a thread is blocked.

The standard pool joins its threads when the interpreter ends. These threads do not hold it up. They end with the
process, and its connections close, so the engine sees that nobody wants its answer any more.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

LAST_SECONDS = 3.0
"""How long threads that can end get to clean up behind them."""


class Background:
    """Starts calls, so many at a time as the slots that they are given; `stopped` tells those under way to end."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._futures: list[Future[Any]] = []

    def start(self, call: Callable[[], T], slots: threading.Semaphore) -> Future[T]:
        """In a thread of its own, as soon as there is a slot."""
        future: Future[T] = Future()
        self._futures.append(future)

        def run() -> None:
            with slots:
                if self.stopped.is_set() or not future.set_running_or_notify_cancel():
                    future.cancel()
                    return
                try:
                    future.set_result(call())
                except BaseException as error:
                    future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future

    def stop(self) -> None:
        """Nothing begins any more, and what cannot end soon is left behind."""
        self.stopped.set()
        for future in self._futures:
            future.cancel()
        wait(self._futures, timeout=LAST_SECONDS)


def patiently(call: Callable[[], Iterable[T]], seconds: float) -> Iterator[T]:
    """What a call yields, as it comes. Raises TimeoutError when nothing came for so long, or what the call raises."""
    lines: queue.Queue[tuple[str, Any]] = queue.Queue()

    def read() -> None:
        try:
            for line in call():
                lines.put(("line", line))
            lines.put(("end", None))
        except BaseException as error:
            lines.put(("error", error))

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            kind, value = lines.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"nothing arrived for {seconds:g} s") from None
        if kind == "error":
            raise value
        if kind == "end":
            return
        yield value
