"""Extractors on real output of Go 1.15, 1.22 and 1.27, binutils 2.40 and glibc 2.36 (tests/samples)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from macros.claim.metrics import Metric
from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.observation import Value

SAMPLES = Path(__file__).parents[1] / "samples"
RELEASES = ("go1.15", "go1.22", "go1.27")
_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)


def read(sample: str, **metric: Any) -> Value:
    """The value that a metric takes from a sample file."""
    text = (SAMPLES / sample).read_text()
    made = _METRIC.validate_python({"stage": "run", "stream": "stdout", **metric})
    sources = {"sum.go": (SAMPLES / "sum.go").read_text()}
    return extract({"m": made}, stage="run", arm="run", text=ProcessText(text, ""), sources=sources)["m"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_pure_go_server_is_static(release: str) -> None:
    """`not a dynamic executable` is static linkage, no library, no NEEDED entry and no interpreter."""
    assert read(f"{release}/ldd-static.txt", **{"from": "ldd", "gives": "linkage"}) == "static"
    assert read(f"{release}/ldd-static.txt", **{"from": "ldd", "gives": "libraries"}) == 0
    assert read(f"{release}/readelf-static.txt", **{"from": "readelf", "gives": "needed"}) == 0
    assert read(f"{release}/readelf-static.txt", **{"from": "readelf", "gives": "interpreter"}) == "none"
    assert read(f"{release}/readelf-static.txt", **{"from": "readelf", "gives": "type"}) == "EXEC"


@pytest.mark.parametrize(("release", "libraries", "needed"), [("go1.15", 3, 2), ("go1.22", 2, 1), ("go1.27", 2, 1)])
def test_a_cgo_server_is_dynamic(release: str, libraries: int, needed: int) -> None:
    """Libraries are counted with the loader and without the kernel's vdso; libpthread was one of them up to Go 1.15."""
    assert read(f"{release}/ldd-cgo.txt", **{"from": "ldd", "gives": "linkage"}) == "dynamic"
    assert read(f"{release}/ldd-cgo.txt", **{"from": "ldd", "gives": "libraries"}) == libraries
    assert read(f"{release}/readelf-cgo.txt", **{"from": "readelf", "gives": "needed"}) == needed
    interpreter = read(f"{release}/readelf-cgo.txt", **{"from": "readelf", "gives": "interpreter"})
    assert interpreter == "/lib64/ld-linux-x86-64.so.2"


def test_a_static_position_independent_executable_is_static() -> None:
    """Newer glibc says `statically linked` of static-pie, with exit status 0."""
    assert read("c/ldd-static-pie.txt", **{"from": "ldd", "gives": "linkage"}) == "static"
    assert read("c/ldd-static-pie.txt", **{"from": "ldd", "gives": "libraries"}) == 0
    assert read("c/readelf-c.txt", **{"from": "readelf", "gives": "type"}) == "DYN"


def _gctrace(release: str, field: str, **metric: Any) -> Value:
    return read(f"{release}/gctrace.txt", **{"from": "gctrace", "field": field, **metric})


@pytest.mark.parametrize(("release", "cycles"), [("go1.15", 6), ("go1.22", 4), ("go1.27", 5)])
def test_every_whole_gctrace_line_of_old_and_new_releases_is_read(release: str, cycles: int) -> None:
    """With and without stacks and globals, forced or not; Go 1.27's sample ends in a line cut by the process's end."""
    assert _gctrace(release, "lines") == cycles
    assert _gctrace(release, "cycle", summary="last") == cycles
    assert _gctrace(release, "procs", summary="last") == 2


def test_gctrace_fields_are_those_of_the_runtime() -> None:
    """Each field of Go 1.15's last line, in the unit asked for:

    gc 6 @0.006s 6%: 0.050+0.19+0.001 ms clock, 0.10+0.005/0.043/0.047+0.002 ms cpu, 8->8->4 MB, 9 MB goal, 2 P (forced)
    """
    expected = {
        ("at", "ms"): 6,
        ("cpu_share", "%"): 6,
        ("sweep_term_clock", "us"): 50,
        ("mark_clock", "us"): 190,
        ("mark_term_clock", "us"): 1,
        ("pause", "us"): 51,
        ("sweep_term_cpu", "ms"): 0.10,
        ("assist_cpu", "ms"): 0.005,
        ("background_cpu", "ms"): 0.043,
        ("idle_cpu", "ms"): 0.047,
        ("mark_term_cpu", "ms"): 0.002,
        ("heap_start", "MiB"): 8,
        ("heap_end", "KiB"): 8192,
        ("heap_live", "B"): 4 * 2**20,
        ("goal", "MiB"): 9,
    }
    for (field, unit), value in expected.items():
        assert _gctrace("go1.15", field, unit=unit, summary="last") == pytest.approx(value), field


