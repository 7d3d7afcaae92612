"""What a reader's machine showed of some claims, as one small file: the models that write it and read it back.

It holds what the judges need and no more: the numbers of each fresh process, what its sentinel saw, and the facts of
the machine by which results are told apart. No printed output, no script, no path; of the kernel's name only its
number, since the rest is free text. The verdicts in it are what its writer's judge said: readers are shown ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from macros.claim.cell import Cell
from macros.claim.fields import VerdictName
from macros.evidence.observation import Evidence, NullPair, Observation, QuietLevel, Session
from macros.ledger.address import digest
from macros.results.catalogue import CellResult, ClaimResult
from macros.results.feed_base import FeedModel, Id, Key, Words
from macros.results.feed_models import Metric
from macros.results.feed_values import metric_form
from macros.verdict.finding import Reason

FORM: Literal["executable-claims replication 1"] = "executable-claims replication 1"

T = TypeVar("T")

_DIGITS = 4
"""Significant digits that are kept of what a witness read: it is only ever held against a level of quiet."""

_NO_NUMBER = re.compile(r"[^0-9.].*$", re.DOTALL)

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./@ -]{0,62}$")]
Fact = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .,:;@()+~_/-]{0,99}$")]
Count = Annotated[int, Field(ge=0, le=10**6)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63)]
Value = bool | Whole | float | Words
Positive = Annotated[float, Field(gt=0, le=10**9)]


class ReplicatedMachine(FeedModel):
    """The facts that tell machines apart, and none that tells whose they are."""

    architecture: Fact
    cpu: Fact
    cores: Annotated[int, Field(ge=1, le=10**5)]
    sockets: Count
    numa_nodes: Count
    kernel: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+){0,3}$", description="The number of its release alone.")]
    engine: Fact
    runc: Fact
    counters: bool

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Of a record's facts. What an engine may call by any name is cut to what a fact can be."""
        said = {name: _fact(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        kernel = _NO_NUMBER.sub("", str(facts["kernel"])).strip(".")
        return cls.model_validate({**said, "kernel": ".".join(kernel.split(".")[:4]) or "0"})

    @property
    def key(self) -> str:
        """By which feeds name it."""
        return digest(self.model_dump())


class ReplicatedSession(FeedModel):
    """A part of a cell's rounds. `environment` sets it apart from sessions in another one."""

    begins: Count
    environment: Key
    null_pairs: tuple[tuple[Count, Positive, Positive], ...] = Field(description="Round, and both times in seconds.")
    quiet: dict[Name, tuple[float, float]] = Field(description="Of each witness its typical level and a high one.")


class ReplicatedProcesses(FeedModel):
    """The fresh processes of one cell, a column for each of their facts; all are equally long."""

    arms: tuple[Name, ...]
    rounds: tuple[Count, ...]
    layouts: tuple[Count, ...]
    readings: dict[Name, tuple[Value | None, ...]] = Field(description="By metric; null where a process has none.")
    witnesses: dict[Name, tuple[float | None, ...]] = Field(description="What the sentinel saw around each.")

    @model_validator(mode="after")
    def _equally_long(self) -> Self:
        columns = (self.rounds, self.layouts, *self.readings.values(), *self.witnesses.values())
        if any(len(column) != len(self.arms) for column in columns):
            raise ValueError(f"every column must have {len(self.arms)} entries, as `arms` has")
        return self


class ReplicatedCell(FeedModel):
    """One release in one case, or a control's run. `release`: the exact version that ran."""

    toolchain: Name
    case: Name
    control: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,63}$")]
    release: Fact
    experiment: Key
    image_content: Key
    executed: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="The day, UTC.")]
    verdict: VerdictName
    reason: Reason
    metrics: dict[Name, Metric]
    missing: Words | None
    built: dict[Name, Value]
    processes: ReplicatedProcesses
    sessions: tuple[ReplicatedSession, ...]

    def cell(self, claim: str) -> Cell:
        """Which one it is."""
        return Cell(claim, self.toolchain, self.case, self.control)

    @property
    def evidence(self) -> Evidence:
        """As the judges take it. The time that each process took is for budgets while it runs, and is not kept."""
        seen = self.processes
        return Evidence(
            tuple(
                Observation(arm, round, 0.0, _row(seen.readings, place), layout, _row(seen.witnesses, place))
                for place, (arm, round, layout) in enumerate(zip(seen.arms, seen.rounds, seen.layouts, strict=True))
            ),
            self.built,
            self.missing,
            tuple(
                Session(
                    one.begins,
                    {"environment": one.environment},
                    tuple(NullPair(*pair) for pair in one.null_pairs),
                    {name: QuietLevel(*level) for name, level in one.quiet.items()},
                )
                for one in self.sessions
            ),
        )


