"""Extractors on what programs should not print, and the rules that all metrics share."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from macros.claim.metrics import Metric
from macros.evidence.extract import NoReading, ProcessText, extract, kind_of_value, printed_unit
from macros.evidence.extractors import EXTRACTORS
from macros.evidence.observation import Value
from macros.evidence.summaries import percentile

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)


def read(text: str, *, stderr: str = "", status: int = 0, arm: str = "run", **metric: Any) -> dict[str, Value]:
    made = _METRIC.validate_python(metric)
    return extract({"m": made}, stage=made.stage, arm=arm, text=ProcessText(text, stderr, status), sources={})


def json(text: str, **metric: Any) -> Value:
    return read(text, **{"from": "json", **metric})["m"]


def test_a_json_line_is_converted_to_the_metrics_unit() -> None:
    """A value printed in us is read in ms; other lines and other objects are passed over."""
    text = 'starting {\n{"metric": "other", "value": 1}\n{"metric": "m", "value": 1500, "unit": "us"}\n[1]\n{}\n'
    assert json(text, unit="ms") == 1.5


def test_whole_numbers_stay_exact() -> None:
    """Neither reading nor a whole factor sends an integer through a float."""
    big = 2**60 + 1
    value = json(f'{{"metric": "m", "value": {big}, "unit": "KiB"}}', unit="B")
    assert value == big * 1024
    assert isinstance(value, int)
    assert read("n = 9007199254740993", **{"from": "regex", "pattern": r"n = (\d+)"})["m"] == 9007199254740993


def test_texts_and_truth_values_are_readings() -> None:
    """JSON strings and booleans pass as they are."""
    assert json('{"metric": "m", "value": "heap"}') == "heap"
    assert json('{"metric": "m", "value": true}') is True


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "nothing was printed there"),
        ("hello", "found 'hello'; print one from the program"),
        ('{"metric": "other", "value": 1}', "only the metrics other"),
        ('{"metric": "m", "value": NaN, "unit": "ms"}', "nan is not a finite number"),
        ('{"metric": "m", "value": Infinity, "unit": "ms"}', "inf is not a finite number"),
        ('{"metric": "m", "value": 1e999, "unit": "ms"}', "inf is not a finite number"),
        ('{"metric": "m", "value": 1' + "0" * 400 + ', "unit": "ms"}', "beyond 1e308 is not a finite number"),
        (
            '{"metric": "m", "value": 1' + "0" * 5000 + ', "unit": "ms"}',
            "is not a JSON object .a number in it has too many digits",
        ),
        ('{"metric": "m", "value": null, "unit": "ms"}', "is null; print a number"),
        ('{"metric": "m", "unit": "ms"}', "is null; print a number"),
        ('{"metric": "m", "value": [1], "unit": "ms"}', r"is \[1\]; print a number"),
        ('{"metric": "m", "value": "fast", "unit": "ms"}', "'fast' is not a number"),
        ('{"metric": "m", "value": 3}', "cannot convert a plain number to ms; print the number's unit with it"),
        ('{"metric": "m", "value": 3, "unit": "KiB"}', "cannot convert KiB to ms"),
        ('{"metric": "m", "value": 3, "unit": "parsecs per"}', "unknown unit"),
        ('{"metric": "m", "value": 3, "unit": 7}', "the unit of 'm' is 7; print it as a string"),
        ('{"metric": "m", "value": 3, "un', "the line that names 'm' is not a JSON object"),
        ('{"metric": "m", "value": 1, "unit": "ms"}\n' * 2, r"2 values \(1, 1\) where one is expected"),
        ("\x00\xff\ufffd" * 50, "no line"),
        ("{" * 50_000, "no line"),
        ('{"metric": "m", "value": ' + "[" * 3000 + "]" * 3000 + "}", "its brackets are nested too deeply"),
    ],
)
def test_what_is_no_sample_is_an_error_that_names_the_metric(line: str, message: str) -> None:
    """No sample, NaN, infinities, text, missing and foreign units, cut lines: each message says what is right."""
    with pytest.raises(NoReading, match=message) as caught:
        json(line, unit="ms")
    assert str(caught.value).startswith("metric m (json on stdout): ")


def test_a_unit_that_the_metric_lacks_is_an_error() -> None:
    """3 ms is never taken for the number 3."""
    with pytest.raises(NoReading, match="give the metric `unit: ms`"):
        json('{"metric": "m", "value": 3, "unit": "ms"}')


@pytest.mark.parametrize(
    ("summary", "value"),
    [
        ("p90", 5),
        ("p99", 5),
        ("first", 5),
        ("last", 4),
        ("median", 3),
        ("mean", 3),
        ("min", 1),
        ("max", 5),
        ("sum", 15),
        ("count", 5),
    ],
)
def test_a_summary_makes_one_value_of_several(summary: str, value: float) -> None:
    """Each summary of 5, 1, 3, 2, 4; percentiles are by nearest rank."""
    text = "".join(f'{{"metric": "m", "value": {each}}}\n' for each in (5, 1, 3, 2, 4))
    assert json(text, summary=summary) == value


def test_a_percentile_is_a_value_that_was_seen() -> None:
    """Of 1 to 200, 90 % do not exceed 180 and 99 % do not exceed 198."""
    text = "".join(f'{{"metric": "m", "value": {each}}}\n' for each in range(1, 201))
    assert json(text, summary="p90") == 180
    assert json(text, summary="p99") == 198


def test_a_sum_beyond_what_a_float_holds_is_an_error() -> None:
    """Finite values whose sum is infinite give no reading."""
    text = '{"metric": "m", "value": 1e308}\n' * 10
    with pytest.raises(NoReading, match="is not a finite number"):
        json(text, summary="sum")


def test_a_numeric_summary_of_text_is_an_error() -> None:
    """There is no median of words."""
    with pytest.raises(NoReading, match="a median of text"):
        json('{"metric": "m", "value": "a"}\n', summary="median")


SECTIONS = "1 before\n\n==> a <==\n2 in a\n\n==> b <==\n3 in b\n==> a <==\n4 in a\n"


def test_a_section_limits_what_is_read() -> None:
    """Only what stands after the marker and before the next one; a section printed twice counts whole."""
    number = {"from": "regex", "pattern": r"^\d", "summary": "sum"}
    assert read(SECTIONS, **number, section="a")["m"] == 6
    assert read(SECTIONS, **number, section="b")["m"] == 3
    assert read(SECTIONS, **number)["m"] == 10


def test_a_missing_section_is_an_error_that_names_those_that_there_are() -> None:
    """Even for a count, since nothing was looked at."""
    with pytest.raises(NoReading, match=r"no section 'c' \(only a, b\); begin that part of it with `section c`"):
        read(SECTIONS, **{"from": "regex", "pattern": ".", "section": "c", "summary": "count"})
    with pytest.raises(NoReading, match="no section at all"):
        read("", **{"from": "json", "section": "c"})


def test_an_optional_metric_may_be_absent_but_not_wrong() -> None:
    """No line or no section is no reading; NaN is an error all the same."""
    assert read("", **{"from": "json", "optional": True}) == {}
    assert read("", **{"from": "json", "optional": True, "section": "x"}) == {}
    with pytest.raises(NoReading, match="nan"):
        read('{"metric": "m", "value": NaN}', **{"from": "json", "optional": True})


def test_stage_arm_and_stream_choose_what_is_read() -> None:
    """A metric is read from its own stage, arm and stream and from no other."""
    metrics = {
        "built": _METRIC.validate_python({"from": "diagnostics", "message": "inline"}),
        "fast": _METRIC.validate_python({"from": "json", "arm": "go", "stream": "stderr"}),
        "status": _METRIC.validate_python({"from": "exit"}),
    }
    text = ProcessText("./a.go:1:2: inlining\n", '{"metric": "fast", "value": 1}\n./a.go:1:2: moved\n', 3)
    assert extract(metrics, stage="build", arm="", text=text, sources={}) == {"built": 0}
    assert extract(metrics, stage="run", arm="go", text=text, sources={}) == {"fast": 1, "status": 3}
    assert extract(metrics, stage="run", arm="c", text=text, sources={}) == {"status": 3}


def test_a_count_of_nothing_is_zero() -> None:
    """Where the tool has said something else: other text, another benchmark, another message, another symbol."""
    assert read("abc", **{"from": "regex", "pattern": "x", "summary": "count"})["m"] == 0
    assert read('{"metric": "n", "value": 1}', **{"from": "json", "summary": "count"})["m"] == 0
    assert read("BenchmarkY 1 2 ns/op", **{"from": "go-bench", "benchmark": "X", "summary": "count"})["m"] == 0
    assert read("", stderr="./a.go:1:2: y\n", **{"from": "diagnostics", "message": "x"})["m"] == 0
    assert read("0000 T main.f\n", **{"from": "nm", "symbol": "x"})["m"] == 0


@pytest.mark.parametrize(
    "metric",
    [
        {"from": "regex", "pattern": "x", "summary": "count"},
        {"from": "json", "summary": "count"},
        {"from": "go-bench", "benchmark": "X", "summary": "count"},
        {"from": "gctrace", "field": "lines"},
        {"from": "gctrace", "field": "pause", "summary": "count"},
        {"from": "diagnostics", "message": "x", "stage": "run", "stream": "stdout"},
    ],
)
def test_a_count_of_nothing_in_nothing_is_an_error(metric: dict[str, str]) -> None:
    """The tool may never have run, or may have printed to the other stream. An optional metric is then left out."""
    for text in ("", "\n \n", "\t\r\n"):
        with pytest.raises(NoReading):
            read(text, stderr="x 1", **metric)
        assert read(text, stderr="x 1", **metric, optional=True) == {}


def test_no_trace_at_all_is_no_count_of_cycles() -> None:
    """A program that was not told to trace prints the same as one that never collects."""
    with pytest.raises(NoReading, match="let at least one cycle run"):
        read("started\n", **{"from": "gctrace", "field": "lines"})


@pytest.mark.parametrize("extractor", ["nm", "objdump", "diagnostics"])
def test_a_count_is_not_counted_again(extractor: str) -> None:
    """How many counts there are is always one, whatever was found."""
    patterns = {"symbol": "x"} if extractor == "nm" else {"function": "x", "instruction": "x"}
    metric = {"from": extractor, "summary": "count", **({"message": "x"} if extractor == "diagnostics" else patterns)}
    with pytest.raises(ValidationError, match="gives a count already; leave out `summary`"):
        _METRIC.validate_python(metric)


@pytest.mark.parametrize("text", ["", "\n\n", "nm: x: no symbols\n", "==> a <==\n", "\x00\x01\x02"])
@pytest.mark.parametrize(
    "metric",
    [
        {"from": "nm", "symbol": "x"},
        {"from": "objdump", "function": "x", "instruction": "x"},
        {"from": "readelf", "gives": "needed"},
        {"from": "readelf", "gives": "interpreter"},
        {"from": "readelf", "gives": "type"},
        {"from": "ldd", "gives": "linkage"},
        {"from": "ldd", "gives": "libraries"},
    ],
)
def test_an_empty_listing_proves_nothing(text: str, metric: dict[str, str]) -> None:
    """Where nothing was listed, "none is named x" is no finding."""
    with pytest.raises(NoReading):
        read(text, **metric)


def test_ldd_on_the_wrong_stream_says_so() -> None:
    """ldd prints `not a dynamic executable` on stderr, which is the commonest mistake."""
    with pytest.raises(NoReading, match=r"write `ldd FILE 2>&1 \|\| true`"):
        read("", stderr="\tnot a dynamic executable\n", **{"from": "ldd", "gives": "linkage"})


@pytest.mark.parametrize(
    "text",
    [
        "ldd: ./x: No such file or directory\n",
        "\tnot a dynamic executable\n\tnot a dynamic executable\n",
        "a:\n\tnot a dynamic executable\nb:\n\tlibc.so.6 => /lib/libc.so.6 (0x00)\n",
        "\tlibc.so.6 => /lib/libc.so.6 (0x00)\n\tsomething went wrong here\n",
    ],
)
def test_an_answer_of_ldd_that_is_not_one_files_is_an_error(text: str) -> None:
    """Complaints and answers about several files are no linkage."""
    with pytest.raises(NoReading):
        read(text, **{"from": "ldd", "gives": "linkage"})


def test_a_library_that_is_not_found_is_named_all_the_same() -> None:
    """The file depends on it, whether or not this machine has it."""
    text = "\tlinux-vdso.so.1 (0x00007f)\n\tlibz.so.1 => not found\n"
    assert read(text, **{"from": "ldd", "gives": "libraries"})["m"] == 1


def test_a_torn_gctrace_line_in_the_middle_is_an_error() -> None:
    """Only the process's end cuts a line innocently; a line torn by other output would drop a cycle silently."""
    whole = "gc 1 @0.1s 5%: 0.1+0.2+0.3 ms clock, 0.1+0.2/0.3/0.4+0.5 ms cpu, 1->2->3 MB, 4 MB goal, 2 P\n"
    assert read(whole + "gc 2 @0.1s 5%: 0.1+", **{"from": "gctrace", "field": "lines"})["m"] == 1
    assert read(whole + "gc 2 @0.1s 5%\n==> b <==\n", **{"from": "gctrace", "field": "lines"})["m"] == 1
    with pytest.raises(NoReading, match="is not a whole gctrace line"):
        read("gc 2 @0.1s 5%: hello\n" + whole, **{"from": "gctrace", "field": "lines"})


