"""A claim's own files for programs: claim.json, with every process that its plots show, and samples.txt for benchstat.

claim.json has verdicts and values, and is small; how each cell came to its verdict, and its addresses, are in
claims.json alone.

The samples are in Go's benchmark format (https://go.dev/design/14313-benchmark-format): one line for each fresh
process, with all the numbers that it printed. Times are in ns and sizes in bytes, which benchstat gives in the unit
that fits; `benchstat -col toolchain samples.txt` compares the releases.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.evidence.observation import Observation
from macros.results.all_plots import Plots
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.results.feed import claim_form, machine_form
from macros.results.feed_base import FeedModel, Key, Line, folder_of
from macros.results.feed_models import Claim, ClaimHead, Control, Machine, Metric
from macros.results.plots import Curve, Plot, PlotKind, PlotRow
from macros.verdict.finding import Reason

SCHEMA: Literal[2] = 2
FILE, SAMPLES = "claim.json", "samples.txt"
_WORD = re.compile(r"[^A-Za-z0-9.]+")


class Processes(FeedModel):
    """The fresh processes of one cell, or pairs of them, a column for each of their facts; all are equally long."""

    values: tuple[float | None, ...] = Field(description="Null where one is not finite.")
    rounds: tuple[Annotated[int, Field(ge=0)], ...]
    layouts: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        description="The arrangements of the code in memory; 0 is the compiler's own."
    )
    loud: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        description="The places, from 0, of those during which others were at work."
    )


class CurveForm(FeedModel):
    """One process's values by size, for a growth; both columns are equally long."""

    layout: Annotated[int, Field(ge=0)]
    unit: Line = Field(description="As the program printed it; empty for a plain number.")
    sizes: tuple[float, ...]
    values: tuple[float, ...]


class PlotOfCell(FeedModel):
    """The values of one cell, and between which of them the statement would hold; null: no limit on that side.

    `figure`: the middle of a band. `quantile`: which of the processes' values is judged; absent for the median.
    """

    toolchain: Line
    case: Line
    verdict: VerdictName
    low: float | None = None
    high: float | None = None
    figure: float | None = None
    quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    processes: Processes
    curves: tuple[CurveForm, ...] | None = Field(
        default=None, description="Of a growth: the processes whose values by size were kept."
    )


class PlotForm(FeedModel):
    """A plot's data. `name` is that of the metric in `cells`. `size`, of a growth: what its values grow with."""

    name: Line
    unit: Line
    kind: PlotKind = Field(
        description="rows: a dot for each process. shares: the share of processes up to each value. growth: values by "
        "size, both logarithmic."
    )
    size: Line | None = None
    cells: tuple[PlotOfCell, ...]


class CellInShort(FeedModel):
    """A cell's verdict and values. `machine` is a key of the file's `machines`."""

    toolchain: Line
    case: Line
    machine: Key
    verdict: VerdictName
    reason: Reason
    metrics: dict[Line, Metric]


class ClaimInShort(ClaimHead):
    """A claim's entry of claims.json, without what only who checks its verdict needs."""

    cells: tuple[CellInShort, ...]
    controls: tuple[Control, ...]


class ClaimFile(FeedModel):
    """One claim: its verdicts and values, the machines that it names, and what its plots show."""

    schema_: Literal[2] = Field(alias="schema", description="Rises when the form changes.")
    generated: Line
    source_commit: Line
    claim: ClaimInShort
    machines: dict[Key, Machine]
    plots: tuple[PlotForm, ...]


def files(results: CatalogueResult, plots: Plots) -> Iterator[tuple[str, str]]:
    """Every claim's files, by their places in the site. `plots`: all claims'."""
    for name, result in results.claims.items():
        yield f"{folder_of(name)}{FILE}", write(file_of(results, result, plots[name]))
        samples = samples_of(result)
        if samples:
            yield f"{folder_of(name)}{SAMPLES}", samples


def write(file: ClaimFile) -> str:
    """The text of a file, which `read` takes back. What is not known is left out."""
    return file.model_dump_json(by_alias=True, exclude_none=True) + "\n"


def read(text: str) -> ClaimFile:
    """Raises pydantic's ValidationError for what is no such file."""
    return ClaimFile.model_validate_json(text)


