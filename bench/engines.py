"""A second Docker engine on this machine, so that one machine can play two hosts: for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

START_SECONDS = 60.0

OWN_NETWORK = ("unshare", "--net")
"""What a second engine is started by: an engine without a bridge removes the one of the machine's own engine."""


def can_start() -> bool:
    """Whether this user may start an engine, and has one."""
    return os.geteuid() == 0 and shutil.which("dockerd") is not None


@contextlib.contextmanager
def second_engine(images: Sequence[str]) -> Iterator[str]:
    """The address (DOCKER_HOST) of an engine that shares nothing with the first one but these images' content.

    It has its own data, sockets and containers, and no network. All of it is gone afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="claims-engine-"))
    address = f"unix://{folder}/engine.sock"
    command = [*OWN_NETWORK, "dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    command += ["--pidfile", f"{folder}/pid", "--host", address, "--bridge=none", "--iptables=false"]
    with (folder / "log").open("wb") as log:
        engine = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        _wait_for(address, engine, folder / "log")
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
            loaded = ["docker", "--host", address, "load", "--quiet"]
            subprocess.run(loaded, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
        yield address
    finally:
        engine.terminate()
        engine.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, engine: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while subprocess.run(["docker", "--host", address, "info"], capture_output=True, check=False).returncode != 0:
        if engine.poll() is not None or time.monotonic() > last:
            raise RuntimeError(f"the second engine does not answer:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.2)
