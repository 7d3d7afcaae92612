"""The form of claims.json, which other programs rely on: these models write it, read it, and give its JSON schema.

What stood in schema 1 has kept its name and its meaning. A field that is null is known not to be there; one that is
absent has not been looked at. Numbers are in full: whoever shows them chooses the digits.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from macros.claim.fields import NAME, Kind, VerdictName
from macros.results.catalogue import State
from macros.results.feed_base import Digest, FeedModel, Id, Key, Line, Words
from macros.results.feed_history import History
from macros.verdict.details import Detail
from macros.verdict.finding import Reason

SCHEMA: Literal[2] = 2
"""Rises when the form changes in a way that a reader must know of."""

CODES = tuple(sorted(each.code for each in get_args(Detail)))
"""What a finding can say; see `verdict.details` for the numbers that go with each."""

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Json = TypeAliasType("Json", "bool | int | float | Words | list[Json] | dict[Line, Json] | None")
"""Plain data. There is no infinity and no NaN in it, and no text that UTF-8 cannot hold."""


def _absent(value: object) -> bool:
    return value is None


def _empty(value: Collection[object]) -> bool:
    return not value


class Base(FeedModel):
    """The base image: who supplied it, and its digest."""

    supplier: Line
    digest: Line


class Environment(FeedModel):
    """The machine, the engine and the base image of a feed whose results all come from one."""

    cpu: Line
    cores: Annotated[int, Field(ge=0)]
    kernel: Line
    engine: Line
    base: Base


class Machine(FeedModel):
    """What was found on a host that showed something. The key of a machine is the digest of these facts."""

    architecture: Line
    cpu: Line
    cores: int = Field(ge=0, description="The processors that a container may use.")
    sockets: Annotated[int, Field(ge=0)]
    numa_nodes: Annotated[int, Field(ge=0)]
    kernel: Line
    engine: Line = Field(description="The version of the container engine.")
    runc: Line
    counters: bool = Field(description="Whether there are hardware performance counters.")


class Instruments(FeedModel):
    """With what all results were obtained and judged, as digests."""

    sandbox: Digest = Field(description="Of the profile of the containers.")
    extractors: Digest = Field(description="Of the code that reads values from what programs print.")
    judge: Digest = Field(description="Of the policy, and of the code that judges by it.")


class Selection(FeedModel):
    """To what a run was narrowed. Verdicts of a narrowed run speak of these toolchains only."""

    claims: tuple[Id, ...] = Field(description="The claims that were asked for; empty: all.")
    toolchains: tuple[Line, ...] = Field(description="The toolchains that were asked for; empty: all.")
    since: Line | None = Field(
        default=None,
        exclude_if=_absent,
        description="The revision since which a change affects just these claims; `claims` may then be empty, and "
        "means none. Absent: it was not asked.",
    )
    shard: Annotated[str, Field(pattern=r"^[1-9][0-9]*/[1-9][0-9]*$")] | None = Field(
        default=None,
        exclude_if=_absent,
        description="Which part of how many the claims are; with more parts than claims there may be none. "
        "Absent: they are no such part.",
    )


class Source(FeedModel):
    """Where the claim's source says it."""

    where: Line = Field(description="Chapter and section of the source.")


class Finding(FeedModel):
    """What one of the claim's expectations came to in one cell."""

    expectation: int = Field(ge=0, description="Its place among all of the claim's expectations, from 0.")
    code: Annotated[str, Field(pattern=NAME, description=f"What is said. One of: {', '.join(CODES)}.")]
    numbers: dict[Line, Json] = Field(
        description="Thresholds, value and interval, readings, the cause: by names that belong to the code."
    )
    alpha: float | None = Field(description="The error that the verdict was allowed; null: it is exact.")


