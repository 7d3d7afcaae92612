"""The order of work: inspecting tasks side by side, measuring tasks alone and interleaved.

What a task does is its own business; the schedule knows that it is prepared, stepped until it has
enough, and finished, and that a failure of one task leaves the others running.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Protocol


class Task(Protocol):
    """One cell's experiment. Every method may raise; what counts as the task's own failure is its own decision."""

    def open(self) -> None:
        """Get a box. May be called ahead, while other tasks run."""
        ...

    def prepare(self) -> bool:
        """Everything before the first process that counts. False: there is nothing to step."""
        ...

    def step(self) -> bool:
        """One round of fresh processes. True: enough."""
        ...

    def seconds_left(self) -> float:
        """Of its budget, once it has enough."""
        ...

    def wants_more(self) -> bool:
        """Its budget is spent, it is undecided, and more rounds might decide it."""
        ...

    def finish(self) -> None:
        """Keep the result: called as soon as the task has enough, or when the run is stopped before that."""
        ...

    def close(self) -> None:
        """Let the box go. Called once for each task that was begun, whatever came of it."""
        ...


def run_inspecting(tasks: Sequence[Task], slots: int, stop: Callable[[], None]) -> None:
    """All tasks, `slots` at a time; the boxes of the next ones are opened meanwhile.

    The first exception, Ctrl-C among them, is raised; before that `stop` is called, which must make
    the tasks that are under way end soon, and those that have not begun never begin.
    """
    with ThreadPoolExecutor(slots, "open") as opener:
        ahead = _Ahead(tasks, opener, slots)
        _side_by_side(
            [partial(_whole, task, partial(ahead.wait, index)) for index, task in enumerate(tasks)], slots, stop
        )


def run_measuring(
    tasks: Sequence[Task],
    slots: int,
    rng: random.Random,
    before_measuring: Callable[[], None],
    before_round: Callable[[], None],
    stop: Callable[[], None],
) -> None:
    """One claim's cells: prepared `slots` at a time, then stepped one by one in rounds.

    The order is shuffled anew in every round, so that a slow minute of the machine touches all
    cells alike and no cell always follows the same other one. A task that has enough drops out, and the time
    that it leaves over goes to those whose own was not enough. `stop` is as in `run_inspecting`.
    """
    begun: list[Task] = []
    active: list[Task] = []
    undecided: list[Task] = []

    def prepare(task: Task) -> None:
        begun.append(task)
        task.open()
        if task.prepare():
            active.append(task)
        else:
            task.finish()

    try:
        _side_by_side([partial(prepare, task) for task in tasks], slots, stop)
        before_measuring()
        left = 0.0
        while active:
            before_round()
            rng.shuffle(active)
            for task in tuple(active):
                if task.step():
                    active.remove(task)
                    left += max(task.seconds_left(), 0.0)
                    if task.wants_more():
                        undecided.append(task)
                    else:
                        task.finish()
        _extend(undecided, left, rng, before_round)
    except BaseException:
        for task in (*active, *undecided):
            task.finish()
        raise
    finally:
        for task in begun:
            task.close()


def _extend(undecided: list[Task], seconds: float, rng: random.Random, before_round: Callable[[], None]) -> None:
    """Rounds for undecided tasks while there are seconds for them. Empties the list; each of its tasks is finished."""
    while undecided:
        if seconds <= 0:
            undecided.pop().finish()
            continue
        begun = time.monotonic()
        before_round()
        rng.shuffle(undecided)
        for task in tuple(undecided):
            task.step()
            if not task.wants_more():
                undecided.remove(task)
                task.finish()
        seconds -= time.monotonic() - begun


class InTurn:
    """Several tasks as one: each is done before the next begins."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._begun = 0

    def open(self) -> None:
        self._tasks[0].open()

    def prepare(self) -> bool:
        return True

    def step(self) -> bool:
        """The next task, whole."""
        task = self._tasks[self._begun]
        if self._begun:
            task.open()
        self._begun += 1
        _to_its_end(task)
        return self._begun == len(self._tasks)

    def seconds_left(self) -> float:
        return 0.0

    def wants_more(self) -> bool:
        return False

    def finish(self) -> None:
        """Each has finished by itself."""

    def close(self) -> None:
        for task in self._tasks:
            task.close()


class _Ahead:
    """Opens boxes a few tasks ahead of those that run: a container takes longer to start than most cells to look.

    The first few boxes, and whenever the tasks are quicker than the opener, are waited for.
    """

    def __init__(self, tasks: Sequence[Task], opener: ThreadPoolExecutor, distance: int) -> None:
        self._tasks = tasks
        self._opener = opener
        self._distance = distance
        self._opened: list[Future[None]] = []
        self._lock = threading.Lock()

    def wait(self, index: int) -> None:
        """Return when the box of a task is open; raise what opening it raised."""
        with self._lock:
            for task in self._tasks[len(self._opened) : index + self._distance + 1]:
                self._opened.append(self._opener.submit(task.open))
        self._opened[index].result()


def _whole(task: Task, box_is_open: Callable[[], None]) -> None:
    try:
        box_is_open()
        _to_its_end(task)
    finally:
        task.close()


def _to_its_end(task: Task) -> None:
    if task.prepare():
        while not task.step():
            pass
    task.finish()


def _side_by_side(calls: Sequence[Callable[[], None]], slots: int, stop: Callable[[], None]) -> None:
    with ThreadPoolExecutor(slots) as pool:
        futures: list[Future[None]] = [pool.submit(call) for call in calls]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            stop()
            raise
