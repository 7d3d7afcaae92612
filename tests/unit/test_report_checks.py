"""`claims doctor`: what was found beside what is needed, and the next step where there is one."""

from __future__ import annotations

import io

import pytest

from macros import cli, steps
from macros.lab import doctor
from macros.lab.doctor import Check
from macros.problems import EnvironmentFailed, ExitCode
from macros.report import endings
from macros.report.checks import checks, code
from macros.report.screen import Screen

FINE = Check("engine", "Docker 27.1", "Docker 20.10", "ok")
OLD = Check(
    "runc", "\x1b[31m1.1.5", "runc 1.2.8 for others' claims (a way out of a container) " * 2, "warning", "update"
)
GONE = Check("sandbox", "no seccomp", "seccomp", "error", "use a kernel with seccomp")


def lines(*found: Check) -> list[str]:
    file = io.StringIO()
    Screen(file=file, width=80).say(checks(found, 80))
    return file.getvalue().splitlines()


def test_what_is_fine_is_a_line_and_what_is_not_says_what_is_needed_and_the_next_step() -> None:
    """Aligned, inert, on lines that fit; the last one counts."""
    shown = lines(FINE, OLD, GONE)
    assert shown[:2] == ["✓ engine   Docker 27.1", "! runc     ⟨ESC⟩[31m1.1.5"]
    assert shown[2].startswith("    needed: runc 1.2.8") and "    next: update" in shown
    assert shown[-4:] == [
        "✗ sandbox  no seccomp",
        "    needed: seccomp",
        "    next: use a kernel with seccomp",
        "1 error, 1 warning",
    ]
    assert max(map(len, shown)) <= 80
    assert lines(FINE)[-1] == "everything is as it should be"


@pytest.mark.parametrize(
    ("found", "expected"), [([FINE], ExitCode.OK), ([FINE, OLD], ExitCode.OK), ([OLD, GONE], ExitCode.ENVIRONMENT)]
)
def test_an_old_version_is_a_warning_and_no_failure(found: list[Check], expected: ExitCode) -> None:
    """It matters to whoever runs the claims of others, not for one's own."""
    assert code(found) is expected


def test_doctor_needs_nothing_but_the_pins(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """It is asked where something does not work: the architecture is that of the pins, and no claim runs."""
    asked: list[str] = []

    def examine(architecture: str) -> list[Check]:
        asked.append(architecture)
        return [GONE]

    class Inputs:
        class toolchains:
            architecture = "amd64"

    def execute(*_: object, **__: object) -> None:
        raise EnvironmentFailed("a run")

    monkeypatch.setattr(doctor, "examine", examine)
    monkeypatch.setattr(steps, "load", lambda *_: Inputs)
    monkeypatch.setattr(steps, "execute", execute)
    monkeypatch.setattr(cli, "out", Screen(file=io.StringIO()))
    assert endings.call(cli.claims, ["doctor"], Screen(file=io.StringIO())) is ExitCode.ENVIRONMENT
    assert asked == ["amd64"]
