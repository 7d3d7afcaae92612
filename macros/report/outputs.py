"""The files that a command is asked to write: checked before the run begins, written whole at its end.

Imports of what renders them stand inside: the command line loads this module for `--help` too.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from macros.ledger.files import write_text
from macros.problems import EnvironmentFailed, Failure, InvalidInput, Problem

if TYPE_CHECKING:
    from macros.report.verification import Report
    from macros.results.catalogue import CatalogueResult


class Outputs:
    """The files that were asked for, by the option that names each: `json`, `junit`, `markdown`."""

    def __init__(self, **files: Path | None) -> None:
        self._files = {option: file for option, file in files.items() if file is not None}

    def checked(self, claims: Path) -> Self:
        """These files, if each of them could be written now; leaves nothing behind.

        Raises InvalidInput with every problem: a run of several hours must not end at a mistyped path.
        """
        problems: list[Problem] = []
        taken: dict[Path, str] = {}
        for option, file in self._files.items():
            target = Path(os.path.realpath(file))
            if target in taken and _replaceable(file):
                wrong = [(f"is the file of {taken[target]} too", "name two files")]
            else:
                wrong = _wrong(file, target, claims)
            problems += [Problem(file, 1, 1, f"{_name(option)}: {what}", fix) for what, fix in wrong]
            taken[target] = _name(option)
        if problems:
            raise InvalidInput(problems)
        return self

    def write(self, result: CatalogueResult) -> None:
        """Write the feed and the reports. Raises EnvironmentFailed."""
        from macros.report.verification import check
        from macros.results import feed

        if "json" in self._files:
            write(self._files["json"], feed.files(result)["claims.json"])
        self._write_reports(check(result))

    def write_texts(self, **texts: Callable[[], str]) -> None:
        """Write what each option's file is to hold, if it was asked for. Raises EnvironmentFailed."""
        for option, text in texts.items():
            if option in self._files:
                write(self._files[option], text())

    def write_failure(self, failure: Failure) -> None:
        """Reports that say why there is nothing else in them, for CI. The feed has no place for that."""
        from macros.report.verification import nothing_but

        self._write_reports(nothing_but(failure))

    def _write_reports(self, report: Report) -> None:
        from macros.report.junit import junit
        from macros.report.summary import summary

        for option, render in (("junit", junit), ("markdown", summary)):
            if option in self._files:
                write(self._files[option], render(report))


def _name(option: str) -> str:
    return option if option.isupper() else f"--{option}"


def write(file: Path, text: str) -> None:
    """Write a report as UTF-8, whole or not at all. Raises EnvironmentFailed.

    What is no regular file (/dev/stdout, a pipe) is written to as it is. A lone surrogate becomes its escape, which
    JSON reads back.
    """
    content = text.encode("utf-8", "backslashreplace")
    if _replaceable(file):
        write_text(Path(os.path.realpath(file)), content.decode())
        return
    try:
        file.write_bytes(content)
    except BrokenPipeError:
        pass  # the reader has left: nobody is missing anything
    except OSError as error:
        raise EnvironmentFailed(f"cannot write {file}: {error.strerror}; name a regular file") from error


def _wrong(file: Path, target: Path, claims: Path) -> list[tuple[str, str]]:
    """What is wrong with a place, and what would be right; nothing or one thing. `target`: where its links lead."""
    if _is(stat.S_ISDIR, target):
        return [("is a folder", "name a file")]
    if not _replaceable(file):
        return []
    if target.is_relative_to(os.path.realpath(claims)):
        return [("is inside the claims' folder", "name a file elsewhere: everything in that folder belongs to a claim")]
    if not _is(stat.S_ISDIR, target.parent):
        return [("its folder does not exist", f"create it: mkdir -p {target.parent}")]
    trial = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        trial.open("xb").close()
        trial.unlink()
    except OSError as error:
        return [(f"cannot be written there: {error.strerror}", "name another file")]
    return []


def _replaceable(file: Path) -> bool:
    """A regular file or a free name, not a device or a pipe."""
    return _is(stat.S_ISREG, file, missing=True)


def _is(kind: Callable[[int], bool], path: Path, *, missing: bool = False) -> bool:
    try:
        return kind(path.stat().st_mode)
    except OSError:
        return missing