def test_a_goroutine_leak_cycle_is_a_cycle() -> None:
    """Since Go 1.26 a line may say after its percentage that the cycle looked for leaked goroutines."""
    line = (
        "gc 7 @1.250s 3% (checking for goroutine leaks): 0.10+0.2+0.3 ms clock, 0.1+0/0.3/0.4+0.5 ms cpu, "
        "1->2->3 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 16 P (forced)\n"
    )
    assert read(line, **{"from": "gctrace", "field": "pause", "unit": "us"})["m"] == pytest.approx(400)
    assert read(line, **{"from": "gctrace", "field": "procs"})["m"] == 16


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("BenchmarkX-2 hello 1 ns/op", "no number of iterations"),
        ("BenchmarkX-2 100 1 ns/op 5", "pairs of value and unit"),
        ("BenchmarkX-2 100 1 B/op", "measures B/op, and not ns/op"),
        ("BenchmarkX-2 100 NaN ns/op", "'NaN' is not a number"),
        ("BenchmarkX-2 100 +Inf ns/op", "'.Inf' is not a number"),
        ("BenchmarkX-2", "no result of a benchmark 'X'"),
        ("BenchmarkXY-2 100 1 ns/op", "no result of a benchmark 'X'"),
        ("ok  \tBenchmarkX 100 1 ns/op", "no result of a benchmark 'X'"),
        ("BenchmarkX-2 100 1 ns/op\nBenchmarkX-2 100 2 ns/op", "2 values"),
    ],
)
def test_a_malformed_benchmark_line_is_an_error(line: str, message: str) -> None:
    """A line that begins like the benchmark's result must be one."""
    with pytest.raises(NoReading, match=message):
        read(line, **{"from": "go-bench", "benchmark": "X", "unit": "ns"})


