"""The Docker runner without an engine: who is told to go, what is said of it, and whose trouble a failure is."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from typing import Any, cast

import docker
import pytest
import requests
from docker.errors import APIError, NotFound

from macros.lab.box import BoxSpec
from macros.lab.engine import connection, reaper
from macros.lab.engine.container import DockerBox
from macros.lab.engine.memory import kills
from macros.lab.engine.runner import DockerRunner
from macros.lab.null_control import NullControl
from macros.problems import BoxFailed, EnvironmentFailed
from tests.fakes import LocalRunner


class Engine:
    """An engine with some containers. `stubborn` says that it removes and does not, `busy` refuses at first."""

    def __init__(self, *containers: str, stubborn: bool = False, busy: int = 0, running: bool = False) -> None:
        self.containers_left = set(containers)
        self.stubborn = stubborn
        self.busy = busy
        self.running = running
        self.asked = 0

    def remove_container(self, container: str, **_: object) -> None:
        self.asked += 1
        self.inspect_container(container)
        if self.busy > 0:
            self.busy -= 1
            raise APIError("conflict", explanation="removal of container is already in progress")
        if not self.stubborn:
            self.containers_left.discard(container)

    def inspect_container(self, container: str) -> dict[str, Any]:
        if container not in self.containers_left:
            raise NotFound("no such container")
        return {"State": {"Running": self.running}}


class Hanging(Engine):
    """One that answers nothing any more."""

    def remove_container(self, container: str, **_: object) -> None:
        self.asked += 1
        raise requests.exceptions.ReadTimeout("timed out")


class Opened:
    """A box that is only told to go."""

    def __init__(self) -> None:
        self.abandoned = False

    def abandon(self) -> None:
        self.abandoned = True


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "LOOK_SECONDS", 0.001)


def runner_on(monkeypatch: pytest.MonkeyPatch, engine: Engine, said: list[str]) -> DockerRunner:
    monkeypatch.setattr(DockerRunner, "client", engine)
    return DockerRunner(said.append)


def opened(runner: DockerRunner, container: str) -> Opened:
    box = Opened()
    runner._open[container] = cast(DockerBox, box)
    return box


def test_a_box_that_was_being_made_while_the_runner_closed_is_removed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing twice is safe, and what turns up in between is not forgotten; whoever waits in it is let go first."""
    engine = Engine("early", "late")
    runner = runner_on(monkeypatch, engine, [])
    early = opened(runner, "early")
    runner.close()
    assert engine.containers_left == {"late"}
    late = opened(runner, "late")
    runner.close()
    assert engine.containers_left == set()
    assert early.abandoned and late.abandoned
    runner.forget("late")
    assert engine.asked == 2


def test_a_removal_is_a_success_only_when_the_container_is_gone() -> None:
    """Also where the engine says so too early, or is at it already."""
    client = cast(docker.APIClient, Engine("c", busy=2))
    assert reaper.remove(client, "c") == ""
    assert "says that it removed it" in reaper.remove(cast(docker.APIClient, Engine("c", stubborn=True)), "c")
    assert "already in progress" in reaper.remove(cast(docker.APIClient, Engine("c", busy=99)), "c")
    assert reaper.remove(cast(docker.APIClient, Engine()), "c") == ""


def test_one_that_cannot_be_removed_is_told_of_and_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead container is a pity. One that runs would disturb: nothing is measured beside it."""
    said: list[str] = []
    engine = Engine("stubborn-one", stubborn=True)
    runner = runner_on(monkeypatch, engine, said)
    opened(runner, "stubborn-one")
    runner.forget("stubborn-one")
    runner.settle()
    (line,) = said
    assert "stubborn-one could not be removed" in line
    assert "docker rm -f" in line
    engine.running = True
    opened(runner, "stubborn-one")
    runner.forget("stubborn-one")
    with pytest.raises(BoxFailed, match="still runs"):
        runner.settle()
    runner.close()


def test_a_hung_engine_is_asked_once_and_not_for_every_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question takes minutes to be given up: a run with fifty boxes must end all the same."""
    engine, said = Hanging(), []  # type: ignore[var-annotated]
    runner = runner_on(monkeypatch, engine, said)
    for number in range(5):
        opened(runner, f"c{number}")
    runner.close()
    assert engine.asked == 1
    assert len(said) == 5


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (APIError("bad", explanation="invalid environment variable: =x"), BoxFailed),
        (NotFound("no such container"), BoxFailed),
        (APIError("bad", explanation="write /x: no space left on device"), EnvironmentFailed),
        (requests.exceptions.ConnectionError("refused"), EnvironmentFailed),
        (requests.exceptions.ReadTimeout("timed out"), EnvironmentFailed),
        (ConnectionResetError("reset"), EnvironmentFailed),
    ],
)
def test_an_engine_that_refuses_loses_one_box_and_one_that_is_gone_or_full_loses_all(
    error: Exception, kind: type[EnvironmentFailed]
) -> None:
    """Whatever a claim asks for, the engine's refusal is that claim's alone."""
    assert type(connection.trouble(error, "a box for c was not created")) is kind


