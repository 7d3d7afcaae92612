"""Figures that another machine may shift, figures of single nanoseconds, and growth with a size."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from macros.check.units import check_units
from macros.claim.fields import VerdictName
from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.observation import Evidence, Observation
from macros.evidence.slopes import growth
from macros.verdict.causes import LikeEmptyLoop, OperationNotInCode
from macros.verdict.combine import combine
from macros.verdict.details import Undecided
from macros.verdict.finding import CellFinding, Finding, Reason
from macros.verdict.judge import judge_cell, needs_more
from tests.builders import TEXT, claim, evidence

NS = {"m": {"from": "json", "unit": "ns"}, "empty": {"from": "json", "unit": "ns"}, "code": {"from": "json"}}


def values(middle: float, count: int = 60) -> list[float]:
    rng = random.Random(4)
    return [middle * rng.uniform(0.97, 1.03) for _ in range(count)]


# ---- the machine's share -------------------------------------------------------------------------


def shifted(middle: float, control: bool = False, **expectation: Any) -> Finding:
    made = claim([{"metric": "m", **expectation, "machine": {"factor": 4, "because": TEXT}}], NS)
    return judge_cell(made, "default", evidence(values(middle)), toolchains=3, control=control).finding


@pytest.mark.parametrize(
    ("middle", "expectation", "verdict"),
    [
        (8, {"below": "10 ns"}, "confirmed"),
        (25, {"below": "10 ns"}, "depends"),
        (60, {"below": "10 ns"}, "refuted"),
        (40, {"below": "10 ns"}, "inconclusive"),
        (12, {"above": "10 ns"}, "confirmed"),
        (5, {"above": "10 ns"}, "depends"),
        (1, {"above": "10 ns"}, "refuted"),
        (10, {"about": "10 ns"}, "confirmed"),
        (20, {"about": "10 ns"}, "depends"),
        (4, {"about": "10 ns"}, "depends"),
        (70, {"about": "10 ns"}, "refuted"),
        (1.5, {"about": "10 ns"}, "refuted"),
    ],
)
def test_a_figure_missed_by_less_than_the_machine_s_factor_depends_on_the_machine(
    middle: float, expectation: dict[str, Any], verdict: str
) -> None:
    """Beyond the factor it is refuted, on its edge it is open; a figure that is met has no need of it."""
    finding = shifted(middle, **expectation)
    assert finding.verdict == verdict
    assert (finding.reason is Reason.MACHINE) == (verdict == "depends")


def test_a_control_is_never_put_down_to_the_machine() -> None:
    """Its answer is known on any machine, so what misses the figure is refuted at once."""
    assert shifted(25, control=True, below="10 ns").verdict is VerdictName.REFUTED


def test_a_miss_that_is_put_down_to_the_machine_ends_the_runs() -> None:
    """It is as settled as any other verdict."""
    made = claim([{"metric": "m", "below": "10 ns", "machine": {"factor": 4, "because": TEXT}}], NS)
    assert not needs_more(made, "default", evidence(values(25, 40)), toolchains=1)


def test_machines_are_for_absolute_figures_only() -> None:
    """A count that is exact does not shift with the machine."""
    with pytest.raises(ValidationError, match="go with below, above or about"):
        claim([{"metric": "code", "equals": 1, "machine": {"factor": 4, "because": TEXT}}], NS)


@pytest.mark.parametrize(
    ("letters", "verdict", "reason"),
    [
        ("cmc", "depends", "machine"),
        ("mmm", "depends", "machine"),
        ("crm", "depends", "toolchain"),
        ("mic", "depends", "machine"),
    ],
)
def test_a_claim_with_a_cell_that_depends_on_the_machine_does_too(letters: str, verdict: str, reason: str) -> None:
    """Unless its cells are decided both ways: then it is the toolchain that it depends on."""
    made = claim([{"metric": "m", "below": "10 ns"}], NS)
    kinds = {
        "c": Finding(VerdictName.CONFIRMED),
        "r": Finding(VerdictName.REFUTED),
        "m": Finding(VerdictName.DEPENDS, Reason.MACHINE, "Missed."),
        "i": Finding(VerdictName.INCONCLUSIVE, Reason.NOISY),
    }
    cells = {(f"go1.{n}", "default"): CellFinding(kinds[letter], (), {}) for n, letter in enumerate(letters, 20)}
    found = combine(made, cells)
    assert (found.verdict, found.reason) == (verdict, reason)


# ---- single nanoseconds --------------------------------------------------------------------------


def timed(store: float, empty: float, code: int) -> Finding:
    expectation = {"metric": "m", "below": "1 ns", "resolution": {"floor": "empty", "code": "code"}}
    seen = tuple(
        Observation("run", n, 0.1, {"m": value, "empty": empty, "code": code}) for n, value in enumerate(values(store))
    )
    return judge_cell(claim([expectation], NS), "default", Evidence(seen), toolchains=1).finding


def test_a_figure_of_nanoseconds_stands_if_the_operation_is_in_the_loop_and_stands_out_of_it() -> None:
    """Twice the empty loop's time, and the instruction is there."""
    assert timed(0.6, 0.3, 1).verdict is VerdictName.CONFIRMED


