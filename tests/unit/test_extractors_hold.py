"""Each extractor on texts made of its own forms: a finite value or a NoReading, in time that grows as they do."""

from __future__ import annotations

import gc
import math
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from macros.evidence.extract import NoReading
from macros.evidence.observation import Value
from macros.evidence.reading import LONGEST_LINE
from tests.odd_output import read

SOURCES = {"a.go": "package a\nvar x = f() // HERE\n", "b/a.go": "package b\n// HERE\n"}

EXTRACTORS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "json": (
        [
            {"from": "json", "field": "m", "summary": "max"},
            {"from": "json", "field": "m", "summary": "count"},
            {"from": "json", "field": "m", "summary": "growth", "against": "n"},
        ],
        [
            '{"metric": "m"',
            ', "value": ',
            "1e400",
            ', "n": 3',
            "}",
            '"m"',
            '\\"metric\\"',
            "[",
            '{"value":',
            '"unit": "ms"',
        ],
    ),
    "go-bench": (
        [
            {"from": "go-bench", "benchmark": "X.*", "unit": "ns", "summary": "median"},
            {"from": "go-bench", "benchmark": "X", "measure": "hit%", "unit": "%", "summary": "max"},
            {"from": "go-bench", "benchmark": ".*", "summary": "count", "unit": "B", "measure": "B/op"},
        ],
        [
            "BenchmarkX",
            "-8",
            "\t",
            " 1000 ",
            "0 ",
            "120 ns/op",
            " 3 B/op",
            " 5 hit%",
            "NaN",
            "Benchmark",
            "PASS",
            "Unit x",
        ],
    ),
    "gctrace": (
        [{"from": "gctrace", "field": "lines"}, {"from": "gctrace", "field": "pause", "unit": "ms"}],
        [
            "gc 1 @",
            "gc 2 @0.1s 5%: ",
            "0.1+0.2+0.3 ms clock, ",
            "0.1+0.2/0.3/0.4+0.5 ms cpu, ",
            "1->2->3 MB, ",
            "4 MB goal, ",
            "2 P",
            "gc 9 @0.1s 5%: 1+1+1 ms clock, 1+1/1/1+1 ms cpu, 1->2->3 MB, 4 MB goal, 2 P\n",
        ],
    ),
    "ldd": (
        [{"from": "ldd", "gives": "linkage"}, {"from": "ldd", "gives": "libraries"}],
        [
            "\tliba.so",
            " => ",
            "/lib/a b",
            " (0x1f)",
            "not found",
            "\tnot a dynamic executable\n",
            "a:\n",
            "/lib/ld-musl-x.so.1",
            "Error loading shared library ",
            ": ",
        ],
    ),
    "readelf": (
        [{"from": "readelf", "gives": gives} for gives in ("needed", "interpreter", "type")],
        [
            "Program Headers:\n",
            "Dynamic section at offset",
            " 0x1 (NEEDED) ",
            "[Requesting program interpreter: ",
            "]",
            "  INTERP 0x0",
            "  Type:  ",
            "EXEC",
            "(NEEDED)",
        ],
    ),
    "nm": (
        [{"from": "nm", "symbol": "main"}, {"from": "nm", "symbol": ".*a.*"}],
        [
            "0000000000001139",
            " T ",
            "main",
            "\t/a.c:2",
            "a.o:\n",
            " U ",
            "@V1",
            "main T 1 2\n",
            " func()",
            "0000000000000001 T main\n",
        ],
    ),
    "objdump": (
        [
            {"from": "objdump", "function": "f|main.f", "instruction": ".", "unless": "<a>$"},
            {"from": "objdump", "function": ".*", "instruction": "^CALL"},
        ],
        [
            "TEXT main.f(SB) /a.go\n",
            "0000000000401000 <f>:\n",
            "  401000:\t89 da  \tmov a",
            "  a.go:2\t\t0x35f\t\tc5\t\tCALL",
            "\t?",
            "[1:5]R_CALL:a",
            " // mov",
            " # 1 <a>",
            "\t\t\t401001: R_X86\tputs-0x4",
            "<f>",
            "(bad)",
        ],
    ),
    "diagnostics": (
        [
            {"from": "diagnostics", "message": "escapes"},
            {"from": "diagnostics", "message": ".", "at": "// HERE"},
        ],
        [
            "# p\n",
            "# p [p.test]\n",
            "./a.go:2:5: ",
            "../",
            "/work/src/",
            "a.go:2: ",
            "x escapes to heap",
            ":",
            "C:\\",
            "{",
            ".go:1:1",
        ],
    ),
    "regex": (
        [
            {"from": "regex", "pattern": r"([\d.,]+)", "summary": "sum"},
            {"from": "regex", "pattern": "(a|a?)+$", "summary": "count", "unless": "b$"},
        ],
        ["1,234", "1,234,567", "0,1", "a", "b", " ", "9" * 400, "1e", "."],
    ),
    "exit": ([{"from": "exit"}], ["x"]),
}
"""By name: metrics, and pieces of what the extractor looks for."""