def test_custom_benchmark_units_end_in_their_unit() -> None:
    """ReportMetric's `p99-ns` is in ns."""
    metric = {"from": "go-bench", "benchmark": "X", "measure": "p99-ns", "unit": "us"}
    assert read("BenchmarkX 10 1500 p99-ns", **metric)["m"] == 1.5


def test_a_regex_gives_its_group_in_its_unit() -> None:
    """The group named value, else the first, else the whole match; commas group digits; several need a summary."""
    text = "D refs: 3,852,011\nVmRSS:     2048 kB\nkind: heap\n"
    refs = {"from": "regex", "pattern": r"refs: +(?P<value>[\d,]+)"}
    assert read(text, **refs)["m"] == 3852011
    rss = {"from": "regex", "pattern": r"^VmRSS: +(\d+) kB$", "value_unit": "KiB", "unit": "MiB"}
    assert read(text, **rss)["m"] == 2
    assert read(text, **{"from": "regex", "pattern": "heap|stack", "type": "text"})["m"] == "heap"
    with pytest.raises(NoReading, match="matches nowhere: found 'D refs: 3,852,011'"):
        read(text, **{"from": "regex", "pattern": "absent"})
    with pytest.raises(NoReading, match="'heap' is not a number"):
        read(text, **{"from": "regex", "pattern": "heap"})
    with pytest.raises(NoReading, match="without its group 1"):
        read(text, **{"from": "regex", "pattern": "heap(x)?"})


