"""Claims on which others rest: they must come to an end somewhere, and nothing rests on itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from macros.check.names import Complaint
from macros.claim.model import Claim


def check_premises(claim: Claim, premises: Mapping[str, Sequence[str]]) -> Iterator[Complaint]:
    """The premises that lead back to the claim itself, and those named twice. `premises`: those of every claim."""
    for index, name in enumerate(claim.premises):
        where = ("premises", index)
        if name in claim.premises[:index]:
            yield where, f"the premise `{name}` appears twice", "name it once"
        elif name == claim.id:
            yield where, f"`{name}` cannot be a premise of itself", "leave it out"
        elif (way := _way(name, claim.id, premises)) is not None:
            circle = " -> ".join((claim.id, *way))
            yield where, f"a circle of premises: {circle}", "leave out the one that rests on the other"


def _way(start: str, end: str, premises: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The first of the shortest ways from premise to premise, with both ends; None if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        for name in premises.get(way[-1], ()):
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return None
