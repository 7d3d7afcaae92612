"""Schedulers and hosts for tests: each a process of its own, ended with the test."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SECONDS = 240


class Pool:
    """A scheduler, and the processes that were started beside it. `folder` holds what they print."""

    def __init__(self, folder: Path, tls: Sequence[Path] = (), environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.tls = [str(file) for file in tls]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        names = ("--tls-ca-file", "--tls-cert", "--tls-key")
        options = [part for pair in zip(names, self.tls, strict=False) for part in pair]
        kind = "tls" if tls else "tcp"
        where = ["--host", "127.0.0.1", "--protocol", kind, "--port", "0", "--no-dashboard", *options]
        self.start("scheduler", ["-m", "distributed.cli.dask_scheduler", *where], environment)
        self.address = self.said("scheduler", rf"Scheduler at: +({kind}://\S+)")

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def fake_host(self, name: str, claims: Path, **told: Any) -> Path:
        """Its ledger's folder. The host joins in the background."""
        ledger = self.folder / f"ledger-{name}"
        tls = {"tls": self.tls} if self.tls else {}
        told = {"address": self.address, "claims": str(claims), "name": name, "ledger": str(ledger), **tls, **told}
        self.start(name, ["-m", "tests.fake_host", json.dumps(told)])
        return ledger

    def joined(self, *names: str) -> None:
        """Waits until the hosts are there."""
        for name in names:
            self.said(name, "works for")

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        self.processes[name].send_signal(number)

    def ends(self, name: str) -> int:
        """The exit status of a process, which ends soon."""
        return self.processes[name].wait(SECONDS)

    def printed(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def said(self, name: str, pattern: str) -> str:
        """Waits until a process has printed what the pattern matches; its first group, or all of it."""
        last = time.monotonic() + SECONDS
        while time.monotonic() < last:
            if found := re.search(pattern, self.printed(name)):
                return found[found.re.groups and 1]
            time.sleep(0.05)
        raise AssertionError(f"{name} did not say {pattern!r} but:\n{self.printed(name)}")

    def close(self) -> None:
        for process in reversed(list(self.processes.values())):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


@contextlib.contextmanager
def pool(folder: Path, tls: Sequence[Path] = (), **environment: str) -> Iterator[Pool]:
    made = Pool(folder, tls, environment)
    try:
        yield made
    finally:
        made.close()
