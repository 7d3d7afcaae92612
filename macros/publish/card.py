"""What a claim's card and page show, arranged from its result; the templates only set it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from macros.claim.fields import Text
from macros.claim.layouts import USUAL as USUAL_LAYOUTS
from macros.claim.model import Expectation
from macros.claim.natural import natural_key
from macros.evidence.reading import MARKER
from macros.ledger.record import Output
from macros.publish import lookup
from macros.publish.drawing import Drawing
from macros.publish.lookup import BEFORE_RUN, cases_of
from macros.publish.plots import drawings
from macros.publish.provenance import Source, sources_of
from macros.publish.rendering import without_markup
from macros.results.catalogue import CellResult, ClaimResult, ControlResult
from macros.results.plots import Plot
from macros.verdict.finding import Estimate
from macros.verdict.policy import Policy
from macros.verdict.sessions import quietness
from macros.words import Language, figures
from macros.words.inert import shorten
from macros.words.stretches import Stretch, in_short, stretches

SHOWN, OF_OTHERS = 8_000, 1_000
"""How many characters of one stream a claim's page shows: of the newest toolchain, and of the others and controls."""


@dataclass(frozen=True)
class Listing:
    """A program file or a script. `name` tells the language by its suffix."""

    title: str
    name: str
    text: str


@dataclass(frozen=True)
class Stream:
    name: str
    text: str
    left_out: int


