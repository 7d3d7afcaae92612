"""What a claim file says, as types.

A claim is one statement of the source together with the experiment that decides it. This module
holds no I/O and no judgement: `loading` reads files into it, `lint` checks one claim against the
catalogue, `lab` runs it, `verdict` judges it.

Shape of a claim file (every key that is not named here is an error):

* who it is: `id`, `kind`, `title`, `statement`, `source`, `recorded`;
* where it holds: `toolchains`, `cases`;
* how it is decided: `experiment` (scripts), `metrics` (what to read from their output),
  `expect` (the statement as predicates over metrics), `controls` (arrangements whose answer is
  known to be the other one).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    field_validator,
    model_validator,
)

from macros.claim import units

NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
TOOLCHAIN_NAME = r"^[a-z][a-z0-9.-]{0,30}$"
METRIC_NAME = r"^[a-z][a-z0-9_]{0,62}$"

Name = Annotated[str, Field(pattern=NAME)]
ToolchainName = Annotated[str, Field(pattern=TOOLCHAIN_NAME)]
MetricName = Annotated[str, Field(pattern=METRIC_NAME)]


def _pattern(text: str) -> str:
    """Accept only what `re` compiles, so that a bad pattern is found by lint and not in a run."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


def _unit(text: str) -> str:
    units.check_unit(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Unit = Annotated[str, AfterValidator(_unit)]
Duration = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "s"))]
Size = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "B"))]
Script = Annotated[str, Field(min_length=1)]


class Model(BaseModel):
    """Frozen, and strict about keys: a misspelt key must never be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Kind(StrEnum):
    """How a statement can be decided."""

    INSPECT = "inspect"
    MEASURE = "measure"
    COMPUTE = "compute"
    REPORT = "report"
    PLAN = "plan"

    @property
    def executable(self) -> bool:
        return self not in (Kind.REPORT, Kind.PLAN)


class VerdictName(StrEnum):
    """The six verdicts. A failure to measure is an error and none of these."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    DEPENDS = "depends"
    INCONCLUSIVE = "inconclusive"
    UNTESTABLE = "untestable"
    UNVERIFIABLE = "unverifiable"


class Text(Model):
    """Prose for readers, in both languages of the site. May use Markdown code spans."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]


class Source(Model):
    """Where the source says it, and the figures that it gives, as given."""

    where: Annotated[str, Field(min_length=1)]
    figures: tuple[str, ...] = ()
    assumption: Text | None = Field(
        default=None, description="What we had to assume because the source leaves it out."
    )


class Case(Model):
    """A named condition under which the whole experiment runs."""

    name: Name
    title: Text | None = None
    env: dict[str, str] = Field(
        default_factory=dict, description="Environment of every stage of the experiment."
    )
    context: bool = Field(
        default=False,
        description="Shown to readers, but outside what the source speaks of: no part of the verdict.",
    )


class Samples(Model):
    """How many fresh processes a statistical cell may use. It stops as soon as it is decided."""

    at_least: int = Field(default=8, ge=1, le=1000)
    at_most: int = Field(default=60, ge=1, le=1000)
    warm_up: int = Field(default=1, ge=0, le=20, description="Processes run first and not counted.")

    @model_validator(mode="after")
    def _ordered(self) -> Samples:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least ({self.at_least}) is above at_most ({self.at_most})")
        return self


class Deadlines(Model):
    """How long one stage may take before it is killed. Probe shares the build's deadline."""

    build: Duration = "120 s"
    run: Duration = "60 s"


class Limits(Model):
    """What a claim may ask for, inside the sandbox's own bounds."""

    memory: Size = "1 GiB"
    processes: int = Field(default=512, ge=16, le=32768)
    disk: Size = Field(default="512 MiB", description="Size of the tmpfs work folder.")
    output: Size = Field(default="1 MiB", description="Per stream and process; more is an error.")
    cpus: Literal["one", "all"] = "all"

    @field_validator("memory")
    @classmethod
    def _memory(cls, text: str) -> str:
        if not 16 * 2**20 <= units.magnitude(text, "B") <= 12 * 2**30:
            raise ValueError("memory must lie between 16 MiB and 12 GiB")
        return text


