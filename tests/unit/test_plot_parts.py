"""The parts that drawings are made of: axes with their ticks, and dots as paths."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from macros.publish.axes import LEFT, RIGHT, WIDTH, Axis, Tick, anchor, axis_around, box, columns, inside, wrapped
from macros.publish.plot_marks import BINS, MANY, RING, SHAPES, SWATCHES, Mark, gathered, paths, shape_of
from macros.words import figures

AXES = [(0, 1, False), (2.8, 9.1, False), (-3, 3, False), (0.9, 1300, True), (0.2, 4.1, True), (1e-9, 1e12, True)]


def test_values_lie_in_order_between_the_edges() -> None:
    """Also those at the ends; one that lies beyond is drawn at the edge."""
    for axis in (Axis(1.0, 9.0, False), Axis(1.0, 9.0, True)):
        places = [axis.place(value) for value in (1.0, 2.0, 5.0, 9.0)]
        assert places == sorted(places)
        assert (places[0], places[-1]) == (LEFT, RIGHT)
        assert (axis.place(0.5), axis.place(20.0)) == (LEFT, RIGHT)


def test_an_axis_goes_up_where_its_end_is_above_its_beginning() -> None:
    """Pixels count downwards."""
    assert [Axis(1.0, 100.0, True, 150, 0).place(value) for value in (1.0, 10.0, 100.0)] == [150, 75, 0]


@pytest.mark.parametrize(("low", "high", "logarithmic"), AXES)
def test_ticks_are_few_round_and_inside(low: float, high: float, logarithmic: bool) -> None:
    """Two to eight, and none needs more than two digits."""
    ticks = Axis(low, high, logarithmic).ticks()
    assert 2 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
    assert ticks == [float(f"{tick:.2g}") for tick in ticks]


@given(
    low=st.floats(1e-6, 1e9),
    ratio=st.floats(1.001, 1e6),
    unit=st.sampled_from(["ns", "us", "s", "%", "times", "allocations"]),
)
@example(low=2050.0, ratio=1.45, unit="us")
@example(low=331049088.0, ratio=1.001, unit="allocations")
def test_no_name_of_a_tick_touches_the_next_or_leaves_the_drawing(low: float, ratio: float, unit: str) -> None:
    """On a phone and in a wide font, however long the names are; and at least one is left."""
    ticks = axis_around([low, low * ratio]).named_ticks(lambda value: figures.quantity(value, unit))
    ends = [end for tick in ticks for end in tick.ends()]
    assert ends == sorted(ends)
    assert ends[0] >= 0 and ends[-1] <= WIDTH


def test_short_names_leave_every_tick_and_long_ones_take_room_from_some() -> None:
    """The fewer ticks are round values too, and spread over the whole axis."""
    axis = axis_around([2050.0, 2980.0])
    short = [tick.name for tick in axis.named_ticks(lambda value: f"{value / 1000:g}")]
    assert short == ["2", "2.2", "2.4", "2.6", "2.8", "3"]
    long = [tick.name for tick in axis.named_ticks(lambda value: f"{value:,.0f} nanoseconds")]
    assert long == ["2,000 nanoseconds", "3,000 nanoseconds"]


@pytest.mark.parametrize("values", [[], [math.inf, math.nan], [3.0, 3.0], [0.0], [-2.0, 5.0], [1e-9, 1e9]])
def test_there_is_an_axis_around_anything(values: list[float]) -> None:
    """Also around nothing, and around what is not finite."""
    axis = axis_around(values)
    assert -math.inf < axis.low < axis.high < math.inf
    assert all(LEFT <= axis.place(value) <= RIGHT for value in values if math.isfinite(value))


def test_text_at_an_edge_stands_inside() -> None:
    """It is not cut off, the longer it is the further from the edge."""
    assert [anchor(place, "5 ms") for place in (0, 500, 1000)] == ["start", "middle", "end"]
    assert [anchor(place, "about 5 ms (4 ms to 6.25 ms)") for place in (200, 500, 800)] == ["start", "middle", "end"]


@given(place=st.integers(0, WIDTH), letters=st.integers(1, 50))
@example(place=330, letters=37)
def test_a_text_of_any_length_stands_inside_wherever_it_belongs(place: int, letters: int) -> None:
    """One that is longer than a third of the drawing has places where neither side has room for it: it moves."""
    text = "x" * letters
    left, right = Tick(*inside(place, text), text).ends()
    assert left >= 0 and right <= WIDTH


def test_a_text_that_has_room_stays_where_it_belongs() -> None:
    """Only what would be cut moves."""
    assert [inside(place, "below 5 ms") for place in (0, 500, 1000)] == [(0, "start"), (500, "middle"), (1000, "end")]
    assert inside(330, "about 1,400 µs (1,120 µs to 1,750 µs)") == (260, "start")
    assert inside(680, "about 1,400 µs (1,120 µs to 1,750 µs)") == (740, "end")


def test_a_long_title_has_several_lines() -> None:
    """A Chinese sign takes the room of two letters; a short title stays what it is."""
    assert wrapped("no-cgo") == ["no-cgo"]
    assert [len(line) <= 44 for line in wrapped("records in mixed order " * 3)] == [True, True]
    assert [columns(line) <= 44 for line in wrapped("记录次序打乱" * 7)] == [True, True]


def test_an_area_is_closed() -> None:
    """It comes back to where it began."""
    assert box(15, 4, 500, 40) == "M15 4H500V40H15z"


def followed(path: str) -> list[tuple[int, int]]:
    """Where the pen is set down, by SVG's rules for `M`, `m`, `h` and `v`."""
    x = y = 0
    places = []
    for command, first, second in re.findall(r"([Mmhv])(-?\d+)(?: ?(-?\d+))?", path):
        if command in "Mm":
            x, y = (int(first), int(second)) if command == "M" else (x + int(first), y + int(second))
            places.append((x, y))
        else:
            x, y = (x + int(first), y) if command == "h" else (x, y + int(first))
    return places