def test_a_marker_that_stands_nowhere_is_an_error() -> None:
    """A misspelt marker would count zero for ever."""
    metric = _METRIC.validate_python({"from": "diagnostics", "message": "x", "at": "// HERE"})
    with pytest.raises(NoReading, match=r"'// HERE' is on no line of the program files \(a\.go\)"):
        extract({"m": metric}, stage="build", arm="", text=ProcessText("", ""), sources={"a.go": "package a\n"})


def test_a_marker_belongs_to_its_file() -> None:
    """Another file's diagnostic on the same line does not count, and the standard library's file.go is not ours."""
    metric = _METRIC.validate_python({"from": "diagnostics", "message": "escapes", "at": "HERE"})
    sources = {"sub/a.go": "package a\nvar x = f() // HERE\n", "b.go": "package a\n"}
    files = ("./a.go", "sub/a.go", "./b.go", "/usr/local/go/a.go")
    said = "# a\n" + "".join(f"{file}:2:5: x escapes\n" for file in files)
    assert extract({"m": metric}, stage="build", arm="", text=ProcessText("", said), sources=sources)["m"] == 2


def growth_of(lines: list[str]) -> Value:
    return json("".join(f"{line}\n" for line in lines), summary="growth", against="n")


_SIX = [f'{{"metric": "m", "n": {4**power}, "value": {4**power}}}' for power in range(1, 7)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"metric": "m", "n": 1' + "0" * 400 + ', "value": 1}', "beyond 1e308 is not a finite number"),
        ('{"metric": "m", "n": Infinity, "value": 1}', "inf is not a finite number"),
        ('{"metric": "m", "n": NaN, "value": 1}', "nan is not a finite number"),
        ('{"metric": "m", "n": true, "value": 1}', "has no size 'n' above zero"),
        ('{"metric": "m", "n": 3, "value": -1}', "'m' at n 3 is -1; a growth needs values above zero"),
        ('{"metric": "m", "n": 3, "value": 1e308}\n{"metric": "m", "n": 3, "value": 1.7e308}', "inf is not a finite"),
    ],
)
def test_a_size_that_is_no_size_is_an_error(line: str, message: str) -> None:
    """Of 400 digits, infinite, not a number, or a median of values beyond what a float holds."""
    assert growth_of(_SIX) == pytest.approx(1)
    with pytest.raises(NoReading, match=message):
        growth_of([*_SIX, line])