class Experiment(Model):
    """The scripts. Each is POSIX shell, run with `set -eu` in the folder that holds the program files.

    `probe`  decides whether the machine has what the experiment needs. Exit 0: it has.
             Exit 69: it has not, and the first line printed names what is missing (untestable).
    `build`  runs once per cell.
    `run`    runs once per fresh process; or `arms`, several named ones, interleaved ABBA.
    """

    probe: Script | None = None
    build: Script | None = None
    run: Script | None = None
    arms: dict[Name, Script] = Field(default_factory=dict)
    witness: Literal["program", "file"] = Field(
        default="program",
        description="What exact answers rest on: a program's output (three fresh processes must "
        "agree) or a file or compiler (looked at once).",
    )
    samples: Samples = Samples()
    deadlines: Deadlines = Deadlines()
    limits: Limits = Limits()
    exit: tuple[int, ...] = Field(default=(0,), description="Exit statuses of `run` that are no error.")
    env: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_to_run(self) -> Experiment:
        if (self.run is None) == (not self.arms):
            raise ValueError("give either `run` (one script) or `arms` (two or more named scripts)")
        if len(self.arms) == 1:
            raise ValueError("`arms` needs two or more scripts; for one, use `run`")
        return self

    @property
    def scripts(self) -> dict[str, str]:
        """The run scripts by arm. A single `run` is the arm named `run`."""
        return dict(self.arms) if self.arms else {"run": self.run or ""}


# ---- metrics: what to read from a process's output -----------------------------------------------

Summary = Literal["only", "first", "last", "median", "mean", "min", "max", "sum", "count", "p90", "p99"]


class Extract(Model):
    """Common to all extractors.

    One process gives one value per metric. Where its output holds several, `summary` makes one
    of them; `only` (the default) insists that there is exactly one.
    """

    title: Text | None = None
    unit: Unit | None = Field(
        default=None, description="The unit to show; values are converted. None: a count, a ratio or text."
    )
    stage: Literal["run", "build"] = "run"
    stream: Literal["stdout", "stderr"] = "stdout"
    section: str | None = Field(
        default=None,
        description="Read only what stands between `section NAME` and the next `section` of the script.",
    )
    arm: Name | None = Field(default=None, description="Only this arm prints the metric. None: all do.")
    summary: Summary = "only"
    optional: bool = Field(default=False, description="No value is no error (only for shown metrics).")


class JsonLines(Extract):
    """`{"metric": NAME, "value": V, "unit": U}`, one object a line; other lines are passed over."""

    from_: Literal["json"] = Field(alias="from")
    field: str | None = Field(default=None, description="The name printed; default: the metric's own.")


class GoBench(Extract):
    """The Go benchmark format."""

    from_: Literal["go-bench"] = Field(alias="from")
    benchmark: Pattern = Field(description="Must match the whole name, without the -N of GOMAXPROCS.")
    measure: str = "ns/op"


class Gctrace(Extract):
    """Lines of GODEBUG=gctrace=1."""

    from_: Literal["gctrace"] = Field(alias="from")
    field: Literal[
        "cycle", "at", "cpu_share", "sweep_term_clock", "mark_clock", "mark_term_clock",
        "pause", "sweep_term_cpu", "assist_cpu", "background_cpu", "idle_cpu", "mark_term_cpu",
        "heap_start", "heap_end", "heap_live", "goal", "procs", "lines",
    ]  # fmt: skip
    summary: Summary = "median"


class Ldd(Extract):
    """What `ldd` prints."""

    from_: Literal["ldd"] = Field(alias="from")
    gives: Literal["linkage", "libraries"] = Field(
        description="linkage: `static` or `dynamic` (text). libraries: how many are named."
    )


class Readelf(Extract):
    """What `readelf -hldW` prints."""

    from_: Literal["readelf"] = Field(alias="from")
    gives: Literal["needed", "interpreter", "type"] = Field(
        description="needed: how many NEEDED entries. interpreter: its path, or `none`. type: EXEC, DYN, ..."
    )


class Nm(Extract):
    """Symbols listed by `nm` or `go tool nm`."""

    from_: Literal["nm"] = Field(alias="from")
    symbol: Pattern = Field(description="Must match the whole name; the metric is how many do.")


class Objdump(Extract):
    """Instructions in `go tool objdump` or GNU `objdump -d` listings."""

    from_: Literal["objdump"] = Field(alias="from")
    function: Pattern = Field(description="Must match the function's whole name.")
    instruction: Pattern = Field(description="Searched in mnemonic and operands; the metric is the count.")


class Diagnostics(Extract):
    """Compiler diagnostics of -gcflags=-m and -m=2; counted."""

    from_: Literal["diagnostics"] = Field(alias="from")
    message: Pattern
    at: str | None = Field(default=None, description="Only on lines that hold this marker in the source file.")
    stage: Literal["run", "build"] = "build"
    stream: Literal["stdout", "stderr"] = "stderr"


class Regex(Extract):
    """A regular expression on text (multi-line mode). The group named `value`, or else group 1, or else the whole match."""

    from_: Literal["regex"] = Field(alias="from")
    pattern: Pattern
    type: Literal["number", "text"] = "number"
    value_unit: Unit | None = Field(default=None, description="The unit in which the text gives the number.")


class Exit(Extract):
    """The process's exit status, as the engine reports it."""

    from_: Literal["exit"] = Field(alias="from")


