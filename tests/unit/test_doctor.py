"""What `claims doctor` says of an engine and its host."""

from __future__ import annotations

from typing import Any

import docker
import pytest
from docker.errors import DockerException

from macros.lab import doctor
from macros.lab.doctor import Check
from macros.lab.engine.host import Seen

SOUND: dict[str, Any] = {
    "ServerVersion": "28.2.2",
    "RuncCommit": {"ID": "v1.3.3-0-gd842d771"},
    "KernelVersion": "6.12",
    "OSType": "linux",
    "CgroupVersion": "2",
    "MemoryLimit": True,
    "PidsLimit": True,
    "CPUSet": True,
    "SwapLimit": True,
    "SecurityOptions": ["name=seccomp,profile=builtin", "name=cgroupns"],
    "Driver": "overlay2",
    "Runtimes": {"runc": {}, "runsc": {}},
}
SEEN = Seen("A CPU", (0, 1), 1, 1, counters=True, free=doctor.ROOM)


def check(name: str, seen: Seen | None = SEEN, runs: str = "amd64", **info: object) -> Check:
    (found,) = (one for one in doctor.diagnose({**SOUND, **info}, runs, "amd64", seen) if one.name == name)
    return found


def test_a_sound_host_has_nothing_to_do() -> None:
    """Every check is ok, and none of them names a next step."""
    checks = doctor.diagnose(SOUND, "amd64", "amd64", SEEN)
    assert {one.ok for one in checks} == {"ok"}
    assert {one.next_step for one in checks} == {""}
    assert all(one.found and one.needed for one in checks)


@pytest.mark.parametrize(
    ("name", "changes", "level"),
    [
        ("engine", {"ServerVersion": "19.3.1"}, "error"),
        ("engine", {"ServerVersion": "20.10.24+dfsg1"}, "warning"),
        ("engine", {"ServerVersion": "24.0.9"}, "ok"),
        ("runc", {"RuncCommit": {"ID": "1.1.5+ds1-1+deb12u1"}}, "warning"),
        ("runc", {"RuncCommit": {"ID": "v1.2.7"}}, "warning"),
        ("runc", {"RuncCommit": {"ID": "v1.2.8"}}, "ok"),
        ("runc", {"RuncCommit": {"ID": "v1.3.0"}}, "warning"),
        ("runc", {"RuncCommit": {"ID": "v1.4.0"}}, "ok"),
        ("runc", {"RuncCommit": {"ID": ""}}, "warning"),
        ("architecture", {"runs": "arm64"}, "error"),
        ("kernel", {"OSType": "windows"}, "error"),
        ("limits", {"PidsLimit": False}, "error"),
        ("swap", {"SwapLimit": False}, "warning"),
        ("sandbox", {"SecurityOptions": ["name=apparmor"]}, "error"),
        ("storage", {"Driver": "vfs"}, "warning"),
        ("disk", {"seen": Seen("A CPU", (0,), 1, 1, True, doctor.ROOM - 1)}, "warning"),
        ("disk", {"seen": Seen("A CPU", (0,), 1, 1, True, doctor.LEAST_ROOM - 1)}, "error"),
        ("counters", {"seen": Seen("A CPU", (0,), 1, 1, False, doctor.ROOM)}, "warning"),
        ("host", {"seen": None}, "warning"),
        ("runtime", {"Runtimes": {"runc": {}}}, "warning"),
        ("sockets", {"seen": Seen("A CPU", (0,), 1, 1, True, doctor.ROOM, ("vsock",))}, "warning"),
    ],
)
def test_what_is_lacking_is_named_with_its_next_step(name: str, changes: dict[str, Any], level: str) -> None:
    """An old version is a warning and says why it matters; what no claim can run with is an error."""
    found = check(name, **changes)
    assert found.ok == level
    assert bool(found.next_step) == (level != "ok")


def test_a_runtime_that_is_asked_for_and_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inspecting claims could not run; where the engine has it, all is well."""
    monkeypatch.setenv("CLAIMS_RUNTIME", "runsc")
    missing = check("runtime", Runtimes={"runc": {}})
    assert (missing.ok, "CLAIMS_RUNTIME names `runsc`" in missing.next_step) == ("error", True)
    assert check("runtime").ok == "ok"


def test_a_distribution_s_number_may_hide_a_repair() -> None:
    """Debian keeps the version and repairs the defect: the step says so and accuses nobody."""
    assert "distribution has repaired" in check("runc", RuncCommit={"ID": "1.1.5+ds1-1+deb12u1"}).next_step
    assert "distribution" not in check("runc", RuncCommit={"ID": "v1.1.5"}).next_step


def test_without_an_engine_there_is_one_error_with_one_instruction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed or started by asking."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise DockerException("nobody listens")

    monkeypatch.setattr(docker.APIClient, "__init__", refuse)
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    (only,) = doctor.examine("amd64")
    assert (only.name, only.ok) == ("engine", "error")
    assert "DOCKER_HOST=tcp://127.0.0.1:1" in only.next_step
