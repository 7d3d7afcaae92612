"""Rules for claims that no run needs and a program can check; `claims lint` tells what breaks one.

* A time varies from process to process, so it is judged over many of them and never as exact. What a file says is the
  same for every process, whatever its unit.
* A case that is shown and not judged gives its reason, is none that the source speaks of (`spoken_of`), and no
  expectation is about such cases alone.
* Every case that is judged has a control that departs from it, or stands for it (`also_for`), and comes out the other
  way. A claim that was recorded as confirmed or refuted says which way that is; of another one any control will do.
* A claim that depends on anything has a control on each side: one that is refuted where the statement holds, and one
  that is confirmed where it fails; if it depends on the toolchain, in toolchains of both sides. The file does not say
  on what a claim depends. One that has several cases, or leaves a figure to the machine, may depend on those alone: of
  it controls of both kinds are asked, wherever they run. What was measured tells the rest (`verdict.flips`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from macros.check.names import Complaint, changes, still_different
from macros.check.spoken_of import spoken_of
from macros.claim import units
from macros.claim.document import Where
from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.verdict.finding import OPPOSITE


class Rule(Enum):
    """What can be broken."""

    EXACT_TIME = "a time is judged over many processes"
    CONTEXT_WITHOUT_REASON = "context has a reason"
    CONTEXT_SPOKEN_OF = "what the source speaks of is judged"
    EXPECTATION_OF_CONTEXT = "what the source says is judged"
    CASE_WITHOUT_CONTROL = "each judged case has a control that comes out the other way"
    FLIP_WITHOUT_CONTROL = "what depends has a control on each side"


AS_ERRORS: frozenset[Rule] = frozenset(Rule)
"""The rules that no claim may break; of the others, if there are any, lint warns."""


def check_rules(claim: Claim, scope: Sequence[str]) -> Iterator[tuple[Rule, Complaint]]:
    """What breaks which rule. `scope`: the claim's toolchains, in order."""
    if claim.kind.executable:
        yield from ((Rule.CONTEXT_WITHOUT_REASON, one) for one in _without_reason(claim))
        yield from ((Rule.CONTEXT_SPOKEN_OF, one) for one in spoken_of(claim))
        yield from ((Rule.EXPECTATION_OF_CONTEXT, one) for one in _of_context_alone(claim))
        yield from ((Rule.EXACT_TIME, one) for one in _exact_times(claim))
        yield from ((Rule.CASE_WITHOUT_CONTROL, one) for one in _uncontrolled_cases(claim))
        yield from ((Rule.FLIP_WITHOUT_CONTROL, one) for one in _one_sided_flips(claim, scope))


def _without_reason(claim: Claim) -> Iterator[Complaint]:
    for index, case in enumerate(claim.cases):
        if case.context is True:
            fix = "give it in each language, `context: {en: ..., zh: ...}`; what the source speaks of is judged"
            yield ("cases", index, "context"), f"context needs a reason: why `{case.name}` is shown and not judged", fix


def _of_context_alone(claim: Claim) -> Iterator[Complaint]:
    aside = {case.name for case in claim.cases if case.context}
    for index, expectation in enumerate(claim.expect):
        if expectation.cases and aside.issuperset(expectation.cases):
            what = (
                f"an expectation is what the source says, and this one is about context alone: {expectation.cases[0]}"
            )
            yield ("expect", index), what, "judge the case, or leave the expectation out"


def _exact_times(claim: Claim) -> Iterator[Complaint]:
    if claim.experiment is None or claim.experiment.witness == "file":
        return
    for index, expectation in enumerate(claim.expect):
        metric = claim.metrics.get(expectation.subject)
        if metric is not None and not expectation.statistical and _is_time(metric.unit):
            yield (
                ("expect", index),
                f"`{expectation.predicate}` takes `{expectation.subject}`, a time in {metric.unit}, for exact",
                "judge it over fresh processes, by `below`, `above` or `about`; or judge a count in its place",
            )


def _is_time(unit: str | None) -> bool:
    if not unit:
        return False
    try:
        units.factor(unit, "s")
    except units.UnitError:
        return False
    return True


def _uncontrolled_cases(claim: Claim) -> Iterator[Complaint]:
    other = OPPOSITE.get(claim.recorded)
    wanted = f"comes out {other}" if other else "comes out the other way"
    several = len(claim.cases) > 1
    for index, case in enumerate(claim.cases):
        if case.context:
            continue
        controls = [control for control in claim.controls if case.name in claim.cases_of(control)]
        if any(other in (None, control.expected) for control in controls):
            continue
        where: Where = ("cases", index) if several else ("controls",)
        fix = f"add a control that {wanted}" + (f", with `case: {case.name}`" if several else "")
        standing = [
            f"`{one.name}`"
            for one in claim.controls
            if other in (None, one.expected)
            and one not in controls
            and changes(claim, one, case.name)
            and not still_different(claim, one, case.name)
        ]
        if standing:
            fix += f"; or `also_for: [{case.name}]` in {' or '.join(standing)}, if it is a control of this case too"
        if not controls:
            yield where, f"no control departs from the case `{case.name}`, which is judged", fix
        else:
            what = f"recorded as {claim.recorded.value}, and no control of the case `{case.name}` {wanted}"
            yield where, what, fix


def _one_sided_flips(claim: Claim, scope: Sequence[str]) -> Iterator[Complaint]:
    cases = sum(not case.context for case in claim.cases)
    if claim.recorded is not VerdictName.DEPENDS or len(scope) * cases < 2:
        return
    places = {
        expected: {
            toolchain
            for control in claim.controls
            if control.expected == expected
            for toolchain in control.toolchains or scope[-1:]
        }
        for expected in OPPOSITE.values()
    }
    missing = [expected for expected, toolchains in places.items() if not toolchains]
    refuted, confirmed = VerdictName.REFUTED, VerdictName.CONFIRMED
    sides = {refuted: "holds", confirmed: "fails"}
    if missing:
        where = f"where the statement {sides[missing[0]]}"
        yield (
            ("recorded",),
            f"it depends, and one side of the flip lacks its control: none comes out {missing[0]}",
            f"add one {where}: `expected: {missing[0]}`, with the `case` and the `toolchains` of such a cell",
        )
        return
    elsewhere = cases > 1 or any(each.machine for each in claim.expect)
    if not elsewhere and len(places[refuted] | places[confirmed]) == 1:
        (only,) = places[refuted] | places[confirmed]
        yield (
            ("recorded",),
            f"it depends on the toolchain, and all of its controls run in {only}, on one side of the flip",
            "add one in a toolchain (`toolchains: [...]`) in which the statement comes out the other way",
        )
