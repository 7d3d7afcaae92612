"""The address of a result: what was done, and where. Pure.

Each half is the digest of named parts, so that `claims why` can say which part changed and in which half.
Expectations, titles and numbers of samples are in neither: judging again costs nothing, and a cell that needs more
samples is continued.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

EXPERIMENT_PARTS = {
    "scripts": "the scripts or what they may exit with",
    "environment": "the environment of the scripts",
    "limits": "the limits or the deadlines",
    "layouts": "the number of layouts of the code",
    "warm_up": "the number of processes that warm up",
    "metrics": "what is read from the output",
    "files": "the program files",
    "image": "what the toolchain's image holds",
    "sandbox": "the sandbox profile",
    "extractors": "the extractors",
    "format": "the form of records",
}
"""The parts of an experiment's key, in the words of `claims why`."""

MACHINE_PARTS = {
    "architecture": "the architecture",
    "cpu": "the CPU model",
    "cores": "the number of usable cores",
    "sockets": "the number of sockets",
    "numa_nodes": "the number of NUMA nodes",
    "kernel": "the kernel",
    "engine": "the engine's version",
    "runc": "runc's version",
    "counters": "the hardware counters",
}
"""The parts of a machine's key. A cell that does not ask about the machine has the architecture alone."""


@dataclass(frozen=True)
class Half:
    """One half of an address: its key, and the parts that the key is the digest of.

    An experiment's parts are digests themselves; a machine's are its facts in plain words.
    """

    key: str
    parts: Mapping[str, str]

    @classmethod
    def of(cls, parts: Mapping[str, str], cell: str = "") -> Self:
        """The half with these parts; `cell` sets the experiments of different cells apart."""
        return cls(digest([cell, dict(parts)]), dict(parts))

    def fits(self, cell: str = "") -> bool:
        """Whether the key is that of the parts."""
        return self.key == digest([cell, dict(self.parts)])


@dataclass(frozen=True)
class Address:
    """Where a record lies in a ledger: the keys of its experiment and of its machine, both hexadecimal."""

    experiment: str
    machine: str


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def machine_half(facts: Mapping[str, Any], *, whole: bool) -> Half:
    """The machine's half of an address, from its facts by name. `whole` False: the architecture alone."""
    names = MACHINE_PARTS if whole else ("architecture",)
    return Half.of({name: str(facts[name]) for name in names})


def changed_parts(now: Half, before: Half, meaning: Mapping[str, str]) -> list[str]:
    """Which parts differ, in words."""
    return [words for name, words in meaning.items() if now.parts.get(name) != before.parts.get(name)]
