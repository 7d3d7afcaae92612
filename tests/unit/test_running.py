"""A cell's experiment from box to record, with real processes and the real extractors and judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from macros.claim.catalogue import DEFAULTS
from macros.claim.fields import VerdictName
from macros.claim.loading import LoadedClaim, load_catalogue
from macros.claim.scope import cells_of
from macros.evidence.observation import Evidence, Observation, Points, QuietLevel
from macros.evidence.observation import Session as Attended
from macros.ledger.address import Half
from macros.ledger.record import Record
from macros.run import levels
from macros.run.cell import CellRun, Measured, has_enough, needs_no_more
from macros.run.session import SESSION, Fault, Session, plan_cell
from macros.run.watch import Watch
from macros.verdict.causes import DidNotMeasure
from macros.verdict.details import MachineLacks, Undecided
from macros.verdict.finding import Reason
from macros.verdict.judge import judge_cell, needs_more
from macros.verdict.policy import DEFAULT
from tests.fakes import LocalRunner, LosingRunner

HEAD = """\
id: c
kind: {kind}
title: {{en: t, zh: t}}
statement: {{en: s, zh: s}}
source: {{where: "1.1"}}
recorded: confirmed
toolchains: [go1.22]
"""

EXACT = """
experiment:
  run: |
    echo '{"metric": "n", "value": 10}'
metrics:
  n: {from: json}
expect:
  - {metric: n, equals: 10}
controls:
  - {name: other, expected: refuted, because: {en: b, zh: b}, run: "echo '{\\"metric\\": \\"n\\", \\"value\\": 11}'"}
"""

MEASURED = """
experiment:
  run: |
    echo '{"metric": "t", "value": 3, "unit": "us"}'
  samples: {at_least: 4, at_most: 40, warm_up: 2}
metrics:
  t: {from: json, unit: ms}
expect:
  - {metric: t, below: 5 ms}
controls:
  - {name: other, expected: refuted, because: {en: b, zh: b}, env: {A: b}}
"""

GROWING = """
experiment:
  run: |
    for n in 1 2 4 8 16 32; do echo "{\\"metric\\": \\"t\\", \\"value\\": $n, \\"unit\\": \\"us\\", \\"n\\": $n}"; done
  samples: {at_least: 4, at_most: 8}
metrics:
  slope: {from: json, field: t, against: n, summary: growth}
expect:
  - {metric: slope, grows: linear}
controls:
  - {name: other, expected: refuted, because: {en: b, zh: b}, env: {A: b}}
"""

Make = Callable[..., LoadedClaim]


@pytest.fixture
def claim(tmp_path: Path) -> Make:
    """Writes a claim and loads it."""

    def make(body: str, kind: str = "inspect", **files: str) -> LoadedClaim:
        folder = tmp_path / "c"
        folder.mkdir(exist_ok=True)
        (folder / "claim.yml").write_text(HEAD.format(kind=kind) + body, encoding="utf-8")
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
        catalogue, problems = load_catalogue(tmp_path)
        assert problems == []
        return catalogue.claims["c"]

    return make


HERE = {"cpu": "a processor", "kernel": "6.1", "cores": "2", "engine": "Docker 1", "image": "i"}


def session_of(loaded: LoadedClaim, control: bool = False, before: Record | None = None) -> Session:
    """The claim's only cell, or its control, as a session."""
    cell = cells_of(loaded.claim, ("go1.22",), DEFAULTS)[control][0]
    plan = plan_cell(loaded, cell, "image", {"image": "sha256:1", "image_content": "i"}, before=before)
    return Session(claim=loaded.claim, folder=str(loaded.folder), files=loaded.files, cells=(plan,), breadth=1)


