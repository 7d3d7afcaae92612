"""What one claim says against what the catalogue has: names that must resolve.

The model checks the form of a file. The rules here need to look at more than one place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from macros.claim.document import Where
from macros.claim.fields import VerdictName
from macros.claim.loading import Catalogue, LoadedClaim
from macros.claim.model import Claim, Control
from macros.claim.scope import scope_of

Complaint = tuple[Where, str, str]
"""Where in the claim file, what is wrong, what would be right."""


def check_names(loaded: LoadedClaim, catalogue: Catalogue, toolchains: Sequence[str]) -> Iterator[Complaint]:
    """Every name in a claim that does not resolve. `toolchains` are the known names, in order."""
    claim = loaded.claim
    if (claim.recorded is VerdictName.UNVERIFIABLE) == claim.kind.executable:
        yield (
            ("recorded",),
            f"`{claim.recorded.value}` for a claim of kind {claim.kind.value}",
            "only reports and plans are unverifiable",
        )
    if claim.recorded is VerdictName.UNTESTABLE and not (claim.experiment and claim.experiment.probe):
        yield ("recorded",), "untestable without a probe", "give a `probe` that finds out what the machine lacks"
    if claim.toolchains != "all":
        yield from _unknown(("toolchains",), "toolchain", claim.toolchains, toolchains)
        yield from _twice(("toolchains",), "toolchain", claim.toolchains)
    yield from _twice(("uses",), "shared file", claim.uses)
    yield from _twice(("cases",), "case", [case.name for case in claim.cases])
    yield from _twice(("controls",), "control", [control.name for control in claim.controls])
    for key, ids in (("related", claim.related), ("premises", claim.premises)):
        for index, other in enumerate(ids):
            if other not in catalogue.claims and other not in catalogue.unreadable:
                yield (key, index), f"no claim has the id `{other}`", "name a claim of this catalogue"
    if claim.experiment:
        yield from _expectations(claim)
        yield from _metrics(claim)
        yield from _controls(claim, scope_of(claim, toolchains, catalogue.settings))
        yield from _run_env(claim)


def _expectations(claim: Claim) -> Iterator[Complaint]:
    cases = [case.name for case in claim.cases]
    for index, expectation in enumerate(claim.expect):
        where: Where = ("expect", index)
        if expectation.subject not in claim.metrics:
            yield from _unknown((*where, "metric"), "metric", [expectation.subject], list(claim.metrics))
        yield from _unknown((*where, "cases"), "case", expectation.cases or (), cases)
        if expectation.ratio and claim.experiment:
            arms = [expectation.ratio.of, expectation.ratio.over]
            yield from _unknown((*where, "ratio"), "arm", arms, list(claim.experiment.scripts))
    for case in claim.cases:
        if not case.context and not any(expectation.applies_to(case.name) for expectation in claim.expect):
            yield (
                ("expect",),
                f"no expectation applies to the case `{case.name}`",
                "add one, or drop the case; if the source does not speak of it, give `context`: why it is shown",
            )


def _metrics(claim: Claim) -> Iterator[Complaint]:
    assert claim.experiment is not None
    for name, metric in claim.metrics.items():
        if metric.arm is not None:
            yield from _unknown(("metrics", name, "arm"), "arm", [metric.arm], list(claim.experiment.scripts))
        if metric.stage == "build" and claim.experiment.build is None:
            yield (
                ("metrics", name, "stage"),
                "reads the build, but there is none",
                "add `build:`, or read from the run",
            )


def _controls(claim: Claim, scope: Sequence[str]) -> Iterator[Complaint]:
    assert claim.experiment is not None
    cases = [case.name for case in claim.cases]
    for index, control in enumerate(claim.controls):
        where: Where = ("controls", index)
        if control.case is not None:
            yield from _unknown((*where, "case"), "case", [control.case], cases)
        yield from _also_for(claim, control, where)
        yield from _unknown((*where, "toolchains"), "toolchain", control.toolchains or (), scope)
        yield from _twice((*where, "toolchains"), "toolchain", control.toolchains or ())
        if control.arms is not None:
            yield from _unknown((*where, "arms"), "arm", list(control.arms), list(claim.experiment.scripts))
        if control.run is not None and claim.experiment.arms:
            yield (*where, "run"), "`run` in a control of a claim that has arms", "give `arms` here"
        if not (control.variables or control.build or control.run or control.arms):
            yield where, f"control `{control.name}` changes nothing", "give env, run_env, build, run or arms"
        else:
            for name in claim.cases_of(control):
                if name in cases and not changes(claim, control, name):
                    what = f"control `{control.name}` changes nothing of the case `{name}`"
                    yield where, what, "give a variable another value, or name another case"


def _run_env(claim: Claim) -> Iterator[Complaint]:
    """A probe or a build never sees what is given for the runs alone."""
    assert claim.experiment is not None
    given = [(("cases", place), case.run_env) for place, case in enumerate(claim.cases)]
    given += [(("controls", place), control.run_env) for place, control in enumerate(claim.controls)]
    stages = {"probe": [claim.experiment.probe], "build": [claim.experiment.build, *(c.build for c in claim.controls)]}
    for where, variables in given:
        for name in variables:
            reads = re.compile(rf"\$\{{?{name}\b")
            for stage, scripts in stages.items():
                if any(script is not None and reads.search(script) for script in scripts):
                    yield (
                        (*where, "run_env", name),
                        f"the {stage} reads `{name}`, which `run_env` hides from it",
                        "use env",
                    )


def _also_for(claim: Claim, control: Control, where: Where) -> Iterator[Complaint]:
    """A run is a control of several cases only if with its changes they are one experiment."""
    cases = [case.name for case in claim.cases]
    own, *others = claim.cases_of(control)
    yield from _twice((*where, "also_for"), "case", [own, *others])
    for place, name in enumerate(others):
        here = (*where, "also_for", place)
        yield from _unknown(here, "case", [name], cases)
        if own in cases and name in cases:
            differ = still_different(claim, control, name)
            if claim.case(name).context:
                yield here, f"the case `{name}` is not judged", "leave it out"
            elif differ:
                what = f"with the control, `{name}` still differs from `{own}` in {', '.join(differ)}"
                yield here, what, f"set it in the control's `env`, or give `{name}` a control of its own"


def changes(claim: Claim, control: Control, case: str) -> bool:
    """Whether a control is another experiment than the case."""
    assert claim.experiment is not None
    env = {**claim.experiment.env, **claim.case(case).variables}
    return bool(control.build or control.run or control.arms) or env | control.variables != env


def still_different(claim: Claim, control: Control, case: str) -> list[str]:
    """The variables in which a case and the control's own case still differ after the control's changes."""
    one, other = ({**claim.case(name).variables, **control.variables} for name in (claim.cases_of(control)[0], case))
    return sorted({variable for variable, _ in one.items() ^ other.items()})


def _unknown(where: Where, noun: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Complaint]:
    for name in names:
        if name not in known:
            yield where, f"unknown {noun} `{name}`", f"known: {', '.join(known)}"


def _twice(where: Where, noun: str, names: Sequence[str]) -> Iterator[Complaint]:
    for name, count in Counter(names).items():
        if count > 1:
            yield where, f"{noun} `{name}` appears {count} times", "name it once"
