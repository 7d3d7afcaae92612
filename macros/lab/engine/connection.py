"""The Docker engine: find one that answers, and turn its errors into messages."""

from __future__ import annotations

import os
from pathlib import Path

import docker
import requests
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

from macros.lab import setup
from macros.problems import BoxFailed, EnvironmentFailed

ENGINE_GONE = (DockerException, requests.exceptions.RequestException, OSError)
"""Whatever the SDK raises, its errors of the connection among them."""

CALL_SECONDS = 120
"""How long an engine under load may take for one answer. Past it, it counts as hung."""

PING_SECONDS = 20
BUILD_SECONDS = 1800
"""How long a build may be silent: compiling a standard library says nothing for minutes."""

PACKAGES = ("docker.io", "iptables")

MAKE_ROOM = "free disk space (`docker system df`)"
_SIGNS_OF_A_FULL_DISK = ("no space left", "disk quota exceeded", "enough free space")
"""In small letters: the engine writes the first so, the C library's programs with a capital; the last is apt's."""


def find(seconds: int = CALL_SECONDS) -> docker.APIClient | None:
    """A connection to the engine that the environment names (DOCKER_HOST) or the local one; None if none answers."""
    try:
        return _connect(seconds)
    except ENGINE_GONE:
        return None


def connect(seconds: int = CALL_SECONDS) -> docker.APIClient:
    """Like `find`; raises EnvironmentFailed with what happened where none answers. For one thread: so is the SDK."""
    try:
        return _connect(seconds)
    except ENGINE_GONE as error:
        raise failed(error) from error


def _connect(seconds: int) -> docker.APIClient:
    """The version is asked for when the SDK connects: that is the proof that somebody answers."""
    return docker.APIClient(**kwargs_from_env(), version="auto", timeout=seconds)


def answers() -> bool:
    """Whether the engine says anything at all, soon."""
    return find(PING_SECONDS) is not None


def failed(error: BaseException) -> EnvironmentFailed:
    """What the engine said, as our own exception."""
    hint = MAKE_ROOM if is_full(said(error)) else "check that it runs (`docker info`)"
    return EnvironmentFailed(f"the Docker engine failed: {said(error)}; {hint}, then start again")


def trouble(error: BaseException, doing: str) -> EnvironmentFailed:
    """If an engine answers and refuses, the problem is this one box. If it is gone or full, the problem is all of
    them."""
    if isinstance(error, APIError) and not is_full(said(error)):
        return BoxFailed(f"{doing}: the engine refuses: {said(error)}")
    return failed(error)


def said(error: BaseException) -> str:
    """The words of an error of the SDK's."""
    return str(getattr(error, "explanation", None) or str(error) or type(error).__name__)


def none_answers() -> EnvironmentFailed:
    """No engine: with the one instruction that helps."""
    if named := os.environ.get("DOCKER_HOST"):
        return EnvironmentFailed(f"no Docker engine answers at DOCKER_HOST={named}; start it, or unset DOCKER_HOST")
    socket = Path("/var/run/docker.sock")
    if socket.exists() and not os.access(socket, os.R_OK | os.W_OK):
        return EnvironmentFailed(
            f"{socket} may not be used by this user; run `sudo usermod -aG docker $USER` and log in again"
        )
    return EnvironmentFailed(
        f"no Docker engine answers; {setup.how_to_install(PACKAGES)}, or set DOCKER_HOST to an engine elsewhere"
    )


def is_full(text: str) -> bool:
    """Whether the engine, or a program in one of its builds, says that the disk is full."""
    return any(sign in text.casefold() for sign in _SIGNS_OF_A_FULL_DISK)
