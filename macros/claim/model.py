"""What a claim file says, as types.

A claim is one statement of the source together with the experiment that decides it. This module
holds no I/O and no judgement: `loading` reads files into it, `check` holds one claim against the
catalogue, `lab` runs it, `verdict` judges it.

Shape of a claim file (every key that is not named here is an error):

* who it is: `id`, `kind`, `title`, `statement`, `source`, `recorded`;
* what it has to do with others: `related`, `premises`;
* where it holds: `toolchains`, `cases`;
* how it is decided: `experiment` (scripts), `metrics` (what to read from their output),
  `expect` (the statement as predicates over metrics), `controls` (arrangements whose answer is
  known to be the other one).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from macros.claim.experiment import Experiment
from macros.claim.fields import (
    Environment,
    Kind,
    MetricName,
    Model,
    Name,
    OneLine,
    Pattern,
    Script,
    Text,
    Title,
    ToolchainName,
    VerdictName,
)
from macros.claim.metrics import Metric


class Source(Model):
    """Where the source says it, and the figures that it gives, as given."""

    where: OneLine
    figures: tuple[OneLine, ...] = ()
    assumption: Text | None = Field(default=None, description="What we had to assume because the source leaves it out.")


def _true_or_reason(given: object) -> object:
    if given is None or given is True or isinstance(given, (Text, Mapping)):
        return given
    raise ValueError("give the reason why the case is shown and not judged, in each language; or leave it out")


class Arranged(Model):
    """What a case and a control have in common: the variables in which they differ from the experiment."""

    env: Environment = Field(default_factory=dict, description="Environment of every stage of the experiment.")
    run_env: Environment = Field(
        default_factory=dict,
        description="Environment of the runs alone. Cells that differ in nothing else are built once and run in one "
        "container: use it where a build takes long and does not depend on the variable.",
    )

    @property
    def variables(self) -> dict[str, str]:
        """All that it sets, for whatever stage."""
        return {**self.env, **self.run_env}


class Case(Arranged):
    """A named condition under which the whole experiment runs."""

    name: Name
    title: Title | None = None
    context: Annotated[Text | Literal[True] | None, BeforeValidator(_true_or_reason)] = Field(
        default=None,
        description="The reason why the case is shown to readers and has no part in the verdict. Only for what the "
        "source does not speak of. `true` gives no reason; `claims lint` asks for one.",
    )

    @property
    def reason(self) -> Text | None:
        """Why it is shown and not judged; None where it is judged, or where nobody says why not."""
        return self.context if isinstance(self.context, Text) else None


# ---- expectations: the statement as predicates ---------------------------------------------------


class RatioOf(Model):
    """One metric of two arms, paired within each round: `of` divided by `over`."""

    metric: MetricName
    of: Name
    over: Name


def _no_truth_value(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("a figure is a number or a quantity, not true or false")
    return given


Threshold = Annotated[str | int | float, BeforeValidator(_no_truth_value)]

_OF_QUANTITIES = ("below", "above", "about")


class Machine(Model):
    """How far a figure may be missed because this machine is not the source's. Fixed before measuring."""

    factor: float = Field(gt=1, le=100, description="A figure missed by at most this factor depends on the machine.")
    because: Text = Field(description="Why machines may differ by so much.")


class Resolution(Model):
    """What a claim about single nanoseconds must show before its figure means anything."""

    floor: MetricName = Field(description="The empty loop's time, from the same processes and in the same unit.")
    code: MetricName = Field(
        description="An exact count: the measured operation in the loop's machine code. It must be 1 or more."
    )


