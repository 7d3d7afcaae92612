"""A second Docker engine on this machine, for tests and benchmarks: to play another host, or to be harmed."""

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
STOP_SECONDS = 60.0

OWN_NETWORK = ("unshare", "--net")
"""What a second engine is started by: an engine without a bridge removes the one of the machine's own engine."""


class EngineFailed(RuntimeError):
    """It did not start; with the end of what it logged."""


def dockerd() -> str | None:
    """The program, also where PATH leaves the administrator's folders out."""
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def can_start() -> bool:
    """Whether this user may start an engine, and has one."""
    return os.geteuid() == 0 and dockerd() is not None


@contextlib.contextmanager
def running(folder: Path, data: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """The address (DOCKER_HOST) of an engine with its images and containers in `data`, and all else in `folder`.

    It shares nothing with the first one, and has no network. Raises EngineFailed. A socket's path may have 108
    characters, so the folder's path must be short.
    """
    address, log = f"unix://{folder / 'socket'}", folder / "log"
    places = {"data-root": data, "exec-root": folder / "exec", "pidfile": folder / "pid", "host": address}
    asked = [*(f"--{option}={place}" for option, place in places.items()), *options]
    asked += ["--bridge=none", "--iptables=false", "--ip-masq=false"]
    with log.open("wb") as said:
        engine = subprocess.Popen(
            [*OWN_NETWORK, dockerd() or "dockerd", *asked],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(address, engine, log)
        yield address
    finally:
        engine.terminate()
        engine.wait(timeout=STOP_SECONDS)
        _unmount_below(folder / "exec")


@contextlib.contextmanager
def second_engine(images: Sequence[str]) -> Iterator[str]:
    """The address of an engine that has these images of the first one. All of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    try:
        with running(folder, folder / "data") as address:
            with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
                loaded = ["docker", "--host", address, "load", "--quiet"]
                subprocess.run(loaded, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, engine: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while subprocess.run(["docker", "--host", address, "info"], capture_output=True, check=False).returncode != 0:
        if engine.poll() is not None or time.monotonic() > last:
            raise EngineFailed(f"a second engine does not start here:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.1)


def _unmount_below(folder: Path) -> None:
    """What an engine leaves mounted when it ends: its name for the host's network."""
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    for path in reversed([path for path in mounted if path.startswith(f"{folder}/")]):
        subprocess.run(["umount", path], check=True)