Metric = Annotated[
    JsonLines | GoBench | Gctrace | Ldd | Readelf | Nm | Objdump | Diagnostics | Regex | Exit,
    Discriminator("from_"),
]


# ---- expectations: the statement as predicates ---------------------------------------------------


class RatioOf(Model):
    """One metric of two arms, paired ABBA: `of` divided by `over`."""

    metric: MetricName
    of: Name
    over: Name


Threshold = str | int | float


class Expectation(Model):
    """One predicate. All of a claim's expectations together are its statement.

    Subject: `metric`, or `ratio` of a metric between two arms.
    Statistical predicates, about the population of fresh processes (the `quantile` of it, the
    median unless given): `below`, `above`, `about` (with its band `within`).
    Exact predicates, about every process alike: `equals`, `at_least`, `at_most`, `matches`, `one_of`.
    """

    metric: MetricName | None = None
    ratio: RatioOf | None = None
    quantile: float = Field(default=0.5, gt=0, lt=1)
    below: Threshold | None = None
    above: Threshold | None = None
    about: Threshold | None = None
    within: Literal["close", "scale", "magnitude"] = Field(
        default="close", description="close: x or / 1.25. scale: x or / 2. magnitude: x or / sqrt(10)."
    )
    equals: str | int | float | bool | None = None
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    matches: Pattern | None = None
    one_of: tuple[str, ...] | None = None
    cases: tuple[Name, ...] | None = Field(default=None, description="Only in these cases. None: in all.")
    because: Text | None = Field(default=None, description="Why this predicate says what the source says.")

    PREDICATES: ClassVar = ("below", "above", "about", "equals", "at_least", "at_most", "matches", "one_of")

    @model_validator(mode="after")
    def _one_subject_one_predicate(self) -> Expectation:
        if (self.metric is None) == (self.ratio is None):
            raise ValueError("give either `metric` or `ratio`")
        given = [name for name in self.PREDICATES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(self.PREDICATES)}; found {given or 'none'}")
        if "within" in self.model_fields_set and self.about is None:
            raise ValueError("`within` goes with `about`")
        if self.ratio is not None and not self.statistical:
            raise ValueError("a ratio is judged by below, above or about")
        return self

    @property
    def predicate(self) -> str:
        return next(name for name in self.PREDICATES if getattr(self, name) is not None)

    @property
    def statistical(self) -> bool:
        return self.predicate in ("below", "above", "about")

    @property
    def subject(self) -> str:
        """The metric that is read, whether alone or in a ratio."""
        return self.ratio.metric if self.ratio else (self.metric or "")

    def applies_to(self, case: str) -> bool:
        return self.cases is None or case in self.cases


class Control(Model):
    """The same experiment arranged so that the answer is known beforehand to be `expected`.

    What is given here replaces what the experiment says; `env` is added to it.
    """

    name: Name
    expected: Literal["confirmed", "refuted"]
    because: Text = Field(description="Why the answer is known.")
    case: Name | None = Field(default=None, description="The case it departs from; default: the first.")
    toolchains: tuple[ToolchainName, ...] | None = Field(
        default=None, description="Where it runs; default: the newest in the claim's scope."
    )
    env: dict[str, str] = Field(default_factory=dict)
    build: Script | None = None
    run: Script | None = None
    arms: dict[Name, Script] | None = None


class Claim(Model):
    """One statement of the source, with the experiment that decides it."""

    id: Name
    kind: Kind
    title: Text
    statement: Text = Field(description="What the source asserts, in our own words.")
    source: Source
    recorded: VerdictName = Field(description="The verdict that the pages were written for.")
    toolchains: Literal["all"] | tuple[ToolchainName, ...] = "all"
    cases: tuple[Case, ...] = (Case(name="default"),)
    experiment: Experiment | None = None
    metrics: dict[MetricName, Metric] = Field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    controls: tuple[Control, ...] = ()
    unverifiable: Text | None = Field(
        default=None, description="For reports and plans: why, and what evidence would change it."
    )
    related: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Claim:
        if self.kind.executable:
            for key in ("experiment", "metrics", "expect", "controls"):
                if not getattr(self, key):
                    raise ValueError(f"a claim of kind {self.kind.value} needs `{key}`")
            if self.unverifiable:
                raise ValueError(f"`unverifiable` is for reports and plans, not for {self.kind.value}")
        else:
            if self.experiment or self.expect or self.controls or self.metrics:
                raise ValueError(f"a {self.kind.value} has nothing to execute; give `unverifiable` only")
            if not self.unverifiable:
                raise ValueError(f"a {self.kind.value} needs `unverifiable`: why, and what would change it")
        return self

    def case(self, name: str) -> Case:
        return next(case for case in self.cases if case.name == name)

    @property
    def statistical(self) -> bool:
        return any(expectation.statistical for expectation in self.expect)
