"""The Docker engine: find the one that answers; on a bare Debian or Ubuntu machine, as root, install and start one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import docker
import requests
from docker.errors import DockerException
from docker.utils import kwargs_from_env

from macros.lab import setup
from macros.lab.setup import Leave, Say
from macros.problems import EnvironmentFailed

PACKAGES = ("docker.io", "iptables")
ENGINE_GONE = (DockerException, requests.exceptions.RequestException, OSError)
START_SECONDS = 60.0
TIMEOUT_SECONDS = 1800
LOG = "dockerd.log"


def find() -> docker.APIClient | None:
    """A connection to the engine that the environment names (DOCKER_HOST) or the local one; None if none answers."""
    try:
        client = docker.APIClient(**kwargs_from_env(), version="auto", timeout=TIMEOUT_SECONDS)
        client.ping()
    except ENGINE_GONE:
        return None
    return client


def ensure(cache: Path, leave: Leave, say: Say) -> docker.APIClient:
    """A connection to an engine, which is installed and started if there is leave to; `cache` gets its log.

    Raises EnvironmentFailed with one instruction if there is none and none can be started.
    """
    client = find()
    if client is not None:
        return client
    if os.environ.get("DOCKER_HOST"):
        named = os.environ["DOCKER_HOST"]
        raise EnvironmentFailed(f"no Docker engine answers at DOCKER_HOST={named}; start it, or unset DOCKER_HOST")
    if sys.platform != "linux":
        raise EnvironmentFailed("no Docker engine answers; start Docker Desktop, then start again")
    if os.geteuid() != 0:
        raise EnvironmentFailed(_for_a_plain_user())
    leave.need("starting a Docker engine")
    program = setup.need_program("dockerd", PACKAGES, "running the claims in containers", say)
    return _await(None, cache / LOG, 5.0) or _start(program, cache / LOG, say)


def failed(error: BaseException) -> EnvironmentFailed:
    """What the engine said, as our own exception."""
    text = getattr(error, "explanation", None) or str(error) or type(error).__name__
    hint = "free disk space (`docker system df`)" if "no space left" in text else "see that it runs (`docker info`)"
    return EnvironmentFailed(f"the Docker engine failed: {text}; {hint}, then start again")


def _start(program: str, log: Path, say: Say) -> docker.APIClient:
    """dockerd in a process group of its own, so that it outlives us and a Ctrl-C. It stays."""
    say(f"starting {program} in the background; its log is {log}")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [program], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    client = _await(process, log, START_SECONDS)
    if client is not None:
        return client
    ended = process.poll() is not None
    how = f"ended with status {process.returncode}" if ended else f"does not answer after {START_SECONDS:g} s"
    said = setup.tail(log.read_text("utf-8", "replace"))
    raise EnvironmentFailed(f"dockerd {how}; fix what its log {log} complains about:\n{said}")


def _await(process: subprocess.Popen[bytes] | None, log: Path, seconds: float) -> docker.APIClient | None:
    """Ask until the engine answers, its process ends, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (process is None or process.poll() is None):
        client = find()
        if client is not None:
            return client
        if process is None and not Path("/run/systemd/system").is_dir():
            return None  # nobody but us would start it
        time.sleep(0.2)
    return None


def _for_a_plain_user() -> str:
    socket = Path("/var/run/docker.sock")
    if socket.exists() and not os.access(socket, os.R_OK | os.W_OK):
        return f"{socket} may not be used by this user; run `sudo usermod -aG docker $USER` and log in again"
    return f"no Docker engine answers; {setup.how_to_install(PACKAGES)}, or set DOCKER_HOST to one that runs elsewhere"
