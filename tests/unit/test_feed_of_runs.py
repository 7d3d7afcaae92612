"""What a run's feed says of where its results come from: the steps, the judges and the feed together."""

from __future__ import annotations

import shutil
from pathlib import Path

from macros import steps
from macros.claim.fields import VerdictName
from macros.results.analyses import failures
from macros.results.catalogue import CatalogueResult
from macros.results.feed import Feed, feed_of, read, write
from macros.results.feed_models import Analyses
from macros.run.plan import Mode
from macros.verdict.alternatives import AnalysisName
from macros.verdict.finding import Mark, Reason
from tests.fake_lab import FakeLab
from tests.unit.test_steps import Write, catalogue, run

__all__ = ["catalogue"]

HERE, ELSEWHERE = "Example CPU", "Another CPU"
CONTEXT = "[{name: default}, {name: aside, context: true}]"


def feed(results: CatalogueResult) -> Feed:
    """The feed as another program has it."""
    return read(write(feed_of(results)))


def cpus(of: Feed) -> dict[str, set[str]]:
    """By claim, the processors of the machines that showed its cells and controls."""
    return {claim.id: {of.machines[one.machine].cpu for one in (*claim.cells, *claim.controls)} for claim in of.claims}


def test_results_of_one_machine_have_an_environment(catalogue: Write) -> None:
    """As schema 1 promised, and the findings are codes with their numbers."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    whole = feed(run(claims, FakeLab())[0])
    assert whole.environment is not None
    assert (whole.environment.cpu, whole.environment.base.supplier) == (HERE, "x")
    assert (whole.mode, whole.selection, whole.lost) == ("auto", None, ())
    exact, measured = (claim.cells[0].findings[0] for claim in whole.claims)
    assert (exact.expectation, exact.code, exact.alpha) == (0, "read-as-expected", None)
    assert exact.numbers["readings"] == {"values": [10.0], "more": 0, "n": 3}
    assert (measured.expectation, measured.code) == (0, "as-expected")
    assert measured.alpha is not None and 0 < measured.alpha < 0.05


def test_a_measured_verdict_is_judged_again_and_an_exact_one_is_not(catalogue: Write) -> None:
    """Of a process that always prints ten each analysis finds ten, which is not below eleven less a tenth."""
    claims = catalogue("inspecting")
    catalogue("near", kind="measure")
    catalogue("far", kind="measure")
    file = claims / "far" / "claim.yml"
    text = file.read_text("utf-8").replace("below: 11 B", "below: 20 B").replace("[{name: default}]", CONTEXT)
    file.write_text(text, "utf-8")
    results = run(claims, FakeLab())[0]
    exact, far, near = (results.claims[name] for name in ("inspecting", "far", "near"))
    assert exact.analyses is None
    assert far.analyses is not None
    assert (far.analyses.failing, far.analyses.of) == ((), 7)
    assert [cell.cell.case for cell in far.judging_cells()] == ["default"]
    assert near.analyses is not None
    assert near.analyses.failing == (AnalysisName.TOLERANCE,)
    assert [tried.found for _, tried in failures(near)] == [(10.0,)]
    assert all(control.result.analyses is None for control in near.controls)
    published = {claim.id: claim.analyses for claim in feed(results).claims}
    assert published["inspecting"] is None
    assert published["near"] == Analyses(stands_in=6, of=7)


def test_a_control_of_several_cases_runs_once_and_is_judged_in_each_of_them(catalogue: Write) -> None:
    """It must come out as expected in all; where it does not in one of them, nothing is believed of the claim."""
    claims = catalogue("inspecting")
    file = claims / "inspecting" / "claim.yml"
    text = file.read_text("utf-8")
    cases = '[{name: default, env: {N: "8"}}, {name: other, env: {N: "9"}}]'
    text = text.replace("[{name: default}]", cases).replace(
        "{name: other, expected", "{name: c, also_for: [other], expected"
    )
    file.write_text(text, "utf-8")
    results, ran = run(claims, FakeLab())
    assert [one for one in ran if "control" in one] == ["inspecting [go1.22, control c]"]
    (control,) = results.claims["inspecting"].controls
    assert [one.verdict for one in control.findings] == [VerdictName.REFUTED] * 2
    (published,) = (one for claim in feed(results).claims for one in claim.controls)
    assert (published.case, published.also_for, published.ok) == ("default", ("other",), True)
    also = "expect:\n  - {metric: n, at_most: 100 B, cases: [other]}\n"
    text = text.replace("expect:\n", also).replace("at_most: 10 B", "at_most: 10 B, cases: [default]")
    file.write_text(text, "utf-8")
    results, ran = run(claims, FakeLab())
    assert ran == []
    (control,) = results.claims["inspecting"].controls
    assert [one.verdict for one in control.findings] == [VerdictName.REFUTED, VerdictName.CONFIRMED]
    assert not control.ok
    assert control.finding.verdict is VerdictName.CONFIRMED
    finding = results.claims["inspecting"].finding
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.CONTROL)


def test_a_run_marks_what_rests_on_a_refuted_premise(catalogue: Write) -> None:
    """Where both were judged; a run of the one claim alone knows nothing of its premise."""
    claims = catalogue("inspecting")
    catalogue("resting")
    premise, resting = (claims / name / "claim.yml" for name in ("inspecting", "resting"))
    text = (
        premise.read_text("utf-8")
        .replace("at_most: 10", "at_most: 9")
        .replace("expected: refuted", "expected: confirmed")
    )
    premise.write_text(text.replace('"99"', '"5"'), "utf-8")
    resting.write_text(resting.read_text("utf-8").replace("recorded:", "premises: [inspecting]\nrecorded:"), "utf-8")
    results, _ = run(claims, FakeLab())
    assert results.claims["inspecting"].finding.verdict is VerdictName.REFUTED
    assert results.claims["resting"].finding.marks == (Mark.PREMISE_REFUTED,)
    inputs = steps.load(claims)
    alone = steps.execute(inputs, inputs.catalogue.select(("resting",)), mode=Mode.AUTO, lab=FakeLab())
    assert alone.claims["resting"].finding.marks == ()


def test_results_of_two_machines_are_never_said_to_be_of_one(catalogue: Write) -> None:
    """What asks nothing of the machine is kept from another one, and the feed says from which."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    run(claims, FakeLab())
    both = feed(run(claims, FakeLab().elsewhere(cpu=ELSEWHERE))[0])
    assert cpus(both) == {"inspecting": {HERE}, "measuring": {ELSEWHERE}}
    assert both.environment is None
    assert both.base is not None


