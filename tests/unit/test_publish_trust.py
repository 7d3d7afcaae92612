"""The page on trust: its figures follow from the results and from the benchmark's file."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.verdicts import parts_of
from macros.evidence.observation import Evidence, Observation, QuietLevel, Session
from macros.publish.benchmarks import PARTS, Benchmarks, read_figures
from macros.publish.trust import Trust
from macros.results.analyses import stands_everywhere
from macros.results.catalogue import CatalogueResult, CellResult
from macros.results.layout_effects import LayoutEffect, read_layout_effects, write_layout_effects
from macros.verdict.alternatives import AnalysisName
from macros.verdict.analyses import Analyses
from macros.words.figures import NARROW
from tests.unit.publish_sample import catalogue, judged_again
from tests.unit.publish_site import Failed, page


def disturbed(results: CatalogueResult, loud: int, rounds: int) -> CatalogueResult:
    """The claim `cold-start` with others at work in so many rounds of each of its three cells.

    In all but the first round additions take twice as long.
    """

    def witnesses(n: int) -> dict[str, float]:
        additions = 36e-6 if n else 18e-6
        return {"others_here": 0.5 if n < loud else 0.0, "latency/1": 50e-6, "throughput/1": additions}

    seen = tuple(Observation("run", n, 0.1, {}, witnesses=witnesses(n)) for n in range(rounds))
    evidence = Evidence(seen, sessions=(Session(0, {}, (), {"latency/1": QuietLevel(50e-6, 51e-6)}),))

    def with_sentinel(cell: CellResult) -> CellResult:
        return replace(cell, record=cell.record.model_copy(update={"evidence": evidence}))

    claim = results.claims["cold-start"]
    cells = tuple(with_sentinel(cell) for cell in claim.cells)
    return replace(results, claims={**results.claims, "cold-start": replace(claim, cells=cells)})


def test_the_noise_is_what_the_sentinel_saw(tmp_path: Path) -> None:
    """Loud processes and rounds, the cells whose session was bad, and what each witness read."""
    trust = Trust(disturbed(catalogue(tmp_path), 6, 10))
    assert (trust.processes, trust.rounds, trust.bad_sessions) == ((18, 30), (18, 30), 3)
    rows = {row.name: row for row in trust.witnesses}
    assert (rows["others_here"].middle, rows["others_here"].most, rows["others_here"].loud) == (0.5, 0.5, 18)
    assert rows["latency/1"].limit == pytest.approx(57.5e-6)
    assert rows["latency/1"].loud == 0
    quiet = Trust(disturbed(catalogue(tmp_path), 1, 10))
    assert (quiet.rounds, quiet.bad_sessions) == ((3, 30), 0)
    assert Trust(catalogue(tmp_path)).watched_cells == 0


def test_the_noise_tells_how_often_a_core_was_shared(tmp_path: Path) -> None:
    """By the probe that another thread on the core slows, from thirty processes on."""

    def noise(rounds: int) -> str:
        return page(tmp_path / str(rounds), '{{ trust("noise") }}', lambda results: disturbed(results, 0, rounds))

    assert "their quickest" not in noise(9)
    assert "<dd>2.0 times their quickest</dd>" in noise(10)


def test_controls_are_counted_and_those_that_failed_are_named(tmp_path: Path) -> None:
    """A control that did not come out as known stands there with what it came to."""
    results = catalogue(tmp_path)
    every = Trust(results)
    assert every.controls[0] == every.controls[1] > 0
    claim = results.claims["cold-start"]
    failed = replace(claim.controls[0], result=claim.cells[0])
    broken = replace(results, claims={**results.claims, "cold-start": replace(claim, controls=(failed,))})
    assert Trust(broken).controls == (every.controls[0] - 1, every.controls[1])
    assert Trust(broken).silent == [("cold-start", "sleeps", "confirmed")]


def test_the_page_shows_the_benchmark_s_figures_also_those_that_fall_short(tmp_path: Path) -> None:
    """Each with its target and whether it is met; without the file the page says how to get it."""
    assert "has not been run" in page(tmp_path / "a", '{{ trust("bench") }}')
    given = [
        ("wrong", "at most 0.01", 0.0003, True, "simulated"),
        ("decided", "at least 0.9", 0.88, False, "simulated"),
        ("drift", "shown", 1.02, True, "known"),
        ("gone", "at most 1", 0.5, True, "a part of an older benchmark"),
    ]
    rows = [
        {"check": check, "target": target, "value": value, "met": met, "part": part, "on": "2026-01-02", "machine": "M"}
        for check, target, value, met, part in given
    ]
    (tmp_path / "b" / "bench").mkdir(parents=True)
    (tmp_path / "b" / "bench" / "verdicts.json").write_text(json.dumps(rows), encoding="utf-8")
    shown = page(tmp_path / "b", '{{ trust("bench") }}')
    assert "0.0003" in shown
    assert '<td data-label="value">0.88</td><td data-label="met or missed">missed</td>' in shown
    assert '<td data-label="value">1.02</td><td data-label="met or missed"></td>' in shown
    assert [figure.outcome for figure in read_figures(tmp_path / "b")] == ["met", "missed", ""]
    assert shown.count("not run yet") == len(PARTS) - 2


def moved(claim: str, medians: tuple[float, ...], apart: float | None, *, surely: bool) -> LayoutEffect:
    """What layouts did to a claim's `start`."""
    return LayoutEffect(claim, "go1.27", "default", "start", "ms", medians, apart, 0.25, surely, "2026-01-02", "M")


