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

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Value
from macros.verdict.judge import claim_alpha, judge_expectation
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.quantities import CannotJudge, unit_of

FACTOR = 3.0
IMPOSSIBLE = "\x00 no output holds this"
"""A word that is nobody's: the replaced symbol."""


@dataclass(frozen=True)
class Mutant:
    """`number` of the expectation in its claim, what was done to it, and what it says now."""

    number: int
    change: str
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
    def excuse(self) -> str:
        """Why a survivor is none of the claim's faults, or ""."""
        bound = self.mutant.expectation.predicate in ("below", "above", "at_least", "at_most")
        if self.survived and bound and self.mutant.change.startswith("figure"):
            return "the bound is met by more than three times, so the mutated one is true as well"
        return ""


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
            claim, expectation, evidence, alpha=claim_alpha(claim, toolchains, policy), policy=policy, control=True
        ).verdict
    except CannotJudge:
        return VerdictName.REFUTED  # A statement of another kind than the readings is false of them.


def _changes(claim: Claim, expectation: Expectation) -> Iterator[tuple[str, Expectation]]:
    predicate, given = expectation.predicate, getattr(expectation, expectation.predicate)
    if predicate in _TURNED:
        yield from _tighter(expectation, given)
        yield "inequality turned round", _with(expectation, _TURNED[predicate], _beyond(expectation, given))
    elif predicate == "about":
        # A wide band would hold three times its figure: such a figure is moved by the whole width of the band.
        factor = {"close": FACTOR, "scale": 2 * FACTOR, "magnitude": 4 * FACTOR}[expectation.within]
        yield f"figure times {factor:g}", _with(expectation, "about", _scaled(given, factor))
        yield f"figure divided by {factor:g}", _with(expectation, "about", _scaled(given, 1 / factor))
    elif predicate == "grows":
        for other in ("linear", "faster", "slower"):
            if other != given:
                yield f"growth replaced by {other}", _with(expectation, "grows", other)
    elif predicate == "equals":
        yield from _unequal(claim, expectation, given)
    elif predicate == "matches":
        yield "pattern replaced", _with(expectation, "matches", "(?!)")
    else:
        yield "words replaced", _with(expectation, "one_of", (IMPOSSIBLE,))


def _tighter(expectation: Expectation, given: Value) -> Iterator[tuple[str, Expectation]]:
    """The bound moved to the side on which it says more; a bound of zero by one, since no factor moves it."""
    upper = expectation.predicate in ("below", "at_most")
    if _zero(given):
        moved, change = (-1, "figure less 1") if upper else (1, "figure plus 1")
        yield change, _with(expectation, expectation.predicate, moved)
    else:
        change = "figure divided by 3" if upper else "figure times 3"
        yield change, _with(expectation, expectation.predicate, _scaled(given, 1 / FACTOR if upper else FACTOR))


def _unequal(claim: Claim, expectation: Expectation, given: Value) -> Iterator[tuple[str, Expectation]]:
    if isinstance(given, bool):
        yield "truth turned round", _with(expectation, "equals", not given)
    elif isinstance(given, str) and not _quantity(claim, expectation, given):
        yield "word replaced", _with(expectation, "equals", IMPOSSIBLE)
    elif _zero(given):
        yield "figure plus 1", _with(expectation, "equals", 1)
    else:
        for factor in (FACTOR, 1 / FACTOR):
            yield (
                f"figure {'times' if factor > 1 else 'divided by'} 3",
                _with(expectation, "equals", _scaled(given, factor)),
            )


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
