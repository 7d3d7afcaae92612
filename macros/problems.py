"""Every failure that a user can meet, and the exit code that each one ends the program with.

A contradiction is no failure: it is an answer, and the only thing that exit code 1 ever means. Whatever is not in
this module and still reaches the command line is a defect of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import ClassVar


class ExitCode(IntEnum):
    """How the `claims` command ends."""

    OK = 0
    CONTRADICTED = 1
    """A measured verdict contradicts a recorded one, or a page that lies can be built, and nothing else."""

    INVALID = 2
    """Input that cannot be used: a claim, a page, an option, a file to import."""

    ENVIRONMENT = 3
    """No engine, an image missing, the disk full: nothing was found out about the claims."""

    DEFECT = 70
    """An exception that nobody foresaw (EX_SOFTWARE of sysexits.h)."""

    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; what was finished is kept."""


class Failure(Exception):
    """What a user can be told and can do something about."""

    exit_code: ClassVar[ExitCode]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input file, and what would be right. Lines and columns count from 1."""

    path: Path
    line: int
    column: int
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.what}" + (f"; {self.fix}" if self.fix else "")


class InvalidInput(Failure):
    """Input that cannot be used. Holds every problem that was found, not just the first."""

    exit_code = ExitCode.INVALID

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class EnvironmentFailed(Failure):
    """No engine, image missing, disk full ...: never a verdict. Ends the run. The message says the next step."""

    exit_code = ExitCode.ENVIRONMENT


class BoxFailed(EnvironmentFailed):
    """One box could not be made, or died under its cell. Only that cell is lost; the others' run goes on."""