def run(
    loaded: LoadedClaim,
    control: bool = False,
    before: Record | None = None,
    watch: Watch | None = None,
    runner: LocalRunner | None = None,
) -> Measured | Fault:
    """Run the claim's only cell, or its control, to its end."""
    ended: list[Measured | Fault] = []
    session = session_of(loaded, control, before)
    task = CellRun(session, session.cells[0], runner or LocalRunner(), HERE, ended.append, watch)
    task.open()
    if task.prepare():
        ended_round = False
        while not ended_round:
            if watch is not None:
                watch.before_round()
            ended_round = task.step()
    task.finish()
    task.close()
    return ended[0]


def half_a_record(loaded: LoadedClaim, seen: Evidence) -> Record:
    """A record of the claim's only cell, to be continued."""
    plan = session_of(loaded).cells[0]
    return Record(
        cell=plan.cell,
        experiment=plan.experiment,
        machine=Half.of({}),
        facts={},
        image={},
        evidence=seen,
        outputs=(),
        started="2026-01-02T03:04:05+00:00",
        seconds={},
    )


@pytest.mark.parametrize("lost", [(0,), (2,), (1, 3), (0, 2, 3)])
def test_output_that_the_engine_lost_is_had_again(claim: Make, lost: tuple[int, ...]) -> None:
    """In another box, from the build on; no process whose output is not whole is ever read."""
    loaded = claim(EXACT)
    runner = LosingRunner(lost)
    record = run(loaded, runner=runner)
    assert isinstance(record, Measured)
    assert record.evidence.observations[0].readings == run(loaded).evidence.observations[0].readings  # type: ignore[union-attr]
    assert len(record.evidence.observations) == 3
    assert [seen.round for seen in record.evidence.observations] == [0, 1, 2]
    assert len(runner.opened) == 1 + len(lost)


def test_a_process_that_fails_once_is_run_again_and_the_record_says_so(claim: Make, tmp_path: Path) -> None:
    """One process in thousands may fail. The round is repeated in another box; a second failure is the claim's."""
    flag = tmp_path / "failed-once"
    fails_once = EXACT.replace(
        "  run: |\n", f"  run: |\n    [ -e {flag} ] || {{ touch {flag}; echo no luck >&2; exit 3; }}\n"
    )
    assert fails_once != EXACT
    record = run(claim(fails_once))
    assert isinstance(record, Measured)
    assert len(record.evidence.observations) == 3
    assert "exit status 3" in record.remarks["repeated"]
    assert "exit status 3" in problem(claim(EXACT.replace("  run: |\n", "  run: |\n    exit 3\n")))


def test_a_measuring_process_may_say_that_it_could_not_measure(claim: Make, tmp_path: Path) -> None:
    """Its turn counts against the budget, its value does not, and a cell that stays open for it says so."""
    never = MEASURED.replace("  run: |\n", "  run: |\n    exit 75\n")
    record = run(claim(never, kind="measure"))
    assert isinstance(record, Measured)
    assert record.evidence.sample("t") == []
    assert len(record.evidence.observations) == 40
    finding = judge_cell(claim(never, kind="measure").claim, "default", record.evidence, toolchains=1).finding
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.BAD_SESSION)
    assert isinstance(finding.detail, Undecided)
    assert isinstance(finding.detail.cause, DidNotMeasure)


def test_an_engine_that_goes_on_losing_output_fails_that_cell_by_the_environment(claim: Make) -> None:
    """Never a verdict, and not an error of the claim."""
    fault = run(claim(EXACT), runner=LosingRunner(tuple(range(99))))
    assert isinstance(fault, Fault)
    assert fault.environment
    assert "lost output" in fault.what


def problem(loaded: LoadedClaim) -> str:
    fault = run(loaded)
    assert isinstance(fault, Fault)
    assert not fault.environment
    return str(loaded.document.problem(fault.where, fault.what, fault.fix))


def test_an_exact_cell_takes_three_fresh_processes_that_agree(claim: Make) -> None:
    """What a program prints is believed when three processes print it."""
    loaded = claim(EXACT)
    record = run(loaded)
    assert isinstance(record, Measured)
    assert record.evidence.sample("n") == [10, 10, 10]
    assert judge_cell(loaded.claim, "default", record.evidence, toolchains=1).finding.verdict is VerdictName.CONFIRMED


