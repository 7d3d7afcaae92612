"""gctrace lines behind other text, torn, cut, of several processes: each is read, or the metric is an error."""

from __future__ import annotations

from typing import Any

import pytest

from macros.evidence.extract import NoReading
from tests.odd_output import read

LINES = {"from": "gctrace", "stream": "stderr", "field": "lines"}
CLOCK = "0.020+1.5+0.010 ms clock, 0.080+0.25/1.0/0.50+0.040 ms cpu"
END = "0 MB stacks, 0 MB globals, 4 P"


def cycle(number: int, heap: str = "5->6->3", end: str = f", {END}\n") -> str:
    """One line, as Go has printed it since 1.18."""
    return f"gc {number} @{number / 10:.3f}s 2%: {CLOCK}, {heap} MB, 8 MB goal{end}"


def live(**metric: Any) -> dict[str, Any]:
    return {**LINES, "field": "heap_live", "unit": "MiB", "summary": "max", **metric}


@pytest.mark.parametrize(
    ("text", "metric", "expected"),
    [
        pytest.param(
            "".join(f"May 04 10:00:0{number} host unit[12]: {cycle(number)}" for number in (1, 2)),
            LINES,
            2,
            id="behind the prefix of a system's journal",
        ),
        pytest.param(f"#15 22.66 {cycle(1)}", LINES, 1, id="behind the clock of docker build"),
        pytest.param(f"\x1b[31mstderr\x1b[0m {cycle(1)}", LINES, 1, id="behind a coloured word"),
        pytest.param(
            cycle(1) + "working 10 % " + cycle(2, "6->7->4") + cycle(3), live(), 4, id="behind an unfinished line"
        ),
        pytest.param(f"50%\rworking{cycle(1)}", LINES, 1, id="behind a progress bar, without a blank"),
        pytest.param(cycle(1) + "gc 2 @0.200s 2%: 0.020+1.5", LINES, 1, id="before a line that the end has cut"),
        pytest.param(cycle(1) + "log: gc 2 @0.2", LINES, 1, id="before a cut line behind other text"),
        pytest.param(cycle(1) + cycle(2).removesuffix("\n"), LINES, 2, id="the last without its line feed"),
        pytest.param(
            "init internal/bytealg @0.008 ms, 0 ms clock, 0 bytes, 0 allocs\n" + cycle(1),
            LINES,
            1,
            id="beside GODEBUG=inittrace=1",
        ),
        pytest.param(
            "pacer: assist ratio=+1.2e+0 (scan 1 MB in 4->5 MB) workers=1++0\n" + cycle(1),
            LINES,
            1,
            id="beside GODEBUG=gcpacertrace=1",
        ),
        pytest.param(
            "scvg: inuse: 3, idle: 59, sys: 63, released: 57, consumed: 5 (MB)\n" + cycle(1),
            LINES,
            1,
            id="beside the scavenger's lines",
        ),
        pytest.param(cycle(7) + cycle(12, "6->7->4"), live(), 4, id="with others filtered out, for a maximum"),
    ],
)
def test_a_cycle_is_read_wherever_it_stands_on_its_line(text: str, metric: dict[str, Any], expected: int) -> None:
    """Text before it does not hide it, and other traces of the runtime are not taken for pieces of it."""
    assert read(text, metric) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            cycle(1) + "gc INFO listening on :8080\n" + cycle(2).removeprefix("gc ") + cycle(3),
            id="behind gc, the first piece that the runtime writes",
        ),
        pytest.param(
            cycle(1) + "gc 2INFO listening\n" + cycle(2).removeprefix("gc 2") + cycle(3), id="behind the number"
        ),
        pytest.param(
            cycle(1)
            + "gc 2 @0.200s 2%: 0.020INFO listening\n+1.5+0.010 ms clock, 0.1+0.2/0.3/0.4+0.5 ms cpu, 1->2->3 MB\n",
            id="among its figures",
        ),
        pytest.param(cycle(1).removesuffix(", 4 P\n") + "INFO\n, 4 P\n", id="before its end"),
        pytest.param(cycle(1).removesuffix("\n") + cycle(2), id="two cycles on one line"),
        pytest.param("2 @0.200s 2%: " + cycle(3), id="the end of one before another"),
        pytest.param('{"log":"' + cycle(1).removesuffix("\n") + '\\n","stream":"stderr"}\n', id="inside JSON"),
        pytest.param(cycle(1).replace("\n", "\x1b[0m\n"), id="before a colour's end"),
    ],
)
@pytest.mark.parametrize("metric", [LINES, live(), live(summary="count", unit=None)])
def test_a_torn_cycle_is_an_error(text: str, metric: dict[str, Any]) -> None:
    """The runtime writes a line in pieces; what other output has got between leaves no smaller count behind."""
    with pytest.raises(NoReading, match="is not a whole gctrace line"):
        read(text, metric)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"gc 1 @0.100s 3%: 0.10+1.0+8.0+2.0+1.0 ms clock, 0.1+1.0+0+16/1.0/24+8.0 ms cpu, 5->5->2 MB, {END}\n",
            id="five phases, as in Go 1.5",
        ),
        pytest.param("gc1(1): 1+0+20+0 us, 0 -> 0 MB, 78 (78-0) objects, 2 goroutines\n", id="Go 1.4"),
        pytest.param("gc #2 @0.200s 0%: 0+0+0+58+0 ms clock, 0+0/0/0+0 ms cpu, 4->9->9 MB, 1 P\n", id="before Go 1.5"),
        pytest.param(cycle(1).replace("5->6->3 MB", "5->6->3 MiB"), id="another word of a later release"),
        pytest.param("gc 2 @0.200s 2%: 0.020+1.5\nexit status 2\n", id="a cut one, before the words of go run"),
    ],
)
def test_a_whole_line_of_an_unknown_form_is_an_error_even_as_the_last(text: str) -> None:
    """Only a line without its line feed has been cut by the process's end."""
    with pytest.raises(NoReading, match="is not a whole gctrace line"):
        read(text, LINES)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            cycle(1) + cycle(2) + "# command-line-arguments\n" + cycle(1, "8->9->6") + cycle(1, "11->12->9") + cycle(1),
            id="go run traces the compiler and the linker too",
        ),
        pytest.param(cycle(1) + cycle(2) + cycle(2) + cycle(3), id="two that print by turns"),
        pytest.param("==> a <==\n" + cycle(1) + "\n==> b <==\n" + cycle(1), id="two sections read as one"),
    ],
)
@pytest.mark.parametrize("metric", [LINES, live()])
def test_cycles_of_several_processes_are_an_error(text: str, metric: dict[str, Any]) -> None:
    """Each process numbers its cycles from 1, so a number that does not grow is another process's."""
    with pytest.raises(NoReading, match="several processes trace here"):
        read(text, metric)


