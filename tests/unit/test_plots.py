"""Plots: what is in them, when there is none, where rows are drawn, and what they say to those who do not see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from macros.evidence.observation import Evidence
from macros.publish.axes import LEFT, RIGHT
from macros.publish.drawing import Drawing
from macros.publish.plot_marks import MANY, RING
from macros.publish.plots import SHARES, axis_of, drawings, line_of
from macros.results import all_plots
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.plots import Dot, Plot, PlotKind, PlotRow, plots_of
from macros.verdict.finding import Estimate
from macros.verdict.policy import DEFAULT
from macros.words import LanguageName, speak
from tests.unit.plot_sample import measured, of
from tests.unit.publish_sample import cell, claim, milliseconds, result
from tests.unit.publish_site import Failed, build_site

EN = speak("en")
P99 = {"start": {"from": "json", "unit": "ms", "summary": "p99"}}


def with_claim(made: ClaimResult) -> Callable[[CatalogueResult], CatalogueResult]:
    """The sample's results with this claim alone."""
    return lambda results: replace(results, claims={"one": made})


def test_every_process_of_every_cell_is_a_dot(tmp_path: Path) -> None:
    """With its layout, and whether others were at work; oldest toolchain first."""
    (plot,) = plots_of(of(tmp_path, measured([3.0, 4.0, 99.0]), measured([2.0], "go1.15")), DEFAULT)
    assert [row.cell.cell.toolchain for row in plot.rows] == ["go1.15", "go1.27"]
    assert [(dot.value, dot.layout, dot.quiet) for dot in plot.rows[1].dots] == [
        (3.0, 1, True), (4.0, 2, True), (99.0, 1, False),
    ]  # fmt: skip
    assert (plot.name, plot.unit, plot.kind) == ("start", "ms", PlotKind.ROWS)


@pytest.mark.parametrize(
    ("predicate", "low", "high", "figure"),
    [
        ({"below": "5 ms"}, None, 5.0, None),
        ({"above": "5000 us"}, 5.0, None, None),
        ({"about": "5 ms"}, 4.0, 6.25, 5.0),
        ({"about": "5 ms", "within": "scale"}, 2.5, 10.0, 5.0),
    ],
)
def test_the_shaded_region_is_where_the_statement_holds(
    tmp_path: Path, predicate: dict[str, str], low: float | None, high: float | None, figure: float | None
) -> None:
    """In the metric's unit: up to the figure, from it on, or its band with the figure in it."""
    expect = [{"metric": "start", **predicate}]
    (plot,) = plots_of(of(tmp_path, measured([3.0, 4.0], expect=expect), expect=expect), DEFAULT)
    assert (plot.rows[0].low, plot.rows[0].high, plot.rows[0].figure) == (low, high, figure)


# ---- no plot where a number says it ----------------------------------------------------------------------


def test_what_is_exact_has_no_plot(tmp_path: Path) -> None:
    """A number says it."""
    expect = [{"metric": "start", "equals": 3}]
    one = claim("one", expect=expect)
    exact = cell(one, "go1.27", estimates={"start": milliseconds()})
    assert plots_of(result(one, tmp_path, [exact], "confirmed"), DEFAULT) == []


@pytest.mark.parametrize("values", [[3.0], [3.0] * 20, [3000.0, 3000.5, 3001.0], [0.0, 0.0]])
def test_processes_that_agree_have_no_plot(tmp_path: Path, values: list[float]) -> None:
    """One value in each cell is a number, also where it is another one in another cell."""
    assert plots_of(of(tmp_path, measured(values), measured([2.0], "go1.15")), DEFAULT) == []


def test_one_cell_that_scatters_brings_the_plot_of_all(tmp_path: Path) -> None:
    """The others are drawn beside it."""
    (plot,) = plots_of(of(tmp_path, measured([3.0, 3.1]), measured([2.0], "go1.15")), DEFAULT)
    assert len(plot.rows) == 2


def test_two_expectations_of_one_quantity_share_a_plot(tmp_path: Path) -> None:
    """A range that is given by its two ends is one row with either region, and no cell is drawn twice for the same."""
    expect = [{"metric": "start", "below": "5 ms"}, {"metric": "start", "above": "2 ms"}]
    (plot,) = plots_of(of(tmp_path, measured([3.0, 4.0], expect=expect), expect=expect), DEFAULT)
    assert [(row.low, row.high) for row in plot.rows] == [(None, 5.0), (2.0, None)]


