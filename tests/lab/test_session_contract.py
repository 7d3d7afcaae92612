"""What comes of a session wherever it runs: in the fake, in Docker, and in another process behind a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from macros.claim.catalogue import DEFAULTS
from macros.claim.loading import LoadedClaim, load_catalogue
from macros.claim.scope import cells_of
from macros.lab.engine.runner import DockerRunner
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.run.host import NOTE, Host, run_sessions
from macros.run.over_pipe import send
from macros.run.session import Fault, Session, plan_cell
from tests.builders import printing_claim
from tests.fakes import LocalRunner

Result = Record | Fault
Run = Callable[[Sequence[Session]], list[Result]]


@pytest.fixture(
    params=[
        "fake",
        pytest.param("docker", marks=pytest.mark.container),
        pytest.param("pipe", marks=pytest.mark.container),
    ]
)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Run, str, Ledger]:
    """A way to run sessions, the name of an image there, and the ledger that the host writes to."""
    ledger = Ledger(tmp_path / "ledger")
    image = "image" if request.param == "fake" else request.getfixturevalue("any_image")

    def here(sessions: Sequence[Session]) -> list[Result]:
        came: list[Result] = []

        def report(result: Result) -> None:
            if isinstance(result, Record):
                assert ledger.get(result.address) == result, "it is kept before it is reported"
            came.append(result)

        if request.param == "pipe":
            command = [sys.executable, "-m", "macros.run.over_pipe", str(ledger.folder)]
            send(command, sessions, report)
        elif request.param == "docker":
            with DockerRunner() as runner:
                run_sessions(Host(runner, ledger), sessions, report)
        else:
            run_sessions(Host(LocalRunner(), ledger), sessions, report)
        return came

    return here, image, ledger


@pytest.fixture
def session(tmp_path: Path, where: tuple[Run, str, Ledger]) -> Callable[..., Session]:
    """Writes a claim and makes a session of its cell and its control."""
    return lambda name, **more: prepared(tmp_path, where[1], name, **more)


def prepared(folder: Path, image: str, name: str, kind: str = "inspect", before: str = ":") -> Session:
    """A session of a claim that is written into a catalogue below `folder`."""
    claim = printing_claim(
        folder / "claims",
        name,
        kind=kind,
        before=f"{before}; cat data.txt",
        expect="at_most: 10 us" if kind == "inspect" else "below: 11 us",
        unit="us",
        samples="at_least: 4, at_most: 40, warm_up: 1",
    )
    (claim / "data.txt").write_bytes(b"raw \xff\x00 bytes\n")
    catalogue, problems = load_catalogue(folder / "claims")
    assert problems == []
    return session_of(catalogue.claims[name], image)


def session_of(loaded: LoadedClaim, image: str) -> Session:
    own, controls = cells_of(loaded.claim, ("go1.22",), DEFAULTS)
    facts = {"image": image, "image_content": "i" * 64}
    cells = tuple(plan_cell(loaded, cell, image, facts) for cell in (*own, *controls))
    return Session(claim=loaded.claim, folder=str(loaded.folder), files=loaded.files, cells=cells, breadth=1)


def test_every_cell_comes_to_a_record_at_its_planned_address(
    where: tuple[Run, str, Ledger], session: Callable[..., Session]
) -> None:
    """With the facts of the host, the output, and what a control changes."""
    run, _, ledger = where
    made = session("steady")
    came = {result.cell.control: result for result in run([made])}
    assert set(came) == {"", "other"}
    for plan in made.cells:
        record = came[plan.cell.control]
        assert isinstance(record, Record)
        assert record.experiment == plan.experiment
        assert record.fits_its_address
        assert set(record.machine.parts) == {"architecture"}
        assert record.facts["cores"]
        assert "raw" in record.outputs[0].stdout
    assert [came[name].evidence.sample("n") for name in ("", "other")] == [[10] * 3, [99] * 3]  # type: ignore[union-attr]
    assert len(list(ledger.addresses())) == 2


def test_a_measuring_session_has_its_null_control_and_the_whole_machine_in_its_address(
    where: tuple[Run, str, Ledger], session: Callable[..., Session]
) -> None:
    """Every round has a reading of it. In real boxes every process has its witnesses, and their levels are noted."""
    run, image, ledger = where
    for record in run([session("timed", kind="measure")]):
        assert isinstance(record, Record)
        assert {"cpu", "cores", "kernel", "counters"} <= set(record.machine.parts)
        (attended,) = record.evidence.sessions
        assert len(attended.null_pairs) == len({seen.round for seen in record.evidence.observations}) > 4
        watched = image != "image"
        assert all(bool(seen.witnesses) is watched for seen in record.evidence.observations)
        assert bool(attended.quiet) is watched
    assert bool(ledger.noted(NOTE)) is watched


def test_a_cell_that_fails_is_a_fault_and_the_other_sessions_go_on(
    where: tuple[Run, str, Ledger], session: Callable[..., Session]
) -> None:
    """The fault names the script's place in the claim file."""
    run, _, _ = where
    came = run([session("fails", before="exit 3"), session("works")])
    faults = [result for result in came if isinstance(result, Fault)]
    assert {fault.cell.claim for fault in faults} == {"fails"}
    places = {fault.cell.control: fault.where for fault in faults}
    assert places == {"": ("experiment", "run"), "other": ("controls", 0)}
    assert not any(fault.environment for fault in faults)
    assert {result.cell.claim for result in came if isinstance(result, Record)} == {"works"}


def test_an_image_that_is_not_there_is_a_failure_of_the_environment(
    where: tuple[Run, str, Ledger], session: Callable[..., Session]
) -> None:
    """Never a verdict and never a fault of the claim."""
    run, _, ledger = where
    made = session("lost")
    lost = made.model_copy(
        update={"cells": tuple(plan.model_copy(update={"image": "executable-claims/none:none"}) for plan in made.cells)}
    )
    with pytest.raises(EnvironmentFailed, match="claims images"):
        run([lost])
    assert list(ledger.addresses()) == []