@dataclass(frozen=True)
class Printed:
    """What one or several cells printed in a stage, letter by letter the same. `first`: the one to see first."""

    label: str
    status: int | None
    streams: tuple[Stream, ...]
    first: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the table of results. `values` has None where the cell shows no such metric."""

    cell: CellResult
    values: tuple[Estimate | None, ...]


@dataclass(frozen=True)
class Group:
    """The lines of one case. `context`: it has no part in the verdict, for the `reason` if one is given."""

    case: str
    title: str
    context: bool
    reason: Text | None
    rows: tuple[Row, ...]

    @property
    def runs(self) -> list[list[Row]]:
        """The lines with what neighbouring toolchains showed alike together: same finding, same values."""
        return [list(run) for _, run in groupby(self.rows, key=lambda row: (row.cell.judged.finding, row.values))]

    @property
    def stretches(self) -> list[Stretch]:
        """The verdicts of neighbouring toolchains together, oldest first."""
        return stretches({row.cell.cell.toolchain: row.cell.judged.finding.verdict for row in self.rows})


@dataclass(frozen=True)
class Card:
    """A claim's result. `brief`: for a card amid prose, which says in short what the claim's own page shows in full."""

    result: ClaimResult
    brief: bool
    policy: Policy

    @cached_property
    def metrics(self) -> list[str]:
        """The names of all estimates, in the order in which the cells give them."""
        return list(dict.fromkeys(name for cell in self.result.cells for name in cell.judged.estimates))

    def metric_title(self, name: str) -> str:
        """`start@plain` and `start plain/fast` by the metric's own title, and what follows it."""
        base, _, rest = next((name.partition(mark) for mark in "@ " if mark in name), (name, "", ""))
        metric = self.result.claim.metrics.get(base)
        title = without_markup(metric.title) if metric and metric.title else base.replace("_", " ")
        return f"{title}, {rest.replace('/', ' ÷ ')}" if rest else title

    @cached_property
    def groups(self) -> list[Group]:
        found = []
        for name in cases_of(self.result):
            case = self.result.claim.case(name)
            cells = [cell for cell in self.result.cells if cell.cell.case == name]
            cells.sort(key=lambda cell: natural_key(cell.cell.toolchain))
            rows = tuple(
                Row(cell, tuple(cell.judged.estimates.get(metric) for metric in self.metrics)) for cell in cells
            )
            title = without_markup(case.title) if case.title else name
            found.append(Group(name, title, case.context is not None, case.reason, rows))
        return found

    @cached_property
    def newest(self) -> list[str]:
        """The newest toolchain of each case: one, but where a case ran elsewhere."""
        return list(dict.fromkeys(group.rows[-1].cell.cell.toolchain for group in self.groups))

    @cached_property
    def newest_values(self) -> list[tuple[str, list[Estimate | None]]]:
        """Each metric that the newest toolchain shows in some case, by its title, with its value in every case."""
        values = zip(self.metrics, zip(*(group.rows[-1].values for group in self.groups), strict=True), strict=True)
        return [(self.metric_title(name), list(of)) for name, of in values if any(one is not None for one in of)]

    def drawings(self, plots: Sequence[Plot], words: Language) -> list[Drawing]:
        """The claim's plots under the titles of their metrics and cases."""
        titles = {group.case: group.title for group in self.groups}
        return [each for plot in plots for each in drawings(plot, self.metric_title(plot.name), titles, words)]

    @cached_property
    def scripts(self) -> list[Listing]:
        """The experiment's scripts, then the controls' own ones."""
        experiment = self.result.claim.experiment
        if experiment is None:
            return []
        found = [
            Listing(title, "script.sh", text)
            for title, text in (("probe", experiment.probe), ("build", experiment.build), *experiment.scripts.items())
            if text
        ]
        for control in self.result.claim.controls:
            own = (("build", control.build), ("run", control.run), *(control.arms or {}).items())
            found.extend(Listing(f"control {control.name}: {title}", "script.sh", text) for title, text in own if text)
        return found

    @cached_property
    def programs(self) -> list[Listing]:
        """The claim's own program files and those that it shares with others."""
        files = lookup.program_files(self.result)
        return [Listing(name, name, text) for name, text in files.items()]

    @cached_property
    def printed(self) -> list[Printed]:
        return printed(self.result.cells, OF_OTHERS, dict.fromkeys(self.newest, SHOWN))

    @cached_property
    def control_rows(self) -> list[tuple[ControlResult, list[Printed]]]:
        return [(one, printed([one.result], OF_OTHERS)) for one in self.result.controls]

    @cached_property
    def shown_cell(self) -> CellResult | None:
        """The cell whose environment and timings are given: the newest toolchain's, in the first case."""
        return self.groups[0].rows[-1].cell if self.groups else None

    @cached_property
    def where(self) -> list[tuple[str, str]]:
        """When the shown cell ran, on which machine, in which image, and what was unusual."""
        if self.shown_cell is None:
            return []
        record = self.shown_cell.record
        parts = {"started": record.started, **record.facts, **record.image, **record.remarks}
        words = {True: "yes", False: "no"}
        return [(name, words[value] if isinstance(value, bool) else str(value)) for name, value in parts.items()]

    @cached_property
    def sources(self) -> list[Source]:
        """Machines and ways of all cells: those of the shown one stand for no other."""
        return sources_of(self.result.every_cell())

    @cached_property
    def seconds(self) -> Mapping[str, float]:
        """Time by stage over all cells and controls; `lab` is what the experiment did not use itself."""
        total: dict[str, float] = {}
        for cell in self.result.every_cell():
            for stage, spent in cell.record.seconds.items():
                total[stage] = total.get(stage, 0.0) + spent
        return total

    @cached_property
    def processes(self) -> int:
        return sum(len(cell.record.evidence.observations) for cell in self.result.cells)

    @cached_property
    def judging(self) -> str:
        """How a statistical claim is judged, in one paragraph; "" for an exact one."""
        claim, alpha = self.result.claim, self.result.finding.alpha
        if not claim.statistical or claim.experiment is None:
            return ""
        samples = claim.experiment.samples
        warm = {0: "No process is run beforehand", 1: "The first process of each cell does not count"}.get(
            samples.warm_up, f"The first {samples.warm_up} processes of each cell do not count"
        )
        seconds = f" or {samples.seconds}" if samples.seconds else ""
        layouts = max((len(cell.record.evidence.layouts) for cell in self.result.cells), default=1)
        built = f", in rounds that go through {layouts} layouts of the code in memory" if layouts > 1 else ""
        spent = (
            f" All its verdicts together may be wrong with a probability of {figures.plain(alpha)}." if alpha else ""
        )
        return (
            f"Each sample is one fresh process{built}. {warm}; what a process does to reach its steady state is in its "
            f"program. A cell stops as soon as it is decided, after {samples.at_least} samples at the soonest and "
            f"{samples.at_most}{seconds} at the latest; time that others leave over may double that.{spent}"
        )

    @property
    def layouts(self) -> str:
        """In how many layouts the claim is built, where these are not as many as usual; "" where they are."""
        own = self.result.claim.experiment and self.result.claim.experiment.layouts
        if not own:
            return ""
        count = "one layout" if own.count == 1 else f"{own.count} layouts"
        return f"It is built in {count} of the code in memory; {USUAL_LAYOUTS} are usual."

    @cached_property
    def warnings(self) -> list[str]:
        """What a reader should know of how the samples were taken."""
        cells = list(self.result.every_cell())
        said = []
        if any(len(cell.record.evidence.sessions) > 1 for cell in cells):
            said.append("Some samples were taken in more than one session of this machine.")
        loud = [cell for cell in cells if quietness(cell.record.evidence, self.policy).bad is not None]
        if loud:
            said.append(f"In {len(loud)} of {len(cells)} cells the machine was too busy for what needs a quiet one.")
        return said

    def expectation(self, expectation: Expectation) -> str:
        return describe(expectation)


