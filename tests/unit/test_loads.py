"""Loads that the benchmark measures beside: they work, where they should, and they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.loads import COPIER, HALF, LOADS, LOOP, NONE, Place, load, running
from tests.fakes import LocalRunner

CORE = max(os.sched_getaffinity(0))


def seconds_used(process: int) -> float:
    """Processor time of a process."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("program", [LOOP, COPIER, HALF])
def test_a_load_works_on_its_processor_and_is_gone_after_its_block(program: str) -> None:
    """It is pinned, uses time, and no process is left."""
    with running((program, CORE)) as (process,):
        assert os.sched_getaffinity(process) == {CORE}
        assert seconds_used(process) > 0.02
    assert not is_there(process)


def test_a_load_is_gone_after_a_block_that_fails() -> None:
    """Whatever happens in it."""
    seen: list[int] = []

    def fail_beside_loads() -> None:
        with running((LOOP, CORE), (LOOP, CORE)) as processes:
            seen.extend(processes)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_beside_loads()
    assert len(seen) == 2
    assert not any(is_there(process) for process in seen)


def test_a_load_ends_when_who_started_it_was_killed() -> None:
    """Nobody is left to end it then."""
    script = (
        "import time\nfrom bench.loads import LOOP, running\n"
        f"with running((LOOP, {CORE})) as (process,):\n    print(process, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    process = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 10
    while is_there(process) and time.monotonic() < until:
        time.sleep(0.05)
    parent.stdout.close()
    assert not is_there(process)


def test_half_duty_rests_half_of_the_time() -> None:
    """At most that much of a processor is taken, however busy the machine is."""
    with running((HALF, CORE)) as (process,):
        begun, before = time.monotonic(), seconds_used(process)
        time.sleep(1)
        used = seconds_used(process) - before
        assert used / (time.monotonic() - begun) < 0.65


def test_a_load_that_ends_by_itself_is_no_load() -> None:
    """Else figures would be taken beside nothing."""
    with pytest.raises(RuntimeError, match="status 3"), running(("raise SystemExit(3)", CORE)):
        pass


def test_every_load_has_a_name_and_none_is_one_of_them() -> None:
    """The five that figures are shown beside, and quiet."""
    place = Place((0, CORE), LocalRunner(), "")
    assert len(LOADS) == 5
    assert (place.other, place.own) == (0, CORE)
    with load(NONE, place):
        pass
    with pytest.raises(KeyError):
        load("a cat on the keyboard", place)