def test_a_control_runs_its_own_arrangement(claim: Make) -> None:
    """The same extraction and judgement, another script."""
    loaded = claim(EXACT)
    record = run(loaded, control=True)
    assert isinstance(record, Measured)
    assert record.evidence.sample("n") == [11, 11, 11]
    assert judge_cell(loaded.claim, "default", record.evidence, toolchains=1).finding.verdict is VerdictName.REFUTED


def test_what_a_file_says_is_looked_at_once(claim: Make) -> None:
    """A compiler's answer does not change from one look to the next."""
    record = run(claim(EXACT.replace("experiment:", "experiment:\n  witness: file")))
    assert isinstance(record, Measured)
    assert len(record.evidence.observations) == 1


def test_a_measuring_cell_stops_as_soon_as_it_is_decided(claim: Make) -> None:
    """A clear value needs no more processes than the error that is allowed asks for, warm-up not counted."""
    loaded = claim(MEASURED, kind="measure")
    record = run(loaded)
    assert isinstance(record, Measured)
    processes = len(record.evidence.observations)
    assert 4 < processes < 40
    finding = judge_cell(loaded.claim, "default", record.evidence, toolchains=1).finding
    assert finding.verdict is VerdictName.CONFIRMED
    one_less = Evidence(record.evidence.observations[:-1])
    assert needs_more(loaded.claim, "default", one_less, toolchains=1)


def test_a_value_is_converted_to_the_metric_s_unit(claim: Make) -> None:
    """Microseconds printed, milliseconds declared."""
    record = run(claim(MEASURED, kind="measure"))
    assert isinstance(record, Measured)
    assert record.evidence.sample("t")[0] == pytest.approx(0.003)


def test_an_undecided_record_is_continued(claim: Make) -> None:
    """Samples that are there count; the record says which sessions they come from."""
    loaded = claim(MEASURED, kind="measure")
    whole = run(loaded)
    assert isinstance(whole, Measured)
    sessions = whole.evidence.sessions
    half = half_a_record(loaded, Evidence(whole.evidence.observations[:5], sessions=sessions))
    record = run(loaded, before=half)
    assert isinstance(record, Measured)
    assert len(record.evidence.observations) == len(whole.evidence.observations)
    assert [seen.round for seen in record.evidence.observations] == list(range(len(whole.evidence.observations)))
    assert [session.begins for session in record.evidence.sessions] == [0, 5]


def test_runs_of_another_kernel_or_image_are_not_continued(claim: Make) -> None:
    """Two machines give no one sample: what was taken before is left out and the cell begins anew."""
    loaded = claim(MEASURED, kind="measure")
    whole = run(loaded)
    assert isinstance(whole, Measured)
    for changed in ({"kernel": "6.2"}, {"image": "j"}):
        elsewhere = Attended(0, {**HERE, **changed})
        half = half_a_record(loaded, Evidence(whole.evidence.observations[:5], sessions=(elsewhere,)))
        record = run(loaded, before=half)
        assert isinstance(record, Measured)
        assert [(session.begins, dict(session.environment)) for session in record.evidence.sessions] == [(0, HERE)]


def test_a_cell_keeps_the_null_control_of_its_own_rounds_and_the_quiet_levels(claim: Make) -> None:
    """One pair a round, and what is known of the machine when the session ends."""

    class Slowing:
        seconds = 0.010

        def read(self) -> tuple[tuple[float, float], Mapping[str, float]]:
            self.seconds += 0.001
            return (self.seconds, self.seconds), {}

    known = levels.with_day({}, "2026-01-02", levels.of_readings({"latency/1": [5e-5] * 200}))
    record = run(claim(MEASURED, kind="measure"), watch=Watch(Slowing(), known, "2026-01-03", DEFAULT))
    assert isinstance(record, Measured)
    (session,) = record.evidence.sessions
    rounds = [seen.round for seen in record.evidence.observations]
    assert [one.round for one in session.null_pairs] == rounds
    assert session.null_pairs[0].first == pytest.approx(0.011)
    assert session.quiet == {"latency/1": QuietLevel(5e-5, 5e-5)}


