"""What two feeds differ in: verdicts that flipped, each with its cause, values that moved, claims that came and went.

A verdict flips when both feeds decide it and not alike. Causes are what else differs where it did; that none does is
an answer too, noise. `diff_causes` finds them, `diff_values` says when a value has moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from macros.claim.fields import VerdictName
from macros.results.diff_causes import Causes
from macros.results.diff_values import moved
from macros.results.feed_history import Cause
from macros.results.feed_models import Cell, Claim, Feed, Language, Metric
from macros.verdict.contradiction import UNDECIDED

CellName = tuple[str, str]
"""Toolchain and case."""


class Turn(StrEnum):
    """What a verdict became."""

    FALSE = "became-false"
    TRUE = "became-true"
    DEPENDS = "depends-now"
    UNDECIDED = "undecided-now"


_TURNS = {VerdictName.REFUTED: Turn.FALSE, VerdictName.CONFIRMED: Turn.TRUE, VerdictName.DEPENDS: Turn.DEPENDS}


def turn_to(verdict: VerdictName) -> Turn:
    """The turn of a verdict that was another one before."""
    return _TURNS.get(verdict, Turn.UNDECIDED)


@dataclass(frozen=True)
class Named:
    """A claim of a feed. `title`: by language."""

    id: str
    title: Mapping[Language, str]
    verdict: VerdictName


@dataclass(frozen=True)
class CellFlip:
    """One release in one case, decided in both feeds and not alike."""

    toolchain: str
    case: str
    before: VerdictName
    after: VerdictName
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class ClaimChange:
    """A claim with another verdict, or with the same one and cells that flipped."""

    id: str
    title: Mapping[Language, str]
    before: VerdictName
    after: VerdictName
    causes: tuple[Cause, ...]
    cells: tuple[CellFlip, ...]


@dataclass(frozen=True)
class Moved:
    """A value whose difference is beyond the joint interval of both."""

    id: str
    title: Mapping[Language, str]
    toolchain: str
    case: str
    metric: str
    before: Metric
    after: Metric
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Side:
    """One of the two feeds. `machines`: in words, those that showed something. `narrowed`: not of a whole catalogue."""

    generated: str
    source_commit: str
    claims: int
    machines: tuple[str, ...]
    narrowed: bool
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """Everything that differs, in the order in which it is shown. `cells`: claims whose verdict is the same."""

    base: Side
    head: Side
    other_machines: bool
    flips: tuple[ClaimChange, ...]
    cells: tuple[ClaimChange, ...]
    moved: tuple[Moved, ...]
    new: tuple[Named, ...]
    removed: tuple[Named, ...]
    undecided: tuple[ClaimChange, ...]
    decided: tuple[ClaimChange, ...]

    @property
    def verdicts(self) -> tuple[ClaimChange, ...]:
        """Every claim that has another verdict."""
        return (*self.flips, *self.undecided, *self.decided)

    @property
    def empty(self) -> bool:
        """Whether both feeds say the same of the same claims."""
        return not (self.verdicts or self.cells or self.moved or self.new or self.removed)


def diff(base: Feed, head: Feed) -> Diff:
    """What `head` says otherwise than `base`. What a narrowed or failed run lacks is not said to be new or removed."""
    before, after = _by_id(base), _by_id(head)
    changes = [_change(base, head, before[name], after[name]) for name in after if name in before]
    verdicts = [one for one in changes if one.before is not one.after]
    return Diff(
        base=_side(base),
        head=_side(head),
        other_machines=set(base.machines) != set(head.machines),
        flips=tuple(sorted((one for one in verdicts if _both_decided(one.before, one.after)), key=_gravity)),
        cells=tuple(one for one in changes if one.before is one.after and one.cells),
        moved=tuple(one for name in after if name in before for one in _moved(base, head, before[name], after[name])),
        new=tuple(_named(claim) for name, claim in after.items() if name not in before and _would_have(base, name)),
        removed=tuple(_named(claim) for name, claim in before.items() if name not in after and _would_have(head, name)),
        undecided=tuple(one for one in verdicts if one.after in UNDECIDED),
        decided=tuple(one for one in verdicts if one.before in UNDECIDED and one.after not in UNDECIDED),
    )


def _by_id(feed: Feed) -> dict[str, Claim]:
    return {claim.id: claim for claim in feed.claims}


def _would_have(feed: Feed, name: str) -> bool:
    """Whether a claim would be in the feed if the catalogue had it."""
    asked = feed.selection.claims if feed.selection else ()
    return name not in feed.lost and (not asked or name in asked)


def _both_decided(before: VerdictName, after: VerdictName) -> bool:
    return before not in UNDECIDED and after not in UNDECIDED


def _gravity(change: ClaimChange) -> tuple[int, str]:
    """What became false comes first, then what depends now."""
    order = (Turn.FALSE, Turn.DEPENDS, Turn.UNDECIDED, Turn.TRUE)
    return order.index(turn_to(change.after)), change.id


def _side(feed: Feed) -> Side:
    machines = sorted(
        f"{machine.cpu}, {machine.cores} processors, kernel {machine.kernel}, engine {machine.engine}, "
        f"runc {machine.runc}"
        for machine in feed.machines.values()
    )
    return Side(
        feed.generated, feed.source_commit, len(feed.claims), tuple(machines), feed.selection is not None, feed.lost
    )


def _named(claim: Claim) -> Named:
    return Named(claim.id, claim.title, claim.verdict)


def _change(base: Feed, head: Feed, before: Claim, after: Claim) -> ClaimChange:
    causes = Causes(base, head, before, after)
    flips = tuple(
        CellFlip(*name, one.verdict, other.verdict, causes.of_cell(one, other))
        for name, one, other in _cells(before, after)
        if one.verdict is not other.verdict and _both_decided(one.verdict, other.verdict)
    )
    of_claim = causes.of_claim() if before.verdict is not after.verdict or flips else ()
    return ClaimChange(after.id, after.title, before.verdict, after.verdict, of_claim, flips)


def _cells(before: Claim, after: Claim) -> Iterator[tuple[CellName, Cell, Cell]]:
    """The cells that both feeds have."""
    others = {(cell.toolchain, cell.case): cell for cell in after.cells}
    for cell in before.cells:
        name = (cell.toolchain, cell.case)
        if name in others:
            yield name, cell, others[name]


def _moved(base: Feed, head: Feed, before: Claim, after: Claim) -> Iterator[Moved]:
    causes = Causes(base, head, before, after)
    for (toolchain, case), one, other in _cells(before, after):
        for metric, value in one.metrics.items():
            now = other.metrics.get(metric)
            if now is not None and moved(value, now, after.kind):
                yield Moved(after.id, after.title, toolchain, case, metric, value, now, causes.of_cell(one, other))