# ---- an error in the data --------------------------------------------------------------------------------


def without_its_metric(tmp_path: Path) -> ClaimResult:
    """A record whose processes printed something else than the claim expects today."""
    made = measured([3.0, 4.0])
    seen = tuple(replace(one, readings={"other": 1.0}) for one in made.record.evidence.observations)
    record = made.record.model_copy(update={"evidence": Evidence(seen)})
    return of(tmp_path, replace(made, record=record))


def test_a_plot_without_samples_stops_the_build_with_file_and_line(tmp_path: Path) -> None:
    """The expectation's line in the claim's file, what the record lacks, and the next step."""
    made = without_its_metric(tmp_path / "claims")
    made.folder.mkdir(parents=True)
    (made.folder / "claim.yml").write_text("id: one\nexpect:\n  - metric: start\n    below: 5 ms\n")
    with pytest.raises(Failed) as failed:
        build_site(tmp_path, {"index.md": "x\n"}, change=with_claim(made))
    assert re.search(
        r"one/claim\.yml:3:\d+: one: the plot of `start` has no sample in go1\.27, default: "
        r"the record has 2 processes, and none gives it; measure again with `claims run one --fresh`",
        str(failed.value),
    )


def test_processes_that_could_not_measure_are_no_such_error(tmp_path: Path) -> None:
    """They say so themselves, and the verdict says it; there is nothing to draw."""
    blank = measured([3.0])
    seen = tuple(replace(one, readings={}) for one in blank.record.evidence.observations)
    made = of(tmp_path, replace(blank, record=blank.record.model_copy(update={"evidence": Evidence(seen)})))
    assert list(all_plots.without_samples(made)) == []
    assert plots_of(made, DEFAULT) == []


def test_plots_are_worked_out_once_in_a_build(tmp_path: Path) -> None:
    """For the page and for the file beside it."""
    made = of(tmp_path, measured([3.0, 4.0]))
    with patch.object(all_plots, "plots_of", wraps=all_plots.plots_of) as worked_out:
        site = build_site(tmp_path, {"index.md": "x\n"}, change=with_claim(made))
    assert worked_out.call_count == 1
    assert "<svg role" in (site / "claims/one/index.html").read_text("utf-8")
    assert '"kind":"rows"' in (site / "claims/one/claim.json").read_text("utf-8")


# ---- rows ------------------------------------------------------------------------------------------------


def row(values: list[float], low: float | None = None, high: float | None = 5.0, **over: object) -> PlotRow:
    made = measured(values)
    dots = tuple(Dot(value, number, 1 + number % 2, True) for number, value in enumerate(values))
    return replace(PlotRow(made, dots, milliseconds(), made.judged.finding, low, high), **over)  # type: ignore[arg-type]


def drawn(*rows: PlotRow, kind: PlotKind = PlotKind.ROWS, language: LanguageName = "en") -> Drawing:
    (one,) = drawings(Plot("start", "ms", rows, kind), "Start", {"default": ""}, speak(language))
    return one


def test_the_axis_holds_dots_figure_and_is_logarithmic_where_they_are_far_apart() -> None:
    """A figure that is missed by a hundred is in sight, and the dots do not fall into one."""
    near = axis_of(Plot("start", "ms", (row([3.0, 4.0]),)))
    assert (near.logarithmic, near.low < 3.0, near.high > 5.0) == (False, True, True)
    far = axis_of(Plot("start", "ms", (row([300.0, 400.0]),)))
    assert (far.logarithmic, far.low < 5.0, far.high > 400.0) == (True, True, True)
    assert not axis_of(Plot("start", "ms", (row([0.0, 400.0]),))).logarithmic


def test_many_processes_are_drawn_as_fewer_and_larger_dots() -> None:
    """No value is lost: the largest dot stands where most of them are."""
    one = row([3.0] * MANY + [4.0])
    marks = line_of(one, axis_of(Plot("start", "ms", (one,))), 0, label=False, shares=False).marks
    assert len(marks) == 3
    assert sorted(mark.size for mark in marks) == [0, 2, 2]
    assert sum(mark.count for mark in marks) == MANY + 1


