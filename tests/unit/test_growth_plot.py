"""The drawing of a growth: its points, its line, the slopes that count, and what it says to who does not see it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.metrics import JsonLines
from macros.evidence.observation import Evidence, Observation, Points
from macros.evidence.points import points_of
from macros.ledger.record import Record, as_data, read_record, write_record
from macros.publish.axes import Axis
from macros.publish.drawing import Drawing
from macros.publish.growth_plot import Fit, Panel, asked_for, fit, in_its_unit
from macros.publish.plots import drawings
from macros.results import claim_file
from macros.results.catalogue import ClaimResult
from macros.results.plots import Plot, PlotKind, plots_of
from macros.verdict.policy import DEFAULT
from macros.words import LanguageName, speak
from tests.unit.plot_sample import METRICS, SIZES, grown, printed
from tests.unit.publish_sample import catalogue, claim


def plot_of(made: ClaimResult) -> Plot:
    (plot,) = plots_of(made, DEFAULT)
    return plot


def drawn(made: ClaimResult, language: LanguageName = "en") -> list[Drawing]:
    return drawings(plot_of(made), "Growth", {"default": ""}, speak(language))


def metric() -> JsonLines:
    one = claim("one", "measure", metrics=METRICS, expect=[{"metric": "growth", "grows": "linear"}]).metrics["growth"]
    assert isinstance(one, JsonLines)
    return one


# ---- the points ------------------------------------------------------------------------------------------


def test_the_points_are_those_that_the_slope_was_taken_over() -> None:
    """Of the metric's own lines, in the order in which they were printed, with their unit."""
    found = points_of("growth", metric(), printed(1.0), "")
    assert found == Points("ns", tuple(map(float, SIZES)), (40e3, 80e3, 160e3, 320e3, 640e3, 1280e3))


@pytest.mark.parametrize("cut", ["", "walk", '{"metric": "walk"', '{"metric": "walk", "value": "x", "n": 5}\n'])
def test_an_output_without_points_gives_none(cut: str) -> None:
    """Also one that was cut, or that holds something else."""
    assert points_of("growth", metric(), cut, "") is None


