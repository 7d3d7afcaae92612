"""The one place that changes a host, with leave and aloud.

It finds programs, and installs Debian packages where that is possible; elsewhere it says what to type.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from macros.problems import EnvironmentFailed

Say = Callable[[str], None]
"""Takes one line about what is being done."""


@dataclass(frozen=True)
class Leave:
    """Whether a command may change the host: install packages, start an engine, build images."""

    is_given: bool

    @classmethod
    def given(cls) -> Leave:
        """For commands whose purpose it is: they say what they do."""
        return cls(True)

    @classmethod
    def none(cls) -> Leave:
        """For commands from which nobody expects it."""
        return cls(False)

    def need(self, change: str) -> None:
        """Raises EnvironmentFailed, naming the change and what would make it, where there is no leave."""
        if not self.is_given:
            raise EnvironmentFailed(
                f"{change} would change this machine, which this command does not do; "
                "run `claims images` first, then start again"
            )


APT_SECONDS = 900
SHOWN_LINES = 15


def need_program(program: str, packages: Sequence[str], purpose: str, say: Say) -> str:
    """The path of a program, installed from Debian's packages if root may do that here.

    Raises EnvironmentFailed with the command to type where it may not.
    """
    found = shutil.which(program, path=_search_path())
    if found:
        return found
    if not can_install():
        raise EnvironmentFailed(f"{purpose} needs `{program}`, which is not installed; {how_to_install(packages)}")
    say(f"installing {' '.join(packages)} with apt-get, for {purpose}")
    install(packages)
    found = shutil.which(program, path=_search_path())
    if not found:
        raise EnvironmentFailed(f"{' '.join(packages)} is installed but lacks `{program}`; install it by hand")
    return found


def install(packages: Sequence[str]) -> None:
    """Install Debian packages without a question. Raises EnvironmentFailed with the end of what apt-get said."""
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]):
        checked(
            command, APT_SECONDS, f"see why `apt-get install {' '.join(packages)}` fails, then start again", environment
        )


def can_install(release: Path = Path("/etc/os-release")) -> bool:
    """Root on Debian, Ubuntu or a relative of theirs."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return bool({"debian", "ubuntu"} & distribution(release))


def distribution(release: Path = Path("/etc/os-release")) -> set[str]:
    """The distribution's name and those of its relatives, in lower case."""
    try:
        lines = release.read_text("utf-8", "replace").splitlines()
    except OSError:
        return set()
    named = [line.partition("=")[2] for line in lines if line.startswith(("ID=", "ID_LIKE="))]
    return {word for text in named for word in text.strip("\"' ").lower().split()}


def how_to_install(packages: Sequence[str]) -> str:
    """One instruction for a person."""
    return f"on Debian or Ubuntu: `sudo apt-get install {' '.join(packages)}`"


def checked(command: Sequence[str], seconds: float, next_step: str, environment: dict[str, str] | None = None) -> str:
    """Run a command to its end and give its output. Raises EnvironmentFailed with its last lines and the next step."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        )
    except OSError as error:
        raise EnvironmentFailed(f"`{command[0]}` cannot be run ({error.strerror}); {next_step}") from error
    _running.add(process)
    try:
        said = process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailed(f"`{command[0]}` did not end within {seconds:g} s; {next_step}") from error
    finally:
        _running.discard(process)
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise EnvironmentFailed(f"`{' '.join(command)}` failed; {next_step}\n{tail(said)}")
    return said


_running: set[subprocess.Popen[str]] = set()


def stop_programs() -> None:
    """Kill the programs that `checked` waits for in other threads: an interrupted command leaves none behind."""
    for process in tuple(_running):
        process.kill()


def tail(text: str) -> str:
    """The last lines of a program's output, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-SHOWN_LINES:])


def _search_path() -> str:
    """PATH, and the folders of system programs that it may lack for a plain user."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
