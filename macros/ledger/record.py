"""A result as it is kept: what one cell showed, where and when. Never a verdict, which is judged anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from macros.claim.cell import Cell
from macros.evidence.observation import Evidence, Observation, Session

__all__ = ["SCHEMA", "Cell", "Output", "Record"]

SCHEMA = 2
"""Part of every key: a change of the record's form runs the cells again."""


@dataclass(frozen=True)
class Output:
    """Raw text of one process that was shown: the first of its stage or arm."""

    stage: str
    script: str
    status: int | None
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Record:
    """All of one cell's result. `environment` and `seconds` are for readers, not for judging.

    seconds: `probe`, `build`, `run` (the claim's own commands, host time) and `lab` (all the rest).
    """

    key: str
    cell: Cell
    evidence: Evidence
    outputs: tuple[Output, ...]
    environment: Mapping[str, str]
    seconds: Mapping[str, float]
    key_parts: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "key": self.key,
            "key_parts": dict(self.key_parts),
            "cell": vars(self.cell),
            "observations": [seen.to_json() for seen in self.evidence.observations],
            "built": dict(self.evidence.built),
            "missing": self.evidence.missing,
            "sessions": [session.to_json() for session in self.evidence.sessions],
            "outputs": [vars(output) for output in self.outputs],
            "environment": dict(self.environment),
            "seconds": dict(self.seconds),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        if data["schema"] != SCHEMA:
            raise ValueError(f"ledger record of schema {data['schema']}, expected {SCHEMA}")
        return cls(
            key=data["key"],
            key_parts=data["key_parts"],
            cell=Cell(**data["cell"]),
            evidence=Evidence(
                tuple(Observation.from_json(seen) for seen in data["observations"]),
                data["built"],
                data["missing"],
                tuple(Session.from_json(session) for session in data["sessions"]),
            ),
            outputs=tuple(Output(**output) for output in data["outputs"]),
            environment=data["environment"],
            seconds=data["seconds"],
        )