@pytest.mark.parametrize("release", RELEASES)
def test_symbols_are_counted_by_whole_names(release: str) -> None:
    """`main.sum` is one symbol and `main.su` is none, in the listing of Go's nm and of GNU nm alike."""
    for listing in ("nm-go", "nm-gnu"):
        assert read(f"{release}/{listing}.txt", **{"from": "nm", "symbol": r"main\.sum"}) == 1
        assert read(f"{release}/{listing}.txt", **{"from": "nm", "symbol": r"main\.su"}) == 0
        assert read(f"{release}/{listing}.txt", **{"from": "nm", "symbol": r"main\.(sum|call|small|loop)"}) == 4


def test_undefined_and_versioned_symbols_are_symbols() -> None:
    """GNU nm's lines without an address count; a symbol's version is no part of its name."""
    assert read("c/nm-c.txt", **{"from": "nm", "symbol": "printf"}) == 1
    assert read("c/nm-c.txt", **{"from": "nm", "symbol": "_ITM_deregisterTMCloneTable"}) == 1
    assert read("c/nm-c.txt", **{"from": "nm", "symbol": "add"}) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_instructions_are_counted_inside_the_named_function(release: str) -> None:
    """sum checks one bound; call makes one indirect call, which both disassemblers show; leak is inlined away."""
    listing = f"{release}/objdump.txt"
    bounds = r"^CALL runtime\.panic(Index|Bounds)\(SB\)"
    assert read(listing, **{"from": "objdump", "function": r"main\.sum", "instruction": bounds}) == 1
    assert read(listing, **{"from": "objdump", "function": r"main\.call", "instruction": bounds}) == 0
    indirect = r"^CALL [A-Z]+$"
    assert read(listing, **{"from": "objdump", "function": r"main\.call", "instruction": indirect}) == 1
    gnu = {"from": "objdump", "function": r"main\.call", "instruction": r"^call \*%r"}
    assert read(f"{release}/objdump-gnu.txt", **gnu) == 1
    with pytest.raises(NoReading, match=r"no function 'main\\\\.leak' among the \d in the listing \(main\.sum,"):
        read(listing, **{"from": "objdump", "function": r"main\.leak", "instruction": "CALL"})


def test_gnu_listings_of_c_programs_are_read() -> None:
    """`add` is `lea (%rdi,%rsi,1),%eax; ret`; hexadecimal bytes are no part of an instruction."""
    listing = {"from": "objdump", "function": "add"}
    assert read("c/objdump-c.txt", **listing, instruction=r"^lea \(%rdi,%rsi,1\),%eax$") == 1
    assert read("c/objdump-c.txt", **listing, instruction=".") == 2


@pytest.mark.parametrize("release", RELEASES)
def test_diagnostics_are_counted_at_the_marked_lines(release: str) -> None:
    """The marker ESCAPES stands on the line of `x := 7`, which is moved to the heap; BOUNDS's line is not."""
    metric = {"from": "diagnostics", "message": "^moved to heap: x$"}
    assert read(f"{release}/m.txt", **metric, at="// ESCAPES") == 1
    assert read(f"{release}/m.txt", **metric, at="// BOUNDS") == 0
    assert read(f"{release}/m.txt", **metric) >= 2
    assert read(f"{release}/m2.txt", **metric, at="// ESCAPES") == 1


def test_explanations_of_m2_are_messages_too() -> None:
    """-m=2 explains in indented lines at the same position, whose indentation is no part of the message."""
    metric = {"from": "diagnostics", "message": r"^from &x \(address-of\)", "at": "// ESCAPES"}
    assert read("go1.22/m2.txt", **metric) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_benchmark_results_are_found_by_whole_names(release: str) -> None:
    """n-10 is not n-1000, whether the -N of GOMAXPROCS is printed (2) or not (1), with -v or without."""
    for file in ("bench", "bench-v-1"):
        for name in ("Sizes/n-10", "BenchmarkSizes/n-10"):
            value = read(f"{release}/{file}.txt", **{"from": "go-bench", "benchmark": name, "unit": "ns"})
            assert isinstance(value, float)
            assert 1 < value < 20
        allocs = {"from": "go-bench", "benchmark": "Sum", "measure": "allocs/op"}
        assert read(f"{release}/{file}.txt", **allocs) == 0
        custom = {"from": "go-bench", "benchmark": "Sizes/.*", "measure": "widgets/op", "summary": "sum"}
        assert read(f"{release}/{file}.txt", **custom) == 4000


def test_a_benchmark_value_is_converted() -> None:
    """3.40 ns/op of the sample is 0.0034 us."""
    assert read("go1.15/bench.txt", **{"from": "go-bench", "benchmark": "Sum", "unit": "us"}) == pytest.approx(0.0034)
