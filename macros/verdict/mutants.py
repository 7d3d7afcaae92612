"""Proof that a claim can fail: its statement is falsified a little, and judged again on the stored samples.

A mutant is an expectation with its figure changed, its inequality turned round or its word replaced. Only statements
that came out confirmed are mutated, and only in ways that make them say something else: `below 15 ms` follows from
`below 5 ms`, so a figure is moved to the side on which it says more. A mutant that is confirmed as well is a defect:
the claim would have been confirmed whatever the source had said.

One case is no defect and is listed by name: a bound that is met by more than the factor of the mutation. There the
mutated statement is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Value
from macros.verdict.judge import claim_alpha, judge_expectation
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.quantities import CannotJudge, unit_of

FACTOR = 3.0
IMPOSSIBLE = "\x00"
"""A word that is nobody's: the replaced symbol."""

NEVER = r"[^\s\S]"
"""A pattern that matches nothing, of those that take linear time."""


class ChangeKind(StrEnum):
    """What is done to a statement."""

    TIMES = "figure-times"
    DIVIDED = "figure-divided"
    PLUS = "figure-plus"
    LESS = "figure-less"
    TURNED = "inequality-turned"
    GROWTH = "growth-replaced"
    PATTERN = "pattern-replaced"
    WORD = "word-replaced"
    TRUTH = "truth-turned"

    @property
    def moves_figure(self) -> bool:
        return self in (ChangeKind.TIMES, ChangeKind.DIVIDED, ChangeKind.PLUS, ChangeKind.LESS)


@dataclass(frozen=True)
class Change:
    """`by` how much a figure is moved; `to` what a growth is changed."""

    kind: ChangeKind
    by: float = 0.0
    to: str = ""


@dataclass(frozen=True)
class Excuse:
    """The bound is met by more than the `factor` of the mutation, so that the mutated statement is true as well."""

    factor: float


@dataclass(frozen=True)
class Mutant:
    """`number` of the expectation in its claim, what was done to it, and what it says now."""

    number: int
    change: Change
    expectation: Expectation


@dataclass(frozen=True)
class Trial:
    """A mutant judged in one cell."""

    claim: str
    toolchain: str
    case: str
    mutant: Mutant
    verdict: VerdictName

    @property
    def survived(self) -> bool:
        return self.verdict is VerdictName.CONFIRMED

    @property
    def excuse(self) -> Excuse | None:
        """Why a survivor is no defect of the claim; None where it is one, or has not survived."""
        bound = self.mutant.expectation.predicate in _TURNED
        if self.survived and bound and self.mutant.change.kind.moves_figure:
            return Excuse(FACTOR)
        return None


_TURNED = {"below": "above", "above": "below", "at_least": "at_most", "at_most": "at_least"}


def mutants(claim: Claim, number: int) -> list[Mutant]:
    """The ways in which one expectation of the claim is falsified."""
    return [Mutant(number, change, made) for change, made in _changes(claim, claim.expect[number])]


def try_mutants(
    claim: Claim,
    cells: Mapping[tuple[str, str], tuple[Evidence, Sequence[VerdictName]]],
    *,
    toolchains: int,
    policy: Policy = DEFAULT,
) -> list[Trial]:
    """Every mutant of every confirmed expectation in every cell.

    `cells` by (toolchain, case): the evidence, and the verdicts of the expectations that apply there, in order.
    """
    trials = []
    for (toolchain, case), (evidence, verdicts) in cells.items():
        applying = [number for number, each in enumerate(claim.expect) if each.applies_to(case)]
        for number, verdict in zip(applying, verdicts, strict=True):
            if verdict is not VerdictName.CONFIRMED:
                continue
            for mutant in mutants(claim, number):
                found = _judged(claim, mutant.expectation, evidence, toolchains, policy)
                trials.append(Trial(claim.id, toolchain, case, mutant, found))
    return trials


def _judged(claim: Claim, expectation: Expectation, evidence: Evidence, toolchains: int, policy: Policy) -> VerdictName:
    try:
        return judge_expectation(
            claim,
            expectation,
            evidence,
            alpha=claim_alpha(claim, toolchains, policy),
            policy=policy,
            final=False,  # Only the verdict is asked for.
            control=True,
        ).verdict
    except CannotJudge:
        return VerdictName.REFUTED  # A statement of another kind than the readings is false of them.


