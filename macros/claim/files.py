"""Reading the files in a catalogue's folder, no matter what somebody has put there.

Only regular files are read, never through a link and never beyond a limit: a claim file that is a link would quote a
foreign file in its messages, one that is a device or a pipe would never end.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from macros.claim.visible import shown
from macros.problems import Problem

MAX_PROGRAM_BYTES = 256 * 1024
"""Of one program file: far more than a person reviews, and little enough to send to every container."""

MAX_PROGRAM_FILES = 200
"""Of one claim. All of them are hashed for each of its cells."""

MAX_FOLDER_DEPTH = 6
"""Folders within a claim's folder; what is deeper is no program of a claim but a copy of some project."""

LEFT_OUT = (".*", "*~", "#*#", "*.bak", "*.orig", "*.rej", "*.pyc", "__pycache__", "Thumbs.db", "desktop.ini")
"""What editors, merges, interpreters and desktops leave behind. These files come and go without anybody's decision, so
they are not part of a claim: they do not reach a container and do not change a key. A claim that needs one will soon
miss it."""

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_READ_ONLY = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_KINDS = (
    (stat.S_ISLNK, "is a link", "put the file itself here"),
    (stat.S_ISDIR, "is a folder", "put a file here"),
    (stat.S_ISFIFO, "is a pipe", "put a regular file here"),
    (stat.S_ISSOCK, "is a socket", "put a regular file here"),
    (stat.S_ISCHR, "is a device", "put a regular file here"),
    (stat.S_ISBLK, "is a device", "put a regular file here"),
)


class Unreadable(Exception):
    """A file that is not read: what is wrong with it, and the next step."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}; {fix}")
        self.what, self.fix = what, fix


def read_regular(path: Path, limit: int) -> bytes:
    """A regular file's content. Raises Unreadable for anything else, and for more than `limit` bytes.

    Looked at before it is opened, since opening a device may already do something, and again afterwards.
    """
    try:
        _insist_on_regular(os.lstat(path))
        handle = os.open(path, _READ_ONLY)
        with os.fdopen(handle, "rb") as file:
            _insist_on_regular(os.fstat(file.fileno()))
            content = file.read(limit + 1)
            size = max(len(content), os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise Unreadable(
            f"cannot be read: {error.strerror or type(error).__name__}", "check that the file exists"
        ) from error
    if len(content) > limit:
        raise Unreadable(f"has {size:,} bytes", f"at most {limit:,} are allowed")
    return content


def _insist_on_regular(status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        if status.st_nlink > 1:
            raise Unreadable("is a hard link: the same file has another name somewhere", "put a copy of it here")
        return
    for is_kind, what, fix in _KINDS:
        if is_kind(status.st_mode):
            raise Unreadable(what, fix)
    raise Unreadable("is not a regular file", "put a regular file here")


def not_regular(path: Path) -> list[Problem]:
    """What is wrong with a file that is a link, a pipe, a device or a socket; it is not opened."""
    try:
        _insist_on_regular(os.lstat(path))
    except Unreadable as error:
        return [Problem(path, 1, 1, error.what, error.fix)]
    except OSError as error:
        what = f"cannot be read: {error.strerror or type(error).__name__}"
        return [Problem(path, 1, 1, what, "check who may read it")]
    return []


def program_files(folder: Path, besides: str) -> tuple[dict[str, bytes], list[Problem]]:
    """All program files of a folder by their names below it (`part/main.go`), but for the one named `besides`.

    None if there is no such folder. Hidden files, backups and caches are left out (`LEFT_OUT`).
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    names: dict[str, str] = {}
    if not folder.is_dir():
        return files, problems
    for path in _entries(folder, 0, problems):
        name = path.relative_to(folder).as_posix()
        other = names.setdefault(name.casefold(), name)
        if other != name:
            what = f"differs from `{other}` only in the case of letters"
            problems.append(Problem(path, 1, 1, what, "rename one: on some systems they are one file"))
        if name == besides:
            continue
        if len(files) == MAX_PROGRAM_FILES:
            problems.append(Problem(folder, 1, 1, f"holds more than {MAX_PROGRAM_FILES} files", "keep what is needed"))
            break
        try:
            files[name] = read_regular(path, MAX_PROGRAM_BYTES)
        except Unreadable as error:
            problems.append(Problem(path, 1, 1, error.what, error.fix))
    return files, problems


def _entries(folder: Path, depth: int, problems: list[Problem]) -> Iterator[Path]:
    """Every entry that is no folder, in the order of names. Folders that are links are entries too, and refused."""
    try:
        with os.scandir(folder) as entries:
            by_name = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        what = f"cannot be read: {error.strerror or type(error).__name__}"
        problems.append(Problem(folder, 1, 1, what, "check who may read it"))
        return
    for entry in by_name:
        if left_out(entry.name):
            continue
        if not _FILE_NAME.fullmatch(entry.name):
            what = f"holds a file with the name `{shown(entry.name)}`"
            fix = "use at most 100 of the characters A-Z a-z 0-9 _ . + -, and none of the last three first"
            problems.append(Problem(folder, 1, 1, what, fix))
        elif not entry.is_dir(follow_symlinks=False):
            yield folder / entry.name
        elif depth == MAX_FOLDER_DEPTH:
            problems.append(
                Problem(folder / entry.name, 1, 1, f"is more than {depth} folders deep", "move its files up")
            )
        else:
            yield from _entries(folder / entry.name, depth + 1, problems)


def left_out(name: str) -> bool:
    """Whether a file or folder of this name is no part of a claim."""
    return any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)