def file_of(results: CatalogueResult, result: ClaimResult, plots: Sequence[Plot]) -> ClaimFile:
    """What is published of one claim. `plots`: its own."""
    keys = {cell.machine for cell in result.every_cell()}
    return ClaimFile(
        schema=SCHEMA,
        generated=results.generated,
        source_commit=results.source_commit,
        claim=_short(claim_form(result, results.elsewhere.get(result.claim.id, ()))),
        machines={key: machine_form(results.machines[key]) for key in sorted(keys)},
        plots=tuple(_plot(plot) for plot in plots),
    )


def _short(claim: Claim) -> ClaimInShort:
    names = CellInShort.model_fields
    cells = [CellInShort(**{name: getattr(cell, name) for name in names}) for cell in claim.cells]
    head = {name: getattr(claim, name) for name in ClaimHead.model_fields}
    return ClaimInShort(**head, cells=tuple(cells), controls=claim.controls)


def _plot(plot: Plot) -> PlotForm:
    cells = tuple(_cell(row) for row in plot.rows)
    return PlotForm(name=plot.name, unit=plot.unit, kind=plot.kind, size=plot.size or None, cells=cells)


def _cell(row: PlotRow) -> PlotOfCell:
    return PlotOfCell(
        toolchain=row.cell.cell.toolchain,
        case=row.cell.cell.case,
        verdict=row.finding.verdict,
        low=row.low,
        high=row.high,
        figure=row.figure,
        quantile=None if row.quantile == 0.5 else row.quantile,
        processes=Processes(
            values=tuple(dot.value for dot in row.dots),
            rounds=tuple(dot.round for dot in row.dots),
            layouts=tuple(dot.layout for dot in row.dots),
            loud=tuple(place for place, dot in enumerate(row.dots) if not dot.quiet),
        ),
        curves=tuple(_curve(curve) for curve in row.curves) or None,
    )


def _curve(curve: Curve) -> CurveForm:
    points = curve.points
    return CurveForm(layout=curve.layout, unit=points.unit, sizes=points.sizes, values=points.values)


def samples_of(result: ClaimResult) -> str:
    """What the processes of a measuring claim printed, in Go's benchmark format; "" for other claims."""
    if not result.claim.statistical:
        return ""
    measured = {name: metric.unit or "" for name, metric in result.claim.metrics.items()}
    lines = []
    for cell in result.cells:
        lines += [*_configuration(cell), *_lines(result.claim.id, cell, measured)]
    return "\n".join(lines) + "\n" if lines else ""


def _configuration(cell: CellResult) -> list[str]:
    facts = cell.record.facts
    return [
        f"toolchain: {cell.cell.toolchain}",
        f"case: {cell.cell.case}",
        f"cpu: {' '.join(str(facts['cpu']).split())}",
        f"kernel: {' '.join(str(facts['kernel']).split())}",
    ]


def _lines(claim: str, cell: CellResult, measured: Mapping[str, str]) -> Iterator[str]:
    words = _WORD.sub(" ", claim).title().replace(" ", "")
    arms = {seen.arm for seen in cell.record.evidence.observations}
    for seen in cell.record.evidence.observations:
        values = list(_values(seen, measured))
        if values:
            yield f"Benchmark{words}{f'/arm={seen.arm}' if len(arms) > 1 else ''} 1 {' '.join(values)}"


def _values(seen: Observation, measured: Mapping[str, str]) -> Iterator[str]:
    for name, unit in measured.items():
        value = seen.readings.get(name)
        if value is None or isinstance(value, (str, bool)):
            continue
        factor, printed = _printed(unit)
        yield f"{float(value) * factor:.12g} {name.replace('_', '-')}{printed}"


@cache
def _printed(unit: str) -> tuple[float, str]:
    """The factor to a unit that benchstat knows, and how that is printed: -ns, -bytes; any other unit as it is."""
    for known, suffix in (("ns", "-ns"), ("B", "-bytes")):
        with contextlib.suppress(units.UnitError):
            return units.factor(unit, known), suffix
    return 1.0, f"-{unit.replace(' ', '')}" if unit else ""