class Expectation(Model):
    """One predicate. All of a claim's expectations together are its statement.

    Subject: `metric`, or `ratio` of a metric between two arms.
    Statistical predicates, about the population of fresh processes (the `quantile` of it, the
    median unless given): `below`, `above`, `about` (with its band `within`), and `grows` for a
    metric that is a slope of log over log (`summary: growth`).
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
    grows: Literal["linear", "faster", "slower"] | None = Field(
        default=None,
        description="With the size. linear: a slope inside [0.9, 1.1]. faster: above. slower: below.",
    )
    equals: str | int | float | bool | None = None
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    matches: Pattern | None = None
    one_of: tuple[str, ...] | None = None
    cases: tuple[Name, ...] | None = Field(default=None, description="Only in these cases. None: in all.")
    because: Text | None = Field(default=None, description="Why this predicate says what the source says.")
    machine: Machine | None = Field(default=None, description="For absolute figures that another machine may shift.")
    resolution: Resolution | None = Field(default=None, description="For figures of single nanoseconds.")

    PREDICATES: ClassVar = ("below", "above", "about", "grows", "equals", "at_least", "at_most", "matches", "one_of")

    @model_validator(mode="after")
    def _one_subject_one_predicate(self) -> Expectation:
        if (self.metric is None) == (self.ratio is None):
            raise ValueError("give either `metric` or `ratio`")
        given = [name for name in self.PREDICATES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(self.PREDICATES)}; found {given or 'none'}")
        if "within" in self.model_fields_set and self.about is None:
            raise ValueError("`within` goes with `about`")
        if self.ratio is not None and self.predicate not in _OF_QUANTITIES:
            raise ValueError("a ratio is judged by below, above or about")
        if (self.machine or self.resolution) and (self.ratio is not None or self.predicate not in _OF_QUANTITIES):
            raise ValueError("`machine` and `resolution` go with below, above or about of a metric")
        return self

    @property
    def predicate(self) -> str:
        return next(name for name in self.PREDICATES if getattr(self, name) is not None)

    @property
    def statistical(self) -> bool:
        return self.predicate in (*_OF_QUANTITIES, "grows")

    @property
    def subject(self) -> str:
        """The metric that is read, whether alone or in a ratio."""
        return self.ratio.metric if self.ratio else (self.metric or "")

    def applies_to(self, case: str) -> bool:
        return self.cases is None or case in self.cases


class Control(Arranged):
    """The same experiment arranged so that the answer is known beforehand to be `expected`.

    What is given here replaces what the experiment says; `env` is added to it.
    """

    name: Name
    expected: Literal["confirmed", "refuted"]
    because: Text = Field(description="Why the answer is known.")
    case: Name | None = Field(default=None, description="The case it departs from; default: the first.")
    also_for: tuple[Name, ...] = Field(
        default=(),
        description="Other cases for which the same run is a control as well, since with its changes they are the same "
        "experiment. It is judged in each of them, and must come out as expected in all.",
    )
    toolchains: tuple[ToolchainName, ...] | None = Field(
        default=None, description="Where it runs; default: the newest in the claim's scope."
    )
    build: Script | None = None
    run: Script | None = None
    arms: dict[Name, Script] | None = None


MOST_CASES, MOST_CONTROLS, MOST_METRICS, MOST_EXPECTATIONS = 64, 64, 128, 64
"""About ten times as many as the claim with the most has. Each case and control is a container for each toolchain."""


class Claim(Model):
    """One statement of the source, with the experiment that decides it."""

    id: Name
    kind: Kind
    title: Title
    statement: Text = Field(description="What the source asserts, in our own words.")
    source: Source
    recorded: VerdictName = Field(description="The verdict that the pages were written for.")
    toolchains: Literal["all"] | tuple[ToolchainName, ...] = Field(
        default="all", description="`all`: every release of Go. Other toolchains (a JDK) are named."
    )
    cases: tuple[Case, ...] = Field(default=(Case(name="default"),), min_length=1, max_length=MOST_CASES)
    uses: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")], ...] = Field(
        default=(), description="Program files that several claims share: they lie in the catalogue's `_shared` folder."
    )
    experiment: Experiment | None = None
    metrics: dict[MetricName, Metric] = Field(default_factory=dict, max_length=MOST_METRICS)
    expect: tuple[Expectation, ...] = Field(default=(), max_length=MOST_EXPECTATIONS)
    controls: tuple[Control, ...] = Field(default=(), max_length=MOST_CONTROLS)
    unverifiable: Text | None = Field(
        default=None, description="For reports and plans: why, and what evidence would change it."
    )
    related: tuple[Name, ...] = Field(default=(), description="Claims that readers of this one may want to see.")
    premises: tuple[Name, ...] = Field(
        default=(),
        description="Claims on whose truth this statement rests: where one of them is refuted, both pages say so.",
    )

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

    @model_validator(mode="after")
    def _depends_on_its_machine(self) -> Claim:
        if self.experiment and self.experiment.depends_on == "architecture":
            if self.statistical or self.kind is Kind.MEASURE:
                raise ValueError("what is measured depends on the machine; leave out `depends_on`")
            if self.experiment.probe:
                raise ValueError("what a probe finds depends on the machine; leave out `depends_on`")
        return self

    def cases_of(self, control: Control) -> tuple[str, ...]:
        """The cases in which a control is judged. The first is its own."""
        return (control.case or self.cases[0].name, *control.also_for)

    def case(self, name: str) -> Case:
        return next(case for case in self.cases if case.name == name)

    @property
    def statistical(self) -> bool:
        return any(expectation.statistical for expectation in self.expect)

    @property
    def asks_machine(self) -> bool:
        """Whether its results are of one machine, and not of every machine of its architecture."""
        if self.experiment is None:
            return False
        if self.experiment.depends_on is not None:
            return self.experiment.depends_on == "machine"
        return self.statistical or self.kind is Kind.MEASURE or self.experiment.probe is not None
