"""Runs in real containers that are killed, whose engine hangs, and whose image goes away."""

from __future__ import annotations

import io
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from bench.faults import kills, records, run, wait_until_gone
from macros.claim.fields import VerdictName
from macros.lab.engine import connection, container
from macros.lab.engine.runner import DockerRunner
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.run.host import Host, run_sessions
from macros.run.progress import Progress
from tests.engine_proxy import engine_proxy
from tests.lab.test_session_contract import prepared

pytestmark = [pytest.mark.container, pytest.mark.alone]

Write = Callable[..., Path]


def test_ten_runs_killed_at_random_moments_lose_nothing_that_was_done(catalogue: Write) -> None:
    """No half record is ever there, what was reported has its record, the next run completes, no container stays."""
    claims = catalogue("killed", cases=5, before="sleep 0.1")
    begun = time.monotonic()
    run(claims)
    whole = time.monotonic() - begun
    hit = 0
    for killed in kills(claims, 10, whole, random.Random()):
        hit += 1
        assert not killed.lost, killed
    assert hit == 10
    result = run(claims)
    assert result.claims["killed"].finding.verdict is VerdictName.CONFIRMED
    assert len(list(records(claims))) == 6
    assert wait_until_gone(claims)


def test_an_engine_that_hangs_ends_the_run_in_time_and_keeps_what_was_done(
    catalogue: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes every connection and says nothing. The message names the engine, and with it back only the rest runs."""
    claims = catalogue("hung", cases=5, before="sleep 0.4")
    text = (claims / "hung" / "claim.yml").read_text("utf-8")
    short = text.replace("experiment:", "experiment:\n  deadlines: {run: 3 s}")
    (claims / "hung" / "claim.yml").write_text(short, "utf-8")
    for module, name in ((connection, "PING_SECONDS"), (container, "GRACE_SECONDS"), (container, "READY_SECONDS")):
        monkeypatch.setattr(module, name, 2)
    monkeypatch.setattr(connection.connect, "__defaults__", (2,))
    with engine_proxy(tmp_path) as engine:

        class Hanging(Progress):
            def ends(self, cell: object, fault: object) -> None:
                engine.hang()

        monkeypatch.setenv("DOCKER_HOST", engine.address)
        begun = time.monotonic()
        with pytest.raises(EnvironmentFailed, match="Docker engine"):
            run(claims, Hanging())
        assert time.monotonic() - begun < 30
    monkeypatch.delenv("DOCKER_HOST")
    kept = len(list(records(claims)))
    assert 1 <= kept < 6
    assert run(claims).claims["hung"].finding.verdict is VerdictName.CONFIRMED
    assert wait_until_gone(claims)


def test_an_image_that_is_removed_during_a_run_costs_what_had_not_begun(any_image: str, tmp_path: Path) -> None:
    """It is named with the next step, and what was finished before is kept."""
    client = docker.APIClient()
    recipe = io.BytesIO(f"FROM {any_image}\nLABEL throwaway={time.time_ns()}\n".encode())
    said = list(client.build(fileobj=recipe, rm=True, decode=True))
    image = next(one["aux"]["ID"] for one in reversed(said) if "ID" in one.get("aux", {}))
    first = prepared(tmp_path, any_image, "first")
    second = prepared(tmp_path, image, "second", kind="measure")

    class Removing(Progress):
        """Removes the image once: cells end side by side, and the engine fails when two remove one image at a time."""

        one_at_a_time = threading.Lock()
        there = True

        def ends(self, cell: object, fault: object) -> None:
            with self.one_at_a_time:
                if self.there:
                    client.remove_image(image, force=True)
                    self.there = False

    came: list[object] = []
    with (
        DockerRunner() as runner,
        pytest.raises(EnvironmentFailed, match=rf"{image} does not exist; run `claims images`"),
    ):
        run_sessions(Host(runner, Ledger(tmp_path / "ledger")), [first, second], came.append, Removing())
    assert [one.cell.claim for one in came if isinstance(one, Record)] == ["first", "first"]
    assert len(list(Ledger(tmp_path / "ledger").addresses())) == 2