def test_arms_are_interleaved_abba(claim: Make) -> None:
    """A drift of the machine falls on both arms alike."""
    body = (
        MEASURED.replace('  run: |\n    echo \'{"metric": "t", "value": 3, "unit": "us"}\'', "  arms: {a: A, b: B}")
        .replace("A, b", '"echo \'{\\"metric\\": \\"t\\", \\"value\\": 3, \\"unit\\": \\"us\\"}\'", b')
        .replace("b: B", 'b: "echo \'{\\"metric\\": \\"t\\", \\"value\\": 1, \\"unit\\": \\"us\\"}\'"')
        .replace("{metric: t, below: 5 ms}", "{ratio: {metric: t, of: a, over: b}, above: 2}")
    )
    record = run(claim(body, kind="measure"))
    assert isinstance(record, Measured)
    assert [seen.arm for seen in record.evidence.observations[:8]] == list("abbaabba")
    first, second = record.evidence.pairs("t", "a", "b")[0]
    seen = record.evidence.observations
    assert (seen[first].readings["t"], seen[second].readings["t"]) == pytest.approx((0.003, 0.001))


def test_a_probe_that_finds_nothing_makes_the_cell_untestable(claim: Make) -> None:
    """Exit 69 and a line that names what is missing; nothing else of the experiment runs."""
    loaded = claim(EXACT.replace("experiment:", "experiment:\n  probe: echo 'no such counter'; exit 69"))
    record = run(loaded)
    assert isinstance(record, Measured)
    assert record.evidence.missing == "no such counter"
    assert record.evidence.observations == ()
    finding = judge_cell(loaded.claim, "default", record.evidence, toolchains=1).finding
    assert finding.verdict is VerdictName.UNTESTABLE
    assert isinstance(finding.detail, MachineLacks)
    assert "no such counter" in finding.detail.what


def test_a_probe_that_finds_it_lets_the_experiment_run(claim: Make) -> None:
    """The same probe on a machine that has it."""
    record = run(claim(EXACT.replace("experiment:", "experiment:\n  probe: exit 0")))
    assert isinstance(record, Measured)
    assert len(record.evidence.observations) == 3


def test_raw_output_is_kept_of_the_first_process_of_each_stage(claim: Make) -> None:
    """Readers see the script, the status and both streams."""
    record = run(claim(EXACT.replace("experiment:", "experiment:\n  build: echo built >&2")))
    assert isinstance(record, Measured)
    assert [(one.stage, one.status) for one in record.processes.outputs.values()] == [("build", 0), ("run", 0)]
    assert record.processes.outputs["build"].stderr == "built\n"
    assert '"value": 10' in record.processes.outputs["run"].stdout


