"""How far the layout of the code moves what is measured: what the benchmark of layouts found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from macros.ledger.files import read_json, write_json

FILE = Path("bench/layouts.json")
"""Where it is kept for the page on trust, from the project's folder."""

SURELY = 0.01
"""One population would look as if its layouts differed in so many of all samples."""


@dataclass(frozen=True)
class LayoutEffect:
    """What the layouts did to one judged figure of one claim, in its first case and its newest toolchain.

    `medians`: those of the layouts, from low to high, in `unit`. `apart`: the highest over the lowest, less 1; None
    where a median is not above zero. `share`: the layouts' part of the scatter, 0 to 1. `differ`: whether the layouts'
    values are not of one population, at the error SURELY. `on`: the day, ISO 8601.
    """

    claim: str
    toolchain: str
    case: str
    figure: str
    unit: str
    medians: tuple[float, ...]
    apart: float | None
    share: float | None
    differ: bool
    on: str
    machine: str


def write_layout_effects(project: Path, effects: Sequence[LayoutEffect]) -> None:
    """Those whose medians lie furthest apart come first."""
    worst_first = sorted(effects, key=lambda one: (-(one.apart or 0.0), one.claim, one.figure))
    write_json(project / FILE, [asdict(one) for one in worst_first])


def read_layout_effects(project: Path) -> tuple[LayoutEffect, ...]:
    """Worst first; none where the benchmark has not been run."""
    rows = read_json(project / FILE) or ()
    return tuple(LayoutEffect(**{**row, "medians": tuple(row["medians"])}) for row in rows)
