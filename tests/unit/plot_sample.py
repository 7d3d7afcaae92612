"""Claims with measurements to draw: times of processes in layouts, and values that grow with a size."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from macros.evidence.observation import Evidence, Observation, QuietLevel, Session
from macros.ledger.record import Output
from macros.results.catalogue import CellResult, ClaimResult
from macros.verdict.finding import Estimate
from tests.unit.publish_sample import cell, claim, milliseconds, result

SIZES = (1000, 2000, 4000, 8000, 16000, 32000)
METRICS = {"growth": {"from": "json", "field": "walk", "against": "n", "summary": "growth"}}


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


def printed(power: float, first: int = 40_000, unit: str = "ns") -> str:
    """What a program prints whose value grows with that power of the size; other lines are between."""
    values = [round(first * (size / SIZES[0]) ** power) for size in SIZES]
    lines = [
        json.dumps({"metric": "walk", "value": value, "unit": unit, "n": size})
        for size, value in zip(SIZES, values, strict=True)
    ]
    return "\n".join(f'{line}\n{{"metric": "near", "value": 1}}\nnothing' for line in lines) + "\n"


def grown(
    tmp_path: Path, power: float, slopes: list[float], grows: str = "linear", stdout: str | None = None
) -> ClaimResult:
    """A claim about growth whose one cell kept the output of its first process."""
    over = {"metrics": METRICS, "expect": [{"metric": "growth", "grows": grows}]}
    one = claim("one", "measure", **over)
    middle = sorted(slopes)[len(slopes) // 2]
    made = cell(one, "go1.27", estimates={"growth": Estimate(middle, min(slopes), max(slopes), "", len(slopes))})
    seen = tuple(Observation("run", number, 0.1, {"growth": slope}, 7) for number, slope in enumerate(slopes))
    output = Output(
        stage="run", script="./server", status=0, stdout=printed(power) if stdout is None else stdout, stderr=""
    )
    record = made.record.model_copy(update={"evidence": Evidence(seen), "outputs": (output,)})
    return result(one, tmp_path, [replace(made, record=record)], "confirmed")
