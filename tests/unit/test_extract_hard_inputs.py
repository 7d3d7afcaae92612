"""Extractors on output as people meet it: logs in between, other tools' forms, long runs, large machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from macros.claim.metrics import Metric
from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.observation import Value

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)


def read(text: str, metric: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> Value:
    """The metric's value, wherever it reads it from."""
    made = _METRIC.validate_python(metric)
    streams = ProcessText(text, "") if made.stream == "stdout" else ProcessText("", text)
    return extract({"m": made}, stage=made.stage, arm="run", text=streams, sources=sources or {})["m"]


def trace(cycle: int, at: float, heap: str, goal: int, end: str = " 0 MB stacks, 0 MB globals, 4 P") -> str:
    """One line of GODEBUG=gctrace=1, as Go has printed it since 1.18."""
    clock = "0.020+1.5+0.010 ms clock, 0.080+0.25/1.0/0.50+0.040 ms cpu"
    return f"gc {cycle} @{at:.3f}s 2%: {clock}, {heap} MB, {goal} MB goal,{end}\n"


_LINES = {"from": "gctrace", "stream": "stderr", "field": "lines"}
_SCHEDULER = "SCHED 20103ms: gomaxprocs=4 idleprocs=0 threads=19 spinningthreads=1 idlethreads=6 runqueue=3 [0 0 0 2]\n"


@pytest.mark.parametrize(
    ("text", "metric", "expected"),
    [
        pytest.param(
            "2024-01-10T02:44:05.6Z\tinfo\tready\n"
            + trace(2, 0.1, "5->6->3", 8)
            + '{"level":"info","msg":"request","gc":"no"}\n'
            + trace(3, 0.6, "6->7->4", 10)
            + "\tMaximum resident set size (kbytes): 44824\n",
            _LINES,
            2,
            id="between the lines of two logs and a report of time -v",
        ),
        pytest.param(_SCHEDULER + trace(99, 17.551, "3->4->1", 4), _LINES, 1, id="beside schedtrace"),
        pytest.param(
            trace(27832, 17895.117, "401->402->399", 800),
            {**_LINES, "field": "at", "unit": "s", "summary": "last"},
            17895.117,
            id="after five hours",
        ),
        pytest.param(
            trace(58, 27.937, "11535->11536->11533", 23068, " 0 MB stacks, 0 MB globals, 48 P"),
            {**_LINES, "field": "heap_live", "unit": "GiB", "summary": "max"},
            11533 / 1024,
            id="a heap of 11 GiB on 48 processors",
        ),
    ],
)
def test_gctrace_lines_are_found_among_others(text: str, metric: dict[str, Any], expected: Value) -> None:
    """Logs and other traces on the same stream do not hide a cycle, and no figure is too large."""
    assert read(text, metric) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            trace(1, 0.1, "5->6->3", 8).replace("\n", "mem.Alloc: 100\n") + trace(2, 0.2, "6->7->4", 10),
            id="other output behind it",
        ),
        pytest.param(
            "gc 336 @48.780s 34%: 0+1.0+8.0+2.0+1.0 ms clock, 0+1.0+0+16/1.0/24+8.0 ms cpu, "
            "55->56->26 MB, 56 MB goal, 8 P\n" * 2,
            id="five phases, as Go 1.5 printed them",
        ),
    ],
)
def test_a_gctrace_line_that_is_not_whole_is_an_error(text: str) -> None:
    """A cycle that cannot be read is never left out of the count."""
    with pytest.raises(NoReading, match="is not a whole gctrace line"):
        read(text, _LINES)


def bench(name: str, **metric: Any) -> dict[str, Any]:
    return {"from": "go-bench", "benchmark": name, "unit": "ns", **metric}


