"""What all tests share: the engine and the network are out of reach unless a test asks for them by its marker."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest
from hypothesis import settings

from macros.claim.loading import load_settings
from macros.lab.images.pins import Toolchains, load_toolchains
from tests.hostile_results import OPTION, Collector

settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")
# A busy machine makes a property no less true.

ROOT = Path(__file__).parent.parent
NEEDS_THE_WORLD = ("container", "browser")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, type=Path, metavar="FILE", help="write what came of the tests marked `hostile`")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(OPTION) is not None:
        config.pluginmanager.register(Collector(config.getoption(OPTION)))


class OutOfReach(AssertionError):
    """A unit test went for an engine or the network."""


def _forbid(what: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OutOfReach(f"this test uses {what}; mark it `container` or `browser`, or give it a fake")

    return refuse


@pytest.fixture(autouse=True)
def nothing_outside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unit tests stay on this process: no Docker client, no connection."""
    if any(request.node.get_closest_marker(name) for name in NEEDS_THE_WORLD):
        return
    for owner, name in ((docker, "from_env"), (docker.DockerClient, "__init__"), (docker.APIClient, "__init__")):
        monkeypatch.setattr(owner, name, _forbid("the Docker engine"))
    monkeypatch.setattr(socket.socket, "connect", _forbid("the network"))


@pytest.fixture(scope="session")
def toolchains() -> Toolchains:
    """The project's own pins."""
    found, problems = load_toolchains(ROOT / "claims" / "toolchains.yml", load_settings(ROOT / "claims")[0])
    assert found is not None, problems
    return found
