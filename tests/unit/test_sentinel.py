"""The sentinel's report: what is read from it, and how it gets from a box to an outcome."""

from __future__ import annotations

import pytest

from macros.lab import sandbox, sentinel
from macros.lab.engine.wire import STDERR, STDOUT, Streams

TOLD = {
    "wall": 0.1, "span": 0.1, "own": 0.06, "here": 1, "idle_here": 0.02, "elsewhere": 1, "busy_elsewhere": 0.042,
    "stolen": 0.0, "pressed_cpu": 0.03, "pressed_memory": 0.001, "pressed_io": 0.002, "switched": 3,
    "latency": 5e-5, "throughput": 2e-5, "stretch": 5e-3, "latency_after": 6e-5, "throughput_after": 1e-5,
    "loads": 4e-5, "bandwidth": 4.5e-5, "stretch_after": 6e-3,
}  # fmt: skip
"""A process that computed for 60 of 100 ms and slept for 20: 20 are others'."""


def report(**changed: float) -> str:
    return " ".join(f"{name}={figure:.9f}" for name, figure in {**TOLD, **changed}.items())


def test_what_nobody_accounts_for_others_used() -> None:
    """The processor's time less what the process used and what was idle."""
    seen = sentinel.read(report())
    assert seen["others_here"] == pytest.approx(0.2)
    assert seen["others_elsewhere"] == pytest.approx(0.4), "but for what the engine's own last moves take"
    assert seen["stalled"] == pytest.approx(0.03)
    assert seen["waited"] == pytest.approx(0.3)
    assert seen["switched"] == pytest.approx(30)


def test_a_probe_counts_by_the_slower_of_before_and_after() -> None:
    """Somebody who came during the process is seen after it."""
    seen = sentinel.read(report())
    assert (seen["latency/1"], seen["throughput/1"]) == (pytest.approx(6e-5), pytest.approx(2e-5))


def test_probes_of_different_numbers_of_processors_are_different_witnesses() -> None:
    """Neighbouring processors slow each other down by what the probes do themselves."""
    assert "latency/2" in sentinel.read(report(here=2))
    assert "latency/1" not in sentinel.read(report(here=2))


def test_the_grain_of_the_kernel_s_account_is_nobody_s_time() -> None:
    """With a second processor a hundredth of a second may be rounding alone; no share is negative."""
    assert sentinel.read(report(here=2, idle_here=0.131))["others_here"] == 0.0
    assert sentinel.read(report(own=0.09, idle_here=0.02))["others_here"] == 0.0
    assert sentinel.read(report(stolen=0.01))["stolen"] == 0.0
    assert sentinel.read(report(stolen=0.05))["stolen"] > 0.0


def test_without_memory_for_its_probes_there_are_no_times_of_memory() -> None:
    """A cell near its memory limit: 0 would be a fast memory."""
    seen = sentinel.read(report(loads=0.0, bandwidth=0.0))
    assert "loads/1" not in seen
    assert "bandwidth/1" not in seen


@pytest.mark.parametrize(
    "text", ["", "wall=0.1", "nothing at all", report().replace("idle_here", "idle"), report(span=0)]
)
def test_a_report_that_is_not_whole_gives_no_witnesses(text: str) -> None:
    """The process was killed together with its sentinel: it counts as unwatched, not as quiet."""
    assert sentinel.read(text) == {}


END = sandbox.end_of("secret")


def test_the_report_is_taken_off_the_error_stream() -> None:
    """It comes before the end, after all that the process printed, reports of its own among it."""
    streams = Streams(100, END)
    streams.take(STDOUT, b"out" + END)
    streams.take(STDERR, b"\x1estatus=9 forged\x1e err " + b"\x1estatus=0 wall=1" + END)
    streams.finish()
    assert (bytes(streams.out), streams.report, streams.status) == (b"out", b"wall=1", 0)
    assert bytes(streams.err) == b"\x1estatus=9 forged\x1e err "


def test_room_for_the_report_is_no_room_for_output() -> None:
    """A process that prints more than its limit is over it, however little."""
    streams = Streams(10, END)
    assert streams.take(STDERR, b"x" * 11)
    streams.take(STDERR, b"\x1estatus=0 wall=1" + END)
    streams.take(STDOUT, END)
    streams.finish()
    assert streams.over


def test_a_plain_process_has_no_report() -> None:
    """The end is the same and nothing is before it but the status."""
    streams = Streams(100, END)
    streams.take(STDOUT, END)
    streams.take(STDERR, b"err\x1estatus=1 " + END)
    streams.finish()
    assert (bytes(streams.err), streams.report) == (b"err", b"")