COMMON = ["\n", " ", "\t", "\r", "\0", "\ud800", "\u202e", "==> a <==\n", "9" * 30, "é"]


def texts(name: str) -> st.SearchStrategy[str]:
    """Texts of an extractor's own pieces, whole or torn, among others."""
    pieces = st.sampled_from([*EXTRACTORS[name][1], *COMMON])
    torn = st.builds(lambda piece, end: piece[:end], pieces, st.integers(1, 12))
    return st.lists(st.one_of(pieces, pieces, torn, st.text(max_size=4)), max_size=24).map("".join)


def reading(text: str, metric: dict[str, Any]) -> Value | NoReading:
    try:
        return read(text, metric, SOURCES)
    except NoReading as error:
        return error


@pytest.mark.parametrize("name", EXTRACTORS)
def test_an_extractor_gives_a_finite_value_or_its_own_error(name: str) -> None:
    """Whatever is printed, and the error's message can be written to any file."""

    @given(texts(name))
    def holds(text: str) -> None:
        for metric in EXTRACTORS[name][0]:
            result = reading(text, metric)
            if isinstance(result, NoReading):
                assert len(str(result).encode("utf-8")) < 8_000
            else:
                assert isinstance(result, str) or math.isfinite(result)

    holds()


@pytest.mark.parametrize("name", EXTRACTORS)
def test_an_extractor_reads_the_same_text_alike(name: str) -> None:
    """It is pure: nothing of one text is left for the next."""

    @given(texts(name), texts(name))
    @settings(max_examples=25)
    def holds(text: str, other: str) -> None:
        for metric in EXTRACTORS[name][0]:
            before = reading(text, metric)
            reading(other, metric)
            assert str(reading(text, metric)) == str(before)

    holds()


def seconds(text: str, metric: dict[str, Any]) -> float:
    """The processor's time for one reading, the lesser of two."""
    taken = []
    for _ in range(2):
        begun = time.process_time()
        reading(text, metric)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("name", EXTRACTORS)
def test_the_time_of_an_extractor_grows_as_its_text_does(name: str) -> None:
    """Forms repeated over many lines, and on one line as long as any that is read. What is quadratic takes 16 times."""

    @given(texts(name).filter(bool), st.booleans())
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(piece: str, on_lines: bool) -> None:
        line = piece if on_lines else (piece.replace("\n", " ") * LONGEST_LINE)[: LONGEST_LINE // 8]
        small = (line + "\n") * (2**14 // (len(line) + 1) + 1)
        for metric in EXTRACTORS[name][0]:
            assert seconds(small * 4, metric) < 9 * max(seconds(small, metric), 0.005)

    gc.disable()
    try:
        holds()
    finally:
        gc.enable()