@pytest.mark.parametrize(
    ("text", "metric", "expected"),
    [
        pytest.param(
            "BenchmarkA\nBenchmarkA-12    \t      46\t  25735123 ns/op\n"
            "BenchmarkA-12    \t      45\t  25730000 ns/op\n"
            "BenchmarkB\nBenchmarkB-12    \t      46\t  25704000 ns/op\n",
            bench("A", summary="median"),
            25732561.5,
            id="-v says what it begins",
        ),
        pytest.param(
            "BenchmarkWalk/[6]-**-!*/*-32       3040      378412 ns/op     47470 B/op     1006 allocs/op\n",
            bench(r"Walk/\[6\]-\*\*-!\*/\*"),
            378412,
            id="a name of brackets and stars",
        ),
        pytest.param(
            "BenchmarkCache/reads=100%,writes=0%-10   \t21643555\t    46.95 ns/op\t   1 B/op\n"
            "BenchmarkCache/reads=75%,writes=25%-10   \t17760416\t    66.58 ns/op\t   6 B/op\n",
            bench("Cache/reads=75%,writes=25%"),
            66.58,
            id="a name with percentages",
        ),
        pytest.param(
            "BenchmarkBuild-4   0\t16418745564 ns/op\t  10902383 binary-size\t16418745564 build-ns/op\t"
            " 138772480 build-peak-RSS-bytes\t15926664000 build-user+sys-ns/op\n",
            bench("Build", measure="build-user+sys-ns/op", unit="s"),
            15.926664,
            id="a measure with dashes and a plus",
        ),
        pytest.param(
            "BenchmarkX-4\t5742394\t1e+06 ns/op\t2.5e+03 MB/s\t0 B/op\r\nPASS\r\n",
            bench("X", measure="MB/s", unit="GB/s"),
            2.5,
            id="exponents and carriage returns",
        ),
    ],
)
def test_a_benchmarks_result_is_found_by_its_name_and_measure(
    text: str, metric: dict[str, Any], expected: float
) -> None:
    """Whatever a name holds, and however many measures stand on its line."""
    assert read(text, metric) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        pytest.param(
            "BenchmarkNode 2024/08/29 10:31:01 [WARN] connecting\n2024/08/29 10:31:01 [INFO] ready\n"
            "   10000\t    212345 ns/op\n",
            "Node",
            "has no number of iterations after the name",
            id="a log torn into the line",
        ),
        pytest.param(
            "PASS\nBenchmarkEncode-8\t   30000\t     42033 ns/op\t 194.89 MB/s\nok  \tencoding/base32\t3.593s\n"
            "PASS\nBenchmarkEncode-8\t  200000\t      9000 ns/op\nok  \tencoding/base64\t3.593s\n",
            "Encode",
            r"2 values \(42033, 9000\) where one is expected",
            id="two packages with a benchmark of one name",
        ),
        pytest.param(
            "Benchmark_Sample1-4       \t   50000\t    227422 ns/op\n"
            "--- FAIL: Benchmark_Sample10\n    bench.go:43: boom\nFAIL\nexit status 1\n",
            "_Sample10",
            "no result of a benchmark '_Sample10'",
            id="a benchmark that failed",
        ),
    ],
)
def test_a_benchmark_without_one_clear_result_is_an_error(text: str, name: str, message: str) -> None:
    """Never the first of several, and never another's."""
    with pytest.raises(NoReading, match=message):
        read(text, bench(name))


_MUSL = (
    "\t/lib/ld-musl-x86_64.so.1 (0x7fa377b73000)\n"
    "\tlibdl.so.2 => /lib/ld-musl-x86_64.so.1 (0x7fa377b73000)\n"
    "\tlibc.so.6 => /lib/ld-musl-x86_64.so.1 (0x7fa377b73000)\n"
    "Error relocating x.so: __sysconf: symbol not found\n"
)
_TOO_NEW = (
    "./p: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.32' not found (required by ./p)\n"
    "\tlinux-vdso.so.1 (0x00007ffcae039000)\n"
    "\tlibpthread.so.0 => /lib/x86_64-linux-gnu/libpthread.so.0 (0x00007f0b6a4c0000)\n"
    "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0b6a2ce000)\n"
    "\t/lib64/ld-linux-x86-64.so.2 (0x00007f0b6a4f5000)\n"
)
_NO_PERMISSION = "ldd: warning: you do not have execution permission for `./x'\n\tnot a dynamic executable\n"


