"""The sentinel in real boxes: it sees other work, tells the process's own apart, and does not touch what it watches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from macros.lab.box import Box, BoxSpec
from macros.lab.engine.runner import DockerRunner
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import others_at_work

pytestmark = [pytest.mark.container, pytest.mark.alone]

WORK = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"
"""Some fifty milliseconds of one processor."""


@contextmanager
def loops() -> Iterator[None]:
    """An endless loop on every processor."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.fixture(params=["one", "all"])
def box(request: pytest.FixtureRequest, any_image: str) -> Iterator[Box]:
    with DockerRunner() as runner, runner.open(BoxSpec(any_image, "watched", cpus=request.param)) as opened:
        yield opened


def test_loops_on_all_processors_are_seen_beside_a_process(box: Box) -> None:
    """In at least nine of ten processes, by its own processors' time or, where the kernel moved all loops away, by the
    others'.
    """
    with loops():
        seen = [box.run(WORK, deadline=60, watched=True).witnesses for _ in range(20)]
    assert sum(others_at_work(one, {}, DEFAULT) for one in seen) >= 18


@pytest.mark.parametrize("box", ["one"], indirect=True)
def test_the_process_s_own_work_is_not_others(box: Box) -> None:
    """It computes all the time, as do its children: what others left is charged to it, however busy they are."""
    for _ in range(5):
        seen = box.run(f"{WORK}; sh -c '{WORK}'", deadline=60, watched=True).witnesses
        assert seen["used"] + seen["others_here"] == pytest.approx(1.0, abs=0.05)
        assert seen["used"] > 0.0


def test_what_a_watched_process_prints_and_its_status_are_its_own(box: Box) -> None:
    """Both streams to the byte, the status, and no descriptor of the sentinel's."""
    done = box.run("printf out; printf err >&2; ls /proc/self/fd | wc -l; exit 7", deadline=60, watched=True)
    assert (done.status, done.stderr, done.lost) == (7, b"err", False)
    assert done.stdout == b"out4\n"
    assert done.witnesses
    plain = box.run("printf out; printf err >&2; exit 7", deadline=60)
    assert (plain.status, plain.stdout, plain.stderr, plain.witnesses) == (7, b"out", b"err", {})


def test_a_process_that_kills_its_sentinel_was_not_watched(box: Box) -> None:
    """Without a report there are no witnesses: in a watched session that counts as loud."""
    done = box.run("kill -KILL $PPID; sleep 1", deadline=60, watched=True)
    assert done.status == 137
    assert done.witnesses == {}


def test_a_signal_that_ends_the_process_shows_in_its_status(box: Box) -> None:
    """As a shell tells it."""
    assert box.run("kill -TERM $$", deadline=60, watched=True).status == 143