@pytest.mark.parametrize("shape", range(RING + 1))
def test_a_path_sets_every_dot_where_it_belongs(shape: int) -> None:
    """Though all but the first are given from the end of the one before; a shape lies around its place."""
    marks = [Mark(x, y, shape, 1) for x, y in ((5, 9), (300, 9), (7, 40), (2, 15), (990, 3))]
    path = paths(marks)[0][1]
    per_dot = 2 if shape == 3 else 1
    around = followed(path)[::per_dot]
    assert sorted(x for x, _ in around) == sorted(mark.x for mark in marks)
    assert all(
        abs(y - mark.y) <= 2 for (_, y), mark in zip(sorted(around), sorted(marks, key=lambda m: m.x), strict=True)
    )


def test_what_looks_alike_is_one_path() -> None:
    """By shape and size. A ring has its inside drawn upon it, in the colour of the page."""
    marks = [Mark(1, 1, 0, 1), Mark(2, 1, 0, 1), Mark(3, 1, 0, 3), Mark(4, 1, 1, 1), Mark(5, 1, RING, 1)]
    assert [looks for looks, _ in paths(marks)] == ["k0", "k0 s1", "k1", "k4", "k5"]


def test_dots_upon_each_other_are_one_larger_dot() -> None:
    """Only those of one shape; where there are many, also those that are near."""
    few = gathered([(10, 5, 0), (10, 5, 0), (11, 5, 0), (10, 5, 1)])
    assert [(mark.x, mark.shape, mark.count) for mark in few] == [(10, 0, 2), (10, 1, 1), (11, 0, 1)]
    many = gathered([(500 + number % 3, 5, 0) for number in range(MANY + 1)])
    assert [(mark.x, mark.count, mark.size) for mark in many] == [(500, MANY + 1, 2)]
    assert len(gathered([(x, 5, 0) for x in range(1000)])) == BINS + 1


def test_layouts_beyond_the_fourth_share_shapes_and_the_loud_are_rings() -> None:
    """Whatever their layout. Each shape has a swatch for the legend."""
    assert [shape_of(lane, quiet=True) for lane in range(5)] == [0, 1, 2, 3, 0]
    assert shape_of(2, quiet=False) == RING
    assert len(SWATCHES) == SHAPES
