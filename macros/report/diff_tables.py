"""A diff as a headline, warnings, and tables: what the terminal and Markdown have in common. Nothing here is inert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.report.sentences import WORDS
from macros.results.diff import ClaimChange, Diff, Moved, Named, Side
from macros.results.feed_models import Metric
from macros.verdict.finding import Estimate
from macros.words import inert
from macros.words.changes import CHANGES

SAYS = CHANGES["en"]
MOST_CELLS = 6
"""Cells of one claim that are named one by one."""

MOST_MACHINES = 3
_LONGEST = 200


@dataclass(frozen=True)
class Table:
    """One kind of difference. `rows` are made when they are asked for: there may be very many."""

    title: str
    heads: tuple[str, ...]
    count: int
    rows: Callable[[], Iterator[Sequence[str]]]


def headline(found: Diff) -> str:
    """How many differences there are of each kind, in one sentence."""
    counts = [
        _count(len(found.flips), "verdict flipped", "verdicts flipped"),
        _count(len(found.cells), "more claim has cells that flipped", "more claims have cells that flipped"),
        _count(len(found.moved), "value moved", "values moved"),
        _count(len(found.new), "new claim", "new claims"),
        _count(len(found.removed), "claim removed", "claims removed"),
        _count(len(found.undecided), "newly undecided", "newly undecided"),
        _count(len(found.decided), "newly decided", "newly decided"),
    ]
    said = [text for text in counts if text]
    total = f"{found.head.claims:,} claim{'' if found.head.claims == 1 else 's'}"
    return f"{', '.join(said)}; {total} in all" if said else f"nothing differs in {total}"


def warnings(found: Diff) -> list[str]:
    """What keeps the two from being compared like with like."""
    said = []
    if found.other_machines:
        said.append(
            f"The results come from different machines: {_machines(found.base)} before, {_machines(found.head)} now. "
            "A value that moved may be the machine’s."
        )
    for side, name in ((found.base, "before"), (found.head, "now")):
        if side.narrowed:
            said.append(f"The run {name} was narrowed to some claims or toolchains; the others are not compared.")
        if side.lost:
            lost = ", ".join(side.lost[:MOST_CELLS]) + (" …" if len(side.lost) > MOST_CELLS else "")
            said.append(f"{len(side.lost):,} could not be run {name}: {lost}.")
    return said


def tables(found: Diff) -> list[Table]:
    """The kinds that there are any of, flips first."""
    verdicts = ("claim", "before", "now", "cause", "cells")
    values = ("claim", "where", "value", "before", "now", "cause")
    listed = ("claim", "verdict")
    every = [
        Table("Verdicts that flipped", verdicts, len(found.flips), lambda: map(_change, found.flips)),
        Table("The same verdict, other cells", verdicts, len(found.cells), lambda: map(_change, found.cells)),
        Table(
            "Values that moved beyond their joint interval", values, len(found.moved), lambda: map(_moved, found.moved)
        ),
        Table("New claims", listed, len(found.new), lambda: map(_named, found.new)),
        Table("Claims that were removed", listed, len(found.removed), lambda: map(_named, found.removed)),
        Table("Newly undecided", verdicts, len(found.undecided), lambda: map(_change, found.undecided)),
        Table("Newly decided", verdicts, len(found.decided), lambda: map(_change, found.decided)),
    ]
    return [table for table in every if table.count]


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""


def _machines(side: Side) -> str:
    names = side.machines[:MOST_MACHINES]
    more = len(side.machines) - len(names)
    return (" / ".join(names) or "none") + (f" and {more} more" if more else "")


def _change(change: ClaimChange) -> Sequence[str]:
    cells = [f"{cell.toolchain} {cell.case}: {_turn(cell.before, cell.after)}" for cell in change.cells[:MOST_CELLS]]
    more = len(change.cells) - len(cells)
    if more:
        cells.append(f"{more} more")
    because = SAYS.because(change.causes)
    return change.id, change.before.value, change.after.value, because, "; ".join(cells)


def _turn(before: VerdictName, after: VerdictName) -> str:
    return f"{before.value} → {after.value}"


def _moved(one: Moved) -> Sequence[str]:
    where = f"{one.toolchain} {one.case}"
    return one.id, where, one.metric, _shown(one.before), _shown(one.after), SAYS.because(one.causes)


def _named(one: Named) -> Sequence[str]:
    return one.id, one.verdict.value


def _shown(metric: Metric) -> str:
    """As everywhere: `3.2 ms (3.0–3.4, n = 18)`."""
    if metric.value is None:
        return "not finite"
    estimate = Estimate(metric.value, metric.low, metric.high, metric.unit, metric.n)
    return inert.limited(WORDS.show(estimate).plain, _LONGEST)
