"""A result as it is kept: what one cell showed, where and when. Never a verdict, which is judged anew each time.

The model writes the file and reads it back; a file's first line holds the digest of the rest, so that half a file, or
an edited one, can be told from a whole one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from macros.claim.cell import Cell
from macros.evidence.observation import Evidence
from macros.ledger.address import MACHINE_PARTS, Address, Half, machine_half

__all__ = ["SCHEMA", "Cell", "Damaged", "Origin", "Output", "Record", "read_record", "write_record"]

SCHEMA: Literal[4] = 4
"""Part of every experiment's key: a change of the record's form runs the cells again."""

_CELL_NAME = r"[a-z0-9][a-z0-9.-]{0,62}"
_HEAD = '{{"sha256": "{}",\n"record": '
_HEAD_LENGTH = len(_HEAD.format("0" * 64))


class Damaged(ValueError):
    """A file that is not a whole record of this form."""


class Frozen(BaseModel):
    """Strict about keys and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Output(Frozen):
    """Raw text of one process that was shown: the first of its stage or arm."""

    stage: str
    script: str
    status: int | None
    stdout: str
    stderr: str


class Origin(Frozen):
    """Where an imported record came from: the file's name, and when it was taken in (UTC, ISO 8601)."""

    file: str
    imported: str


class Record(Frozen):
    """All of one cell's result. `facts`, `image`, `seconds` and `remarks` are for readers, not for judging.

    facts: those of the host that owns the engine. seconds: `probe`, `build`, `run` (the claim's own commands, host
    time) and `lab` (all the rest), of all its sessions. remarks: what was unusual. started: UTC, ISO 8601.
    """

    schema_: Annotated[Literal[4], Field(alias="schema")] = SCHEMA
    cell: Cell
    experiment: Half
    machine: Half
    facts: Mapping[str, str | int | bool]
    image: Mapping[str, str]
    evidence: Evidence
    outputs: tuple[Output, ...]
    started: str
    seconds: Mapping[str, float]
    remarks: Mapping[str, str] = {}
    origin: Origin | None = None

    @field_validator("cell")
    @classmethod
    def _names(cls, cell: Cell) -> Cell:
        """A cell's names make a path in the ledger: nothing in them may lead elsewhere."""
        for name in (cell.claim, cell.toolchain, cell.case, cell.control or "none"):
            if not re.fullmatch(_CELL_NAME, name):
                raise ValueError(f"{name!r:.80} cannot be the name of a part of a cell")
        return cell

    @cached_property
    def address(self) -> Address:
        return Address(self.experiment.key, self.machine.key)

    @property
    def fits_its_address(self) -> bool:
        """Whether both keys are those of what the record says that was done, and where."""
        if not self.facts.keys() >= MACHINE_PARTS.keys():
            return False
        places = [machine_half(self.facts, whole=whole) for whole in (True, False)]
        return self.experiment.fits(str(self.cell)) and self.machine in places


_RECORD = TypeAdapter(Record)


def write_record(record: Record) -> str:
    """The text of a record's file. `read_record` gives the same record back."""
    body = json.dumps(_RECORD.dump_python(record, mode="json", by_alias=True), ensure_ascii=False, indent=1)
    # A lone surrogate in a program's output has no place in UTF-8: it becomes a question mark here, once.
    body = body.encode("utf-8", "replace").decode("utf-8")
    return _HEAD.format(hashlib.sha256(body.encode()).hexdigest()) + body + "}\n"


def read_record(text: str) -> Record:
    """The record of a file's text. Raises Damaged for half a file, an edited one, or one of another form."""
    head, body = text[:_HEAD_LENGTH], text[_HEAD_LENGTH:].removesuffix("}\n")
    if head != _HEAD.format(hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()):
        raise Damaged("its digest does not match its content")
    try:
        return _RECORD.validate_json(body)
    except ValueError as error:
        raise Damaged(f"it is not a record of form {SCHEMA}: {str(error).splitlines()[0]}") from error


def as_data(record: Record) -> dict[str, Any]:
    """A record as plain data, for an exported file."""
    data: dict[str, Any] = _RECORD.dump_python(record, mode="json", by_alias=True)
    return data
