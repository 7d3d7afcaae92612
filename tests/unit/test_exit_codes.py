"""Every exit code of the command has one meaning, whatever happens; 1 is a contradiction and nothing else."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from macros import cli, steps
from macros.problems import EnvironmentFailed, ExitCode, InvalidInput, Problem
from macros.report import endings
from macros.report.screen import Screen
from macros.results.catalogue import CatalogueResult
from tests.conftest import ROOT
from tests.unit import terminal_sample

Call = Callable[..., tuple[ExitCode, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs a command whose `steps.execute` gives or raises what the test says: its exit code and what it printed."""

    def call(*arguments: str, execute: CatalogueResult | BaseException) -> tuple[ExitCode, str]:
        printed = io.StringIO()
        screen = Screen(file=printed, width=80)
        monkeypatch.setattr(cli, "out", screen)
        monkeypatch.setattr(cli, "errors", screen)

        def executed(*_: object, **__: object) -> CatalogueResult:
            if isinstance(execute, BaseException):
                raise execute
            return execute

        inputs = SimpleNamespace(catalogue=SimpleNamespace(select=lambda ids: ids))
        monkeypatch.setattr(steps, "load", lambda *_, **__: inputs)
        monkeypatch.setattr(steps, "check_toolchains", lambda *_: None)
        monkeypatch.setattr(steps, "execute", executed)
        return endings.call(cli.claims, arguments, screen), printed.getvalue()

    return call


def test_fine_is_0(call: Call, tmp_path: Path) -> None:
    """Claims that agree, are undecided, or cannot be tested here contradict nothing."""
    result = terminal_sample.mixed(tmp_path)
    claims = {name: claim for name, claim in result.claims.items() if name != "contradicted"}
    assert call("verify", execute=terminal_sample.catalogue(*claims.values()))[0] == 0


def test_a_contradiction_is_1(call: Call, tmp_path: Path) -> None:
    """The one thing that 1 means; `run` compares nothing and does not give it."""
    assert call("verify", execute=terminal_sample.mixed(tmp_path))[0] == 1
    assert call("run", execute=terminal_sample.mixed(tmp_path))[0] == 0


def test_invalid_input_is_2_with_every_problem(call: Call) -> None:
    """All problems are listed, with their position and their number."""
    problems = [Problem(Path("claims/a/claim.yml"), line, 2, "is wrong", "make it right") for line in (3, 7)]
    code, printed = call("run", execute=InvalidInput(problems))
    assert code == 2
    assert "claims/a/claim.yml:3:2: is wrong; make it right\nclaims/a/claim.yml:7:2:" in printed
    assert "2 problems in the input" in printed


@pytest.mark.parametrize("usage", [(), ("nonsense",), ("run", "--nonsense"), ("show",), ("run", "--json")])
def test_a_mistake_in_the_command_line_is_2(usage: tuple[str, ...]) -> None:
    """As for any other input."""
    assert endings.call(cli.claims, usage, Screen(file=io.StringIO())) == 2


