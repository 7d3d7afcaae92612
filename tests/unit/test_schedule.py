"""The order of work."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest

from macros.lab.schedule import run_inspecting, run_measuring
from tests.fakes import ScriptedTask


def nothing() -> None:
    """What a caller does who needs nothing done."""


def test_inspecting_runs_every_task_whole() -> None:
    """Prepare, the steps that it wants, finish, close: in this order for each task."""
    log: list[str] = []
    run_inspecting([ScriptedTask("a", log, 2), ScriptedTask("b", log, 0)], 1, nothing)
    assert log == ["a prepare", "a step", "a step", "a finish", "a close", "b prepare", "b finish", "b close"]


def test_boxes_are_opened_ahead_of_the_tasks_that_run() -> None:
    """While the first task runs the next ones get their boxes, but not all of them at once."""
    opened = [threading.Event() for _ in range(5)]
    log: list[str] = []

    class Opened(ScriptedTask):
        def open(self) -> None:
            opened[int(self.name)].set()

    def first_waits_for_the_next(stage: str) -> None:
        if stage == "step":
            assert opened[1].wait(10)
            assert not opened[3].is_set()

    tasks = [Opened("0", log, 1, first_waits_for_the_next), *(Opened(str(n), log) for n in range(1, 5))]
    run_inspecting(tasks, 1, nothing)
    assert all(event.is_set() for event in opened)


def test_inspecting_uses_all_slots() -> None:
    """Two tasks that wait for each other come through with two slots."""
    barrier = threading.Barrier(2, timeout=10)
    log: list[str] = []
    tasks = [ScriptedTask(name, log, 1, lambda what: what == "step" and barrier.wait()) for name in "ab"]  # type: ignore[arg-type]
    run_inspecting(tasks, 2, nothing)
    assert Counter(log) == Counter(f"{name} {what}" for name in "ab" for what in ("prepare", "step", "finish", "close"))


def test_measuring_prepares_all_then_settles_then_interleaves() -> None:
    """No build runs beside a measurement, and no cell gets two rounds before another has one."""
    log: list[str] = []
    tasks = [ScriptedTask(name, log, 3) for name in "abc"]
    run_measuring(tasks, 2, random.Random(1), lambda: log.append("settled"), nothing, nothing)
    assert log.index("settled") == 3
    steps = [line for line in log if line.endswith("step")]
    assert all(sorted(steps[start : start + 3]) == ["a step", "b step", "c step"] for start in (0, 3, 6))
    assert Counter(log[-3:]) == Counter(f"{name} close" for name in "abc")


def test_measuring_shuffles_the_rounds() -> None:
    """No cell always follows the same other one."""
    log: list[str] = []
    tasks = [ScriptedTask(name, log, 40) for name in "ab"]
    run_measuring(tasks, 1, random.Random(1), nothing, nothing, nothing)
    steps = [line for line in log if line.endswith("step")]
    firsts = Counter(steps[::2])
    assert min(firsts.values()) > 5
    assert len(firsts) == 2


def test_a_task_that_has_enough_drops_out() -> None:
    """The rounds go on with the others."""
    log: list[str] = []
    run_measuring(
        [ScriptedTask("a", log, 1), ScriptedTask("b", log, 3)], 1, random.Random(1), nothing, nothing, nothing
    )
    assert Counter(log)["a step"] == 1
    assert Counter(log)["b step"] == 3


def test_the_sentinel_comes_before_every_round() -> None:
    """Once for all cells of the round, not once for each."""
    log: list[str] = []
    tasks = [ScriptedTask("a", log, 2), ScriptedTask("b", log, 2)]
    run_measuring(tasks, 1, random.Random(1), nothing, lambda: log.append("sentinel"), nothing)
    steps = [line for line in log if line == "sentinel" or line.endswith("step")]
    assert steps[0] == steps[3] == "sentinel"
    assert len(steps) == 6


def test_time_left_over_goes_to_undecided_cells() -> None:
    """As many rounds as an undecided cell can use, after all others have had theirs."""
    log: list[str] = []
    saver, open_one = ScriptedTask("saver", log, 1), ScriptedTask("open", log, 2)
    saver.left, open_one.wants = 60.0, 3
    run_measuring([saver, open_one], 1, random.Random(1), nothing, nothing, nothing)
    assert log.count("open step") == 5
    assert log.count("open finish") == log.count("saver finish") == 1
    assert log.index("saver finish") < log.index("open finish")


def test_without_time_left_over_an_undecided_cell_ends_with_its_budget() -> None:
    """And its result is kept all the same."""
    log: list[str] = []
    task = ScriptedTask("a", log, 2)
    task.wants = 3
    run_measuring([task], 1, random.Random(1), nothing, nothing, nothing)
    assert (log.count("a step"), log.count("a finish")) == (2, 1)


def test_a_result_is_kept_as_soon_as_its_task_has_enough_and_its_box_goes_last() -> None:
    """A run that is killed later loses nothing of it, and no container is removed beside a measurement."""
    log: list[str] = []
    run_measuring(
        [ScriptedTask("a", log, 1), ScriptedTask("b", log, 3)], 1, random.Random(1), nothing, nothing, nothing
    )
    assert log.index("a finish") < len(log) - 1 - log[::-1].index("b step") < log.index("a close")


@pytest.mark.parametrize("stage", ["prepare", "step"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_stops_the_run_and_lets_every_box_go(stage: str, error: type[BaseException]) -> None:
    """It is raised; every box that was opened is let go; what a measuring task has so far is kept."""
    log: list[str] = []

    def fails(what: str) -> None:
        if what == stage:
            raise error("boom")

    tasks = [ScriptedTask("a", log), ScriptedTask("b", log, 1, fails)]
    with pytest.raises(error):
        run_measuring(tasks, 1, random.Random(1), nothing, nothing, lambda: log.append("stopped"))
    assert {"a close", "b close"} <= set(log)
    assert log.count("a finish") == 1
    assert ("stopped" in log) == (stage == "prepare")
    log.clear()
    with pytest.raises(error):
        run_inspecting([ScriptedTask("c", log, 1, fails)], 1, lambda: log.append("stopped"))
    assert log[-2:] == ["c close", "stopped"]
    assert "c finish" not in log
