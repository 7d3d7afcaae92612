"""What one claim says against what the catalogue has: names that must resolve.

The form of a file is the model's business; here stand the rules that need more than one place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from macros.claim.document import Where
from macros.claim.fields import VerdictName, is_go_release
from macros.claim.loading import MODELINE, SCHEMA_FILE, Catalogue, LoadedClaim
from macros.claim.model import Claim
from macros.problems import Problem

Complaint = tuple[Where, str, str]


def lint(catalogue: Catalogue, toolchains: Sequence[str]) -> list[Problem]:
    """Every problem of every claim that loading could not see. `toolchains` are the known names."""
    problems: list[Problem] = []
    for loaded in catalogue.claims.values():
        for where, what, fix in _complaints(loaded, catalogue, toolchains):
            problems.append(loaded.document.problem(where, what, fix))
    return problems


def schema_json() -> str:
    """The JSON Schema of a claim file, for editors. Generated; `claims lint` compares it with the stored one."""
    schema = Claim.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "claim file"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def lint_schema(folder: Path) -> list[Problem]:
    """The stored schema must be the generated one."""
    path = folder / SCHEMA_FILE
    if path.is_file() and path.read_text("utf-8") == schema_json():
        return []
    return [Problem(path, 1, 1, "is missing or out of date", "run `claims lint --write-schema`")]


def _complaints(loaded: LoadedClaim, catalogue: Catalogue, toolchains: Sequence[str]) -> Iterator[Complaint]:
    claim = loaded.claim
    if MODELINE not in _first_line(loaded):
        yield (), "the first line does not name the schema", f"begin the file with `{MODELINE}`"
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
    yield from _twice(("cases",), "case", [case.name for case in claim.cases])
    yield from _twice(("controls",), "control", [control.name for control in claim.controls])
    for index, related in enumerate(claim.related):
        if related not in catalogue.claims and related not in catalogue.unreadable:
            yield ("related", index), f"no claim has the id `{related}`", "name a claim of this catalogue"
    if claim.experiment:
        yield from _expectations(claim)
        yield from _metrics(claim)
        yield from _controls(claim, toolchains)


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
                "mark it `context: true`, or drop it",
            )


def _metrics(claim: Claim) -> Iterator[Complaint]:
    assert claim.experiment is not None
    for name, metric in claim.metrics.items():
        if metric.arm is not None:
            yield from _unknown(("metrics", name, "arm"), "arm", [metric.arm], list(claim.experiment.scripts))
        if metric.stage == "build" and claim.experiment.build is None:
            yield ("metrics", name, "stage"), "reads the build, but there is no `build`", "add `build:` or read the run"


def _controls(claim: Claim, toolchains: Sequence[str]) -> Iterator[Complaint]:
    assert claim.experiment is not None
    cases = [case.name for case in claim.cases]
    scope = [name for name in toolchains if is_go_release(name)] if claim.toolchains == "all" else claim.toolchains
    for index, control in enumerate(claim.controls):
        where: Where = ("controls", index)
        if control.case is not None:
            yield from _unknown((*where, "case"), "case", [control.case], cases)
        yield from _unknown((*where, "toolchains"), "toolchain", control.toolchains or (), scope)
        if control.arms is not None:
            yield from _unknown((*where, "arms"), "arm", list(control.arms), list(claim.experiment.scripts))
        if control.run is not None and claim.experiment.arms:
            yield (*where, "run"), "`run` in a control of a claim that has arms", "give `arms` here"
        if not (control.env or control.build or control.run or control.arms):
            yield where, f"control `{control.name}` changes nothing", "give env, build, run or arms"


def _unknown(where: Where, noun: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Complaint]:
    for name in names:
        if name not in known:
            yield where, f"unknown {noun} `{name}`", f"known: {', '.join(known)}"


def _twice(where: Where, noun: str, names: Sequence[str]) -> Iterator[Complaint]:
    for name, count in Counter(names).items():
        if count > 1:
            yield where, f"{noun} `{name}` stands {count} times", "names are unique within a claim"


def _first_line(loaded: LoadedClaim) -> str:
    with loaded.document.path.open(encoding="utf-8") as file:
        return file.readline()