def _changes(claim: Claim, expectation: Expectation) -> Iterator[tuple[Change, Expectation]]:
    predicate, given = expectation.predicate, getattr(expectation, expectation.predicate)
    if predicate in _TURNED:
        yield from _tighter(expectation, given)
        yield Change(ChangeKind.TURNED), _with(expectation, _TURNED[predicate], _beyond(expectation, given))
    elif predicate == "about":
        # A wide band would hold three times its figure: such a figure is moved by the whole width of the band.
        factor = {"close": FACTOR, "scale": 2 * FACTOR, "magnitude": 4 * FACTOR}[expectation.within]
        yield Change(ChangeKind.TIMES, factor), _with(expectation, "about", _scaled(given, factor))
        yield Change(ChangeKind.DIVIDED, factor), _with(expectation, "about", _scaled(given, 1 / factor))
    elif predicate == "grows":
        for other in ("linear", "faster", "slower"):
            if other != given:
                yield Change(ChangeKind.GROWTH, to=other), _with(expectation, "grows", other)
    elif predicate == "equals":
        yield from _unequal(claim, expectation, given)
    elif predicate == "matches":
        yield Change(ChangeKind.PATTERN), _with(expectation, "matches", NEVER)
    else:
        yield Change(ChangeKind.WORD), _with(expectation, "one_of", (IMPOSSIBLE,))


def _tighter(expectation: Expectation, given: Value) -> Iterator[tuple[Change, Expectation]]:
    """The bound moved to the side on which it says more; a bound of zero by one, since no factor moves it."""
    upper = expectation.predicate in ("below", "at_most")
    if _zero(given):
        kind, moved = (ChangeKind.LESS, -1) if upper else (ChangeKind.PLUS, 1)
        yield Change(kind, 1), _with(expectation, expectation.predicate, moved)
    else:
        kind = ChangeKind.DIVIDED if upper else ChangeKind.TIMES
        yield (
            Change(kind, FACTOR),
            _with(expectation, expectation.predicate, _scaled(given, 1 / FACTOR if upper else FACTOR)),
        )


def _unequal(claim: Claim, expectation: Expectation, given: Value) -> Iterator[tuple[Change, Expectation]]:
    if isinstance(given, bool):
        yield Change(ChangeKind.TRUTH), _with(expectation, "equals", not given)
    elif isinstance(given, str) and not _quantity(claim, expectation, given):
        yield Change(ChangeKind.WORD), _with(expectation, "equals", IMPOSSIBLE)
    elif _zero(given):
        yield Change(ChangeKind.PLUS, 1), _with(expectation, "equals", 1)
    else:
        yield Change(ChangeKind.TIMES, FACTOR), _with(expectation, "equals", _scaled(given, FACTOR))
        yield Change(ChangeKind.DIVIDED, FACTOR), _with(expectation, "equals", _scaled(given, 1 / FACTOR))


def _quantity(claim: Claim, expectation: Expectation, given: str) -> bool:
    if not unit_of(claim, expectation):
        return False
    try:
        units.split(given)
    except units.UnitError:
        return False
    return True


def _beyond(expectation: Expectation, given: Value) -> Value:
    """The turned inequality's figure: for exact bounds a small step away, since both sides hold on the bound itself."""
    if expectation.statistical:
        return given
    step = 1e-6 if expectation.predicate == "at_most" else -1e-6
    return step if _zero(given) else _scaled(given, 1 + step)


def _scaled(given: Value, factor: float) -> Value:
    value, unit = units.split(given)
    return f"{value * factor:.12g} {unit}".strip() if unit else value * factor


def _zero(given: Value) -> bool:
    return units.split(given)[0] == 0


def _with(expectation: Expectation, predicate: str, value: object) -> Expectation:
    """The expectation with another predicate in place of its own."""
    kept = expectation.model_dump(exclude={expectation.predicate}, exclude_unset=True)
    if predicate != "about":
        kept.pop("within", None)
    return Expectation.model_validate({**kept, predicate: value})
