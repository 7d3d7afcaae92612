"""A small catalogue with one claim for each thing that pages must be able to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from macros.claim.cell import Cell
from macros.claim.fields import Text, VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation
from macros.ledger.address import Half, machine_half
from macros.ledger.record import Origin, Output, Record
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, ControlResult, State, machines_of
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.analyses import Analyses, together
from macros.verdict.details import Detail, NoEvidenceThere, OnlyContext
from macros.verdict.finding import CellFinding, Estimate, Finding, Reason

ASIDE = {"en": "The source builds with `cgo`.", "zh": "原文使用 `cgo` 构建。"}

TOOLCHAINS = {"go1.15": "1.15.15", "go1.21": "1.21.13", "go1.27": "1.27.3"}

FACTS = {
    "architecture": "x86_64", "cpu": "Example CPU", "cores": 2, "sockets": 1, "numa_nodes": 1, "kernel": "6.1.0",
    "engine": "Docker 20.10", "runc": "1.1", "counters": False,
}  # fmt: skip

HOSTILE = (
    "```\n~~~\n</pre></details><script>alert('out')</script>\n{{ config }} {% raw %}\n"
    "\x1b[31mred\x1b[0m\r\n\u202etxt.exe\u202c zero\u200bwidth \U000f0000 &amp; <!-- -->\n\n# heading\n\n- item\n"
)

PROGRAM = b"package main\n\nfunc main() { println(`<b>`) }\n"


def in_words(text: str) -> Detail | None:
    """A detail that says the text in every language."""
    return NoEvidenceThere(Text(en=text, zh=text)) if text else None


def claim(name: str, kind: str = "inspect", **over: Any) -> Claim:
    """A claim that is valid, with what a test wants to have otherwise."""
    data: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "title": {"en": f"Title of `{name}`", "zh": f"{name} 的标题"},
        "statement": {"en": f"What the source says about `{name}`.", "zh": "原文的说法。"},
        "source": {"where": "1.1", "figures": ["< 5 ms", "2 KB"]},
        "recorded": "confirmed",
    }
    if kind in ("report", "plan"):
        data |= {"recorded": "unverifiable", "unverifiable": {"en": "No procedure is given.", "zh": "没有给出方法。"}}
    else:
        data |= {
            "experiment": {"build": "go build -o server main.go", "run": "./server"},
            "metrics": {"start": {"from": "json", "unit": "ms", "title": {"en": "start-up", "zh": "启动"}}},
            "expect": [{"metric": "start", "below": "5 ms"}],
            "controls": [{"name": "sleeps", "expected": "refuted", "because": {"en": "It sleeps.", "zh": "它睡眠。"}}],
        }
    return Claim.model_validate(data | over)


def cell(
    of: Claim,
    toolchain: str,
    case: str = "default",
    *,
    verdict: str = "confirmed",
    estimates: Mapping[str, Estimate] | None = None,
    stdout: str = "ok\n",
    control: str = "",
    reason: Reason = Reason.NONE,
    detail: str = "",
) -> CellResult:
    """A cell with a plausible record."""
    outputs = [Output(stage="build", script="go build", status=0, stdout="", stderr="# main\n")]
    outputs += [
        Output(stage=arm, script=script, status=0, stdout=stdout, stderr="")
        for arm, script in (of.experiment.scripts if of.experiment else {}).items()
    ]
    where = Cell(of.id, toolchain, case, control)
    record = Record(
        cell=where,
        experiment=Half.of({"files": "f"}, str(where)),
        machine=machine_half(FACTS, whole=True),
        facts=FACTS,
        image={
            "image": "sha256:" + "a" * 64,
            "image_content": "c" * 64,
            "base_supplier": "x",
            "base_digest": "y",
        },
        evidence=Evidence(tuple(Observation("run", number, 0.5, {}) for number in range(18))),
        outputs=tuple(outputs),
        started="2026-01-02T03:04:05",
        seconds={"probe": 0.0, "build": 1.25, "run": 9.0, "lab": 0.75},
    )
    finding = Finding(VerdictName(verdict), reason, in_words(detail))
    said = tuple(replace(finding, detail=OnlyContext()) for each in of.expect if each.applies_to(case))
    return CellResult(where, record, CellFinding(finding, said, dict(estimates or {})))


def result(
    of: Claim, folder: Path, cells: Sequence[CellResult], verdict: str, reason: Reason = Reason.NONE, detail: str = ""
) -> ClaimResult:
    """A judged claim; its controls came out as they must, in the newest toolchain."""
    controls = tuple(
        ControlResult(control, cell(of, "go1.27", control=control.name, verdict=control.expected))
        for control in of.controls
    )
    finding = Finding(VerdictName(verdict), reason, in_words(detail))
    return ClaimResult(of, folder / of.id, tuple(cells), controls, finding, {"main.go": PROGRAM})


def milliseconds(value: float = 3.2, low: float | None = 3.0, high: float | None = 3.4) -> Estimate:
    return Estimate(value, low, high, "ms", 18)


def catalogue(folder: Path) -> CatalogueResult:
    """Six claims, one for each verdict; their program files are written into `folder`."""
    start = claim("cold-start", "measure", related=["linked-statically"])
    cases = [{"name": "cgo", "title": {"en": "with `cgo`", "zh": "用 cgo"}}, {"name": "no-cgo", "context": ASIDE}]
    linked = claim("linked-statically", cases=cases, recorded="depends")
    noisy = claim("noisy", "measure", source={"where": "1.2"}, recorded="refuted")
    numa = claim("two-nodes", source={"where": "1.2 / 2.1"})
    arms = claim(
        "arms", "measure", source={"where": "1.10"}, recorded="refuted",
        experiment={"arms": {"plain": "./a", "fast": "./b"}},
        expect=[{"ratio": {"metric": "start", "of": "plain", "over": "fast"}, "above": 2}],
    )  # fmt: skip
    told = claim("told", "report", source={"where": "2.1"})
    text = {"start": Estimate("not a dynamic executable", None, None, "", 3)}
    ratio = {
        "start@plain": milliseconds(),
        "start@fast": milliseconds(2.1, 2.0, 2.2),
        "start plain/fast": Estimate(1.52, 1.38, 1.64, "", 20),
    }
    results = [
        result(
            start,
            folder,
            [cell(start, name, estimates={"start": milliseconds()}) for name in reversed(TOOLCHAINS)],
            "confirmed",
        ),
        result(
            linked,
            folder,
            [
                cell(linked, name, case, estimates=text, stdout=HOSTILE, verdict=verdict)
                for case, verdict in (("cgo", "refuted"), ("no-cgo", "confirmed"))
                for name in TOOLCHAINS
            ],
            "depends",
            Reason.CASE,
            "It fails with `cgo` & holds without.",
        ),
        result(
            noisy,
            folder,
            [
                cell(
                    noisy,
                    "go1.27",
                    verdict="inconclusive",
                    estimates={"start": milliseconds(high=None)},
                    reason=Reason.NOISY,
                )
            ],
            "inconclusive",
            Reason.NOISY,
            "The sentinel was not quiet.",
        ),
        result(numa, folder, [], "untestable", Reason.MISSING_MEANS, "The machine has one NUMA node."),
        result(arms, folder, [cell(arms, "go1.27", verdict="refuted", estimates=ratio)], "refuted"),
        result(told, folder, [], "unverifiable"),
    ]
    for one in results:
        one.folder.mkdir(parents=True, exist_ok=True)
        (one.folder / "claim.yml").write_text(f"id: {one.claim.id}\n")
        (one.folder / "main.go").write_bytes(PROGRAM)
    return CatalogueResult(
        claims={one.claim.id: one for one in results},
        machines=machines_of(results),
        base={"supplier": "x", "digest": "y"},
        toolchains=TOOLCHAINS,
        generated="2026-01-02T03:04:05+00:00",
        source_commit="0" * 40,
    )  # fmt: skip


def frozen(results: CatalogueResult) -> CatalogueResult:
    """The same in a build that runs nothing."""
    return replace(_each_cell(results, lambda cell: replace(cell, state=State.FROZEN)), mode="frozen")


OTHER_FACTS = {**FACTS, "architecture": "aarch64", "cpu": "Another CPU", "cores": 64, "kernel": "6.6.9"}


def imported(results: CatalogueResult, claim: str = "cold-start") -> CatalogueResult:
    """The same, with one claim's records taken from a file that another machine exported."""
    origin = Origin(file="theirs.json", imported="2026-02-03T00:00:00+00:00")

    def other(cell: CellResult) -> CellResult:
        if cell.cell.claim != claim:
            return cell
        half = machine_half(OTHER_FACTS, whole=True)
        record = cell.record.model_copy(update={"facts": OTHER_FACTS, "machine": half, "origin": origin})
        return replace(cell, record=record, state=State.IMPORTED)

    changed = _each_cell(results, other)
    return replace(changed, machines=machines_of(changed.claims.values()))


def _each_cell(results: CatalogueResult, change: Callable[[CellResult], CellResult]) -> CatalogueResult:
    claims = {
        name: replace(
            one,
            cells=tuple(change(cell) for cell in one.cells),
            controls=tuple(replace(control, result=change(control.result)) for control in one.controls),
        )
        for name, one in results.claims.items()
    }
    return replace(results, claims=claims)


def judged_again(results: CatalogueResult, claim: str = "cold-start") -> CatalogueResult:
    """The same, where other analyses judge one claim: its mean disagrees in its first cell."""
    missed = Analyses(
        (AnalysisName.SECOND_HALF,), (AnalysisName.MEAN,), (Tried(AnalysisName.MEAN, 0, (5.25,), (5.0,), False),)
    )
    holds = Analyses((AnalysisName.MEAN, AnalysisName.SECOND_HALF, AnalysisName.TOLERANCE))
    of = results.claims[claim]
    cells = tuple(replace(cell, analyses=holds if number else missed) for number, cell in enumerate(of.cells))
    changed = replace(of, cells=cells, analyses=together([cell.analyses for cell in cells if cell.analyses]))
    return replace(results, claims={**results.claims, claim: changed})