def test_imported_results_say_so_and_name_the_machine_that_ran_them(catalogue: Write, tmp_path: Path) -> None:
    """A frozen feed is that of the machine that measured, not of the one that wrote it."""
    claims = catalogue("measuring", kind="measure")
    there = feed(run(claims, FakeLab())[0])
    inputs = steps.load(claims)
    steps.export_records(inputs, (), tmp_path / "ledger.json")
    shutil.rmtree(claims.parent / ".ledger")
    steps.import_records(inputs, [tmp_path / "ledger.json"])
    here = feed(run(claims, FakeLab().elsewhere(cpu=ELSEWHERE), Mode.FROZEN)[0])
    assert cpus(here) == {"measuring": {HERE}}
    assert {one.state.value for one in (*here.claims[0].cells, *here.claims[0].controls)} == {"imported"}
    assert here.mode == "frozen"
    assert [one.executed for one in here.claims[0].cells] == [one.executed for one in there.claims[0].cells]
    assert [one.findings for one in here.claims[0].cells] == [one.findings for one in there.claims[0].cells]


def test_a_run_of_some_claims_is_marked_and_so_are_those_that_it_lost(catalogue: Write) -> None:
    """A reader who compares two feeds must not take what was not run for what is gone."""
    claims = catalogue("works")
    catalogue("fails", before="exit 3")
    catalogue("other")
    inputs = steps.load(claims)
    some = inputs.catalogue.select(("fails", "works"))
    part = feed(steps.execute(inputs, some, mode=Mode.AUTO, only_toolchains=["go1.22"], lab=FakeLab()))
    assert part.selection is not None
    assert (set(part.selection.claims), part.selection.toolchains) == ({"fails", "works"}, ("go1.22",))
    assert ([claim.id for claim in part.claims], part.lost) == (["works"], ("fails",))