def test_layouts_have_lanes_and_shapes_of_their_own_and_a_legend() -> None:
    """Dots of one layout lie on a line and look alike, those of another one below do not; colour tells nothing."""
    one = row([3.0, 3.5, 3.2, 3.7])
    marks = line_of(one, axis_of(Plot("start", "ms", (one,))), 0, label=False, shares=False).marks
    assert len({(mark.y, mark.shape) for mark in marks}) == 2
    assert drawn(one).shapes == (0, 1)
    assert drawn(row([3.0])).shapes == ()


def test_a_loud_process_is_a_ring_in_its_lane() -> None:
    """And the key says what a ring means, where there is one."""
    loud = row([3.0, 4.0], dots=(Dot(3.0, 0, 1, True), Dot(4.0, 1, 1, False)))
    marks = line_of(loud, axis_of(Plot("start", "ms", (loud,))), 0, label=False, shares=False).marks
    assert [mark.shape for mark in marks] == [0, RING]
    assert "in a ring, others were at work" in drawn(loud).key
    assert "ring" not in drawn(row([3.0, 4.0])).key


def test_a_region_is_named_where_it_begins_and_where_it_changes() -> None:
    """Not in every row."""
    texts = drawn(row([3.0, 4.0]), row([3.0, 4.0]), row([3.0, 4.0], 2.5, 10.0, figure=5.0)).texts
    asked = [text.text for text in texts if text.looks == "claim-plot-asked"]
    assert asked == ["below 5\u202fms", "about 5\u202fms (2.5\u202fms to 10\u202fms)"]


@pytest.mark.parametrize(
    ("estimate", "shown"),
    [
        (milliseconds(3.2, 3.0, 3.4), "3.2\u202fms (3.0–3.4, n = 18)"),
        (milliseconds(26733.2, 26733.1, 26733.4), "26,733.2\u202fms (26,733.1–26,733.4)"),
    ],
)
def test_a_row_that_is_too_long_for_a_phone_leaves_out_how_many_processes_there_were(
    estimate: Estimate, shown: str
) -> None:
    """So that it does not lie upon the toolchain. Those who do not see it are told the number all the same."""
    one = drawn(row([3.0], estimate=estimate))
    assert [text.text for text in one.texts if text.verdict] == [shown]
    assert "n = 18" in one.said[0]


def test_the_figure_of_a_band_is_its_middle() -> None:
    """The band is shaded, and the line stands at what the source says; elsewhere at the end that it names."""
    band = row([3.0, 7.0], 4.0, 6.25, figure=5.0)
    axis = axis_of(Plot("start", "ms", (band,)))
    line = line_of(band, axis, 0, label=False, shares=False)
    assert (line.where, line.figures) == ((axis.place(4.0), axis.place(6.25)), (axis.place(5.0),))
    upper = line_of(row([3.0, 7.0]), axis, 0, label=False, shares=False)
    assert (upper.where, upper.figures) == ((LEFT, axis.place(5.0)), (axis.place(5.0),))


def test_an_open_interval_and_a_missing_estimate_are_drawn_without_an_end() -> None:
    """Few processes give no interval; the dots are there all the same."""
    bare = replace(row([3.0, 4.0]), estimate=Estimate(3.0, None, None, "ms", 1))
    for each in (bare, replace(bare, estimate=None)):
        line = line_of(each, axis_of(Plot("start", "ms", (each,))), 0, label=False, shares=False)
        assert line.interval is None
        assert len(line.marks) == 2


# ---- shares ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metrics", "expected", "kind"),
    [
        (P99, {"metric": "start", "below": "5 ms"}, PlotKind.SHARES),
        ({"pause_p99": {"from": "json", "unit": "ms"}}, {"metric": "pause_p99", "below": "5 ms"}, PlotKind.SHARES),
        ({"pause_p50": {"from": "json", "unit": "ms"}}, {"metric": "pause_p50", "below": "5 ms"}, PlotKind.ROWS),
        ({"start": {"from": "json", "unit": "ms", "summary": "max"}}, {"metric": "start", "below": "5 ms"},
         PlotKind.SHARES),
        ({"start": {"from": "json", "unit": "ms"}}, {"metric": "start", "below": "5 ms", "quantile": 0.9},
         PlotKind.SHARES),
        ({"start": {"from": "json", "unit": "ms"}}, {"metric": "start", "below": "5 ms"}, PlotKind.ROWS),
    ],
)  # fmt: skip
def test_a_tail_is_drawn_as_shares(
    tmp_path: Path, metrics: dict[str, object], expected: dict[str, object], kind: PlotKind
) -> None:
    """A P99 or a maximum of each process, by its summary or its name, and a quantile other than the median."""
    name = str(expected["metric"])
    made = measured([3.0, 4.0], metrics=metrics, expect=[expected])
    seen = tuple(replace(one, readings={name: one.readings["start"]}) for one in made.record.evidence.observations)
    made = replace(made, record=made.record.model_copy(update={"evidence": Evidence(seen)}))
    (plot,) = plots_of(of(tmp_path, made, metrics=metrics, expect=[expected]), DEFAULT)
    assert plot.kind is kind


