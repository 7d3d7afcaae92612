"""Whether the site that stands is the one that a build would give: then there is nothing to build.

A site is made from bytes: those of the project, of the ledger, of this program and of what it is installed with, a few
variables, and the machine whose records are looked up. `Ground` is the digest of all of them. A site that was built
without a complaint keeps it, with a digest of its own files, in a file that MkDocs would not publish. Where both are
what they were, the site stands for itself; whatever has changed, and wherever, the whole site is built and checked.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from macros.ledger.files import read_json, write_json
from macros.problems import EnvironmentFailed
from macros.publish import site_folder

NOTE = ".claims-built"
"""In the site's folder; MkDocs copies no file whose name begins with a dot."""

_PACKAGE = Path(__file__).parents[1]
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")
_REACHES_OUT = re.compile(r"\.\./|^\s*INHERIT\s*:|:\s*[\"']?/[^/\s\"']", re.MULTILINE)
"""Settings that may name a file outside of the project: a parent folder, another file of settings, a path from `/`."""


@dataclass(frozen=True)
class Basis:
    """What a site is made from.

    `records`: the ledger's folder, or an exported file. `more`: other files that pages rest on. `options`: what the
    command line and the work tree decide. `machine`: the facts of the machine whose records are looked up; None where
    they cannot be told. `anew`: everything is to be run, so no site that stands will do. `environment`: the variables
    of the command, which a build may change for itself.
    """

    project: Path
    claims: Path
    records: Path
    more: tuple[Path, ...]
    options: Mapping[str, Any]
    machine: Callable[[], Mapping[str, Any] | None]
    anew: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def ground(self, site: Path) -> Ground:
        """As things are now. `site` and what grows beside it are not among the sources."""
        return Ground(self._sources({site, *site_folder.beside(site)}), self._looked_up())

    def _sources(self, leave_out: set[Path]) -> str:
        settings = (self.project / "mkdocs.yml").read_text("utf-8")
        if _REACHES_OUT.search(settings):
            return ""
        texts = [*_installed(), *_listed(self._variables(settings)), *_listed(self.options)]
        return _digest(texts, [self.project, self.claims, _PACKAGE, *self.more], leave_out)

    def _variables(self, settings: str) -> dict[str, str]:
        """Those of this program, and every one that the settings could name."""
        named = set(_VARIABLE.findall(settings))
        return {name: value for name, value in self.environment.items() if name.startswith("CLAIMS_") or name in named}

    def _looked_up(self) -> str:
        machine = self.machine()
        return "" if machine is None else _digest(_listed(machine), [self.records], hidden=False)


@dataclass(frozen=True)
class Ground:
    """All of a basis in two digests, since a run changes the ledger. One that cannot be told is empty."""

    sources: str
    looked_up: str

    def __bool__(self) -> bool:
        return bool(self.sources and self.looked_up)


class Watch:
    """A build that leaves a note of what it was made from, if that was the same from its beginning to its end."""

    def __init__(self, basis: Basis, site: Path) -> None:
        self._basis, self._site = basis, site
        self._before = basis.ground(site)
        self._run: Ground | None = None

    @property
    def stands(self) -> bool:
        """Whether the site was built from just this, and no file of it has changed since."""
        if self._basis.anew or not self._before:
            return False
        try:
            return bool(read_json(self._site / NOTE) == _note(self._site, self._before))
        except EnvironmentFailed:
            return False

    def has_run(self) -> None:
        """The ledger has all results now, and nothing was said of them that the next build would have to say again."""
        self._run = self._basis.ground(self._site)

    def built(self) -> None:
        """The site is in its place."""
        ground = self._basis.ground(self._site)
        if ground and ground == self._run and ground.sources == self._before.sources:
            write_json(self._site / NOTE, _note(self._site, ground))


def _note(site: Path, ground: Ground) -> dict[str, str]:
    return {**asdict(ground), "site": _digest([], [site], {site / NOTE})}


class _Link(Exception):
    """A folder is reached by a link."""


def _digest(
    texts: Iterable[str], places: Iterable[Path], leave_out: Collection[Path] = (), *, hidden: bool = True
) -> str:
    """Of texts, and of all files in the places by their names and bytes.

    Folders whose names begin with a dot are left out (Git's, caches), and with `hidden=False` such files too (locks).
    Empty where a folder is reached by a link, so that its files may be anywhere, or where a file cannot be read.
    """
    found = hashlib.blake2b(digest_size=32)
    for text in texts:
        _add(found, text.encode())
    try:
        for place in places:
            for file in _files(place, leave_out, hidden):
                _add(found, os.fsencode(file))
                _add(found, file.read_bytes())
    except (_Link, OSError):
        return ""
    return found.hexdigest()


def _add(found: hashlib.blake2b, content: bytes) -> None:
    """With its length, so that two parts never read as one."""
    found.update(len(content).to_bytes(8, "big"))
    found.update(content)


def _files(place: Path, leave_out: Collection[Path], hidden: bool) -> Iterator[Path]:
    """In an order that is always the same."""
    if place.is_file():
        yield place
        return
    for folder, below, names in os.walk(place):
        here = Path(folder)
        below[:] = sorted(name for name in below if _counts(here / name, leave_out))
        if any((here / name).is_symlink() for name in below):
            raise _Link
        files = (here / name for name in sorted(names) if hidden or not name.startswith("."))
        yield from (file for file in files if file not in leave_out)


def _counts(folder: Path, leave_out: Collection[Path]) -> bool:
    return not folder.name.startswith(".") and folder.name != "__pycache__" and folder not in leave_out


def _installed() -> Iterator[str]:
    """Python and every distribution that it finds, by the folder that names it and its version."""
    yield sys.version
    for place in filter(Path.is_dir, map(Path, sys.path)):
        yield from sorted(found.name for found in place.glob("*.dist-info"))


def _listed(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}={value!r}" for name, value in sorted(values.items())]
