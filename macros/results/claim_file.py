"""A claim's own files for programs: claim.json, with every process that its plots show, and samples.txt for benchstat.

The samples are in Go's benchmark format (https://go.dev/design/14313-benchmark-format): one line for each fresh
process, with all the numbers that it printed. Times are in ns and sizes in bytes, which benchstat gives in the unit
that fits; `benchstat -col toolchain samples.txt` compares the releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.evidence.observation import Observation
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.results.feed import claim_form, machine_form
from macros.results.feed_base import FeedModel, Key, Line
from macros.results.feed_models import Claim, Machine
from macros.results.plots import Plot, plots_of

SCHEMA: Literal[1] = 1
FILE, SAMPLES = "claim.json", "samples.txt"
_WORD = re.compile(r"[^A-Za-z0-9.]+")


class Process(FeedModel):
    """One fresh process, or one pair of them."""

    value: float | None = Field(description="Null where it is not finite.")
    round: Annotated[int, Field(ge=0)]
    layout: int = Field(ge=0, description="The arrangement of the code in memory; 0 is the compiler's own.")
    quiet: bool = Field(description="Whether nobody else was at work meanwhile.")


class PlotOfCell(FeedModel):
    """The values of one cell, and between which of them the statement would hold; null: no limit on that side."""

    toolchain: Line
    case: Line
    verdict: VerdictName
    low: float | None
    high: float | None
    processes: tuple[Process, ...]


class PlotForm(FeedModel):
    """A plot's data. `name` is that of the metric in `cells`."""

    name: Line
    unit: Line
    cells: tuple[PlotOfCell, ...]


class ClaimFile(FeedModel):
    """One claim: its entry of claims.json, the machines that it names, and what its plots show."""

    schema_: Literal[1] = Field(alias="schema", description="Rises when the form changes.")
    generated: Line
    source_commit: Line
    claim: Claim
    machines: dict[Key, Machine]
    plots: tuple[PlotForm, ...]


def files(results: CatalogueResult) -> Iterator[tuple[str, str]]:
    """Every claim's files, by their places in the site."""
    for name, result in results.claims.items():
        yield f"claims/{name}/{FILE}", write(file_of(results, result))
        samples = samples_of(result)
        if samples:
            yield f"claims/{name}/{SAMPLES}", samples


def write(file: ClaimFile) -> str:
    """The text of a file, which `read` takes back."""
    return file.model_dump_json(by_alias=True) + "\n"


def read(text: str) -> ClaimFile:
    """Raises pydantic's ValidationError for what is no such file."""
    return ClaimFile.model_validate_json(text)


def file_of(results: CatalogueResult, result: ClaimResult) -> ClaimFile:
    """What is published of one claim."""
    keys = {cell.machine for cell in result.every_cell()}
    return ClaimFile(
        schema=SCHEMA,
        generated=results.generated,
        source_commit=results.source_commit,
        claim=claim_form(result),
        machines={key: machine_form(results.machines[key]) for key in sorted(keys)},
        plots=tuple(_plot(plot) for plot in plots_of(result, results.policy)),
    )


def _plot(plot: Plot) -> PlotForm:
    return PlotForm(
        name=plot.name,
        unit=plot.unit,
        cells=tuple(
            PlotOfCell(
                toolchain=row.cell.cell.toolchain,
                case=row.cell.cell.case,
                verdict=row.finding.verdict,
                low=row.low,
                high=row.high,
                processes=tuple(
                    Process(value=dot.value, round=dot.round, layout=dot.layout, quiet=dot.quiet) for dot in row.dots
                ),
            )
            for row in plot.rows
        ),
    )


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
        number, printed = _printed(float(value), unit)
        yield f"{number:.12g} {name.replace('_', '-')}{printed}"


def _printed(value: float, unit: str) -> tuple[float, str]:
    """A number with the unit that benchstat knows: -ns, -bytes; any other one as it is."""
    for known, suffix in (("ns", "-ns"), ("B", "-bytes")):
        try:
            return units.convert(value, unit, known), suffix
        except units.UnitError:
            continue
    return value, f"-{unit.replace(' ', '')}" if unit else ""