def test_sizes_whose_logarithms_are_the_same_have_no_slope_between_them() -> None:
    """1e16 and 1e16 + 2 are two sizes with one logarithm: their pair tells nothing, the others do."""
    lines = [
        *_SIX,
        '{"metric": "m", "n": 1e16, "value": 1e16}',
        '{"metric": "m", "n": 10000000000000002, "value": 1e16}',
    ]
    assert growth_of(lines) == pytest.approx(1)


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    """A JSON string can hold one, and no file, page or record can. In output as such it counts as U+FFFD."""
    with pytest.raises(NoReading, match="holds half of a surrogate pair") as caught:
        json('{"metric": "m", "value": "a\\ud800"}')
    str(caught.value).encode("utf-8")
    assert json('{"metric": "m", "value": "\\ud83d\\ude00"}') == "\U0001f600"
    assert json('{"metric": "m", "value": "a\udfff"}') == "a\ufffd"
    assert read("a \udfff", **{"from": "regex", "pattern": "a (.)", "type": "text"})["m"] == "\ufffd"


@pytest.mark.parametrize("field", ["metric", "unit"])
def test_a_message_can_be_written_whatever_it_quotes(field: str) -> None:
    """Half of a surrogate pair and a name of thousands of characters end in no message."""
    for text in ("\\ud800", "x" * 2_000):
        line = f'{{"metric": "m", "value": 1, "unit": "ms", "{field}": "{text}"}}'
        with pytest.raises(NoReading) as caught:
            json(line, unit="ms")
        assert len(str(caught.value).encode("utf-8")) < 2_000


