"""Why a verdict or a value is another one than before: what else differs where it does.

An address that is the same says that the same was done: then only the expectations, the judge and the machine are
left. One that differs says that something else did; where a feed does not say what, the cause is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from macros.results.feed_history import Cause
from macros.results.feed_models import Cell, Claim, Control, Feed, Machine

OF_THE_ENGINE = ("engine", "runc")
"""The facts of a machine that are its engine's."""

_ORDER = tuple(Cause)


@dataclass(frozen=True)
class Causes:
    """One claim in two feeds."""

    base: Feed
    head: Feed
    before: Claim
    after: Claim

    def of_claim(self) -> tuple[Cause, ...]:
        """Of anything that its verdict is made of: cells, controls, and which there are."""
        found = self._expected() | {cause for one in self._pairs() for cause in self._of_pair(*one)}
        toolchains = [{cell.toolchain for cell in claim.cells} for claim in (self.before, self.after)]
        if toolchains[0] != toolchains[1]:
            found.add(Cause.IMAGE)
        return self._or_none(found)

    def of_cell(self, before: Cell, after: Cell) -> tuple[Cause, ...]:
        """Of one cell's verdict or values."""
        return self._or_none(self._expected() | self._of_pair(before, after))

    def _or_none(self, found: set[Cause]) -> tuple[Cause, ...]:
        if not found:
            found = {Cause.NOISE if self._told and self.after.cells else Cause.UNKNOWN}
        return tuple(cause for cause in _ORDER if cause in found)

    @property
    def _told(self) -> bool:
        """Whether both feeds say all that can be a cause."""
        claims = all(claim.definition and claim.programs for claim in (self.before, self.after))
        return claims and bool(self.base.instruments and self.head.instruments)

    def _expected(self) -> set[Cause]:
        """What is judged, and by whom: both count whatever was run."""
        judges = [feed.instruments.judge if feed.instruments else None for feed in (self.base, self.head)]
        differs = {
            Cause.CLAIM: _differ(self.before.definition, self.after.definition),
            Cause.JUDGE: _differ(*judges),
        }
        return {cause for cause, true in differs.items() if true}

    def _of_pair(self, before: Cell | Control, after: Cell | Control) -> set[Cause]:
        """What was done, and where."""
        found = set(_machines(self.base.machines[before.machine], self.head.machines[after.machine]))
        if before.experiment == after.experiment:
            return found
        done = self._done(before.toolchain)
        if not done and Cause.CLAIM not in self._expected():
            done = {Cause.UNKNOWN}
        return found | done

    def _done(self, toolchain: str) -> set[Cause]:
        """The parts of an experiment, beyond the claim file, that are not the same."""
        base, head = self.base.instruments, self.head.instruments
        differs = {
            Cause.PROGRAM: _differ(self.before.programs, self.after.programs),
            Cause.IMAGE: _image(self.before, toolchain) != _image(self.after, toolchain),
            Cause.ENGINE: bool(base and head and base.sandbox != head.sandbox),
            Cause.JUDGE: bool(base and head and base.extractors != head.extractors),
        }
        return {cause for cause, true in differs.items() if true}

    def _pairs(self) -> Iterator[tuple[Cell | Control, Cell | Control]]:
        now: dict[tuple[str, ...], Cell | Control] = {_name(one): one for one in _all(self.after)}
        for one in _all(self.before):
            if _name(one) in now:
                yield one, now[_name(one)]


def _all(claim: Claim) -> tuple[Cell | Control, ...]:
    return (*claim.cells, *claim.controls)


def _name(one: Cell | Control) -> tuple[str, ...]:
    return (one.toolchain, one.case, one.name if isinstance(one, Control) else "")


def _differ(before: str | None, after: str | None) -> bool:
    return before is not None and after is not None and before != after


def _image(claim: Claim, toolchain: str) -> set[str]:
    """What the toolchain's image holds; controls run in those of the cells."""
    return {cell.image_content for cell in claim.cells if cell.toolchain == toolchain}


def _machines(before: Machine, after: Machine) -> Iterator[Cause]:
    names = [name for name in Machine.model_fields if getattr(before, name) != getattr(after, name)]
    if any(name in OF_THE_ENGINE for name in names):
        yield Cause.ENGINE
    if any(name not in OF_THE_ENGINE for name in names):
        yield Cause.MACHINE
