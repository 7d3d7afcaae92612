"""Plots as they stand in a page, letter by letter: a change of what was looked at is seen in review.

`GOLDEN=write pytest tests/unit/test_plot_golden.py` writes them anew. Look at the pages before you commit that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from macros.publish.plot_marks import SWATCHES
from macros.publish.plots import drawings
from macros.publish.rendering import render
from macros.results.catalogue import ClaimResult
from macros.results.plots import plots_of
from macros.verdict.policy import DEFAULT
from macros.words import speak
from tests.unit.plot_sample import grown, measured, of

FOLDER = Path(__file__).parents[1] / "samples" / "plots"
CASES = [{"name": "warm", "title": {"en": "warm <cache>", "zh": "热"}}, {"name": "cold"}]
P99 = {"start": {"from": "json", "unit": "ms", "summary": "p99"}}


def rows(folder: Path) -> ClaimResult:
    """Two cases, one of them with a loud process."""
    cells = [
        measured([3.0, 4.0, 99.0], "go1.15", "warm", cases=CASES),
        measured([2.0, 3.5], "go1.27", "cold", cases=CASES),
    ]
    return of(folder, *cells, cases=CASES)


def shares(folder: Path) -> ClaimResult:
    return of(folder, measured([3.0, 4.0, 5.5, 7.0], metrics=P99), metrics=P99)


def growth(folder: Path) -> ClaimResult:
    return grown(folder, 1.3, [1.28, 1.3, 1.33], "faster")


@pytest.mark.parametrize("made", [rows, shares, growth])
def test_the_picture_is_the_one_that_was_looked_at(made: Callable[[Path], ClaimResult], tmp_path: Path) -> None:
    """For each kind of plot."""
    result = made(tmp_path)
    titles = {case.name: case.title.say("en") if case.title else case.name for case in result.claim.cases}
    drawn = [one for plot in plots_of(result, DEFAULT) for one in drawings(plot, "Start & stop", titles, speak("en"))]
    html = render("plots", claim=result.claim, drawings=drawn, swatches=SWATCHES) + "\n"
    golden = FOLDER / f"{made.__name__}.html"
    if os.environ.get("GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(html, encoding="utf-8")
    assert html == golden.read_text("utf-8")