def test_a_number_that_is_left_out_makes_a_count_an_error() -> None:
    """Every cycle prints a line, so the lines in between were lost. A median of the others is still one."""
    for metric in (LINES, live(summary="count", unit=None), live(summary="sum")):
        with pytest.raises(NoReading, match="the lines in between are lost"):
            read(cycle(1) + cycle(3), metric)
    assert read(cycle(1) + cycle(3), live(summary="median")) == 3


def test_a_cut_line_before_the_next_section_is_passed_over() -> None:
    """A marker begins on a new line, so a whole line has an empty one behind it and a cut line has none."""
    cut = cycle(1) + "gc 2 @0.200s 2%\n==> b <==\n"
    assert read(cut, LINES) == 1
    assert read("==> a <==\n" + cut, {**LINES, "section": "a"}) == 1
    whole = "==> a <==\n" + cycle(1) + "gc 2 @0.200s 2%: of no known form\n\n==> b <==\n"
    with pytest.raises(NoReading, match="is not a whole gctrace line"):
        read(whole, {**LINES, "section": "a"})


def test_a_time_that_goes_back_is_another_process_s() -> None:
    """Even where the cycles are numbered as one process would number them."""
    later = cycle(1).replace("@0.100s", "@0.900s")
    with pytest.raises(NoReading, match=r"a cycle at 0.2 s follows one at 0.9 s: several processes"):
        read(later + cycle(2), live())
