"""Benchmark results behind other text, torn off their names, of several processors, in units of nobody's making."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from macros.claim.metrics import GoBench
from macros.evidence.extract import NoReading, printed_unit
from tests.odd_output import read

_GO_BENCH = TypeAdapter(GoBench)


def bench(name: str = "X", unit: str | None = "ns", **metric: Any) -> dict[str, Any]:
    return {"from": "go-bench", "benchmark": name, "unit": unit, **metric}


@pytest.mark.parametrize(
    ("measure", "unit", "expected"),
    [
        pytest.param("hit%", "%", 73.5, id="a percentage is no ratio"),
        pytest.param("hit-%", "%", 73.5, id="a percentage behind a dash"),
        pytest.param("hit%", None, 73.5, id="a percentage as a plain number"),
        pytest.param("r-amp", None, 73.5, id="an amplification is no current"),
        pytest.param("GC/op", None, 73.5, id="a count of cycles is no charge"),
        pytest.param("cycles/op", None, 73.5, id="cycles are no angle"),
        pytest.param("points/op", None, 73.5, id="points are no length"),
        pytest.param("fps", None, 73.5, id="frames a second are no feet"),
        pytest.param("min", None, 73.5, id="the least is no minute"),
        pytest.param("h", None, 73.5, id="one letter is no hour"),
        pytest.param("ops/s", None, 73.5, id="operations a second"),
        pytest.param("ms/min", "ms", 73.5, id="the least of a latency is no rate"),
        pytest.param("ms/p95", "ms", 73.5, id="a percentile of a latency"),
        pytest.param("p99-us/req", "us", 73.5, id="microseconds a request"),
        pytest.param("ns/event", "ns", 73.5, id="nanoseconds an event"),
        pytest.param("ns/event", "us", 0.0735, id="nanoseconds an event, in microseconds"),
        pytest.param("ns/event", None, 73.5, id="nanoseconds an event, as a plain number"),
        pytest.param("B/entry", "kB", 0.0735, id="bytes an entry"),
        pytest.param("ns/op", "us", 0.0735, id="nanoseconds"),
        pytest.param("p99-ns", "us", 0.0735, id="nanoseconds behind a dash"),
        pytest.param("sec/op", "ms", 73500, id="seconds, as benchstat writes them"),
        pytest.param("peak-RSS-bytes", "kB", 0.0735, id="bytes in full"),
        pytest.param("MB/s", "GB/s", 0.0735, id="throughput"),
        pytest.param("disk-B/s", "kB/s", 0.0735, id="throughput in bytes"),
    ],
)
def test_a_measure_has_a_unit_of_the_format_or_the_one_that_the_claim_finds_in_its_name(
    measure: str, unit: str | None, expected: float
) -> None:
    """Anything else is a plain number under its own name, whatever it would mean to a library of units."""
    text = f"Unit {measure} better=lower assume=exact\nBenchmarkX-8   \t    1000\t 73.5 {measure}\n"
    assert read(text, bench(measure=measure, unit=unit)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("measure", "unit"), [("min", "ms"), ("hits", "%"), ("p99-us", "ms"), ("ms/avg", "s")])
def test_a_unit_that_is_not_in_the_measures_name_is_stated_and_never_guessed(measure: str, unit: str) -> None:
    """`value_unit` states it. Without, neither a minute nor a ratio is made of the number."""
    text = f"BenchmarkX-8   \t    1000\t 12.5 {measure}\n"
    with pytest.raises(NoReading, match=f"{measure} names no unit of the benchmark format; .*`value_unit: ms`"):
        read(text, bench(measure=measure, unit=unit))
    assert read(text, bench(measure=measure, unit=unit, value_unit=unit)) == 12.5
    assert printed_unit(_GO_BENCH.validate_python(bench(measure=measure, unit=unit, value_unit=unit))) == unit


def test_a_stated_unit_is_converted() -> None:
    """The measure is in us because the claim says so; an empty unit makes a ratio of it."""
    text = "BenchmarkX-8   \t    1000\t 0.5 latency\n"
    assert read(text, bench(measure="latency", unit="ns", value_unit="us")) == 500
    assert read(text, bench(measure="latency", unit="%", value_unit="")) == 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "BenchmarkX-8   \t\n10:00:00 ready\n 10000\t    300000 ns/op\nBenchmarkX-8   \t    10000\t 9 ns/op\n",
            "has no result on its line",
            id="a log between the name and the figures",
        ),
        pytest.param(
            "BenchmarkX\n10:00:00 [INFO] ready\n   10000\t    300000 ns/op\t 5 B/op\nBenchmarkX-8 \t 100\t 9 ns/op\n",
            "is a result without its name",
            id="figures below a name that -v announced",
        ),
        pytest.param(
            "ready\n 10000\t 3e+05 ns/op\nBenchmarkX-8 \t 100\t 9 ns/op\n",
            "is a result without its name",
            id="figures without any name",
        ),
        pytest.param(
            "BenchmarkX-8   \tserver.go:12: ready\n   10000\t    300000 ns/op\nBenchmarkX-8   \t    10000\t 9 ns/op\n",
            "has no number of iterations after the name",
            id="a log behind the name",
        ),
        pytest.param(
            "BenchmarkX-8   \t 12 connections open\nBenchmarkX-8   \t    10000\t 9 ns/op\n",
            "measures open, and not ns/op",
            id="a log that begins with a number",
        ),
        pytest.param(
            "BenchmarkX-8   \t 1000\t 12[INFO] ready 0 ns/op\n",
            r"'12\[INFO\]' is not a number",
            id="a log in the figures",
        ),
        pytest.param("BenchmarkX-8 \t 1000\t 12 ns/op\nBenchmarkX-8 \t ", "has no result on its line", id="cut"),
        pytest.param("BenchmarkX-8 \t 1000\t 12 ns/op\nBenchmarkX-8 \t 1000", "measures nothing", id="cut later"),
        pytest.param(
            "BenchmarkX-8 \t 1000\t 12 ns/op\nBenchmarkX-8 \t 1000\t 1", "does not end in pairs", id="in a value"
        ),
    ],
)
@pytest.mark.parametrize("summary", ["only", "median", "count"])
def test_a_torn_result_is_an_error(text: str, message: str, summary: str) -> None:
    """One result fewer is another median, and a smaller count."""
    metric = bench(unit=None, summary="count") if summary == "count" else bench(summary=summary)
    with pytest.raises(NoReading, match=message):
        read(text, metric)


@pytest.mark.parametrize(
    "prefix", ["loading ... ", "#15 22.66 ", "2024-05-01T10:00:00Z ", "\x1b[32m", "PASS", "\ufeff", "10%\r"]
)
def test_a_result_behind_other_text_is_an_error(prefix: str) -> None:
    """Neither is it left out of a summary, nor is another result taken for all there is."""
    line = "BenchmarkX-8   \t    1000\t 300000 ns/op\n"
    for metric in (bench(), bench(summary="max"), bench(unit=None, summary="count")):
        for text in (prefix + line, line + prefix + line):
            with pytest.raises(NoReading, match="no result of a benchmark 'X' at the beginning of its line"):
                read(text, metric)
    assert read(prefix + line + "BenchmarkY-8 100 1 ns/op\n", bench("Y")) == 1


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        pytest.param(
            "BenchmarkM 10 1 ns/op\nBenchmarkM-2 10 2 ns/op\nBenchmarkM-4 10 3 ns/op\n", "M", 1, id="-cpu, one"
        ),
        pytest.param(
            "BenchmarkM 10 1 ns/op\nBenchmarkM-2 10 2 ns/op\nBenchmarkM-4 10 3 ns/op\n", "M-4", 3, id="-cpu, 4"
        ),
        pytest.param("BenchmarkM-2 10 2 ns/op\nBenchmarkM-4 10 3 ns/op\n", "M-2", 2, id="-cpu without one"),
        pytest.param("BenchmarkS/n-10 10 1 ns/op\nBenchmarkS/n-20 10 2 ns/op\n", "S/n-10", 1, id="one processor"),
        pytest.param("BenchmarkS/n-10\nBenchmarkS/n-10 10 1 ns/op\n", "S/n-10", 1, id="one processor, announced"),
        pytest.param("BenchmarkS/n-10-8 10 1 ns/op\nBenchmarkO-8 10 2 ns/op\n", "S/n-10", 1, id="eight processors"),
        pytest.param("BenchmarkS/n\nBenchmarkS/n-8 10 1 ns/op\n", "S/n", 1, id="eight processors, announced"),
        pytest.param("BenchmarkO-8 10 2 ns/op\n", "O-8", 2, id="the whole name"),
    ],
)
def test_the_number_of_processors_is_what_ends_all_names(text: str, name: str, expected: int) -> None:
    """It is taken off if all names have the same; what ends one name alone belongs to it."""
    assert read(text, bench(name)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("BenchmarkS/n-10 10 1 ns/op\nBenchmarkOther 10 7 ns/op\n", "S/n", id="beside a name without it"),
        pytest.param("BenchmarkS/n-10 10 1 ns/op\nBenchmarkS/n-20 10 7 ns/op\n", "S/n", id="beside another number"),
        pytest.param("BenchmarkS/n-10\nBenchmarkS/n-10 10 1 ns/op\n", "S/n", id="announced with it"),
        pytest.param("BenchmarkM-2 10 2 ns/op\nBenchmarkM-4 10 3 ns/op\n", "M", id="-cpu=2,4"),
    ],
)
def test_a_number_that_belongs_to_a_name_is_not_taken_off(text: str, name: str) -> None:
    """`n-10` is not `n`, and a run on two processors is not one on four. The message lists the names."""
    with pytest.raises(NoReading, match=r"no result of a benchmark .*: only Benchmark"):
        read(text, bench(name, summary="max"))


@pytest.mark.parametrize("line", ["0\t 0 ns/op", "0\t 0.0 ns/op\t 0 B/op"])
def test_no_iterations_and_no_time_are_no_measurement(line: str) -> None:
    """Old releases print that of a benchmark that skipped itself; 0 ns would be below every bound."""
    with pytest.raises(NoReading, match="has 0 iterations"):
        read(f"BenchmarkX-8   \t    {line}\n--- BENCH: BenchmarkX-8\n\tx_test.go:9: no server\n", bench())


@pytest.mark.parametrize("values", ["1 ns/op\t 5 ns/op", "5 ns/op\t 8 B/op\t 5 ns/op"])
def test_a_measure_that_is_given_twice_is_an_error(values: str) -> None:
    """Neither the first nor the second is more right than the other."""
    with pytest.raises(NoReading, match="gives ns/op twice"):
        read(f"BenchmarkX-8   \t    1000\t {values}\n", bench())


def test_another_measure_may_be_no_number() -> None:
    """ReportMetric prints NaN and infinities as they are."""
    assert read("BenchmarkX-8 1000 120 ns/op NaN hits +Inf ratio -Inf least\n", bench()) == 120


def test_two_packages_benchmarks_of_one_name_are_not_one() -> None:
    """Each package's results stand below its name; the same package may be run again."""
    below = "pkg: {}\nBenchmarkX-8 100 {} ns/op\nPASS\n"
    assert read(below.format("a", 5) + below.format("a", 7), bench(summary="median")) == 6
    with pytest.raises(NoReading, match="a benchmark of a and b; use a `section`"):
        read(below.format("a", 5) + below.format("b", 50), bench(summary="median"))


def test_a_benchmark_that_failed_once_is_not_summarised_without_that() -> None:
    """Of several runs of it one has no result. Another benchmark's failure is another's."""
    result = "BenchmarkX-8 100 5 ns/op\n"
    with pytest.raises(NoReading, match="not every run of it has a result"):
        read(result + "--- FAIL: BenchmarkX-8\n    a_test.go:3: no\nFAIL\n", bench(summary="median"))
    assert read(result + "--- FAIL: BenchmarkY-8\nFAIL\n", bench(summary="median")) == 5


def test_a_result_inside_a_test_s_json_is_an_error_beside_a_plain_one() -> None:
    """`go test -json` writes tabs as two characters."""
    text = '{"Action":"output","Output":"BenchmarkX-8 \\t 100\\t 9 ns/op\\n"}\nBenchmarkX-8 100 5 ns/op\n'
    with pytest.raises(NoReading, match="at the beginning of its line"):
        read(text, bench(summary="median"))