class Metric(FeedModel):
    """A value with its confidence sequence."""

    value: bool | int | float | Words | None = Field(None, description="Null where it is not finite.")
    low: float | None = Field(None, description="Null where there is no interval, or where it is open at this end.")
    high: float | None = Field(None, description="As `low`.")
    unit: Line = Field(description="Empty for counts, ratios and texts.")
    n: int = Field(ge=0, description="How many fresh processes, or pairs of them.")
    layouts: Annotated[int, Field(ge=1)] | None = Field(
        None, description="In how many arrangements of the program's code; null where they were not told apart."
    )
    layout_share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="The share of the scatter that is the layout's; null as `layouts`."
    )


class Provenance(FeedModel):
    """What was done, where and when."""

    experiment: Key = Field(description="The experiment's half of the result's address: what was done.")
    machine: Key = Field(
        description="The entry of `machines` that showed it, also where any machine of its architecture would do."
    )
    state: State = Field(
        description=(
            "imported: it came in an exported file. frozen: it was stored, and nothing was run for this feed. "
            "fresh: it was run now, or before and is still what would be run."
        )
    )
    executed: Line = Field(description="When the run began, UTC, ISO 8601.")


class Cell(Provenance):
    """One toolchain in one case."""

    toolchain: Line
    case: Line
    image: Line = Field(description="The id that the engine gave the image.")
    image_content: Line = Field(
        description="The digest of what the image holds. The same content may have another id elsewhere."
    )
    verdict: VerdictName
    reason: Reason
    findings: tuple[Finding, ...] = Field(
        description="One for each expectation that speaks of the case, in the claim's order."
    )
    metrics: dict[Line, Metric] = Field(
        description="By metric; by `metric@arm` where several arms print it; by `metric of/over` for ratios."
    )


class Control(Provenance):
    """The experiment arranged so that the answer is known."""

    name: Line
    case: Line = Field(description="The case that it departs from.")
    toolchain: Line
    also_for: tuple[Line, ...] = Field(
        default=(),
        exclude_if=_empty,
        description="Other cases in which the same run is judged, and must come out as expected too. Absent: none.",
    )
    expected: Literal["confirmed", "refuted"]
    verdict: VerdictName
    ok: bool = Field(description="Whether it came out as expected.")


class Analyses(FeedModel):
    """In how many other defensible analyses of the same samples the verdict stands."""

    stands_in: int = Field(ge=0, description="In how many of them every decided cell keeps its verdict.")
    of: int = Field(ge=0, description="How many there are that apply to any of the cells.")

    @model_validator(mode="after")
    def _part(self) -> Self:
        if self.stands_in > self.of:
            raise ValueError(f"the verdict cannot stand in {self.stands_in} of {self.of} analyses")
        return self


class OtherCell(FeedModel):
    """One toolchain in one case on another machine, judged by our judge."""

    toolchain: Line
    case: Line
    verdict: VerdictName
    reason: Reason
    metrics: dict[Line, Metric]


class OtherMachine(FeedModel):
    """What a claim came to on a machine of somebody else. It has no part in the claim's verdict."""

    machine: Machine = Field(description="Of its kernel only the number of the release is known.")
    file: Line = Field(description="In the folder `replications` of the catalogue's repository.")
    executed: Line = Field(description="The day of its last run, UTC, ISO 8601.")
    earlier: bool = Field(description="Whether it is of an earlier experiment: then `verdict` is what the file says.")
    agrees: bool = Field(description="Whether it is our verdict, for our reason, in all toolchains and cases of ours.")
    verdict: VerdictName
    reason: Reason
    cells: tuple[OtherCell, ...] = Field(description="Empty where it is of an earlier experiment.")