def test_only_an_inspecting_claim_is_planned_under_the_runtime_that_was_asked_for(
    claim: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes the address of what it runs; what measures would measure the runtime, so it keeps both."""

    def planned(loaded: LoadedClaim) -> tuple[str, Half]:
        (cell,), _ = cells_of(loaded.claim, ("go1.22",), DEFAULTS)
        plan = plan_cell(loaded, cell, "image", {"image": "sha256:1", "image_content": "i"})
        return plan.runtime, plan.experiment

    for text, uses_it in ((EXACT, True), (MEASURED, False)):
        loaded = claim(text, kind="inspect" if uses_it else "measure")
        monkeypatch.delenv("CLAIMS_RUNTIME", raising=False)
        runtime, before = planned(loaded)
        assert runtime == ""
        monkeypatch.setenv("CLAIMS_RUNTIME", "runsc")
        runtime, after = planned(loaded)
        assert runtime == ("runsc" if uses_it else "")
        assert {name for name in before.parts if before.parts[name] != after.parts[name]} == (
            {"sandbox"} if uses_it else set()
        )


# ---- experiments that do not work: errors, never verdicts -----------------------------------------


def test_a_program_that_does_not_compile_is_shown_with_its_file_and_line(claim: Make) -> None:
    """The compiler's own words, at a path that the author can open, and the place of the script."""
    loaded = claim(
        EXACT.replace("experiment:", "experiment:\n  build: gcc -o x prog.c"),
        prog_c="int main(void) {\n  return y;\n}\n",
    )
    said = problem(loaded)
    assert said.startswith(f"{loaded.folder}/claim.yml:10:3: c [go1.22, default]: build ended with exit status 1")
    assert f"{loaded.folder}/prog.c:2:10: error: 'y' undeclared" in said.replace("‘", "'").replace("’", "'")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("true", "metric n"),
        ("""echo '{"metric": "n", "value": NaN}'""", "nan is not a finite number"),
        ("""echo '{"metric": "n", "value": Infinity}'""", "inf is not a finite number"),
        ("""echo '{"metric": "n", "value": 1, "unit": "ms"}'""", "ms"),
        ("exit 3", "run ended with exit status 3; it said nothing"),
        ("echo oops >&2; exit 1", "exit status 1; it said:\n    oops"),
        (
            ">&2 echo 'cp: x: No space left on device'; exit 1",
            "ran out of disk at 512 MiB; write less or raise `limits.",
        ),
        ("kill -9 $$", "exit status"),
        ("yes | head -c 2000000", "printed more than 1 MiB on one stream; print less or raise `limits.output`"),
        ("sleep 30", "killed at its deadline of 1 s; make it shorter or raise `deadlines.run`"),
    ],
)
def test_an_experiment_that_does_not_work_is_a_problem_at_its_place(claim: Make, script: str, said: str) -> None:
    """No sample, NaN, inf, text, a unit that does not convert, a failure, too much output, too late."""
    body = EXACT.replace('    echo \'{"metric": "n", "value": 10}\'', f"    {script}\n  deadlines: {{run: 1 s}}")
    if "oops" not in script and script.startswith("echo") and "ten" not in script:
        body = body.replace("n: {from: json}", "n: {from: json, unit: B}").replace("equals: 10", "at_most: 10 B")
    loaded = claim(body)
    reported = problem(loaded)
    assert reported.startswith(f"{loaded.folder}/claim.yml:10:3: c [go1.22, default]")
    assert said in reported


def test_text_where_a_number_is_expected_is_a_problem_and_no_verdict(claim: Make) -> None:
    """ "ten" is not a 10 that came out wrong."""
    said = problem(claim(EXACT.replace('"value": 10', '"value": "ten"')))
    assert "the reading 'ten' is text, and the expected 10 is a number" in said
    assert "claim.yml:14:1: c [go1.22, default]" in said


def test_a_box_asks_for_no_more_than_the_limits_allow(claim: Make) -> None:
    """Sizes arrive in bytes, and a single-threaded experiment is pinned to one processor."""
    loaded = claim(EXACT.replace("experiment:", "experiment:\n  limits: {memory: 64 MiB, disk: 1 MiB, cpus: one}"))
    session = session_of(loaded)
    spec = session.box(session.cells[0])
    assert (spec.memory, spec.disk, spec.cpus) == (64 * 2**20, 2**20, "one")


def test_the_output_of_a_process_that_warms_up_is_not_shown(claim: Make, tmp_path: Path) -> None:
    """Readers see the output of a process that counts."""
    flag = tmp_path / "warm"
    script = f"    [ -e {flag} ] || {{ touch {flag}; echo cold; }}\n"
    record = run(claim(MEASURED.replace("  run: |\n", "  run: |\n" + script), kind="measure"))
    assert isinstance(record, Measured)
    assert "cold" not in record.processes.outputs["run"].stdout
    assert flag.exists()