def test_a_curve_of_shares_rises_from_none_to_all() -> None:
    """By a step at each value, from edge to edge; a dot is as high as the share of processes up to its value."""
    one = row([4.0, 2.0, 3.0, 3.0])
    line = line_of(one, axis_of(Plot("start", "ms", (one,))), 0, label=False, shares=True)
    heights = [line.bottom - mark.y for mark in line.marks]
    assert heights == [SHARES // 4, SHARES * 3 // 4, SHARES * 3 // 4, SHARES]
    assert line.steps.startswith(f"M{LEFT} {line.bottom}H")
    assert line.steps.endswith(f"V{line.bottom - SHARES}H{RIGHT}")


@pytest.mark.parametrize(("quantile", "share"), [(0.5, "50\u202f%"), (0.9, "90\u202f%")])
def test_the_interval_lies_on_the_line_of_the_quantile_that_is_judged(quantile: float, share: str) -> None:
    """So the curve crosses it there; the line is named."""
    one = row([2.0, 3.0, 4.0], quantile=quantile)
    line = line_of(one, axis_of(Plot("start", "ms", (one,))), 0, label=False, shares=True)
    assert line.bar == line.bottom - round(quantile * SHARES)
    assert share in [text.text for text in drawn(one, kind=PlotKind.SHARES).texts]


def test_the_threshold_of_shares_is_named_with_how_many_are_there() -> None:
    """In every row, since it differs."""
    texts = drawn(row([2.0, 3.0, 7.0]), row([2.0, 3.0]), kind=PlotKind.SHARES).texts
    asked = [text.text for text in texts if text.looks == "claim-plot-asked"]
    assert asked == ["below 5\u202fms: 2 of 3", "below 5\u202fms: 2 of 2"]


# ---- as text ---------------------------------------------------------------------------------------------


def test_the_numbers_are_in_the_description_and_the_picture_is_the_same_each_time(tmp_path: Path) -> None:
    """Title and description of the drawing say the value, its interval, what is asked for, and the verdict."""
    change = with_claim(of(tmp_path, measured([3.0, 4.0, 99.0])))
    pages = [
        (build_site(tmp_path / name, {"index.md": "x\n"}, change=change) / "claims/one/index.html") for name in "ab"
    ]
    first, second = (
        re.findall(r"<svg role=.img.*?</svg>.*?</svg>", page.read_text("utf-8"), re.DOTALL) for page in pages
    )
    assert first == second
    (svg,) = first
    said = "go1.27: 3.2\u202fms (3.0–3.4, n = 18); below 5\u202fms is asked for; 2 of 3 processes are; confirmed."
    assert said in svg
    assert re.search(
        r'aria-labelledby="(\S+)" aria-describedby="(\S+)">\s*<title id="\1">.*?<desc id="\2">', svg, re.DOTALL
    )


def test_chinese_has_words_for_all_of_it() -> None:
    """Title, description and key; no English word is left."""
    loud = row([3.0, 4.0], 2.5, 10.0, figure=5.0, dots=(Dot(3.0, 0, 1, True), Dot(4.0, 1, 2, False)))
    for kind in (PlotKind.ROWS, PlotKind.SHARES):
        one = drawn(loud, kind=kind, language="zh")
        text = " ".join(
            (one.title.removeprefix("Start"), *one.said, one.key, one.layouts, *(each.text for each in one.texts))
        )
        assert re.findall("[a-z]{2,}", re.sub(r"go1\.27|ms", "", text)) == []
        assert "约 5\u202fms（2.5\u202fms 到 10\u202fms）" in text