@pytest.mark.parametrize(
    ("store", "empty", "code", "cause"), [(0.6, 0.3, 0, OperationNotInCode), (0.6, 0.5, 1, LikeEmptyLoop)]
)
def test_what_cannot_be_told_from_the_loop_is_below_resolution(
    store: float, empty: float, code: int, cause: type
) -> None:
    """A loop from which the compiler removed the operation, or one that takes as long without it, measures itself."""
    finding = timed(store, empty, code)
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.BELOW_RESOLUTION)
    assert isinstance(finding.detail, Undecided)
    assert isinstance(finding.detail.cause, cause)


def test_lint_knows_a_resolution_that_cannot_work() -> None:
    """An unknown metric, or a floor in another unit."""
    metrics = {**NS, "empty": {"from": "json", "unit": "us"}}
    made = claim([{"metric": "m", "below": "1 ns", "resolution": {"floor": "empty", "code": "cod"}}], metrics)
    said = " ".join(message for _, message in check_units(made))
    assert "`cod` is not a metric" in said
    assert "floor is in us" in said


# ---- growth --------------------------------------------------------------------------------------

SIZES = (100, 200, 400, 800, 1600, 3200)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_slope_is_the_power(power: float) -> None:
    """Whatever the unit, and also with one wild value among seven sizes."""
    for unit in (1, 1e-9):
        points = [(float(n), unit * n**power) for n in (*SIZES, 6400)]
        assert growth(points) == pytest.approx(power)
        points[3] = (points[3][0], points[3][1] * 50)
        assert growth(points) == pytest.approx(power, abs=0.15)


@pytest.mark.parametrize(
    ("sizes", "says"), [(SIZES[:5], "5 different sizes"), ((10, 11, 12, 13, 14, 15), "1.5 times the smallest")]
)
def test_too_few_or_too_near_sizes_give_no_slope(sizes: Sequence[int], says: str) -> None:
    """The message says how many would do."""
    with pytest.raises(NoReading, match=says):
        growth([(float(n), float(n)) for n in sizes])


def printed(power: float, **more: Any) -> ProcessText:
    lines = [json.dumps({"metric": "walk", "value": n**power, "unit": "us", "n": n, **more}) for n in SIZES]
    return ProcessText("\n".join(lines), "")


def grown(power: float, grows: str) -> VerdictName:
    made = claim(
        [{"metric": "slope", "grows": grows}],
        {"slope": {"from": "json", "field": "walk", "against": "n", "summary": "growth"}},
    )
    rng = random.Random(6)
    seen = []
    for number in range(40):
        text = printed(power + rng.uniform(-0.02, 0.02))
        seen.append(
            Observation("run", number, 0.1, extract(made.metrics, stage="run", arm="run", text=text, sources={}))
        )
    return judge_cell(made, "default", Evidence(tuple(seen)), toolchains=1).finding.verdict


@pytest.mark.parametrize(
    ("power", "linear", "faster", "slower"),
    [
        (1.0, "confirmed", "refuted", "refuted"),
        (1.4, "refuted", "confirmed", "refuted"),
        (0.6, "refuted", "refuted", "confirmed"),
        (1.1, "inconclusive", "inconclusive", "refuted"),
    ],
)
def test_growth_is_judged_by_the_slope_of_each_process(power: float, linear: str, faster: str, slower: str) -> None:
    """Linear is a slope of 0.9 to 1.1; on the edge neither is certain."""
    assert [grown(power, word) for word in ("linear", "faster", "slower")] == [linear, faster, slower]


def test_a_growth_needs_positive_sizes_and_one_unit() -> None:
    """A line without its size, or a value of zero, is no point."""
    slope = {"from": "json", "field": "walk", "against": "n", "summary": "growth"}
    metrics = claim([{"metric": "s", "grows": "linear"}], {"s": slope}).metrics
    for more, says in (({"n": 0}, "no size"), ({"value": 0}, "above zero"), ({"n": "big"}, "no size")):
        with pytest.raises(NoReading, match=says):
            extract(metrics, stage="run", arm="run", text=printed(1.0, **more), sources={})


def test_grows_goes_with_a_slope_only() -> None:
    """A time does not grow; its slope does. And a growth has a size."""
    made = claim([{"metric": "m", "grows": "linear"}], NS)
    assert "not a slope" in check_units(made)[0][1]
    with pytest.raises(ValidationError, match="go together"):
        claim([{"metric": "s", "grows": "linear"}], {"s": {"from": "json", "summary": "growth"}})