@pytest.mark.parametrize(
    ("text", "gives", "expected"),
    [
        pytest.param(_TOO_NEW, "libraries", 3, id="a version that is missing"),
        pytest.param(_MUSL, "libraries", 3, id="a symbol that is missing, as musl says it"),
        pytest.param(_NO_PERMISSION, "linkage", "static", id="a file without permission to execute it"),
    ],
)
def test_ldd_answers_beside_its_complaints(text: str, gives: str, expected: Value) -> None:
    """What ldd complains about is not indented, and the answer is."""
    assert read(text, {"from": "ldd", "gives": gives}) == expected


def test_readelf_is_believed_where_it_shows_that_it_looked() -> None:
    """A single line of the program headers, or another tool's listing, may have been cut from anything."""
    type_line = "  Type:                              DYN (Position-Independent Executable file)\n"
    assert read(type_line, {"from": "readelf", "gives": "type"}) == "DYN"
    with pytest.raises(NoReading, match="says nothing about the program headers"):
        read(
            "      [Requesting program interpreter: /lib64/ld-linux-x86-64.so.2]\n",
            {"from": "readelf", "gives": "interpreter"},
        )
    llvm = (
        "DynamicSection [ (35 entries)\n  Tag                Type         Name/Value\n"
        "  0x0000000000000001 NEEDED       Shared library: [libm.so.6]\n"
    )
    with pytest.raises(NoReading, match="says nothing about the dynamic section"):
        read(llvm, {"from": "readelf", "gives": "needed"})


def test_symbols_without_a_name_and_demangled_ones_are_read() -> None:
    """The first are no symbols to count; the others have blanks, brackets and commas in their names."""
    nameless = "  409a80          0 t \n 1fb80c8          0 r \n  4a5b60        128 T main.main\n     U printf\n"
    assert read(nameless, {"from": "nm", "symbol": ".*"}) == 2
    demangled = (
        "0000000000001234 W std::vector<int, std::allocator<int> >::push_back(int const&)\n"
        "0000000000001334 T operator new(unsigned long)\n"
        "                 U std::ios_base::Init::Init()@GLIBCXX_3.4\n"
    )
    pushes = r"std::vector<int, std::allocator<int> >::push_back\(int const&\)"
    assert read(demangled, {"from": "nm", "symbol": pushes}) == 1
    with pytest.raises(NoReading, match="no symbol is listed at all"):
        read("reading api: no symbol section\nreading api: no symbols\n", {"from": "nm", "symbol": r"main\.main"})


@pytest.mark.parametrize(
    ("listing", "function", "instruction", "expected"),
    [
        pytest.param(
            "0000000000401000 <f>:\n\tif m == hash[h] {\n  40c41c:\t89 da                \tmov    %ebx,%edx\n"
            "  40c41e:\t48 81 fa f1 03 00 00 \tcmp    $0x3f1,%rdx\n"
            "  40c43a:\t48 89 84 24 b8 00 00 \tmov    %rax,0xb8(%rsp)\n  40c441:\t00 \n"
            '\t\tprintln("a: ", b)\n  40c442:\t48 39 d9             \tcmp    %rbx,%rcx\n',
            "f",
            "^cmp ",
            2,
            id="source lines in between",
        ),
        pytest.param(
            "0000000000001139 <add>:\n    1139:\tlea    (%rdi,%rsi,1),%eax\n    113d:\tfadd   %st(1),%st\n"
            "    113f:\tret\n",
            "add",
            "^fadd",
            1,
            id="without the bytes, a mnemonic that could be bytes",
        ),
        pytest.param(
            "TEXT main.main(SB) /x/main.go\n\tmain.go:5\t0x486d20\t64488b0c25f8ffffff\tFS MOVQ FS:0xfffffff8, CX\t\t\n"
            "\tmain.go:5\t0x486d29\t483b6110\t\tCMPQ 0x10(CX), SP\t\t\t\n",
            r"main\.main",
            r"^CMPQ 0x10\(CX\), SP$",
            1,
            id="tabs behind the instruction",
        ),
        pytest.param(
            "0000000000001139 <std::vector<int>::size() const>:\n"
            "    1139:\t8d 04 37             \tlea    (%rdi,%rsi,1),%eax\n    113c:\tc3                   \tret\n"
            "\t\t\t1139: R_X86_64_PLT32\tputs-0x4\n\t...\n",
            r"std::vector<int>::size\(\) const",
            "^ret",
            1,
            id="a demangled name with a blank",
        ),
    ],
)
def test_instructions_are_told_from_what_stands_between_them(
    listing: str, function: str, instruction: str, expected: int
) -> None:
    """Source text, bytes without an instruction, relocations and dots are no instructions."""
    assert read(listing, {"from": "objdump", "function": function, "instruction": instruction}) == expected


