"""Rules for claims that no run needs and a program can check. What breaks one is a warning, not an error.

* A time varies from process to process, so it is judged over many of them and never as exact.
* Every case that is judged has a control that departs from it and comes out the other way. A claim that was recorded as
  confirmed or refuted says which way that is; of another one any control will do.
* A claim that depends on the toolchain has a control on each side of the flip: one that is refuted where the statement
  holds, and one that is confirmed where it fails. The file does not say on what a claim depends. One that has several
  cases, or leaves a figure to the machine, may depend on those alone; of it controls of both kinds are asked, wherever
  they run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from macros.check.names import Complaint
from macros.claim import units
from macros.claim.document import Where
from macros.claim.fields import VerdictName
from macros.claim.model import Claim

_OTHER = {VerdictName.CONFIRMED: "refuted", VerdictName.REFUTED: "confirmed"}


def check_rules(claim: Claim, scope: Sequence[str]) -> Iterator[Complaint]:
    """What breaks a rule. `scope`: the claim's toolchains, in order."""
    if claim.kind.executable:
        yield from _unreasoned_context(claim)
        yield from _exact_times(claim)
        yield from _uncontrolled_cases(claim)
        yield from _one_sided_flips(claim, scope)


def _unreasoned_context(claim: Claim) -> Iterator[Complaint]:
    for index, case in enumerate(claim.cases):
        if case.context is True:
            fix = "give it in each language, `context: {en: ..., zh: ...}`; what the source speaks of is judged"
            yield ("cases", index, "context"), f"context needs a reason: why `{case.name}` is shown and not judged", fix


def _exact_times(claim: Claim) -> Iterator[Complaint]:
    for index, expectation in enumerate(claim.expect):
        metric = claim.metrics.get(expectation.subject)
        if metric is not None and not expectation.statistical and _is_time(metric.unit):
            yield (
                ("expect", index),
                f"`{expectation.predicate}` takes `{expectation.subject}`, a time in {metric.unit}, for exact",
                "judge it over fresh processes, by `below`, `above` or `about`",
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
    other = _OTHER.get(claim.recorded)
    for index, case in enumerate(claim.cases):
        if case.context:
            continue
        named = len(claim.cases) > 1
        where: Where = ("cases", index) if named else ("controls",)
        controls = [each for each in claim.controls if (each.case or claim.cases[0].name) == case.name]
        wanted = f"comes out {other}" if other else "comes out the other way"
        fix = f"add a control that {wanted}" + (f", with `case: {case.name}`" if named else "")
        if not controls:
            yield where, f"no control departs from the case `{case.name}`, which is judged", fix
        elif other and not any(control.expected == other for control in controls):
            what = f"recorded as {claim.recorded.value}, and no control of the case `{case.name}` {wanted}"
            yield where, what, fix


def _one_sided_flips(claim: Claim, scope: Sequence[str]) -> Iterator[Complaint]:
    if claim.recorded is not VerdictName.DEPENDS or len(scope) < 2:
        return
    places = {
        expected: {
            toolchain
            for control in claim.controls
            if control.expected == expected
            for toolchain in control.toolchains or scope[-1:]
        }
        for expected in _OTHER.values()
    }
    missing = [expected for expected, toolchains in places.items() if not toolchains]
    fix = "add one in a toolchain (`toolchains: [...]`) in which the statement {}"
    if missing:
        sides = {"refuted": "holds", "confirmed": "fails"}
        yield (
            ("recorded",),
            f"if it depends on the toolchain, one side of the flip lacks its control: none comes out {missing[0]}",
            fix.format(sides[missing[0]]),
        )
        return
    elsewhere = sum(not case.context for case in claim.cases) > 1 or any(each.machine for each in claim.expect)
    if not elsewhere and len(places["refuted"] | places["confirmed"]) == 1:
        (only,) = places["refuted"] | places["confirmed"]
        yield (
            ("recorded",),
            f"it depends on the toolchain, and all of its controls run in {only}, on one side of the flip",
            fix.format("comes out the other way"),
        )