def describe(expectation: Expectation) -> str:
    """An expectation as one line of the claim file's own words."""
    ratio = expectation.ratio
    subject = f"{ratio.metric} of {ratio.of} / {ratio.over}" if ratio else expectation.subject
    if expectation.statistical:
        quantile = "median" if expectation.quantile == 0.5 else f"{figures.percent(expectation.quantile)} quantile"
        subject = f"{quantile} of {subject}"
    value = getattr(expectation, expectation.predicate)
    if isinstance(value, tuple):
        value = ", ".join(value)
    band = f" ({expectation.within})" if expectation.predicate == "about" else ""
    cases = f" in {', '.join(expectation.cases)}" if expectation.cases else ""
    machine = (
        f", or up to {figures.plain(expectation.machine.factor)} times off on another machine"
        if expectation.machine
        else ""
    )
    floor = f", distinguished from {expectation.resolution.floor}" if expectation.resolution else ""
    return f"{subject} {expectation.predicate.replace('_', ' ')} {value}{band}{machine}{floor}{cases}"


def printed(cells: Sequence[CellResult], limit: int, limits: Mapping[str, int] | None = None) -> list[Printed]:
    """Raw output by stage, newest toolchain first. Cells that printed the same are shown once, with all their names.

    `limit`: how many characters of a stream; `limits`: of those toolchains others.
    """
    alike: dict[tuple[str, int | None, str, str], list[CellResult]] = {}
    for cell in sorted(cells, key=lambda cell: natural_key(cell.cell.toolchain), reverse=True):
        for output in cell.record.outputs:
            alike.setdefault((output.stage, output.status, output.stdout, output.stderr), []).append(cell)
    toolchains = sorted({cell.cell.toolchain for cell in cells}, key=natural_key)
    one_case = len({cell.cell.case for cell in cells}) == 1
    found: list[Printed] = []
    for (stage, status, stdout, stderr), same in alike.items():
        longest = max((limits or {}).get(cell.cell.toolchain, limit) for cell in same)
        streams = tuple(Stream(name, *shorten(text, longest)) for name, text in _telling(stdout, stderr))
        first = stage not in BEFORE_RUN and not any(one.first for one in found)
        found.append(Printed(f"{stage}: {_names(same, toolchains, one_case)}", status, streams, first))
    return found


def _telling(stdout: str, stderr: str) -> Iterator[tuple[str, str]]:
    """The streams that hold more than the marks of `section`, which go to both."""
    for name, text in (("stdout", stdout), ("stderr", stderr)):
        if any(line.strip() and not MARKER.fullmatch(line) for line in text.splitlines()):
            yield name, text


def _names(cells: Iterable[CellResult], toolchains: Sequence[str], one_case: bool) -> str:
    """Of all the toolchains those of some cells, with their cases: `go1.15 to go1.27 (one, two); go1.22 (three)`."""
    by_case: dict[str, set[str]] = {}
    for cell in cells:
        by_case.setdefault(cell.cell.case, set()).add(cell.cell.toolchain)
    by_toolchains: dict[str, list[str]] = {}
    for case, names in by_case.items():
        runs = groupby(toolchains, key=names.__contains__)
        spans = ", ".join(in_short(list(run)) for inside, run in runs if inside)
        by_toolchains.setdefault(spans, []).append(case)
    return "; ".join(spans if one_case else f"{spans} ({', '.join(cases)})" for spans, cases in by_toolchains.items())


def streams_of(output: Output, label: str) -> Printed:
    """One kept output in full, for the `output` macro."""
    streams = tuple(Stream(name, text, 0) for name, text in _telling(output.stdout, output.stderr))
    return Printed(f"{output.stage}: {label}", output.status, streams)
