"""The folder `replications/` of a catalogue's repository: files from other people's machines, read and checked.

Nothing in them is trusted. A file is read as a claim file is (a regular one, never through a link, of bounded size),
its digest and its form are checked, and each mistake has its line. What it says of claims and experiments is checked
against the catalogue by `replicated`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from macros.claim.document import Document, Where, parse_document
from macros.claim.explaining import explain
from macros.claim.files import Unreadable, left_out, not_regular, read_regular
from macros.claim.visible import first_hidden, shown
from macros.problems import Problem
from macros.results.replication import FORM, Replication, digest_of

FOLDER = "replications"
"""Of a catalogue's repository, beside the claims' folder."""

EARLIER = "earlier"
"""The folder in it for files of experiments that the catalogue has changed since."""

MAX_BYTES = 4 * 2**20
"""Of one file: all of a catalogue of a hundred claims takes three, and one measured claim less than a fifth."""

MOST_FILES = 200
"""Of the folder and of the one in it, each."""

BESIDES = ("README.md",)
"""What else the folder may hold."""

AGAIN = "write it again with `claims replicate`"

_MOST_DIGITS = 25

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\.json")

_PRIVATE = (
    (re.compile(r"(?:/home|/Users|\\Users)[/\\][^/\\\s]"), "the path of somebody's home folder"),
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"), "what looks like an e-mail address"),
    (re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])"), "what looks like an IP address"),
    (re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])"), "a network card's address"),
)
"""What no experiment has to tell, in its text or in the machine's facts."""

_VERSIONS = ("kernel", "engine", "runc", "release")
"""Facts in which four numbers are no address."""


@dataclass(frozen=True)
class ReplicationFile:
    """A file that could be read. `earlier`: whether it is in the folder of that name."""

    path: Path
    content: Replication
    raw: bytes
    earlier: bool = False

    @property
    def name(self) -> str:
        """By which a page names it."""
        return self.path.name

    def problem(self, where: Where, what: str, fix: str = AGAIN) -> Problem:
        """With the line of a part of the file."""
        return self._document.problem(where, what, fix)

    @cached_property
    def _document(self) -> Document:
        """With positions, which are asked for only where something is wrong."""
        return parse_document(self.path, self.raw)


def read_folder(folder: Path) -> tuple[list[ReplicationFile], list[Problem]]:
    """Every file of the folder, in the order of names, and what is wrong; nothing where there is no folder."""
    if not os.path.lexists(folder):
        return [], []
    files: list[ReplicationFile] = []
    problems: list[Problem] = []
    for path, earlier in _paths(folder, problems):
        found, wrong = read_file(path, earlier=earlier)
        problems += wrong
        if found is not None:
            files.append(found)
    return files, problems


def read_file(path: Path, *, earlier: bool = False) -> tuple[ReplicationFile | None, list[Problem]]:
    """One file, or what is wrong with it."""
    try:
        raw = read_regular(path, MAX_BYTES)
    except Unreadable as error:
        return None, [Problem(path, 1, 1, error.what, error.fix)]
    problem = _unlike(path, raw)
    if problem is not None:
        return None, [problem]
    try:
        content = Replication.model_validate_json(raw)
    except ValidationError as error:
        return None, explain(parse_document(path, raw), Replication, error)
    found = ReplicationFile(path, content, raw, earlier)
    private = list(_private(found))
    return (None, private) if private else (found, [])


def _paths(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, bool]]:
    """The files of the folder and of `earlier`; everything else there is a problem."""
    for place in (folder, folder / EARLIER):
        if place != folder and not os.path.lexists(place):
            continue
        if place.is_symlink():
            problems.append(Problem(place, 1, 1, "is a link", "put the folder itself here"))
            continue
        names = _names(place, problems)
        if len(names) > MOST_FILES:
            problems.append(Problem(place, 1, 1, f"holds more than {MOST_FILES} files", "remove the oldest ones"))
        for name in names[:MOST_FILES]:
            if _FILE_NAME.fullmatch(name):
                yield place / name, place != folder
            else:
                what = f"holds `{shown(name)}`, which is no replication's name"
                fix = "name it `<machine>.json`, in lower-case letters, digits, `.`, `_` and `-`"
                problems.append(Problem(place, 1, 1, what, fix))


def _names(place: Path, problems: list[Problem]) -> list[str]:
    try:
        with os.scandir(place) as entries:
            kinds = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries if not left_out(entry.name)}
    except OSError as error:
        what = f"cannot be read: {error.strerror or type(error).__name__}"
        problems.append(Problem(place, 1, 1, what, "make it a folder that can be read"))
        return []
    names = []
    for name in sorted(kinds):
        if kinds[name] and name == EARLIER and place.name != EARLIER:
            continue
        if name in BESIDES:
            problems += not_regular(place / name)
        else:
            names.append(name)
    return names


def _unlike(path: Path, raw: bytes) -> Problem | None:
    """What is wrong before the parts of a file are looked at: its encoding, its form, its digest."""
    try:
        text = raw.decode("utf-8")
        data = json.loads(text, object_pairs_hook=_without_duplicates, parse_int=_whole, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        return Problem(path, raw[: error.start].count(b"\n") + 1, 1, "is not UTF-8", AGAIN)
    except json.JSONDecodeError as error:
        return Problem(path, error.lineno, error.colno, f"is not JSON: {error.msg}", f"{AGAIN}; it may have been cut")
    except (ValueError, RecursionError) as error:
        return Problem(path, 1, 1, f"is not JSON that this version reads: {shown(error, 100)}", AGAIN)
    for number, line in enumerate(text.split("\n"), 1):
        hidden = first_hidden(line)
        if hidden is not None:
            return Problem(path, number, hidden[0] + 1, f"the hidden character {hidden[1]}", AGAIN)
    if not isinstance(data, dict) or data.get("form") != FORM:
        return Problem(path, 1, 1, "is no replication of this version", AGAIN)
    if data.get("sha256") != digest_of(data):
        return Problem(path, 1, 1, "its digest does not match its content: it was cut or edited", AGAIN)
    return None


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key appears twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _private(file: ReplicationFile) -> Iterator[Problem]:
    """Texts that may tell whose the machine is."""
    data = json.loads(file.raw)
    for where, text in _texts({name: data[name] for name in ("machine", "claims")}, ()):
        for pattern, what in _PRIVATE:
            if pattern.search(text):
                yield file.problem(where, f"holds {what}", "let the claim print less, or leave the claim out")
                break


def _texts(value: Any, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            if key not in _VERSIONS:
                yield from _texts(part, (*where, key))
