"""Results of `go test -bench`, by the Go benchmark data format (golang.org/design/14313-benchmark-format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from macros.claim import patterns, units
from macros.claim.metrics import GoBench
from macros.claim.patterns import Compiled
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, lines, number, readable, shortened

_ORPHAN = patterns.compile(r"\s*\d+\s+[\d.]+(?:[eE][-+]?\d+)? \S+/op\b.*")
"""What follows a name: the iterations, a value and its unit."""

_BEHIND = patterns.compile(r"Benchmark\S*\s+\d+\s+[\d.]\S*\s+\S+")
_FAILED = patterns.compile(r"\s*--- FAIL: (?P<name>Benchmark\S*).*")
_QUIET = "other output has come between the two: let the benchmark print nothing, or print it to stderr"
_NOT_FINITE = ("NaN", "+Inf", "-Inf")

_UNITS = {"ns": "ns", "sec": "s", "B": "B", "bytes": "B", "MB": "MB"}
"""What names of measures end in that have a unit: those of the format, and those that its tools make of them."""


@dataclass(frozen=True)
class _Result:
    """A line that begins with a name; the fields behind that are still to be read."""

    line: str
    package: str
    name: str
    fields: Sequence[str]

    @property
    def is_result(self) -> bool:
        """Whether it reads like one: iterations, then pairs of a value and its unit."""
        return len(self.fields) % 2 == 1 and _is_whole(self.fields[0]) and all(map(_is_value, self.fields[1::2]))


def go_bench(metric: GoBench, part: Part) -> list[Reading]:
    """The measure of every result whose whole name matches.

    A result line is the name, the number of iterations, and pairs of value and unit. A line with
    nothing but the name is `go test -v` saying what it begins. The metric's pattern must match the whole name: with or
    without "Benchmark", and without the "-N" of GOMAXPROCS, which all names have or none.
    """
    pattern = patterns.compile(metric.benchmark)
    results = list(_results(part.text))
    procs = _procs(part.text, results)
    wanted = [
        result
        for result in results
        if _matches(pattern, result.name, procs if result.is_result else _suffix(result.name))
    ]
    readings = [Reading(_measured(result, metric), _unit(metric)) for result in wanted]
    _of_one_package(wanted)
    _check_torn(part.text, metric, pattern)
    if readings:
        _check_failed(part.text, pattern)
    return readings


def _results(text: str) -> Iterator[_Result]:
    package = ""
    for line in lines(text):
        if line.startswith("pkg: "):
            package = line.removeprefix("pkg: ").strip()
        fields = readable(line).split() if line.startswith("Benchmark") else []
        if len(fields) > 1:
            yield _Result(line, package, fields[0], fields[1:])


def _of_one_package(results: Sequence[_Result]) -> None:
    """Benchmarks of two packages may have one name and nothing else in common."""
    packages = {result.name: result.package for result in results}
    for result in results:
        if packages[result.name] != result.package:
            both = shortened(f"{result.package} and {packages[result.name]}", 200)
            raise NoReading(f"{shortened(result.name)} is a benchmark of {both}; use a `section` for each package")


def _measured(result: _Result, metric: GoBench) -> int | float:
    shown = shortened(result.line.strip())
    if not _is_whole(result.fields[0]):
        raise NoReading(f"{shown!r} has no number of iterations after the name")
    if len(result.fields) % 2 == 0:
        raise NoReading(f"{shown!r} does not end in pairs of value and unit")
    values, measures = result.fields[1::2], result.fields[2::2]
    if measures.count(metric.measure) != 1:
        if metric.measure in measures:
            raise NoReading(f"{shown!r} gives {metric.measure} twice; report each measure once")
        listed = shortened(", ".join(measures), 200) or "nothing"
        raise NoReading(f"{shortened(result.name)} measures {listed}, and not {metric.measure}")
    for value in values:  # A line that other output has torn holds words where values should be.
        if value not in _NOT_FINITE:
            number(value)
    measured = number(values[measures.index(metric.measure)])
    if measured == 0 and number(result.fields[0]) == 0:
        raise NoReading(f"{shown!r} has 0 iterations: nothing was measured")
    if metric.unit and metric.value_unit is None and not _unit(metric):
        raise NoReading(
            f"the measure {metric.measure} names no unit of the benchmark format; state the unit it is printed in, "
            'like `value_unit: ms`, or `value_unit: ""` for a plain number'
        )
    return measured


def _check_failed(text: str, pattern: Compiled) -> None:
    """A benchmark that is run several times may fail once: the results of the others are not all."""
    for line in lines(text):
        failed = _FAILED.fullmatch(readable(line)) if "--- FAIL" in line else None
        if failed and _matches(pattern, failed["name"] or "", _suffix(failed["name"] or "")):
            raise NoReading(f"{shortened(line.strip())!r}: not every run of it has a result; fix the benchmark")


def _check_torn(text: str, metric: GoBench, pattern: Compiled) -> None:
    """Text before a name hides a result, and so does a log between the name and the figures."""

    def _is_wanted(name: str) -> bool:
        return _matches(pattern, name, _suffix(name))

    announced: str | None = None
    for line in lines(text):
        if line.startswith("Benchmark"):
            name = line.rstrip()
            announced = None if " " in name or "\t" in name else name
            if announced is not None and announced != line and _is_wanted(announced):
                raise NoReading(f"{shortened(announced)} has no result on its line; {_QUIET}")
        elif "Benchmark" in line:
            for match in _BEHIND.finditer(readable(line).replace("\\t", "\t")):
                if _is_wanted((match[0] or "").split()[0]):
                    raise NoReading(
                        f"no result of a benchmark {metric.benchmark!r} at the beginning of its line: "
                        f"{shortened(line.strip())!r}; end what is printed before it with a line feed"
                    )
        elif "/op" in line and _ORPHAN.fullmatch(readable(line)):
            if announced is None or _is_wanted(announced):
                raise NoReading(f"{shortened(line.strip())!r} is a result without its name; {_QUIET}")
            announced = None


def _procs(text: str, results: Sequence[_Result]) -> str:
    """The "-N" of GOMAXPROCS, or nothing where that is 1 or where `-cpu` gave several.

    What ends one name and not the others belongs to the name. `go test -v` announces names without it.
    """
    names = [result.name for result in results if result.is_result]
    suffixes = {_suffix(name) for name in names}
    announced = {line for line in lines(text) if line.startswith("Benchmark") and not re.search(r"\s", line)}
    return suffixes.pop() if len(suffixes) == 1 and announced.isdisjoint(names) else ""


def _suffix(name: str) -> str:
    _, dash, procs = name.rpartition("-")
    return dash + procs if dash and _is_whole(procs) else ""


def _matches(pattern: Compiled, printed: str, procs: str) -> bool:
    whole = (printed, printed.removeprefix("Benchmark"))
    return any(pattern.fullmatch(name) for name in dict.fromkeys((*whole, *(one.removesuffix(procs) for one in whole))))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_value(text: str) -> bool:
    return text[:1] in "+-.0123456789" or text == "NaN"


def _unit(metric: GoBench) -> str:
    """The unit of the measure: what the claim says, else what the format says, else what the claim finds in its name.

    "ns/op" and "p99-ns" are ns, and "MB/s" is that. "ns/event" is ns and "hit%" is % where the claim asks for such a
    unit. Anything else ("allocs/op", "min", "r-amp") is a plain number under its own name.
    """
    if metric.value_unit is not None:
        return metric.value_unit
    above, _, below = metric.measure.partition("/")
    word = above.rpartition("-")[2]
    named = _UNITS.get(word, "")
    if named and below in ("", "op"):
        return named
    if named in ("B", "MB") and below in ("s", "sec"):
        return f"{named}/s"
    if metric.unit and (word == metric.unit or (metric.unit == "%" and above.endswith("%"))):
        return metric.unit
    return named if named and metric.unit and _is_convertible(named, metric.unit) else ""


def _is_convertible(unit: str, to: str) -> bool:
    try:
        units.factor(unit, to)
    except units.UnitError:
        return False
    return True


def _nothing(metric: GoBench, part: Part) -> str:
    names = shortened(", ".join(dict.fromkeys(result.name for result in _results(part.text))), 200)
    found = f"only {names}" if names else excerpt(part.text)
    return f"no result of a benchmark {metric.benchmark!r}: {found}; run it with `-bench`, and give its whole name"


def _spoke(metric: GoBench, part: Part) -> bool:
    return any(result.is_result for result in _results(part.text))


GO_BENCH = Extractor(GoBench, read=go_bench, nothing=_nothing, unit=_unit, spoke=_spoke)