class ClaimHead(FeedModel):
    """What is said of a claim as a whole."""

    id: Id
    kind: Kind
    source: Source
    title: dict[Language, Line] = Field(min_length=1, description="By language, in the languages of the catalogue.")
    verdict: VerdictName = Field(description="What this run's evidence says.")
    reason: Reason = Field(description="Why the verdict does not decide, or what it depends on; empty otherwise.")
    near_bound: bool | None = Field(
        default=None,
        exclude_if=_absent,
        description="Whether the verdict is close to its bound. Absent: not looked at.",
    )
    in_part_untestable: bool | None = Field(
        default=None,
        exclude_if=_absent,
        description="Whether a case that the statement covers cannot run here. Absent: not looked at.",
    )
    analyses: Analyses | None = Field(
        default=None,
        exclude_if=_absent,
        description="How the verdict fares in other analyses. Absent: it is not decided, or not by what is measured.",
    )
    context: dict[Line, dict[Language, Words]] = Field(
        default={},
        exclude_if=_empty,
        description="The cases that are shown and have no part in the verdict, each with the reason, by language; "
        "empty where the claim gives none. Absent: no case is such.",
    )
    premises: tuple[Id, ...] = Field(
        default=(),
        exclude_if=_empty,
        description="The claims on whose truth this statement rests. Absent: none is named.",
    )
    premise_refuted: bool | None = Field(
        default=None,
        exclude_if=_absent,
        description="Whether one of the premises is refuted in this run. Absent: none is named.",
    )
    premise_in_part: bool | None = Field(
        default=None,
        exclude_if=_absent,
        description="Whether none of them is, and one holds under some conditions only. Absent: none is named.",
    )
    recorded: VerdictName = Field(description="The verdict that the pages were written for.")
    definition: Digest | None = Field(
        default=None,
        exclude_if=_absent,
        description="Of what decides in the claim file: cases, scripts, metrics, expectations, controls. Absent: not "
        "looked at.",
    )
    programs: Digest | None = Field(
        default=None, exclude_if=_absent, description="Of the program files as they ran. Absent: not looked at."
    )
    elsewhere: tuple[OtherMachine, ...] = Field(
        default=(),
        exclude_if=_empty,
        description="What other people's machines showed, beside the cells and apart from them. Absent: none is known.",
    )
    url: str = Field(
        pattern=r"^claims/[a-z0-9][a-z0-9-]{0,62}/$", description="The claim's page, relative to the site's root."
    )


class Claim(ClaimHead):
    """One statement of the source, with what came out."""

    cells: tuple[Cell, ...]
    controls: tuple[Control, ...]


class Feed(FeedModel):
    """Every claim of a run with its measured verdict. Links are relative to the site's root."""

    schema_: Literal[2] = Field(alias="schema", description="Rises when the form changes.")
    generated: Line = Field(description="When the results were judged, UTC, ISO 8601.")
    source_commit: Line = Field(description="The commit of the claims and of the program.")
    mode: Literal["auto", "fresh", "frozen"] = Field(
        description="auto: what had no result was run. fresh: everything was run. frozen: nothing was run."
    )
    selection: Selection | None = Field(
        description="Null: the whole catalogue. Else this is part of it, and a claim that is not here need not be gone."
    )
    lost: tuple[Id, ...] = Field(
        default=(),
        exclude_if=_empty,
        description="The claims that were asked for and have no result, since they could not be run. Absent: none.",
    )
    machines: dict[Key, Machine] = Field(description="The machines that showed something, by key.")
    environment: Environment | None = Field(
        description="The one machine, engine and base image of all results; null where there are several, or none."
    )
    base: Base | None = Field(description="The one base image of all results; null where there are several, or none.")
    instruments: Instruments | None = Field(
        default=None, exclude_if=_absent, description="With what they were obtained and judged. Absent: not looked at."
    )
    history: History | None = Field(
        default=None, exclude_if=_absent, description="Absent: no earlier build is known to this one."
    )
    claims: tuple[Claim, ...] = Field(description="In the order of their ids.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """A claim has one entry, and a machine that is named is described."""
        ids = [claim.id for claim in self.claims]
        if ids != sorted(set(ids)):
            raise ValueError("each claim must be there once, in the order of the ids")
        named = {one.machine for claim in self.claims for one in (*claim.cells, *claim.controls)}
        if missing := sorted(named - set(self.machines)):
            raise ValueError(f"`machines` does not describe {missing[0]}")
        return self