def test_what_layouts_do_is_shown_of_the_catalogue_s_claims_worst_first(tmp_path: Path) -> None:
    """With how far they lie apart and in how many of them a cell is measured; without the file, how to get it."""
    nothing = page(tmp_path / "a", '{{ trust("layouts") }}')
    assert "has not been measured" in nothing and "<code>make bench-layouts</code>" in nothing
    little, much = moved("cold-start", (4.0, 4.1), 0.025, surely=False), moved("arms", (4.0, 5.0), 0.25, surely=True)
    gone, unknown = moved("gone", (1.0, 9.0), 8.0, surely=True), moved("arms", (-1.0, 2.0), None, surely=True)
    write_layout_effects(tmp_path / "b", [little, unknown, gone, much])
    kept = read_layout_effects(tmp_path / "b")
    assert kept == (gone, much, little, unknown)
    trust = Trust(catalogue(tmp_path), Benchmarks(layouts=kept))
    assert [(row.effect, row.layouts) for row in trust.layouts] == [(much, 4), (little, 4), (unknown, 4)]
    shown = page(tmp_path / "b", '{{ trust("layouts") }}').replace(NARROW, " ")
    assert "The layouts surely differ in 2 of 3 figures: a single population would look" in shown
    assert '"medians of the layouts">4.00 to 4.10 ms</td><td data-label="apart">2.5 %</td>' in shown
    assert '"surely differ">no</td><td data-label="layouts in its cells">4</td>' in shown
    assert '<td data-label="apart">–</td>' in shown


def test_the_page_knows_every_part_of_the_benchmark() -> None:
    """A part that it did not know would not be shown."""
    assert list(PARTS) == list(parts_of(argparse.Namespace()))


def test_verdicts_that_another_analysis_does_not_bear_out_are_named_with_what_it_found(tmp_path: Path) -> None:
    """The share counts decided measured claims only; each failing analysis stands there with its cells and numbers."""
    results = judged_again(judged_again(catalogue(tmp_path)), "arms")
    steady = replace(results.claims["arms"], analyses=Analyses((AnalysisName.MEAN,)))
    results = replace(results, claims={**results.claims, "arms": steady})
    assert stands_everywhere(results) == (1, 2, ["cold-start"])
    trust = Trust(results)
    assert (trust.standing, trust.standing_share) == ((1, 2), 0.5)
    (one,) = [one for one in trust.unsteady if one.claim == "cold-start"]
    assert (one.analysis, one.expectation, one.unit) == (AnalysisName.MEAN, "median of start below 5 ms", "ms")
    assert [name for name, _ in one.cells] == ["go1.27, default"]
    shown = page(tmp_path / "a", '{{ trust("analyses") }}', judged_again).replace(NARROW, " ")
    assert "0 of 1 decided measured verdicts hold in every other analysis" in shown
    assert "5.25 ms, compared with 5 ms" in shown


def test_nothing_decided_is_no_shortfall(tmp_path: Path) -> None:
    """A catalogue without measured verdicts has none that fails."""
    trust = Trust(catalogue(tmp_path))
    assert (trust.standing, trust.standing_share, trust.unsteady) == ((0, 0), 1.0, [])


@pytest.mark.parametrize("part", ["error", "controls", "mutants", "layouts", "analyses", "noise", "bench", "reasons"])
def test_every_part_can_be_shown(part: str, tmp_path: Path) -> None:
    """On results of every kind of verdict."""
    assert re.search(r">[^<\s]", page(tmp_path, f'{{{{ trust("{part}") }}}}').split("</h1>")[1])


def test_the_policy_s_figures_are_shown_as_they_are(tmp_path: Path) -> None:
    """Errors and shares in percent; an unknown name is an error that lists the known ones."""
    shown = page(
        tmp_path / "a",
        '{{ policy("family_error") }} {{ policy("linear") }} {{ policy("probe") }} {{ policy("others") }}',
    )
    assert all(text in shown for text in (f"5{NARROW}%", "0.9 to 1.1", "1.15", f"10{NARROW}%"))
    with pytest.raises(Failed, match="family_error"):
        page(tmp_path / "b", '{{ policy("family") }}')
