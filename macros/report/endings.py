"""How the command ends: every exception becomes a message and an exit code, and each code has one meaning.

Anything that is not a `Failure` and still gets here is a bug in this program. It has its own exit code, since the one
that Python gives it, 1, means that a measured verdict contradicts a recorded one.
"""

from __future__ import annotations

import contextlib
import errno
import platform
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import metadata
from types import FrameType
from typing import NoReturn

import click
from rich.text import Text

from macros.problems import ExitCode, Failure, InvalidInput
from macros.report import screen
from macros.report.screen import Screen, inert_lines

DISTRIBUTION = "executable-claims"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def run(commands: click.Group, errors: Screen) -> NoReturn:
    """Run the command that the process was started with, and exit."""
    signal.signal(signal.SIGTERM, _terminated)
    screen.prepare_streams()
    sys.exit(call(commands, sys.argv[1:], errors))


def call(commands: click.Group, arguments: Sequence[str], errors: Screen) -> ExitCode:
    """Run a command and say how it ended."""
    return end(lambda: _command(commands, arguments), arguments, errors)


def _command(commands: click.Group, arguments: Sequence[str]) -> int:
    # Not click's own main(): that one exits with 1 for an interrupt.
    try:
        with commands.make_context("claims", list(arguments)) as context:
            return int(commands.invoke(context) or ExitCode.OK)
    except click.exceptions.Exit as stop:  # --help
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.INVALID


def _terminated(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def end(program: Callable[[], int], arguments: Sequence[str], errors: Screen) -> ExitCode:
    """Run the program, say why if it did not end normally, and return its exit code. Never raises."""
    try:
        code = ExitCode(program())
    # click and MkDocs leave by SystemExit; 1 would be taken for a contradiction, whatever they mean by it.
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        code, message = ending(error, arguments)
        with contextlib.suppress(OSError, KeyboardInterrupt):  # nobody can be told; the code still says it
            errors.say(message)
            screen.flush()
    return code


def ending(error: BaseException, arguments: Sequence[str]) -> tuple[ExitCode, Text]:
    """The exit code and the message of what a program ended with."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED, Text("interrupted; finished work is kept, so run it again to continue", "yellow")
    if isinstance(error, Failure):
        return error.exit_code, failure_text(error)
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return ExitCode.ENVIRONMENT, Text(inert_lines(f"{error}; make room, then run it again"), "red")
    return ExitCode.DEFECT, defect_text(error, arguments)


def failure_text(failure: Failure) -> Text:
    """A line for each problem, and how many there are."""
    text = Text(inert_lines(str(failure)), "red")
    if isinstance(failure, InvalidInput):
        count = len(failure.problems)
        text = Text.assemble(text, f"\n{count} problem{'' if count == 1 else 's'} in the input")
    return text


def defect_text(error: BaseException, arguments: Sequence[str]) -> Text:
    """The traceback, and the facts that a report of it needs."""
    facts = {
        "version": _version(),
        "command": shlex.join(["claims", *arguments]),
        "Python": sys.version,
        "platform": platform.platform(),
    }
    return Text.assemble(
        (inert_lines("".join(traceback.format_exception(error))), "dim"),
        ("\n\nThis is a defect of the program, not of your input. ", "red"),
        "Please report it with the traceback above and these facts:\n",
        "\n".join(f"  {name:<9} {inert_lines(fact)}" for name, fact in facts.items()),
    )


def _version() -> str:
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "not installed"