def test_what_is_left_over_is_told_by_the_engine_s_own_clock() -> None:
    """Nothing that runs is, however old; nothing that is about to be started; no host's name has a part in it."""
    old, now = {"Created": 1000, "State": "created"}, 1000 + reaper.AGE_SECONDS + 1
    assert reaper.is_left_over(old, now)
    assert reaper.is_left_over({**old, "State": "exited"}, now)
    assert not reaper.is_left_over({**old, "State": "running"}, now + 1e9)
    assert not reaper.is_left_over({**old, "Created": 1100}, now)


def test_no_clock_ends_a_box_that_its_run_still_holds() -> None:
    """The null control's box is open for hours, and a cell's for as long as the others of its rounds take."""
    runner = LocalRunner()
    watching = NullControl(runner, "image", random.Random(1))
    with contextlib.suppress(EnvironmentFailed):
        watching.open()  # There may be no compiler here; its box is what matters.
    watching.close()
    assert runner.opened[0].lifetime >= 2 * 86400
    assert BoxSpec("image", "claim").lifetime >= 2 * 86400


def test_the_kernel_s_count_of_kills_is_read_from_either_form() -> None:
    """cgroup v1 and v2 name it alike, among other numbers."""
    assert kills("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n") == 2
    assert kills("low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n") == 1
    assert kills("") == 0


# ---- an engine that hangs ------------------------------------------------------------------------


class Silent:
    """A process's wire on which nothing comes, whatever is done."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def read(self, until: float) -> None:
        if self.closed.wait(max(until - time.monotonic(), 0)):
            return
        raise TimeoutError

    def send(self, content: bytes, until: float) -> None:
        pass

    def read_all(self, until: float, end: bytes) -> bytes:
        return end

    def close(self) -> None:
        self.closed.set()


class Execs(Engine):
    def create_host_config(self, **_: object) -> dict[str, object]:
        return {}

    def create_container(self, **_: object) -> dict[str, str]:
        return {"Id": "c"}

    def attach_socket(self, *_: object, **__: object) -> None:
        pass

    def start(self, container: str) -> None:
        pass

    def exec_create(self, *_: object, **__: object) -> dict[str, str]:
        return {"Id": "e"}

    def exec_start(self, *_: object, **__: object) -> None:
        pass

    def kill(self, container: str) -> None:
        raise requests.exceptions.ReadTimeout("timed out")


@pytest.mark.parametrize(("answers", "kind"), [(False, EnvironmentFailed), (True, BoxFailed)])
def test_a_process_that_cannot_be_killed_ends_the_wait(
    monkeypatch: pytest.MonkeyPatch, answers: bool, kind: type[EnvironmentFailed]
) -> None:
    """Past its deadline and a time of grace: the environment's failure where the engine says nothing at all."""
    monkeypatch.setattr("macros.lab.engine.container.GRACE_SECONDS", 0.1)
    monkeypatch.setattr("macros.lab.engine.container.Wire", lambda opened: Silent())
    monkeypatch.setattr(connection, "answers", lambda: answers)
    engine = cast(docker.APIClient, Execs("c"))
    box = DockerBox(BoxSpec("image", "claim"), {}, "", lambda: engine, lambda container: None)
    box.start()
    begun = time.monotonic()
    with pytest.raises(EnvironmentFailed, match="did not end after it was killed") as failure:
        box.run("sleep 60", deadline=0.1)
    assert type(failure.value) is kind
    assert time.monotonic() - begun < 10
