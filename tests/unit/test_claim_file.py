"""A claim's own files: what its plots show as data, and its samples as Go's benchmark tools read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from macros.evidence.observation import Evidence, Observation
from macros.results import claim_file
from macros.results.all_plots import all_plots
from macros.results.catalogue import ClaimResult
from macros.results.feed import feed_of
from tests.unit.publish_sample import catalogue, cell, claim, milliseconds, result
from tests.unit.publish_site import build_site

LINE = re.compile(r"Benchmark[A-Z]\S* \d+( [-+.e0-9]+ \S+)+")
"""A result line of the format: name, iterations, and pairs of value and unit."""


def of(tmp_path: Path, kind: str = "measure") -> ClaimResult:
    """A claim of one cell, whose two processes printed a time and a text."""
    one = claim("cold-start", kind)
    seen = tuple(Observation("run", number, 0.1, {"start": 3.0 + number}, number) for number in range(2))
    made = cell(one, "go1.27", estimates={"start": milliseconds()})
    made = replace(made, record=made.record.model_copy(update={"evidence": Evidence(seen)}))
    return result(one, tmp_path, [made], "confirmed")


def test_a_file_is_read_back_as_it_was_written_and_says_what_the_feed_says(tmp_path: Path) -> None:
    """For every claim of the sample; the machines are those that it names, and no others."""
    results = catalogue(tmp_path)
    plots = all_plots(results)
    feed = {each.id: each for each in feed_of(results).claims}
    for name, found in results.claims.items():
        file = claim_file.file_of(results, found, plots[name])
        assert claim_file.read(claim_file.write(file)) == file
        told, whole = file.claim.model_dump(), feed[name].model_dump()
        for cell_of_file, cell_of_feed in zip(told.pop("cells"), whole.pop("cells"), strict=True):
            assert cell_of_file.items() <= cell_of_feed.items()
        assert told == whole
        assert set(file.machines) == {each.machine for each in (*file.claim.cells, *file.claim.controls)}


def test_a_plot_s_data_are_every_process_with_its_layout(tmp_path: Path) -> None:
    """And the region in which the statement would hold."""
    results = replace(catalogue(tmp_path), claims={"cold-start": of(tmp_path)})
    (plot,) = claim_file.file_of(results, results.claims["cold-start"], all_plots(results)["cold-start"]).plots
    (found,) = plot.cells
    assert (plot.name, plot.unit, found.toolchain, found.low, found.high) == ("start", "ms", "go1.27", None, 5.0)
    assert (found.processes.values, found.processes.rounds) == ((3.0, 4.0), (0, 1))
    assert (found.processes.layouts, found.processes.loud) == ((0, 1), ())


def test_samples_are_lines_of_the_benchmark_format(tmp_path: Path) -> None:
    """One for each process, under the configuration of its cell; a time in ns, so that it is shown in its unit."""
    lines = claim_file.samples_of(of(tmp_path)).splitlines()
    assert "toolchain: go1.27" in lines
    results = [line for line in lines if line.startswith("Benchmark")]
    assert results == ["BenchmarkColdStart 1 3000000 start-ns", "BenchmarkColdStart 1 4000000 start-ns"]
    assert all(LINE.fullmatch(line) or re.fullmatch(r"[a-z]+: \S.*", line) for line in lines)


@pytest.mark.parametrize(
    ("unit", "printed"), [("KiB", "3072 start-bytes"), ("%", "3 start-%"), ("", "3 start"), ("us", "3000 start-ns")]
)
def test_a_number_keeps_what_it_is_a_number_of(tmp_path: Path, unit: str, printed: str) -> None:
    """Sizes in bytes, other units as they are, counts without one."""
    made = of(tmp_path)
    metric = made.claim.metrics["start"].model_copy(update={"unit": unit or None})
    made = replace(made, claim=made.claim.model_copy(update={"metrics": {"start": metric}}))
    assert f"BenchmarkColdStart 1 {printed}" in claim_file.samples_of(made)


def test_an_exact_claim_has_no_samples(tmp_path: Path) -> None:
    """What it counts or prints is in its cells."""
    one = claim("exact", expect=[{"metric": "start", "equals": 3}])
    assert claim_file.samples_of(result(one, tmp_path, [cell(one, "go1.27")], "confirmed")) == ""


def test_the_files_lie_beside_the_claim_s_page(tmp_path: Path) -> None:
    """At the addresses that programs know."""
    site = build_site(tmp_path, {"index.md": "x\n"})
    for page in site.glob("claims/*/index.html"):
        told = json.loads((page.parent / "claim.json").read_text("utf-8"))
        assert told["claim"]["url"] == f"claims/{page.parent.name}/"
