"""Work that nobody has to wait for."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from macros.lab import setup
from macros.lab.images.background import Background, patiently
from macros.problems import EnvironmentFailed


def test_no_more_calls_run_at_a_time_than_there_are_slots() -> None:
    """The others wait for their turn, and every call gets its answer."""
    background, slots = Background(), threading.Semaphore(2)
    running, most = [], 0

    def call(number: int) -> int:
        nonlocal most
        running.append(number)
        most = max(most, len(running))
        time.sleep(0.01)
        running.remove(number)
        return number

    futures = [background.start(lambda number=number: call(number), slots) for number in range(6)]  # type: ignore[misc]
    assert [future.result(timeout=10) for future in futures] == list(range(6))
    assert most <= 2


def test_what_is_stopped_begins_nothing_and_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that hangs is left behind, one that can end is told to, one that waits never begins."""
    monkeypatch.setattr("macros.lab.images.background.LAST_SECONDS", 0.2)
    background, slots = Background(), threading.Semaphore(2)
    began: list[str] = []
    hanging = background.start(lambda: (began.append("hangs"), time.sleep(60)), slots)
    ending = background.start(lambda: (began.append("ends"), background.stopped.wait(60)), slots)
    waiting = background.start(lambda: began.append("waits"), slots)
    while len(began) < 2:
        time.sleep(0.01)
    begun = time.monotonic()
    background.stop()
    assert time.monotonic() - begun < 5
    assert not hanging.done()
    assert ending.done()
    assert waiting.cancelled()
    assert sorted(began) == ["ends", "hangs"]


def test_a_process_with_a_hanging_call_ends_all_the_same() -> None:
    """The interpreter joins the standard pool's threads when it ends; these it leaves."""
    code = (
        "import threading, time; from macros.lab.images.background import Background\n"
        "Background().start(lambda: time.sleep(60), threading.Semaphore(1)); time.sleep(0.1)"
    )
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
    assert time.monotonic() - begun < 30


def test_a_program_that_another_thread_waits_for_is_killed_with_the_command() -> None:
    """Ctrl-C in a build of images leaves no download running."""
    ended = threading.Event()

    def download() -> None:
        with pytest.raises(EnvironmentFailed):
            setup.checked(["sleep", "60"], 100, "start again")
        ended.set()

    threading.Thread(target=download).start()
    while not ended.wait(0.05):
        setup.stop_programs()


def test_a_stream_that_says_nothing_is_given_up() -> None:
    """What came before is had, and the silence raises TimeoutError."""

    def lines() -> Iterator[str]:
        yield "one"
        time.sleep(60)

    stream = patiently(lines, 0.1)
    assert next(stream) == "one"
    with pytest.raises(TimeoutError, match=r"nothing arrived for 0\.1 s"):
        next(stream)


def test_what_a_stream_raises_is_raised_and_its_end_is_an_end() -> None:
    """Patience changes nothing about a stream that is well, or fails."""
    assert list(patiently(lambda: "ab", 10)) == ["a", "b"]

    def fails() -> Iterator[str]:
        yield "one"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(patiently(fails, 10))