def test_what_is_whole_in_a_cut_output_is_taken() -> None:
    """A long output is not kept in full."""
    whole = printed(1.0)
    found = points_of("growth", metric(), whole[: len(whole) // 2] + "\n[cut here; the rest is not kept]\n", "")
    assert found is not None
    assert found.sizes == (1000.0, 2000.0, 4000.0)


def test_a_plot_of_a_growth_has_slopes_of_all_processes_and_the_points_that_were_kept(tmp_path: Path) -> None:
    """The points are of the first process, in its layout."""
    plot = plot_of(grown(tmp_path, 1.0, [0.98, 1.0, 1.01]))
    (row,) = plot.rows
    assert (plot.kind, plot.size, row.low, row.figure, row.high) == (PlotKind.GROWTH, "n", 0.9, 1.0, 1.1)
    assert [dot.value for dot in row.dots] == [0.98, 1.0, 1.01]
    assert [(curve.layout, len(curve.points.sizes)) for curve in row.curves] == [(7, 6)]


def test_points_that_every_process_kept_are_all_drawn(tmp_path: Path) -> None:
    """Each in its own layout; the output that was kept is of no account then, and the key does not speak of it."""
    made = grown(tmp_path, 1.0, [0.98, 1.0, 1.01])
    (cell,) = made.cells
    points = Points("ns", tuple(map(float, SIZES)), tuple(map(float, SIZES)))
    seen = tuple(
        replace(one, points={"growth": points}, layout=number)
        for number, one in enumerate(cell.record.evidence.observations)
    )
    record = cell.record.model_copy(update={"evidence": Evidence(seen)})
    made = replace(made, cells=(replace(cell, record=record),))
    assert [curve.layout for curve in plot_of(made).rows[0].curves] == [0, 1, 2]
    drawing = drawn(made)[0]
    assert "kept" not in drawing.key
    assert drawing.shapes == (0, 1, 2)
    assert [layer.looks.split()[0] for layer in drawing.layers if layer.looks.startswith("k")] == ["k0", "k1", "k2"]


@pytest.mark.parametrize("points", [{}, {"growth": Points("ns", (1.0, 2.0), (3.0, 4.0))}])
def test_points_survive_the_way_to_the_ledger_and_back(tmp_path: Path, points: dict[str, Points]) -> None:
    """In a record, and in what a host says of a process; a record from before points were kept is read as well."""
    (cell,) = grown(tmp_path, 1.0, [1.0, 1.01]).cells
    seen = tuple(replace(one, points=points) for one in cell.record.evidence.observations)
    record = cell.record.model_copy(update={"evidence": Evidence(seen)})
    assert read_record(write_record(record)) == record
    assert [Observation.from_json(json.loads(json.dumps(one.to_json()))) for one in seen] == list(seen)
    data = as_data(record)
    for one in data["evidence"]["observations"]:
        del one["points"]
    assert not any(one.points for one in Record.model_validate(data).evidence.observations)


def test_its_data_are_in_the_claim_s_file(tmp_path: Path) -> None:
    """Kind, what the values grow with, slopes, and the points with their unit; the file is read back as it was."""
    made = grown(tmp_path, 1.0, [0.98, 1.0, 1.01])
    results = replace(catalogue(tmp_path), claims={"one": made})
    file = claim_file.file_of(results, made, [plot_of(made)])
    assert claim_file.read(claim_file.write(file)) == file
    (plot,) = file.plots
    (one,) = plot.cells
    assert (plot.kind, plot.size, one.low, one.figure, one.high) == ("growth", "n", 0.9, 1.0, 1.1)
    assert one.curves is not None
    assert (one.curves[0].unit, one.curves[0].sizes[0], one.curves[0].values[0]) == ("ns", 1000.0, 40e3)


# ---- the line and what counts ----------------------------------------------------------------------------


def test_the_line_has_the_slope_and_halves_the_points() -> None:
    """It begins at the smallest size; one wild point does not move it."""
    points = [(float(size), 3.0 * size**1.5) for size in SIZES]
    points[3] = (points[3][0], points[3][1] * 50)
    line = fit(points, 1.5)
    assert line.size == SIZES[0]
    assert line.at(16000.0) == pytest.approx(3.0 * 16000**1.5)
    assert line.at(2000.0, 1.0) == pytest.approx(line.value * 2)


def corners(made: ClaimResult) -> list[tuple[int, int]]:
    """The area of the slopes asked for, in a panel of its own."""
    (row,) = plot_of(made).rows
    line = Fit(1000.0, 100.0, 1.0)
    panel = Panel(row, line, "ns", 0, Axis(1000.0, 32000.0, True, 0, 1000), Axis(10.0, 1e6, True, 500, 0))
    path = asked_for(panel)
    found: list[tuple[int, int]] = []
    x = y = 0
    tokens = path.rstrip("z").replace("M", " M ").replace("L", " L ").replace("V", " V ").replace("H", " H ").split()
    while tokens:
        command = tokens.pop(0)
        if command in "ML":
            x, y = int(tokens.pop(0)), int(tokens.pop(0))
        elif command == "H":
            x = int(tokens.pop(0))
        else:
            y = int(tokens.pop(0))
        found.append((x, y))
    return found


def test_slopes_that_count_are_the_area_between_their_lines(tmp_path: Path) -> None:
    """Linear opens between 0.9 and 1.1, faster reaches up to the edge, slower down to it."""
    linear = corners(grown(tmp_path, 1.0, [1.0, 1.01], "linear"))
    assert linear[0] == (0, 400)
    assert linear[1][0] == linear[2][0] == 1000
    assert linear[1][1] < linear[2][1] < 400
    assert corners(grown(tmp_path, 1.0, [1.0, 1.01], "faster"))[1:3] == [(0, 0), (1000, 0)]
    assert corners(grown(tmp_path, 1.0, [1.0, 1.01], "slower"))[2:] == [(1000, 500), (0, 500)]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1e5, "ns", (100.0, "us")),
        (1e8, "ns", (100.0, "ms")),
        (0.5, "ns", (0.5, "ns")),
        (3e4, "B", (30.0, "kB")),
        (7.0, "", (7.0, "")),
    ],
)
def test_the_axis_is_named_in_units_that_fit(value: float, unit: str, shown: tuple[float, str]) -> None:
    """100 ms, not 100,000,000 ns; what has no unit has none."""
    number, name = in_its_unit(value, unit)
    assert (round(number, 9), name) == shown


# ---- the drawing -----------------------------------------------------------------------------------------


def test_there_are_panels_and_then_slopes(tmp_path: Path) -> None:
    """Slopes that agree are a number; without points there are the slopes alone, under the metric's title."""
    assert [one.caption for one in drawn(grown(tmp_path, 1.0, [0.98, 1.0]))] == ["Growth", "Slope in each process"]
    assert [one.caption for one in drawn(grown(tmp_path, 0.0, [0.0, 0.0]))] == ["Growth"]
    assert [one.caption for one in drawn(grown(tmp_path, 1.0, [0.98, 1.0], stdout=""))] == ["Growth"]
    assert plots_of(grown(tmp_path, 0.0, [0.0, 0.0], stdout=""), DEFAULT) == []


def test_the_numbers_are_in_the_description(tmp_path: Path) -> None:
    """The slope with its interval, what is asked for, and from what to what the values went."""
    (said,) = drawn(grown(tmp_path, 1.0, [0.98, 1.0, 1.01]))[0].said
    assert said == (
        "go1.27: slope 1.00 (0.98–1.01, n = 3); slope 0.9 to 1.1 is asked for; "
        "40\u202fµs at 1,000 to 1.28\u202fms at 32,000; confirmed."
    )


def test_it_says_how_many_processes_its_points_are_of(tmp_path: Path) -> None:
    """The line is of all of them."""
    assert "of 3 processes the values of 1 were kept" in drawn(grown(tmp_path, 1.0, [0.98, 1.0, 1.01]))[0].key


def test_chinese_has_words_for_all_of_it(tmp_path: Path) -> None:
    """No English word is left."""
    one = drawn(grown(tmp_path, 1.0, [0.98, 1.0]), "zh")[0]
    text = " ".join((one.title, *one.said, one.key, *(each.text for each in one.texts)))
    assert "斜率0.9 到 1.1" in text
    assert not any(word in text for word in ("slope", "asked", "process", "axis"))
