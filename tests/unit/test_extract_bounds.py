"""No output and no pattern can hold whoever reads it: time grows with the output's length, whatever is in it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from macros.claim.metrics import Metric
from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.extractors.matched_text import MOST_STEPS
from macros.evidence.reading import LONGEST_LINE

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)

MEGABYTE = 2**20
METRICS: dict[str, dict[str, Any]] = {
    "json": {"from": "json", "unit": "ms", "summary": "median"},
    "growth": {"from": "json", "summary": "growth", "against": "n"},
    "go-bench": {"from": "go-bench", "benchmark": "(a|a?)+", "unit": "ns", "summary": "median"},
    "gctrace": {"from": "gctrace", "field": "pause", "unit": "ms"},
    "ldd": {"from": "ldd", "gives": "libraries"},
    "readelf needed": {"from": "readelf", "gives": "needed"},
    "readelf interpreter": {"from": "readelf", "gives": "interpreter"},
    "readelf type": {"from": "readelf", "gives": "type"},
    "nm": {"from": "nm", "symbol": "(a|a?)+"},
    "objdump": {"from": "objdump", "function": "(a|a?)+", "instruction": "(a|a?)+$"},
    "diagnostics": {"from": "diagnostics", "message": "(a|a?)+$", "stage": "run", "stream": "stdout"},
    "regex": {"from": "regex", "pattern": "^(a|a?)+$|(?P<value>[0-9]+)", "summary": "median"},
    "exit": {"from": "exit"},
}
WHOLE_LINES = {
    "json": '{"metric": "m", "value": ',
    "growth": '{"metric": "m", "n": 1, "value": ',
    "go-bench": "Benchmarka 1 ",
    "gctrace": "gc 1 @",
    "ldd": "\t",
    "readelf needed": " 0x1 (NEEDED) ",
    "readelf interpreter": " [Requesting program interpreter: ",
    "readelf type": " Type: ",
    "nm": "1 T ",
    "objdump": "0 <a>:\n 1:\t",
    "diagnostics": "a.go:1: ",
    "regex": "a",
    "exit": "",
}
"""How a line begins that the extractor looks into."""

SHAPES: dict[str, Callable[[str, int], str]] = {
    "one line of blanks": lambda begins, length: begins + " " * length,
    "one line of blanks that ends otherwise": lambda begins, length: begins + " " * length + "!",
    "one word and a line of blanks and tabs": lambda begins, length: begins + "a" + " \t" * (length // 2) + "!",
    "one long word": lambda begins, length: begins + "a" * length + "!",
    "one huge number": lambda begins, length: begins + "9" * length + "!",
    "nested brackets": lambda begins, length: begins + "[" * (length // 2) + "]" * (length // 2),
    "lines of blanks": lambda begins, length: begins + ("\n" + " " * 8_000 + "!") * (length // 8_000),
    "long lines that begin well": lambda begins, length: (begins + "a" + " \t" * 4_000 + "!\n") * (length // 8_000),
    "numbers of 4,000 digits": lambda begins, length: (begins + "9" * 4_000 + "!\n") * (length // 4_000),
    "lines of brackets": lambda begins, length: (begins + "[" * 4_000 + "]" * 4_000 + "\n") * (length // 8_000),
    "line feeds": lambda begins, length: begins + "\n" * length,
    "carriage returns": lambda begins, length: begins + "\r" * length + "!",
    "section markers": lambda begins, length: begins + "\n==> " + " <==" * (length // 4) + "!",
}


def read(text: str, **metric: Any) -> object:
    made = _METRIC.validate_python(metric)
    try:
        return extract({"m": made}, stage="run", arm="run", text=ProcessText(text, ""), sources={})["m"]
    except NoReading as error:
        return error


def seconds(text: str, metric: dict[str, Any]) -> float:
    """The processor's time for one reading, the least of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        read(text, **metric)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", METRICS)
def test_four_times_the_output_takes_about_four_times_as_long(name: str, shape: str) -> None:
    """What is quadratic takes sixteen times as long; times too short to be compared are no danger."""
    made = SHAPES[shape]
    gc.disable()
    try:
        small = seconds(made(WHOLE_LINES[name], MEGABYTE // 4), METRICS[name])
        large = seconds(made(WHOLE_LINES[name], MEGABYTE), METRICS[name])
    finally:
        gc.enable()
    assert large < 9 * max(small, 0.005)


@pytest.mark.parametrize("name", [name for name in METRICS if name != "exit"])
def test_a_line_that_is_too_long_is_an_error_and_not_a_wait(name: str) -> None:
    """Of the lines that an extractor looks into; the message says how long the line is and what is right."""
    result = read(WHOLE_LINES[name] + "a" * (LONGEST_LINE + 1), **METRICS[name])
    assert isinstance(result, NoReading)
    assert f"at most {LONGEST_LINE:,} are read: print shorter lines" in str(result)


@pytest.mark.parametrize("name", ["json", "go-bench", "gctrace"])
def test_a_long_line_of_another_kind_is_passed_over(name: str) -> None:
    """What a program prints besides is no concern of an extractor that knows its lines by their beginning."""
    good = {
        "json": '{"metric": "m", "value": 3, "unit": "ms"}',
        "go-bench": "Benchmarka 1 3 ns/op",
        "gctrace": "gc 1 @0.1s 5%: 1+0.2+2 ms clock, 0.1+0.2/0.3/0.4+0.5 ms cpu, 1->2->3 MB, 4 MB goal, 2 P",
    }[name]
    assert read("x" * MEGABYTE + "\n" + good + "\n", **METRICS[name]) == 3


def test_a_pattern_that_matches_often_and_looks_far_ahead_is_stopped() -> None:
    """Each match would scan the rest of the line: a million characters would be scanned a million times."""
    line = "a" * LONGEST_LINE
    result = read(line, **{"from": "regex", "pattern": "a(?:[^b]*b)?", "summary": "count"})
    assert isinstance(result, NoReading)
    assert "matches too often in lines too long" in str(result)


def test_common_expressions_stay_far_from_the_limit_of_steps() -> None:
    """A megabyte of lines of 100 characters, of which a pattern of ordinary size finds every word."""
    text = ("word " * 20 + "\n") * (MEGABYTE // 100)
    assert read(text, **{"from": "regex", "pattern": "(?P<value>\\w+)", "summary": "count"}) == text.count("word")
    assert text.count("word") * 100 * 10 < MOST_STEPS / 10


def test_sizes_without_number_are_an_error() -> None:
    """A growth has a slope for each pair of its sizes; a program that prints thousands is told to print fewer."""
    text = "".join(f'{{"metric": "m", "n": {size}, "value": {size}}}\n' for size in range(1, 20_001))
    result = read(text, **METRICS["growth"])
    assert isinstance(result, NoReading)
    assert "20000 different sizes; a growth is taken over 6 to 500 of them" in str(result)
