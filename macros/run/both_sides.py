"""The two sides of a change: what each of them needs, what they share, and how the rest is run in one go.

A cell whose experiment is the same on both sides has one record for both. Those of a measuring claim that differ are
measured in the same rounds, so that a flip is due to the change and not to the minute; records that were not made so
are not compared. What the change does not affect runs only where no machine has shown it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from macros.claim.cell import Cell
from macros.claim.loading import LoadedClaim
from macros.lab.laboratory import Lab
from macros.lab.setup import Leave
from macros.ledger.record import Record
from macros.run.host import Group, Host, run_groups
from macros.run.obtain import Faults, ensure_images, needed_toolchains, noted_images, only_noted
from macros.run.plan import Images, Inputs, Mode, Plan, make_plan, require_all, session_of
from macros.run.progress import Progress
from macros.run.session import CellPlan, Fault


@dataclass(frozen=True)
class Side:
    """A tree of claims, with the lab that makes the images of its toolchains."""

    inputs: Inputs
    lab: Lab

    @property
    def toolchains(self) -> tuple[str, ...]:
        return tuple(self.inputs.toolchains.names)

    def claim(self, name: str) -> LoadedClaim | None:
        return self.inputs.catalogue.claims.get(name)

    def images(self, claims: Collection[str]) -> dict[str, list[dict[str, str]]]:
        """What the ledger notes of the images that these claims run in."""
        return noted_images(self.inputs, self.lab, self.needed(claims))

    def needed(self, claims: Collection[str]) -> list[str]:
        """The toolchains that these claims run in."""
        loaded = [one for one in map(self.claim, claims) if one is not None]
        return needed_toolchains(self.inputs, loaded, self.toolchains)


@dataclass
class Known:
    """What is known of both sides: the records by cell, and what went wrong.

    `stored`: the claims of which nothing ran now. `together`: those whose sides were measured in the same rounds, now
    or before; `apart`: those whose sides were measured, but not so.
    """

    base: dict[Cell, Record] = field(default_factory=dict)
    head: dict[Cell, Record] = field(default_factory=dict)
    base_faults: Faults = field(default_factory=Faults)
    head_faults: Faults = field(default_factory=Faults)
    stored: list[str] = field(default_factory=list)
    together: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)


def obtain_both(
    base: Side,
    head: Side,
    affected: Sequence[str],
    others: Sequence[str],
    mode: Mode,
    leave: Leave,
    progress: Progress,
) -> Known:
    """Records of both sides of the affected claims, and one for both of every other claim.

    An engine is asked for only where something must run. Raises EnvironmentFailed where it is missing, and in a frozen
    run where a record is.
    """
    known = Known()
    names = [*affected, *others]

    def planned(names: Sequence[str], machine: Mapping[str, Any] | None, images: Callable[[Side], Images]) -> _Plans:
        before, now = (_Tree(side, images(side), machine) for side in (base, head))
        return [_plan(name, before, now, name in affected, mode) for name in names]

    plans = planned(names, None, lambda side: only_noted(side.images(names)))
    if mode is Mode.FROZEN:
        _require(base, head, plans)
    for plan in plans:
        if not plan.missing:
            known.stored.append(plan.claim)
            _take(known, plan)
    rest = [plan.claim for plan in plans if plan.missing]
    if not rest:
        return known
    head.lab.ready(leave, progress.image)
    for side in (base, head):
        if mode is Mode.FRESH or not all(side.images(rest).values()):
            ensure_images(side.inputs, side.lab, side.needed(rest), leave, progress)
    with head.lab.runner() as runner:
        facts = runner.facts().to_json()
        plans = planned(rest, facts, lambda side: side.images(rest))
        for side, cells in (
            (base, [one.cell for plan in plans for one in plan.base]),
            (head, [one.cell for plan in plans for one in plan.head]),
        ):
            if cells:
                ensure_images(side.inputs, side.lab, sorted({cell.toolchain for cell in cells}), leave, progress)
        plans = planned(rest, facts, lambda side: side.images(rest))
        groups = [_group(known, base, head, plan) for plan in plans if plan.missing]
        if groups:
            run_groups(Host(runner, head.inputs.project.ledger), groups, progress)
    for plan in plans:
        _take(known, plan)
    return known


@dataclass(frozen=True)
class _Tree:
    """A side with the images that its records may come from, and the machine that they must come from, if any."""

    side: Side
    images: Images
    machine: Mapping[str, Any] | None

    def plan(self, name: str, mode: Mode) -> Plan:
        loaded = self.side.claim(name)
        if loaded is None:
            return Plan()
        return make_plan(self.side.inputs, [loaded], self.side.toolchains, self.images, self.machine, mode)


@dataclass(frozen=True)
class _ClaimPlan:
    """One claim: the records that there are, by side, and the cells that must run.

    `shared`: the cells that are the same on both sides; they are the head's to run. `together`: there are others on
    both sides, and the claim measures.
    """

    claim: str
    records: tuple[dict[Cell, Record], dict[Cell, Record]]
    base: tuple[CellPlan, ...]
    head: tuple[CellPlan, ...]
    shared: frozenset[Cell]
    together: bool

    @property
    def missing(self) -> bool:
        return bool(self.base or self.head)


_Plans = list[_ClaimPlan]


def _plan(name: str, base: _Tree, head: _Tree, affected: bool, mode: Mode) -> _ClaimPlan:
    if not affected:
        found = _Found.of(head, name, Mode.FROZEN)
        missing = tuple(plan for cell, plan in found.ways.items() if cell not in found.records)
        return _ClaimPlan(name, ({}, dict(found.records)), (), missing, frozenset(found.ways), False)
    sides = (_Found.of(base, name, mode), _Found.of(head, name, mode))
    shared = frozenset(
        cell
        for cell, way in sides[1].ways.items()
        if cell in sides[0].ways and sides[0].ways[cell].experiment.key == way.experiment.key
    )
    differing = [[cell for cell in side.ways if cell not in shared] for side in sides]
    loaded = [tree.side.claim(name) for tree in (base, head)]
    measures = any(one.claim.statistical for one in loaded if one is not None)
    together = measures and all(differing)
    anew: set[Cell] = set()
    if together and mode is not Mode.FROZEN:
        stored = [side.stored.get(cell) for side, cells in zip(sides, differing, strict=True) for cell in cells]
        begun = {record.started for record in stored if record is not None}
        if mode is Mode.FRESH or None in stored or len(begun) != 1:
            anew = {cell for cells in differing for cell in cells}
    records: tuple[dict[Cell, Record], dict[Cell, Record]] = ({}, {})
    to_run: tuple[list[CellPlan], list[CellPlan]] = ([], [])
    for place, side in enumerate(sides):
        for cell, way in side.ways.items():
            if cell in anew:
                to_run[place].append(way)
            elif together and cell not in shared and cell in side.stored:
                records[place][cell] = side.stored[cell]
            elif cell in side.records:
                records[place][cell] = side.records[cell]
            elif place or cell not in shared:
                to_run[place].append(side.missing.get(cell, way))
    return _ClaimPlan(name, records, tuple(to_run[0]), tuple(to_run[1]), shared, together)


@dataclass(frozen=True)
class _Found:
    """One side of a claim. `ways`: how each of its cells runs; `stored`: every record that there is.

    `records`: those that stand as they are; `missing`: the other cells, some of which continue what is stored.
    """

    ways: Mapping[Cell, CellPlan]
    stored: Mapping[Cell, Record]
    records: Mapping[Cell, Record]
    missing: Mapping[Cell, CellPlan]

    @classmethod
    def of(cls, tree: _Tree, name: str, mode: Mode) -> _Found:
        stored, plan = tree.plan(name, Mode.FROZEN), tree.plan(name, mode)
        return cls(
            {way.cell: way for session in tree.plan(name, Mode.FRESH).sessions for way in session.cells},
            stored.records,
            plan.records,
            {way.cell: way for session in plan.sessions for way in session.cells},
        )


def _group(known: Known, base: Side, head: Side, plan: _ClaimPlan) -> Group:
    """The sessions of both sides of a claim."""
    group = []
    for side, cells, records, faults in (
        (base, plan.base, known.base, known.base_faults),
        (head, plan.head, known.head, known.head_faults),
    ):
        loaded = side.claim(plan.claim)
        if loaded is not None and cells:
            group.append((session_of(side.inputs, loaded, cells), _taking(records, faults)))
    return group


def _taking(records: dict[Cell, Record], faults: Faults) -> Callable[[Record | Fault], None]:
    def report(result: Record | Fault) -> None:
        if isinstance(result, Fault):
            faults.found.append(result)
        else:
            records[result.cell] = result

    return report


def _take(known: Known, plan: _ClaimPlan) -> None:
    """Note what was stored, and give the base what it shares with the head."""
    known.base.update(plan.records[0])
    known.head.update(plan.records[1])
    known.base.update({cell: known.head[cell] for cell in plan.shared if cell in known.head})
    if plan.together:
        (known.together if len(_begun(known, plan)) == 1 else known.apart).append(plan.claim)


def _begun(known: Known, plan: _ClaimPlan) -> set[str]:
    """When the sessions began that measured what differs."""
    return {
        record.started
        for records in (known.base, known.head)
        for cell, record in records.items()
        if cell.claim == plan.claim and cell not in plan.shared
    }


def _require(base: Side, head: Side, plans: _Plans) -> None:
    for side, cells in ((base, "base"), (head, "head")):
        lacking = [
            session_of(side.inputs, loaded, getattr(plan, cells))
            for plan in plans
            if getattr(plan, cells) and (loaded := side.claim(plan.claim)) is not None
        ]
        require_all(side.inputs, Plan(sessions=lacking))
