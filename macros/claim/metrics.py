"""What to read from a process's output: one model for each extractor of `evidence`.

The models are here and not beside their extractors, since a claim is made of them and imports go one way:
`evidence` knows claims, and `claim` knows nothing of evidence.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, model_validator

from macros.claim import patterns
from macros.claim.fields import Model, Name, Pattern, Text, Unit

LinePattern = Annotated[Pattern, AfterValidator(patterns.check_one_line)]
"""A pattern for a name or a line: what it is matched against never holds a line feed."""

Summary = Literal["only", "first", "last", "median", "mean", "min", "max", "sum", "count", "p90", "p99", "growth"]


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
    summary: Summary = Field(
        default="only",
        description="growth: the Theil-Sen slope of log(value) over log(size), of JSON lines.",
    )
    optional: bool = Field(default=False, description="No value is no error (only for shown metrics).")

    @model_validator(mode="after")
    def _only_json_has_sizes(self) -> Self:
        if self.summary == "growth" and not isinstance(self, JsonLines):
            raise ValueError("`summary: growth` is for `from: json`, whose lines can hold the size")
        return self


class Count(Extract):
    """Common to those that count what matches in a whole listing."""

    from_: str

    @model_validator(mode="after")
    def _is_one_count(self) -> Self:
        if self.summary == "count":
            raise ValueError(f"`from: {self.from_}` gives a count already; leave out `summary`")
        return self


class JsonLines(Extract):
    """`{"metric": NAME, "value": V, "unit": U}`, one object a line; other lines are passed over."""

    from_: Literal["json"] = Field(alias="from")
    field: str | None = Field(default=None, description="The name printed; default: the metric's own.")
    against: str | None = Field(
        default=None, description="The key that holds the size, for `summary: growth`: the slope of log over log."
    )

    @model_validator(mode="after")
    def _growth(self) -> JsonLines:
        if (self.against is None) == (self.summary == "growth"):
            raise ValueError("`summary: growth` and `against: KEY` go together")
        if self.against is not None and self.unit:
            raise ValueError("a growth is a plain number; leave out `unit`")
        return self


class GoBench(Extract):
    """The Go benchmark format."""

    from_: Literal["go-bench"] = Field(alias="from")
    benchmark: LinePattern = Field(description="Must match the whole name, without the -N of GOMAXPROCS.")
    measure: str = "ns/op"
    value_unit: Unit | None = Field(
        default=None,
        description="The unit of a measure whose name gives none: `ms` for `p99-latency`. Empty: a plain number.",
    )


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


class Nm(Count):
    """Symbols listed by `nm` or `go tool nm`."""

    from_: Literal["nm"] = Field(alias="from")
    symbol: LinePattern = Field(description="Must match the whole name; the metric is how many do.")


class Objdump(Count):
    """Instructions in `go tool objdump` or GNU `objdump -d` listings."""

    from_: Literal["objdump"] = Field(alias="from")
    function: LinePattern = Field(description="Must match the function's whole name.")
    instruction: LinePattern = Field(description="Searched in mnemonic and operands; the metric is the count.")
    unless: LinePattern | None = Field(default=None, description="Instructions in which this matches do not count.")


class Diagnostics(Count):
    """Compiler diagnostics of -gcflags=-m and -m=2; counted."""

    from_: Literal["diagnostics"] = Field(alias="from")
    message: LinePattern
    at: str | None = Field(default=None, description="Only on lines that hold this marker in the source file.")
    stage: Literal["run", "build"] = "build"
    stream: Literal["stdout", "stderr"] = "stderr"


class Regex(Extract):
    """A regular expression on each line: its group `value`, else group 1, else the whole match."""

    from_: Literal["regex"] = Field(alias="from")
    pattern: LinePattern
    unless: LinePattern | None = Field(default=None, description="Lines in which this matches are passed over.")
    type: Literal["number", "text"] = "number"
    value_unit: Unit | None = Field(default=None, description="The unit in which the text gives the number.")


class Exit(Extract):
    """The process's exit status, as the engine reports it."""

    from_: Literal["exit"] = Field(alias="from")

    @model_validator(mode="after")
    def _is_one_number(self) -> Exit:
        if self.section is not None or self.unit or self.summary != "only":
            raise ValueError("an exit status is one plain number; leave out `section`, `unit` and `summary`")
        return self


Metric = Annotated[
    JsonLines | GoBench | Gctrace | Ldd | Readelf | Nm | Objdump | Diagnostics | Regex | Exit,
    Discriminator("from_"),
]
