"""An engine on a bare Debian or Ubuntu machine: as root, and with leave, it is installed and started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import docker

from macros.lab import setup
from macros.lab.engine import connection
from macros.lab.setup import Leave, Say
from macros.lab.turns import taking_turns
from macros.problems import EnvironmentFailed

START_SECONDS = 60.0
LOG = "dockerd.log"
LOCK = Path("/run/executable-claims-engine.lock")
"""Only root starts an engine, and only root can write here."""


def ensure(cache: Path, leave: Leave, say: Say) -> docker.APIClient:
    """A connection to an engine, which is installed and started if there is leave to; `cache` gets its log.

    Raises EnvironmentFailed with one instruction if there is none and none can be started.
    """
    client = connection.find()
    if client is not None:
        return client
    if os.environ.get("DOCKER_HOST"):
        raise connection.none_answers()
    if sys.platform != "linux":
        raise EnvironmentFailed("no Docker engine answers; start Docker Desktop, then start again")
    if os.geteuid() != 0:
        raise connection.none_answers()
    leave.need("starting a Docker engine")
    with taking_turns(LOCK, lambda: say("waiting for another run that starts the engine")):
        return connection.find() or _install_and_start(cache / LOG, say)


def _install_and_start(log: Path, say: Say) -> docker.APIClient:
    program = setup.need_program("dockerd", connection.PACKAGES, "running the claims in containers", say)
    return _await(None, 5.0) or _start(program, log, say)


def _start(program: str, log: Path, say: Say) -> docker.APIClient:
    """dockerd in a process group of its own, so that it outlives us and a Ctrl-C. It stays."""
    say(f"starting {program} in the background; its log is {log}")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [program], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    client = _await(process, START_SECONDS)
    if client is not None:
        return client
    ended = process.poll() is not None
    how = f"ended with status {process.returncode}" if ended else f"does not answer after {START_SECONDS:g} s"
    said = setup.tail(log.read_text("utf-8", "replace"))
    raise EnvironmentFailed(f"dockerd {how}; fix what its log {log} complains about:\n{said}")


def _await(process: subprocess.Popen[bytes] | None, seconds: float) -> docker.APIClient | None:
    """Ask until the engine answers, its process ends, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (process is None or process.poll() is None):
        client = connection.find()
        if client is not None:
            return client
        if process is None and not Path("/run/systemd/system").is_dir():
            return None  # nobody but us would start it
        time.sleep(0.2)
    return None