@pytest.mark.parametrize("ending", ["exit 75", "exit 0"])
def test_the_output_of_a_process_that_gives_no_value_is_not_shown(claim: Make, tmp_path: Path, ending: str) -> None:
    """Neither of one that could not measure nor of one that printed no reading and was run once more."""
    flag = tmp_path / "tried"
    script = f"    [ -e {flag} ] || {{ touch {flag}; echo in vain; {ending}; }}\n"
    body = MEASURED.replace("  run: |\n", "  run: |\n" + script).replace("warm_up: 2", "warm_up: 0")
    record = run(claim(body, kind="measure"))
    assert isinstance(record, Measured)
    assert flag.exists()
    assert "in vain" not in record.processes.outputs["run"].stdout


def test_a_session_is_a_value_that_can_be_written_and_read(claim: Make) -> None:
    """Everything that a host needs goes through JSON: scripts, files with any bytes, and the samples that are
    continued.
    """
    loaded = claim(MEASURED, kind="measure", data_bin="x")
    whole = run(loaded)
    assert isinstance(whole, Measured)
    session = session_of(loaded, before=half_a_record(loaded, whole.evidence))
    session = session.model_copy(update={"files": {"raw": bytes(range(256))}})
    assert SESSION.validate_json(SESSION.dump_json(session, by_alias=True)) == session


def test_a_process_that_could_not_measure_leaves_its_partner_out_and_no_other(claim: Make) -> None:
    """In a round a b b a the first b is the first a's partner, whatever became of either."""
    readings = [("a", {"m": 1.0}), ("b", {}), ("b", {"m": 20.0}), ("a", {"m": 2.0})]
    seen = Evidence(tuple(Observation(arm, 0, 0.1, values) for arm, values in readings))
    assert seen.pairs("m", "a", "b") == [(3, 2)]


def test_a_continued_record_counts_the_time_of_all_its_sessions(claim: Make) -> None:
    """Its processes are those of both; so are its seconds."""
    loaded = claim(MEASURED, kind="measure")
    whole = run(loaded)
    assert isinstance(whole, Measured)
    half = half_a_record(loaded, Evidence(whole.evidence.observations[:5], sessions=whole.evidence.sessions))
    continued = run(loaded, before=half.model_copy(update={"seconds": {"run": 1000.0, "lab": 500.0}}))
    assert isinstance(continued, Measured)
    assert 1000 < continued.seconds["run"] < 1100
    assert continued.seconds["lab"] >= 500


@pytest.mark.parametrize("also", [False, True])
def test_a_control_of_several_cases_runs_until_it_is_decided_in_each(claim: Make, also: bool) -> None:
    """In one of them its values lie far from the figure, in the other on both sides of it."""
    experiment = MEASURED.replace("{metric: t, below: 5 ms}", "{metric: t, below: 5 ms, cases: [one]}").replace(
        "controls:", "  - {metric: t, below: 20 ms, cases: [two]}\ncontrols:"
    )
    cases = "cases: [{name: one}, {name: two}]"
    experiment = experiment.replace("A: b}}", "A: b}, also_for: [two]}" if also else "A: b}}")
    loaded = claim(experiment + cases, "measure")
    session = session_of(loaded, control=True)
    values = [18.0, 22.0] * 15
    evidence = Evidence(tuple(Observation("run", place, 0.1, {"t": value}) for place, value in enumerate(values)))
    assert needs_no_more(session, session.cells[0], evidence) is not also
    assert has_enough(session, session.cells[0], evidence) is not also


def test_every_process_keeps_what_its_growth_was_taken_over(claim: Make) -> None:
    """To be drawn: the values with their sizes, as they were printed. The slope is judged as it always was."""
    measured = run(claim(GROWING, "measure"))
    assert isinstance(measured, Measured)
    seen = measured.evidence.observations
    assert len(seen) >= 4
    sizes = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    assert all(one.points == {"slope": Points("us", sizes, sizes)} for one in seen)
    assert [round(float(one.readings["slope"]), 9) for one in seen] == [1.0] * len(seen)


def test_what_is_no_growth_keeps_no_points(claim: Make) -> None:
    """Their numbers are in the readings."""
    measured = run(claim(MEASURED, "measure"))
    assert isinstance(measured, Measured)
    assert not any(one.points for one in measured.evidence.observations)
