"""All that decides the verdicts of a run, as digests that can be compared with another run's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from macros.check.affected import ONLY_SHOWS, PROGRAM
from macros.ledger.address import digest
from macros.run.plan import Inputs

_NAMED = 5
"""Claims, toolchains or figures that a difference names one by one."""


class Tree(BaseModel):
    """What a run was made from. `program`: the part of this program that has a part in verdicts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    program: str
    dockerfile: str
    settings: str
    base: str
    policy: Mapping[str, Any]
    toolchains: Mapping[str, str]
    claims: Mapping[str, str]

    @classmethod
    def of(cls, inputs: Inputs, program: Path = PROGRAM) -> Self:
        """That of the files as they are now."""
        catalogue, toolchains = inputs.catalogue, inputs.toolchains
        dockerfile = catalogue.dockerfile
        return cls(
            program=digest(dict(_files(program))),
            dockerfile=_sum(dockerfile.read_bytes()) if dockerfile.is_file() else "",
            settings=digest(catalogue.settings.model_dump(mode="json", exclude={"policy"})),
            base=digest([toolchains.architecture, toolchains.base.model_dump(mode="json")]),
            policy={name: list(one) if isinstance(one, tuple) else one for name, one in asdict(inputs.policy).items()},
            toolchains={name: digest(pins.model_dump(mode="json")) for name, pins in toolchains.toolchains.items()},
            claims={
                name: digest([loaded.document.data, loaded.files_digest]) for name, loaded in catalogue.claims.items()
            },
        )

    @property
    def digest(self) -> str:
        """Of all of it."""
        return digest(self.model_dump(mode="json"))

    def differences(self, other: Tree) -> list[str]:
        """What is not the same in the other, in words; nothing where both lead to the same verdicts."""
        found = [
            words
            for name, words in (
                ("program", "the program that runs and judges"),
                ("dockerfile", "the Dockerfile"),
                ("settings", "the catalogue's settings"),
                ("base", "the base image"),
            )
            if getattr(self, name) != getattr(other, name)
        ]
        figures = _differ(self.policy, other.policy)
        policy = [f"{name}: {self.policy.get(name)} and {other.policy.get(name)}" for name in figures]
        found += _listed("the policy", policy)
        found += _listed("the toolchains", _differ(self.toolchains, other.toolchains))
        return found + _listed("the claims", _differ(self.claims, other.claims))


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def _listed(what: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [f"{what} ({', '.join(names[:_NAMED])}{more})"]


def _files(program: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(program.rglob("*")):
        name = path.relative_to(program).as_posix()
        if path.is_file() and "__pycache__" not in name and name.partition("/")[0] not in ONLY_SHOWS:
            yield name, _sum(path.read_bytes())


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
