"""Plots: what is in them, where it is drawn, and what they say to those who do not see them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from macros.evidence.observation import Evidence, Observation, QuietLevel, Session
from macros.publish.plots import LEFT, MANY, RIGHT, Axis, axis_of, drawing
from macros.results.catalogue import CellResult, ClaimResult
from macros.results.plots import Dot, Plot, PlotRow, plots_of
from macros.verdict.finding import Estimate
from macros.verdict.policy import DEFAULT
from macros.words import speak
from tests.unit.publish_sample import cell, claim, milliseconds, result
from tests.unit.publish_site import build_site

EN = speak("en")


def measured(values: list[float], toolchain: str = "go1.27", case: str = "default", **over: object) -> CellResult:
    """A cell of a measuring claim whose processes printed these values, in two layouts in turn."""
    one = claim("one", "measure", **over)
    seen = tuple(
        Observation("run", number, 0.1, {"start": value}, 1 + number % 2, {"others_here": 0.9 if value > 90 else 0.0})
        for number, value in enumerate(values)
    )
    made = cell(one, toolchain, case, estimates={"start": milliseconds()})
    evidence = Evidence(seen, sessions=(Session(quiet={"others_here": QuietLevel(0.0, 0.01)}),))
    return replace(made, record=made.record.model_copy(update={"evidence": evidence}))


def of(tmp_path: Path, *cells: CellResult, **over: object) -> ClaimResult:
    return result(claim("one", "measure", **over), tmp_path, cells, "confirmed")


def test_every_process_of_every_cell_is_a_dot(tmp_path: Path) -> None:
    """With its layout, and whether others were at work; oldest toolchain first."""
    (plot,) = plots_of(of(tmp_path, measured([3.0, 4.0, 99.0]), measured([2.0], "go1.15")), DEFAULT)
    assert [row.cell.cell.toolchain for row in plot.rows] == ["go1.15", "go1.27"]
    assert [(dot.value, dot.layout, dot.quiet) for dot in plot.rows[1].dots] == [
        (3.0, 1, True), (4.0, 2, True), (99.0, 1, False),
    ]  # fmt: skip
    assert (plot.name, plot.unit) == ("start", "ms")


@pytest.mark.parametrize(
    ("predicate", "low", "high"),
    [
        ({"below": "5 ms"}, None, 5.0),
        ({"above": "5000 us"}, 5.0, None),
        ({"about": "5 ms"}, 4.0, 6.25),
        ({"about": "5 ms", "within": "scale"}, 2.5, 10.0),
    ],
)
def test_the_shaded_region_is_where_the_statement_holds(
    tmp_path: Path, predicate: dict[str, str], low: float | None, high: float | None
) -> None:
    """In the metric's unit: up to the figure, from it on, or its band."""
    expect = [{"metric": "start", **predicate}]
    (plot,) = plots_of(of(tmp_path, measured([3.0], expect=expect), expect=expect), DEFAULT)
    assert (plot.rows[0].low, plot.rows[0].high) == (low, high)


def test_what_is_exact_has_no_plot(tmp_path: Path) -> None:
    """A number says it."""
    expect = [{"metric": "start", "equals": 3}]
    one = claim("one", expect=expect)
    assert (
        plots_of(
            result(one, tmp_path, [cell(one, "go1.27", estimates={"start": milliseconds()})], "confirmed"), DEFAULT
        )
        == []
    )


def test_two_expectations_of_one_quantity_share_a_plot(tmp_path: Path) -> None:
    """A range that is given by its two ends is one row with either region, and no cell is drawn twice for the same."""
    expect = [{"metric": "start", "below": "5 ms"}, {"metric": "start", "above": "2 ms"}]
    (plot,) = plots_of(of(tmp_path, measured([3.0], expect=expect), expect=expect), DEFAULT)
    assert [(row.low, row.high) for row in plot.rows] == [(None, 5.0), (2.0, None)]


def row(values: list[float], low: float | None = None, high: float | None = 5.0) -> PlotRow:
    made = measured(values)
    dots = tuple(Dot(value, number, 1 + number % 2, True) for number, value in enumerate(values))
    return PlotRow(made, dots, milliseconds(), made.judged.finding, low, high)