def test_a_line_number_of_5000_digits_is_no_diagnostic() -> None:
    """Python makes no integer of it; there is no such line either."""
    text = f"./a.go:{'1' * 5000}:1: x\n./a.go:2:1: x\n"
    assert read(text, **{"from": "diagnostics", "message": "x", "stage": "run", "stream": "stdout"})["m"] == 1


@given(st.integers(1, 400), st.sampled_from([0.9, 0.99]))
def test_a_percentile_is_by_nearest_rank(count: int, share: float) -> None:
    """The least value that at least that share of the values do not exceed; large integers keep their last digit."""
    values = [2**62 + value for value in range(count)]
    result = percentile(values, share)
    assert result in values
    assert sum(value <= result for value in values) >= share * count
    assert sum(value < result for value in values) < share * count


@pytest.mark.parametrize(
    "metric",
    [
        {"from": "go-bench", "benchmark": "X", "summary": "growth"},
        {"from": "regex", "pattern": "x", "summary": "growth"},
        {"from": "exit", "summary": "growth"},
        {"from": "exit", "summary": "median"},
        {"from": "exit", "unit": "ms"},
        {"from": "exit", "section": "a"},
    ],
)
def test_a_metric_that_has_no_meaning_is_refused_when_the_claim_is_read(metric: dict[str, str]) -> None:
    """A growth of what has no sizes; the unit, summary or section of an exit status."""
    with pytest.raises(ValidationError, match=r"growth` is for `from: json`|an exit status is one plain number"):
        _METRIC.validate_python(metric)


def test_unless_passes_over_what_a_pattern_would_find() -> None:
    """In place of a negative lookahead: lines of text, and instructions."""
    lines = {"from": "regex", "pattern": "^gc .*$", "summary": "count"}
    assert read("gc 1 @\ngc x\nother\n", **lines)["m"] == 2
    assert read("gc 1 @\ngc x\nother\n", **lines, unless=r"^gc \d")["m"] == 1
    listing = "0000 <f>:\n   1:\tmov    %rax,%rbx\n   3:\tmov    %rsp,%rbx\n"
    moves = {"from": "objdump", "function": "f", "instruction": "^mov"}
    assert read(listing, **moves)["m"] == 2
    assert read(listing, **moves, unless="%rsp,")["m"] == 1


def test_an_expression_sees_one_line_at_a_time() -> None:
    """Blanks at the beginning of a line do not reach over the line before, and a carriage return is no part of one."""
    text = "\n\n  a\r\n  b\r\n"
    assert read(text, **{"from": "regex", "pattern": r"^\s*(\w)$", "type": "text", "summary": "first"})["m"] == "a"
    assert read(text, **{"from": "regex", "pattern": r"^\s+.$", "summary": "count"})["m"] == 2


