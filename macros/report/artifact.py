"""An archive from a job that ran somebody else's change: read within limits, or refused whole.

Nothing in it is believed. Its names could lead out of the folder, its entries could be links, its sizes could be
forged, and its content is whatever the change wanted it to be. So names and kinds are checked before anything is
read, no more is read than the archive's table says, and feeds must be feeds.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from macros.problems import InvalidInput, Problem
from macros.results.feed_models import Feed
from macros.results.feed_reading import read

MEBIBYTE = 2**20
BASE, HEAD = "base.json", "head.json"

_PART = re.compile(r"[A-Za-z0-9_+@][A-Za-z0-9._+@-]{0,120}", re.ASCII)
"""One part of a name: nothing hidden, nothing that a shell or another system reads in its own way."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names that are devices on some systems."""

_ANSWER = "the change's own job wrote it, so look at that job"


@dataclass(frozen=True)
class Limits:
    """The most that an archive may hold."""

    archive: int
    file: int
    total: int
    files: int
    depth: int = 12


RESULTS = Limits(archive=32 * MEBIBYTE, file=64 * MEBIBYTE, total=128 * MEBIBYTE, files=2)
SITE = Limits(archive=128 * MEBIBYTE, file=64 * MEBIBYTE, total=512 * MEBIBYTE, files=20_000)


@dataclass(frozen=True)
class Results:
    """What a change did: the feed of what it started from, and its own."""

    base: Feed
    head: Feed


def results(archive: Path) -> Results:
    """The two feeds of an archive, which must hold these and nothing else. Raises InvalidInput."""
    with _opened(archive, RESULTS) as (file, entries):
        if sorted(entries) != [BASE, HEAD]:
            raise _refused(archive, f"must hold {BASE} and {HEAD} and nothing else")
        contents = {name: b"".join(_content(file, entries[name])) for name in (BASE, HEAD)}
    return Results(_feed(archive, BASE, contents[BASE]), _feed(archive, HEAD, contents[HEAD]))


def unpack(archive: Path, folder: Path) -> int:
    """Write the files of a site's archive below a new folder; returns how many. Raises InvalidInput.

    An archive that is refused while it is read leaves a part of its files behind: use the folder only if this returns.
    """
    with _opened(archive, SITE) as (file, entries):
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise InvalidInput([Problem(folder, 1, 1, "already exists", "name a new folder")]) from None
        for name, entry in entries.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                for piece in _content(file, entry):
                    out.write(piece)
    return len(entries)


@contextmanager
def _opened(archive: Path, limits: Limits) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """The archive and its files by name, once all that its table says is acceptable.

    A folder stands for the one file in it: under which name an artifact is downloaded is not ours to know.
    """
    if archive.is_dir():
        files = list(archive.iterdir())
        if len(files) != 1:
            raise _refused(archive, f"holds {len(files)} files instead of one")
        archive = files[0]
    if not archive.is_file():
        raise InvalidInput([Problem(archive, 1, 1, "no such file", "name an artifact's zip file")])
    try:
        if archive.stat().st_size > limits.archive:
            raise _refused(archive, f"is larger than {limits.archive} bytes")
        with zipfile.ZipFile(archive) as file:
            yield file, _entries(archive, file, limits)
    # What the module raises for archives that lie; RuntimeError for encrypted ones.
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise _refused(archive, f"is not a sound zip file: {str(error)[:120]}") from error


def _entries(archive: Path, file: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    infos = file.infolist()
    if len(infos) > 2 * limits.files:  # folders have entries too
        raise _refused(archive, f"holds more than {limits.files} files")
    entries: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        name = info.filename
        if wrong := _wrong(info, limits):
            raise _refused(archive, f"{name[:80]!r} {wrong}")
        if name.casefold() in folded:
            raise _refused(archive, f"{name[:80]!r} is there twice, letters' case apart")
        folded.add(name.casefold())
        if not info.is_dir():
            entries[name] = info
    folders = {str(parent).casefold() for name in entries for parent in PurePosixPath(name).parents}
    if both := next((name for name in entries if name.casefold() in folders), None):
        raise _refused(archive, f"{both[:80]!r} is a file and a folder")
    if len(entries) > limits.files:
        raise _refused(archive, f"holds more than {limits.files} files")
    if sum(info.file_size for info in entries.values()) > limits.total:
        raise _refused(archive, f"holds more than {limits.total} bytes")
    return entries


def _wrong(info: zipfile.ZipInfo, limits: Limits) -> str:
    """Why an entry is not accepted; empty for one that is."""
    # The bits of its mode, where the archive was made on Unix; a plain file of other systems has none.
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG):
        return "is a link or something else that is no file"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in another way than these archives are"
    name = info.filename.removesuffix("/")
    parts = name.split("/")
    if info.orig_filename != info.filename or str(PurePosixPath(name)) != name:
        return "has a name that reads in two ways"
    if not all(_PART.fullmatch(part) and not _RESERVED.match(part) and not part.endswith(".") for part in parts):
        return "has a name with something other than letters, digits and `.`, `_`, `+`, `@`, `-`"
    if len(parts) > limits.depth or len(name) > 400:
        return "lies too deep"
    if info.file_size > limits.file:
        return f"is larger than {limits.file} bytes"
    return ""


def _content(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A file in pieces. No more is read than the size that its entry gives, which was checked, be it forged or not."""
    with file.open(entry) as stream:
        while piece := stream.read(MEBIBYTE):
            yield piece


def _feed(archive: Path, name: str, content: bytes) -> Feed:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(archive, f"{name} is not UTF-8") from error
    return read(text, archive / name)


def _refused(archive: Path, what: str) -> InvalidInput:
    return InvalidInput([Problem(archive, 1, 1, what, _ANSWER)])
