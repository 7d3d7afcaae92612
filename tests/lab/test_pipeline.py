"""The catalogue through real containers: what runs, what is kept, and what is left when a run is cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from macros import steps
from macros.claim.cell import Cell
from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence
from macros.lab import sandbox
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, ExitCode, InvalidInput
from macros.results.catalogue import CatalogueResult
from macros.run import cell as cell_runs
from macros.run import plan
from macros.run.progress import Progress
from macros.verdict.details import ControlFailed
from macros.verdict.judge import LOUD_TOO, needs_more
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import quietness
from tests.engine_proxy import engine_proxy

pytestmark = pytest.mark.container

Write = Callable[..., Path]


class Counting(Progress):
    """Notes which cells ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def ends(self, cell: Cell, fault: object) -> None:
        self.ran.append(str(cell))


def run(claims: Path, mode: plan.Mode = plan.Mode.AUTO) -> tuple[CatalogueResult, list[str]]:
    """Execute the whole catalogue; also the cells that ran for it."""
    inputs = steps.load(claims)
    progress = Counting()
    return steps.execute(inputs, inputs.catalogue.select(()), mode=mode, progress=progress), progress.ran


def start(claims: Path, **environment: str) -> subprocess.Popen[str]:
    """`claims run` as its own process."""
    return subprocess.Popen(
        [sys.executable, "-m", "macros.cli", "run", "--claims", str(claims)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
        # A shell's background jobs ignore Ctrl-C and hand that on to their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def records(claims: Path) -> int:
    return len(list(Ledger(claims.parent / ".ledger").addresses()))


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def containers_of(claim: str) -> list[str]:
    """Those that run. One that was made and never started, when its run was killed in between, is reaped in time."""
    found = docker.APIClient().containers(filters={"label": f"{sandbox.CLAIM_LABEL}={claim}"})
    return [one["Id"] for one in found]


def test_what_has_a_result_does_not_run_again(catalogue: Write) -> None:
    """The second run of an unchanged catalogue runs nothing and says the same."""
    claims = catalogue("steady", cases=2)
    first, ran = run(claims)
    assert len(ran) == 3
    second, ran = run(claims)
    assert ran == []
    assert first.claims["steady"].finding == second.claims["steady"].finding
    assert second.claims["steady"].finding.verdict is VerdictName.CONFIRMED
    assert [control.ok for control in second.claims["steady"].controls] == [True]


def test_an_edit_of_a_program_runs_its_cells_and_an_edit_of_prose_none(catalogue: Write) -> None:
    """The ledger follows what is executed; `fresh` follows nothing."""
    claims = catalogue("edited")
    catalogue("other")
    run(claims)
    text = (claims / "edited" / "claim.yml").read_text("utf-8")
    (claims / "edited" / "claim.yml").write_text(text.replace("en: s,", "en: said better,"), encoding="utf-8")
    assert run(claims)[1] == []
    (claims / "edited" / "data.txt").write_text("new", encoding="utf-8")
    assert sorted(run(claims)[1]) == ["edited [go1.22, case-0]", "edited [go1.22, control other]"]
    assert len(run(claims, plan.Mode.FRESH)[1]) == 4


def test_a_control_that_does_not_come_out_withholds_the_verdict(catalogue: Write) -> None:
    """An experiment that says the same whatever happens has proved nothing."""
    claims = catalogue("blind", before="N=10")
    result, _ = run(claims)
    finding = result.claims["blind"].finding
    assert finding.verdict is VerdictName.INCONCLUSIVE
    assert isinstance(finding.detail, ControlFailed)
    assert (finding.detail.control, finding.detail.came_out) == ("other", VerdictName.CONFIRMED)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_cut_off_is_resumed_where_it_was(catalogue: Write, how: signal.Signals) -> None:
    """Finished cells are kept, only the others run, and no container is left."""
    claims = catalogue("cut-off", cases=7, before="sleep 0.4")
    process = start(claims)
    wait_for(lambda: records(claims) >= 2)
    process.send_signal(how)
    said = process.communicate(timeout=30)[0]
    kept = records(claims)
    assert 2 <= kept < 8
    if how is not signal.SIGKILL:
        assert process.returncode == ExitCode.INTERRUPTED, said
        assert "run it again to continue" in said
        assert containers_of("cut-off") == []
    result, ran = run(claims)
    assert len(ran) == 8 - kept
    assert result.claims["cut-off"].finding.verdict is VerdictName.CONFIRMED
    wait_for(lambda: containers_of("cut-off") == [])


def test_show_runs_nothing(catalogue: Write) -> None:
    """A claim without results is not measured by the way: the message says what would get them."""
    claims = catalogue("ran")
    run(claims)
    before = records(claims)
    catalogue("never-ran")
    shown = subprocess.run(
        [sys.executable, "-m", "macros.cli", "show", "never-ran", "--claims", str(claims)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.returncode == ExitCode.ENVIRONMENT
    assert "claims run" in shown.stdout + shown.stderr
    assert records(claims) == before


def test_an_engine_that_dies_in_the_middle_is_an_environment_failure(catalogue: Write, tmp_path: Path) -> None:
    """Exit 3 and the next step; what was finished is kept, and with the engine back only the rest runs."""
    claims = catalogue("orphaned", cases=7, before="sleep 0.4")
    with engine_proxy(tmp_path) as engine:
        process = start(claims, DOCKER_HOST=engine.address)
        wait_for(lambda: records(claims) >= 2)
        engine.die()
        said = process.communicate(timeout=60)[0]
    assert process.returncode == ExitCode.ENVIRONMENT, said
    assert "the Docker engine failed" in said
    kept = records(claims)
    assert 2 <= kept < 8
    assert len(run(claims)[1]) == 8 - kept
    wait_for(lambda: containers_of("orphaned") == [])


def test_frozen_runs_nothing_and_needs_no_engine(catalogue: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a ledger alone: the same verdicts, without any engine."""
    claims = catalogue("kept")
    run(claims)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    result, ran = run(claims, plan.Mode.FROZEN)
    assert ran == []
    assert result.frozen
    assert result.claims["kept"].finding.verdict is VerdictName.CONFIRMED


def test_frozen_refuses_what_is_missing_or_stale(catalogue: Write) -> None:
    """A cell without a result, and an image of another recipe, are errors that name them."""
    claims = catalogue("kept")
    run(claims)
    catalogue("later")
    with pytest.raises(EnvironmentFailed, match=r"no result for later \[go1.22, case-0\]"):
        run(claims, plan.Mode.FROZEN)
    dockerfile = claims.parent / "Dockerfile"
    dockerfile.write_text("# changed\n" + dockerfile.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(EnvironmentFailed, match=r"no image of today's recipe of go1.22"):
        run(claims, plan.Mode.FROZEN)


def test_a_claim_that_fails_is_reported_after_the_others_have_run(catalogue: Write) -> None:
    """One broken experiment costs no other its result."""
    claims = catalogue("broken", before="exit 4")
    catalogue("sound")
    result, _ = run(claims)
    assert list(result.claims) == ["sound"]
    assert all("run ended with exit status 4" in str(problem) for problem in result.problems)
    assert records(claims) == 2


def test_running_out_of_memory_is_an_error_of_the_claim(catalogue: Write) -> None:
    """It names the limit and how to raise it."""
    claims = catalogue("greedy", before="head -c 2000000000 /dev/zero | tail -c 1500000000 | wc -c >&2")
    with pytest.raises(InvalidInput, match=r"ran out of memory at 1 GiB; use less or raise `limits.memory`"):
        steps.require_whole(run(claims)[0])


def test_running_out_of_disk_is_an_error_of_the_claim(catalogue: Write) -> None:
    """Its folder is bounded like its memory: the message names the limit, the next step, and what the process said."""
    claims = catalogue("bulky", before="head -c 600000000 /dev/zero | tee a >b")
    with pytest.raises(InvalidInput, match=r"(?s)ran out of disk at 512 MiB; write less or raise `limits.disk`.*tee"):
        steps.require_whole(run(claims)[0])


def test_why_names_the_part_that_changed(catalogue: Write) -> None:
    """Before the first run, after it, and after an edit."""
    claims = catalogue("asked")

    def why() -> set[tuple[str, tuple[str, ...]]]:
        inputs = steps.load(claims)
        explained = steps.explain_cells(inputs, inputs.catalogue.select(()))
        return {(one.because, one.experiment) for one in explained}

    assert why() == {("no-image", ())}
    run(claims)
    assert why() == {("kept", ())}
    (claims / "asked" / "data.txt").write_text("new", encoding="utf-8")
    assert why() == {("changed", ("the program files",))}


@pytest.mark.alone
def test_an_undecided_cell_goes_on_when_more_samples_are_allowed(
    catalogue: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quiet samples that were taken count; only what is missing is added, and the record says so.

    Quiet is what was called so at the time: levels are learnt as the cell goes on, and a sample may be called quiet
    later. On a machine too loud for so many quiet ones, the cell ends after as many again.
    """
    asked: list[tuple[int, int]] = []

    def counting(claim: Claim, case: str, evidence: Evidence, **terms: Any) -> bool:
        taken = len(evidence.observations)
        if not terms["control"]:
            asked.append((taken - len(quietness(evidence, DEFAULT).loud), taken))
        return needs_more(claim, case, evidence, **terms)

    monkeypatch.setattr(cell_runs, "needs_more", counting)
    swing = "c=$(cat c 2>/dev/null || echo 0); echo $((c + 1)) > c; N=$((8 + c % 2 * 6))"
    claims = catalogue("swings", kind="measure", expect="below: 10", before=swing)
    path = claims / "swings" / "claim.yml"
    text = path.read_text("utf-8")
    begins = [0]
    for at_most in (24, 30):
        samples = f"experiment:\n  samples: {{at_least: 2, at_most: {at_most}}}"
        path.write_text(text.replace("experiment:", samples), encoding="utf-8")
        asked.clear()
        result, ran = run(claims)
        assert len(ran) == 2
        cell = result.claims["swings"].cells[0]
        assert cell.judged.finding.verdict is VerdictName.INCONCLUSIVE
        evidence = cell.record.evidence
        *earlier, (quiet, taken) = asked
        assert taken == len(evidence.observations)
        assert quiet >= at_most or taken == LOUD_TOO * at_most
        assert earlier
        assert all(quiet < at_most and taken < LOUD_TOO * at_most for quiet, taken in earlier)
        assert [session.begins for session in evidence.sessions] == begins
        assert all(session.null_pairs for session in evidence.sessions)
        begins.append(len(evidence.observations))
    assert run(claims)[1] == []