def test_every_metric_has_an_extractor() -> None:
    """A model without a reader, or a reader without a model, is found here and not in a run."""
    models = set(get_args(get_args(Metric)[0]))
    assert set(EXTRACTORS) == models
    assert all(extractor.model is model for model, extractor in EXTRACTORS.items())


@pytest.mark.parametrize(
    ("metric", "unit", "kind"),
    [
        ({"from": "json"}, None, "any"),
        ({"from": "json", "summary": "growth", "against": "n"}, "", "number"),
        ({"from": "json", "summary": "count"}, "", "number"),
        ({"from": "go-bench", "benchmark": "X"}, "ns", "number"),
        ({"from": "go-bench", "benchmark": "X", "measure": "allocs/op"}, "", "number"),
        ({"from": "gctrace", "field": "pause"}, "ms", "number"),
        ({"from": "gctrace", "field": "lines"}, "", "number"),
        ({"from": "ldd", "gives": "linkage"}, "", "text"),
        ({"from": "ldd", "gives": "libraries"}, "", "number"),
        ({"from": "readelf", "gives": "needed"}, "", "number"),
        ({"from": "readelf", "gives": "interpreter"}, "", "text"),
        ({"from": "nm", "symbol": "x"}, "", "number"),
        ({"from": "objdump", "function": "x", "instruction": "x"}, "", "number"),
        ({"from": "diagnostics", "message": "x"}, "", "number"),
        ({"from": "regex", "pattern": "x", "value_unit": "ms"}, "ms", "number"),
        ({"from": "regex", "pattern": "x", "type": "text"}, "", "text"),
        ({"from": "regex", "pattern": "x", "type": "text", "value_unit": "ms", "summary": "count"}, "", "number"),
        ({"from": "exit"}, "", "number"),
    ],
)
def test_unit_and_kind_are_known_beforehand(metric: dict[str, str], unit: str | None, kind: str) -> None:
    """What lint and the judges ask of a metric before anything has run."""
    made = _METRIC.validate_python(metric)
    assert (printed_unit(made), kind_of_value(made)) == (unit, kind)


_ALL = [
    {"from": "json", "unit": "ms"},
    {"from": "json", "summary": "last"},
    {"from": "json", "summary": "growth", "against": "n"},
    {"from": "json", "summary": "p99", "section": "a"},
    {"from": "go-bench", "benchmark": ".*", "unit": "ns"},
    {"from": "gctrace", "field": "pause", "unit": "ms"},
    {"from": "ldd", "gives": "linkage"},
    {"from": "readelf", "gives": "interpreter"},
    {"from": "nm", "symbol": ".*"},
    {"from": "objdump", "function": ".*", "instruction": ".*"},
    {"from": "diagnostics", "message": ".*", "stage": "run", "stream": "stdout"},
    {"from": "regex", "pattern": ".*"},
]
_PIECES = st.sampled_from(
    [
        "{",
        '"metric": "m"',
        '"value":',
        "1e400",
        "}",
        "\n",
        "\t",
        "Benchmark",
        " 1 ",
        "ns/op",
        "gc 1 @",
        "==> a <==",
        ":",
        '"\\ud800"',
        "\ud800",
        "9" * 5000,
        "[" * 3000,
        '{"metric": "m", "value": ',
        '{"metric": "m", "n": 3, "value": 4}\n',
        "1 T ",
        "a.go:1: ",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(st.characters(), max_size=8)), max_size=30).map("".join))
def test_no_output_can_make_an_extractor_fail_otherwise(text: str) -> None:
    """Whatever a program prints, a metric gives a finite value or a NoReading, and no other exception."""
    for metric in _ALL:
        try:
            value = read(text, **metric)["m"]
        except NoReading:
            continue
        assert isinstance(value, str) or abs(value) < float("inf")