def test_the_environment_is_3(call: Call) -> None:
    """No engine, no image: the message is the next step, without a traceback."""
    code, printed = call("run", execute=EnvironmentFailed("no engine; start one"))
    assert (code, printed) == (3, "no engine; start one\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_3_wherever_it_is_noticed(call: Call, number: int) -> None:
    """Nobody has to foresee every place that writes."""
    code, printed = call("run", execute=OSError(number, os.strerror(number), "/ledger/x"))
    assert code == 3
    assert "/ledger/x" in printed and "make room" in printed


@pytest.mark.parametrize("environment", [True, False])
def test_lost_claims_have_the_code_of_what_lost_them(call: Call, tmp_path: Path, environment: bool) -> None:
    """The others' results are printed, and neither command ends as if everything had a result."""
    whole = terminal_sample.mixed(tmp_path)
    lost = (Problem(Path("claims/lost/claim.yml"), 1, 1, "its box died"),)
    for command in ("run", "verify"):
        result = terminal_sample.catalogue(whole.claims["agreeing"], problems=lost, failed_by_environment=environment)
        code, printed = call(command, execute=result)
        assert code == (3 if environment else 2)
        assert "its box died" in printed
    result = terminal_sample.catalogue(whole.claims["contradicted"], problems=lost, failed_by_environment=environment)
    assert call("verify", execute=result)[0] == 1


@pytest.mark.parametrize(
    "error",
    [
        ValueError("'\ud800' \x1b[31m [/] is not foreseen"), RecursionError(), MemoryError(), AssertionError(),
        BrokenPipeError(errno.EPIPE, "the engine's socket"), SystemExit(1), SystemExit("MkDocs stopped"), EOFError(),
        UnicodeEncodeError("ascii", "é", 0, 1, "x"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_nobody_foresaw_is_70_with_all_that_a_report_needs(call: Call, error: BaseException) -> None:
    """Traceback, version, command line, Python and platform; and no other code, whatever the error means elsewhere."""
    code, printed = call("run", "cold-start", "--fresh", execute=error)
    assert code == 70
    for told in (
        "Traceback",
        type(error).__name__,
        "version   0.1.0",
        "claims run cold-start --fresh",
        sys.version[:6],
    ):
        assert told in printed
    assert "a defect of the program" in printed
    assert "\x1b" not in printed


def test_an_interrupt_is_130(call: Call) -> None:
    """Also inside click, which would make it 1."""
    code, printed = call("run", execute=KeyboardInterrupt())
    assert code == 130
    assert "finished work is kept" in printed


def test_sigterm_is_130() -> None:
    """A process that is asked to end cleans up and says so."""
    code = (
        "import os, signal\nfrom macros import cli, steps\n"
        "steps.load = lambda *a, **k: os.kill(os.getpid(), signal.SIGTERM)\ncli.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, "run"], cwd=ROOT, capture_output=True, timeout=60)
    assert ended.returncode == 130 != -signal.SIGTERM
    assert b"interrupted" in ended.stderr


def test_every_exit_code_is_tested_here() -> None:
    """The list of codes that the tests above show; a new code needs a test."""
    assert {int(code) for code in ExitCode} == {0, 1, 2, 3, 70, 130}


# ---- streams ---------------------------------------------------------------------------------------


SPEAKING = (
    "from macros import cli\n"
    "@cli.command()\n"
    "def speak(folder):\n"
    "    for _ in range(200): cli.out.say({text!r})\n"
    "    cli.errors.note({text!r})\n"
    "    return {code}\n"
    "cli.main()\n"
)


def speak(
    text: str = "a line " * 100, code: int = 0, *, shell: str = "", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """A command that prints much and returns a code; `shell` is what follows it on the command line."""
    program = SPEAKING.format(text=text, code=code)
    line = f'"$0" -c "$1" speak {shell}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, sys.executable, program],
        cwd=ROOT, capture_output=True, timeout=60, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.parametrize("code", [0, 1, 3])
@pytest.mark.parametrize("shell", ["| head -n 1", "2>&1 | head -n 1", "2>&1 | true"])
def test_a_reader_that_leaves_changes_no_exit_code(code: int, shell: str) -> None:
    """`claims run | head` ends as `claims run`: neither with 1, a contradiction, nor with Python's 120."""
    ended = speak(code=code, shell=shell)
    assert ended.returncode == code, ended.stderr
    assert b"Traceback" not in ended.stderr


def test_help_for_a_reader_that_leaves_is_fine() -> None:
    """Also what click prints by itself."""
    line = '"$0" -m macros.cli run --help | true'
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, sys.executable], cwd=ROOT, capture_output=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr


def test_a_full_disk_behind_the_output_is_3() -> None:
    """What could not be printed is not taken for printed."""
    ended = speak(shell="> /dev/full")
    assert ended.returncode == 3, ended.stderr
    assert b"make room" in ended.stderr
    assert speak(shell="> /dev/full 2>&1").returncode == 3


def test_closed_streams_are_no_defect() -> None:
    """A job without any output streams still ends with its code."""
    assert speak(code=1, shell=">&-").returncode == 1
    assert speak(code=1, shell=">&- 2>&-").returncode == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_text_can_be_printed_in_any_encoding(encoding: str) -> None:
    """Our own signs have stand-ins, everything else its escape; a lone surrogate is no encoding's."""
    ended = speak("✓ 3\u202fµs – 中 \udc80", PYTHONIOENCODING=encoding)
    assert ended.returncode == 0, ended.stderr
    line = ended.stdout.decode(encoding).split("\n")[0]
    expected = {
        "ascii": "+ 3 us - \\u4e2d \\udc80", "latin-1": "+ 3 µs - \\u4e2d \\udc80", "utf-8": "✓ 3\u202fµs – 中 \\udc80",
    }  # fmt: skip
    assert line == expected[encoding]
