"""A run in parts: which claims belong to which part, so that all of them take about the same time.

A claim is never split, since its session is one: what is compared with each other runs on one machine. Every part is
cut on its own host. So all must start from the same costs: a ledger keeps those of the last cut for as long as nothing
that decides has changed, and `claims merge` refuses parts of different cuts.
"""

from __future__ import annotations

import heapq
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of
from macros.ledger.address import Address, digest
from macros.ledger.store import Ledger
from macros.run.plan import Inputs
from macros.run.tree import Tree

NOTE = "shards"
MOST = 1000
"""Parts that a run can be cut into."""

Costs = Mapping[str, float | None]
"""Seconds by claim; None where no record tells them."""


@dataclass(frozen=True)
class Part:
    """One of several parts, numbered from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `2/3`. Raises ValueError."""
        found = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", text, re.ASCII)
        if not found or not int(found[1]) <= int(found[2]) <= MOST:
            raise ValueError(f"`{text}` is no part of a run; write K/N, such as 2/3, with N at most {MOST}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True)
class Cut:
    """All claims that were asked for, in parts."""

    parts: tuple[tuple[str, ...], ...]

    @property
    def key(self) -> str:
        """The digest by which two parts are known to be of one cut."""
        return digest(self.parts)


def cut(costs: Costs, of: int) -> Cut:
    """Longest processing time first: each claim, the dearest first, goes to the part that has least to do.

    A claim whose cost is not known counts as the median of the others.
    """
    known = [cost for cost in costs.values() if cost]
    usual = statistics.median(known) if known else 1.0
    by_cost = {name: usual if cost is None else cost for name, cost in costs.items()}
    parts: list[set[str]] = [set() for _ in range(of)]
    heap = [(0.0, 0, place) for place in range(of)]
    for name in sorted(by_cost, key=lambda name: (-by_cost[name], name)):
        load, count, place = heap[0]
        parts[place].add(name)
        heapq.heapreplace(heap, (load + by_cost[name], count + 1, place))
    return Cut(tuple(tuple(name for name in costs if name in part) for part in parts))


def cut_of(inputs: Inputs, selected: Sequence[LoadedClaim], of: int, tree: Tree) -> Cut:
    """The claims in so many parts, by what their last records took. The same on every host with the same ledger, and
    the same again when parts of it have run on this one.
    """
    ledger = inputs.project.ledger
    asked = digest([tree.digest, of, [loaded.claim.id for loaded in selected]])
    noted = _costs(ledger.noted(NOTE), asked)
    if noted is None:
        measured = {loaded.claim.id: _cost(inputs, loaded) for loaded in selected}
        new = {"asked": asked, "costs": measured}
        ledger.change_note(NOTE, lambda old: new if _costs(old, asked) is None else old)
        noted = _costs(ledger.noted(NOTE), asked) or measured
    return cut({loaded.claim.id: noted.get(loaded.claim.id) for loaded in selected}, of)


def _cost(inputs: Inputs, loaded: LoadedClaim) -> float | None:
    if not loaded.claim.kind.executable:
        return 0.0
    ledger = inputs.project.ledger
    both = cells_of(loaded.claim, inputs.toolchains.names, inputs.catalogue.settings)
    spent = [_seconds(ledger, halves) for cells in both for cell in cells if (halves := ledger.latest(cell))]
    known = [seconds for seconds in spent if seconds is not None]
    # Of a claim that ran in part, the other cells count as those that ran.
    return sum(known) * sum(map(len, both)) / len(known) if known else None


def _seconds(ledger: Ledger, halves: tuple[Any, Any]) -> float | None:
    experiment, machine = halves
    record = ledger.get(Address(experiment.key, machine.key))
    return sum(record.seconds.values()) if record is not None else None


def _costs(noted: Any, asked: str) -> dict[str, float | None] | None:
    """The costs of a note, if it is one of this cut."""
    if not isinstance(noted, dict) or noted.get("asked") != asked or not isinstance(noted.get("costs"), dict):
        return None
    return {
        name: float(cost) if isinstance(cost, (int, float)) and cost >= 0 else None
        for name, cost in noted["costs"].items()
    }