@pytest.mark.parametrize(
    ("text", "message", "sources", "expected"),
    [
        pytest.param(
            "main.go:3: can inline f as: func() int { return 1 }\n"
            "main.go:9: inlining call to f func() int { return 1 }\n",
            "^can inline ",
            {"main.go": "package main\n\nfunc f() int { return 1 } // HERE\n"},
            1,
            id="without columns, as old compilers print it",
        ),
        pytest.param(
            "internal/asm/b.go:2:6: cannot inline (*S).Map: function too complex: cost 153 exceeds budget 80\n",
            "^cannot inline",
            {"internal/asm/b.go": "package asm\nfunc (s *S) Map() {} // HERE\n"},
            1,
            id="a path from the module's root",
        ),
        pytest.param(
            "# reflect\nreflect/swapper.go:2:43: escapes\n",
            "^escapes",
            {"swapper2.go": "package main\nvar x = 1 // HERE\n"},
            0,
            id="the standard library's own file",
        ),
    ],
)
def test_diagnostics_are_counted_at_the_marker_alone(
    text: str, message: str, sources: dict[str, str], expected: int
) -> None:
    """A position is a file of the claim and a line of it, with or without a column."""
    assert read(text, {"from": "diagnostics", "message": message, "at": "// HERE"}, sources) == expected


def test_explanations_that_are_indented_by_a_tab_are_messages() -> None:
    """Old compilers explain an escape at the same position, behind a tab."""
    text = (
        './a.go:32:14: "V1" escapes to heap\n'
        "./a.go:32:14: \tfrom ... argument (arg to ...) at ./a.go:32:13\n"
        "./a.go:32:14: \tfrom *(... argument) (indirection) at ./a.go:32:13\n"
    )
    assert read(text, {"from": "diagnostics", "message": "^from "}) == 2


def test_two_objects_on_a_line_are_no_line_of_json() -> None:
    """The line names the metric and cannot be read, so nothing is taken from it."""
    with pytest.raises(NoReading, match="is not a JSON object"):
        read('{"metric":"a","value":1}{"metric":"m","value":2}\n', {"from": "json", "field": "m"})


def test_figures_with_commas_are_numbers_and_times_with_colons_are_not() -> None:
    """perf groups digits by commas; `time -v` prints minutes and seconds, which no unit converts."""
    perf = "   123.100852112      5,109,360,888      cycles                    #    0.638 GHz\n"
    assert read(perf, {"from": "regex", "pattern": r"([\d,]+) +cycles"}) == 5109360888
    elapsed = {"from": "regex", "pattern": r"m:ss\): (\S+)", "value_unit": "s", "unit": "s"}
    with pytest.raises(NoReading, match=r"'0:00\.13' is not a number"):
        read("        Elapsed (wall clock) time (h:mm:ss or m:ss): 0:00.13\n", elapsed)
