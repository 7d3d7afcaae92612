"""Who may change the host, and that two who start an engine do not start two."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import docker
import pytest
from docker.errors import APIError, ImageNotFound

from macros.lab import setup
from macros.lab.engine import connection, starting
from macros.lab.images import base_image, building, image
from macros.lab.images.pins import Base, Toolchains
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed


@pytest.fixture
def bare_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Root on a machine without an engine; what is started or installed is noted."""
    done: list[str] = []
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(starting, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(connection, "find", lambda seconds=0: "engine" if "started" in done else None)
    monkeypatch.setattr(setup, "need_program", lambda *_: done.append("installed") or "dockerd")
    monkeypatch.setattr(starting, "_await", lambda *_: None)
    monkeypatch.setattr(starting, "_start", lambda *_: done.append("started") or "engine")
    return done


def test_without_leave_no_engine_is_installed_or_started(bare_root: list[str], tmp_path: Path) -> None:
    """The message names what would have been changed, and the command that does it."""
    with pytest.raises(EnvironmentFailed, match=r"starting a Docker engine would change this machine.*claims images"):
        starting.ensure(tmp_path, Leave.none(), lambda text: None)
    assert bare_root == []


def test_two_that_start_an_engine_start_one(
    monkeypatch: pytest.MonkeyPatch, bare_root: list[str], tmp_path: Path
) -> None:
    """The second waits for the first, looks again, and says that it waits."""
    said: list[str] = []
    meet = threading.Barrier(2)
    real = starting._install_and_start

    def slowly(log: Path, say: setup.Say) -> docker.APIClient:
        meet.wait(10)  # Both are at the door.
        return real(log, say)

    def say(text: str) -> None:
        said.append(text)
        meet.wait(10)

    monkeypatch.setattr(starting, "_install_and_start", slowly)
    starters = [
        threading.Thread(target=lambda: starting.ensure(tmp_path, Leave.given(), say), daemon=True) for _ in range(2)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(20)
    assert bare_root == ["installed", "started"]
    assert said == ["waiting for another run that starts the engine"]


def test_without_leave_no_image_is_built(
    monkeypatch: pytest.MonkeyPatch, toolchains: Toolchains, tmp_path: Path
) -> None:
    """What exists is found; what is missing is named."""
    monkeypatch.setattr(starting, "ensure", lambda *_: Engine())
    monkeypatch.setattr(image, "find", lambda *_: {"go1.22": "there"})
    found = building.ensure(toolchains, ["go1.22"], root=tmp_path, leave=Leave.none())
    assert cast(dict[str, str], found) == {"go1.22": "there"}
    with pytest.raises(EnvironmentFailed, match=r"building images \(go1\.23\) would change this machine"):
        building.ensure(toolchains, ["go1.22", "go1.23"], root=tmp_path, leave=Leave.none())


def test_a_machine_is_looked_at_from_the_base_where_all_other_images_are_gone(
    monkeypatch: pytest.MonkeyPatch, toolchains: Toolchains, tmp_path: Path
) -> None:
    """A warm ledger needs no toolchain, and the machine's facts need some image: the base, with leave."""
    engine = Engine()
    monkeypatch.setattr(starting, "ensure", lambda *_: engine)
    monkeypatch.setattr(base_image, "ensure", lambda *_: base_image.BaseImage("debian@x", "registry", "sha256:d"))
    with pytest.raises(EnvironmentFailed, match="getting the base image would change this machine"):
        building.ensure_any(toolchains, root=tmp_path, leave=Leave.none(), on_step=lambda name, text: None)
    assert engine.tagged == []
    for _ in range(2):
        building.ensure_any(toolchains, root=tmp_path, leave=Leave.given(), on_step=lambda name, text: None)
    assert engine.tagged == ["debian@x"]


class Engine:
    """Knows its architecture, and what a registry says when it is asked for the base."""

    def __init__(self, *lines: dict[str, Any] | Exception, delivers: bool = False) -> None:
        self._lines = lines
        self._delivers = delivers
        self._has = False
        self.tagged: list[str] = []

    def images(self, **_: object) -> list[str]:
        return self.tagged

    def tag(self, reference: str, *_: object) -> None:
        self.tagged.append(reference)

    def version(self) -> dict[str, str]:
        return {"Arch": "amd64"}

    def pull(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
        for line in self._lines:
            if isinstance(line, Exception):
                raise line
            yield line
        self._has = self._delivers

    def inspect_image(self, name: str) -> dict[str, Any]:
        if not self._has:
            raise ImageNotFound("none")
        return {"Id": "sha256:id", "Config": {"Labels": {base_image.DIGEST_LABEL: "sha256:d"}}}


PINS = Base(registry="docker.io/library/debian@sha256:" + "1" * 64, suite="bookworm")


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        (Engine({"status": "Pulling"}, {"error": "toomanyrequests: slow down"}), "toomanyrequests: slow down"),
        (Engine({"status": "Pulling"}, APIError("x", explanation="no such host")), "no such host"),
        (Engine({"status": "Pulling"}), "the engine does not have the image"),
    ],
)
def test_a_pull_that_fails_in_whatever_way_asks_the_second_supplier(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: Engine, reason: str
) -> None:
    """Before its stream, inside it, or with a good end and no image; and the user is told why."""

    def bootstrap(client: Engine, *_: object) -> None:
        client._has = True

    monkeypatch.setattr(base_image, "_bootstrap", bootstrap)
    said: list[str] = []
    found = base_image.ensure(cast(docker.APIClient, engine), PINS, tmp_path, said.append)
    assert found.digest
    assert reason in said[-1]
    assert "mmdebstrap" in said[-1]


def test_a_pull_that_finds_the_disk_full_asks_nobody_else(tmp_path: Path) -> None:
    """A second supplier's image would find it as full, some minutes later."""
    engine = Engine({"status": "Pulling"}, {"error": "failed to register layer: write /a: no space left on device"})
    said: list[str] = []
    with pytest.raises(EnvironmentFailed, match=r"register layer.*free disk space .*start again"):
        base_image.ensure(cast(docker.APIClient, engine), PINS, tmp_path, said.append)
    assert len(said) == 1


def test_a_pull_that_delivers_needs_no_second_supplier(tmp_path: Path) -> None:
    """Nothing is bootstrapped beside a registry that works."""
    engine = Engine({"status": "Pulling"}, {"status": "Done"}, delivers=True)
    said: list[str] = []
    assert base_image.ensure(cast(docker.APIClient, engine), PINS, tmp_path, said.append).supplier == "registry"
    assert len(said) == 1
