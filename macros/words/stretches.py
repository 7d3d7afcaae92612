"""Where a statement holds and where it fails: neighbouring toolchains run together, and the places where it flips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from macros.claim.fields import VerdictName
from macros.verdict.details import Dependence
from macros.verdict.parts import CellVerdict

RUN = 3
"""From how many neighbouring toolchains on they are named by the first and the last of them."""


@dataclass(frozen=True)
class Stretch:
    """Neighbouring toolchains with one verdict, in their order. `ends`: no toolchain comes after them."""

    verdict: VerdictName
    names: tuple[str, ...]
    ends: bool

    @property
    def first(self) -> str:
        return self.names[0]

    @property
    def last(self) -> str:
        return self.names[-1]


def stretches(verdicts: Mapping[str, VerdictName]) -> list[Stretch]:
    """The verdicts by toolchain, in their order, as stretches."""
    groups = [
        (verdict, tuple(name for name, _ in group))
        for verdict, group in groupby(verdicts.items(), lambda item: item[1])
    ]
    return [
        Stretch(verdict, names, ends=number == len(groups)) for number, (verdict, names) in enumerate(groups, start=1)
    ]


def in_short(neighbours: Sequence[str]) -> str:
    """Neighbouring toolchains as a phrase: `go1.15 to go1.27`, or `go1.15, go1.19` where they are few."""
    return f"{neighbours[0]} to {neighbours[-1]}" if len(neighbours) >= RUN else ", ".join(neighbours)


def flips(verdicts: Mapping[str, VerdictName]) -> list[tuple[str, str]]:
    """Between which neighbours it flips. What was not run cannot narrow it down."""
    return [pair for pair in pairwise(verdicts) if verdicts[pair[0]] is not verdicts[pair[1]]]


def by_case(dependence: Dependence) -> dict[str, dict[str, VerdictName]]:
    """For each case the verdicts by toolchain, in the order of toolchains."""
    found: dict[str, dict[str, VerdictName]] = {cell.case: {} for cell in dependence.cells}
    for cell in dependence.cells:
        found[cell.case][cell.toolchain] = cell.verdict
    return found


def by_toolchain(dependence: Dependence) -> dict[str, VerdictName]:
    """The verdict of each toolchain, where all cases agree."""
    verdicts = {cell.toolchain: cell.verdict for cell in dependence.cells}
    return {name: verdicts[name] for name in dependence.toolchains}


def cases_with(dependence: Dependence, verdict: VerdictName) -> list[str]:
    """The cases that came to the verdict in every toolchain."""
    return [case for case, verdicts in by_case(dependence).items() if set(verdicts.values()) == {verdict}]


def toolchains_by_case(cells: Iterable[CellVerdict], verdict: VerdictName) -> dict[str, list[str]]:
    """Where cells came to the verdict: for each case its toolchains, in the order of the cells."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.verdict is verdict:
            found.setdefault(cell.case, []).append(cell.toolchain)
    return found