def test_values_lie_in_order_between_the_edges() -> None:
    """Also those at the ends; and one that lies beyond is drawn at the edge."""
    for axis in (Axis(1.0, 9.0, False), Axis(1.0, 9.0, True)):
        places = [axis.x(value) for value in (1.0, 2.0, 5.0, 9.0)]
        assert places == sorted(places)
        assert (places[0], places[-1]) == (LEFT, RIGHT)
        assert (axis.x(0.5), axis.x(20.0)) == (LEFT, RIGHT)


def test_the_axis_holds_dots_figure_and_is_logarithmic_where_they_are_far_apart() -> None:
    """A figure that is missed by a hundred is in sight, and the dots do not fall into one."""
    near = axis_of(Plot("start", "ms", (row([3.0, 4.0]),)))
    assert (near.logarithmic, near.low < 3.0, near.high > 5.0) == (False, True, True)
    far = axis_of(Plot("start", "ms", (row([300.0, 400.0]),)))
    assert (far.logarithmic, far.low < 5.0, far.high > 400.0) == (True, True, True)
    assert not axis_of(Plot("start", "ms", (row([0.0, 400.0]),))).logarithmic


AXES = [(0, 1, False), (2.8, 9.1, False), (-3, 3, False), (0.9, 1300, True), (0.2, 4.1, True), (1e-9, 1e12, True)]


@pytest.mark.parametrize(("low", "high", "logarithmic"), AXES)
def test_ticks_are_few_round_and_inside(low: float, high: float, logarithmic: bool) -> None:
    """Two to eight, and none needs more than two digits."""
    ticks = Axis(low, high, logarithmic).ticks()
    assert 2 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
    assert ticks == [float(f"{tick:.2g}") for tick in ticks]


def test_many_processes_are_drawn_as_fewer_and_larger_dots() -> None:
    """No value is lost: the largest dot stands where most of them are."""
    values = [3.0] * MANY + [4.0]
    drawn = drawing(Plot("start", "ms", (row(values),)), "Start", {"default": ""}, EN)
    marks = drawn.blocks[0].lines[0].marks
    assert len(marks) == 3
    assert max(mark.radius for mark in marks) > min(mark.radius for mark in marks)


def test_layouts_have_lanes_of_their_own() -> None:
    """Dots of one layout lie on a line, those of another one below."""
    drawn = drawing(Plot("start", "ms", (row([3.0, 3.5, 3.2, 3.7]),)), "Start", {"default": ""}, EN)
    assert len({mark.y for mark in drawn.blocks[0].lines[0].marks}) == 2


def test_the_numbers_are_in_the_description_and_the_picture_is_the_same_each_time(tmp_path: Path) -> None:
    """Title and description of the drawing say the value, its interval, what is asked for, and the verdict."""

    def change(results):  # type: ignore[no-untyped-def]
        made = of(tmp_path, measured([3.0, 4.0, 99.0]))
        return replace(results, claims={"one": made})

    pages = [
        (build_site(tmp_path / name, {"index.md": "x\n"}, change=change) / "claims/one/index.html") for name in "ab"
    ]
    first, second = (re.findall(r"<svg role=.img.*?</svg>", path.read_text("utf-8"), re.DOTALL) for path in pages)
    assert first == second
    (svg,) = first
    assert "go1.27: 3.2\u202fms (3.0–3.4, n = 18); 5\u202fms is asked for; confirmed." in svg
    assert svg.count("<circle") == 3
    assert svg.count("claim-plot-loud") == 1
    assert re.search(r'aria-labelledby="(\S+) (\S+)">\s*<title id="\1">.*?<desc id="\2">', svg, re.DOTALL)


def test_an_open_interval_and_a_missing_estimate_are_drawn_without_an_end() -> None:
    """Few processes give no interval; the dots are there all the same."""
    bare = replace(row([3.0]), estimate=Estimate(3.0, None, None, "ms", 1))
    none = replace(row([3.0]), estimate=None)
    for each in (bare, none):
        line = drawing(Plot("start", "ms", (each,)), "Start", {"default": ""}, EN).blocks[0].lines[0]
        assert line.interval is None
        assert len(line.marks) == 1