class ReplicatedClaim(FeedModel):
    """A claim with all of its cells and all of its controls."""

    id: Id
    verdict: VerdictName
    reason: Reason
    cells: Annotated[tuple[ReplicatedCell, ...], Field(min_length=1)]


class Replication(FeedModel):
    """The file. `sha256` is the digest of the rest, so that a cut or edited file can be told from a whole one."""

    form: Literal["executable-claims replication 1"]
    sha256: Key
    machine: ReplicatedMachine
    claims: Annotated[tuple[ReplicatedClaim, ...], Field(min_length=1)]

    @classmethod
    def of(cls, facts: Mapping[str, Any], results: Iterable[ClaimResult]) -> Self:
        """What a machine with these facts showed of judged claims."""
        content = {
            "machine": ReplicatedMachine.of(facts).model_dump(mode="json"),
            "claims": [_claim(result).model_dump(mode="json") for result in results],
        }
        return cls.model_validate_json(json.dumps({"form": FORM, "sha256": digest(content), **content}))

    def text(self) -> str:
        """The file's content, a line for each cell, so that a change of it can be read."""
        data = self.model_dump(mode="json")
        head = [f"{_json(name)}: {_json(data[name])}" for name in ("form", "sha256", "machine")]
        claims = (_lines_of(claim) for claim in data["claims"])
        return "{" + ",\n ".join(head) + ',\n "claims": [\n' + ",\n".join(claims) + "\n]}\n"


def digest_of(data: Mapping[str, Any]) -> str:
    """What the `sha256` of a file with this data must be."""
    return digest({name: data.get(name) for name in ("machine", "claims")})


def _claim(result: ClaimResult) -> ReplicatedClaim:
    return ReplicatedClaim(
        id=result.claim.id,
        verdict=result.finding.verdict,
        reason=result.finding.reason,
        cells=tuple(_cell(cell) for cell in result.every_cell()),
    )


def _cell(cell: CellResult) -> ReplicatedCell:
    record, evidence = cell.record, cell.record.evidence
    return ReplicatedCell(
        toolchain=cell.cell.toolchain,
        case=cell.cell.case,
        control=cell.cell.control,
        release=record.image.get("toolchain", "unknown"),
        experiment=record.experiment.key,
        image_content=record.image["image_content"],
        executed=record.started[:10],
        verdict=cell.judged.finding.verdict,
        reason=cell.judged.finding.reason,
        metrics={name: metric_form(estimate) for name, estimate in cell.judged.estimates.items()},
        missing=evidence.missing,
        built=dict(evidence.built),
        processes=_processes(evidence.observations),
        sessions=tuple(
            ReplicatedSession(
                begins=one.begins,
                environment=digest(dict(one.environment)),
                null_pairs=tuple((pair.round, pair.first, pair.second) for pair in one.null_pairs),
                quiet={name: (level.typical, level.high) for name, level in one.quiet.items()},
            )
            for one in evidence.sessions
        ),
    )


def _processes(seen: Sequence[Observation]) -> ReplicatedProcesses:
    readings = dict.fromkeys(name for one in seen for name in one.readings)
    witnesses = dict.fromkeys(name for one in seen for name in one.witnesses)
    return ReplicatedProcesses(
        arms=tuple(one.arm for one in seen),
        rounds=tuple(one.round for one in seen),
        layouts=tuple(one.layout for one in seen),
        readings={name: tuple(one.readings.get(name) for one in seen) for name in readings},
        witnesses={name: tuple(_short(one.witnesses.get(name)) for one in seen) for name in witnesses},
    )


def _lines_of(claim: Mapping[str, Any]) -> str:
    head = "".join(f"{_json(name)}: {_json(claim[name])}, " for name in ("id", "verdict", "reason"))
    return " {" + head + '"cells": [\n' + ",\n".join(f"  {_json(cell)}" for cell in claim["cells"]) + "]}"


def _row(columns: Mapping[str, Sequence[T | None]], place: int) -> dict[str, T]:
    return {name: value for name, column in columns.items() if (value := column[place]) is not None}


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.{_DIGITS}g}")


def _fact(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 .,:;@()+~_/-]", "", text).strip()[:100] or "unknown"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
