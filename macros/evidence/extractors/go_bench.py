"""Results of `go test -bench`, by the Go benchmark data format (golang.org/design/14313-benchmark-format)."""

from __future__ import annotations

from macros.claim import patterns, units
from macros.claim.metrics import GoBench
from macros.claim.patterns import Compiled
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, lines, number, readable, shortened


def go_bench(metric: GoBench, part: Part) -> list[Reading]:
    """The measure of every result whose whole name matches.

    A result line is the name, the number of iterations, and pairs of value and unit. A line with
    nothing but the name is `go test -v` saying what it begins. The metric's pattern must match the whole name: with or
    without "Benchmark", and without the "-N" of GOMAXPROCS, which is not printed where GOMAXPROCS is 1.
    """
    pattern = patterns.compile(metric.benchmark)
    readings = []
    for line in lines(part.text):
        if not line.startswith("Benchmark"):
            continue
        fields = readable(line).split()
        if len(fields) < 2 or not _matches(pattern, fields[0]):
            continue
        if not _is_whole(fields[1]):
            raise NoReading(f"{shortened(line.strip())!r} has no number of iterations after the name")
        if len(fields) % 2:
            raise NoReading(f"{shortened(line.strip())!r} does not end in pairs of value and unit")
        pairs = {unit: value for value, unit in zip(fields[2::2], fields[3::2], strict=True)}
        if metric.measure not in pairs:
            measures = shortened(", ".join(pairs), 200) or "nothing"
            raise NoReading(f"{shortened(fields[0])} measures {measures}, and not {metric.measure}")
        readings.append(Reading(number(pairs[metric.measure]), bench_unit(metric.measure)))
    return readings


def _matches(pattern: Compiled, printed: str) -> bool:
    short = printed.removeprefix("Benchmark")
    names = dict.fromkeys((printed, short, _without_procs(printed), _without_procs(short)))
    return any(pattern.fullmatch(name) for name in names)


def _without_procs(name: str) -> str:
    before, dash, procs = name.rpartition("-")
    return before if dash and _is_whole(procs) else name


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def bench_unit(measure: str) -> str:
    """The unit of a measure: "ns/op" is ns, "p99-ns" is ns, and what names no unit ("allocs/op") is a plain count."""
    per_operation = measure.removesuffix("/op")
    for candidate in (per_operation, per_operation.rpartition("-")[2]):
        try:
            return units.check_unit(candidate)
        except units.UnitError:
            continue
    return ""


def _nothing(metric: GoBench, part: Part) -> str:
    return f"no result of a benchmark {metric.benchmark!r}: {excerpt(part.text)}; run it with `-bench`"


def _unit(metric: GoBench) -> str:
    return bench_unit(metric.measure)


GO_BENCH = Extractor(GoBench, read=go_bench, nothing=_nothing, unit=_unit)
