"""Whether a site is up to date, so that it need not be built again.

A site is made from bytes: those of the project, of the ledger, of this program and of what it is installed with, a few
variables, and the machine whose records are looked up. A build that had nothing to complain of leaves a note with
digests of all of them and of the site's own files. A site is up to date while none of these has changed. After any
change the whole site is built and checked.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from macros.ledger.files import read_json, write_json
from macros.problems import EnvironmentFailed
from macros.publish import site_folder
from macros.publish.walking import files_below

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
    they are not known. `anew`: everything is to be run, so no site is up to date. `environment`: the variables of the
    command, which a build may change for itself.
    """

    project: Path
    claims: Path
    records: Path
    more: tuple[Path, ...]
    options: Mapping[str, Any]
    machine: Callable[[], Mapping[str, Any] | None]
    anew: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def sources(self, site: Path) -> str:
        """A digest of everything but the records, as it is now; empty if not all of it is known.

        The site, and what a build has beside it, are not among the sources.
        """
        settings = (self.project / "mkdocs.yml").read_text("utf-8")
        if _REACHES_OUT.search(settings):
            return ""
        texts = [*_installed(), *_listed(self._variables(settings)), *_listed(self.options)]
        places = [self.project, self.claims, _PACKAGE, *self.more]
        return _digest(texts, places, {site, *site_folder.beside(site)})

    def looked_up(self) -> str:
        """A digest of the machine and of all records, to which a run adds; empty if the machine is not known."""
        machine = self.machine()
        return "" if machine is None else _digest(_listed(machine), [self.records], hidden=False)

    def _variables(self, settings: str) -> dict[str, str]:
        """Those of this program, and every one that the settings could name."""
        named = set(_VARIABLE.findall(settings))
        return {name: value for name, value in self.environment.items() if name.startswith("CLAIMS_") or name in named}


class Watch:
    """A build that leaves a note of what it was made from, if that was the same from its beginning to its end."""

    def __init__(self, basis: Basis, site: Path) -> None:
        self._basis, self._site = basis, site
        self._sources = basis.sources(site)
        self._looked_up = ""

    @property
    def up_to_date(self) -> bool:
        """Whether the site was built from just this, and no file of it has changed since."""
        looked_up = "" if self._basis.anew else self._basis.looked_up()
        try:
            noted = read_json(self._site / NOTE)
        except EnvironmentFailed:
            return False
        return bool(self._sources and looked_up and noted == self._note(looked_up))

    def has_run(self) -> None:
        """The ledger has all results now, and nothing was said of them that the next build would have to say again."""
        self._looked_up = self._basis.looked_up()

    def built(self) -> None:
        """The site is in its place."""
        if not self._sources or not self._looked_up:
            return
        if self._basis.sources(self._site) == self._sources and self._basis.looked_up() == self._looked_up:
            write_json(self._site / NOTE, self._note(self._looked_up))

    def _note(self, looked_up: str) -> dict[str, str]:
        site = _digest([], [self._site], {self._site / NOTE})
        return {"sources": self._sources, "looked_up": looked_up, "site": site}


class _Link(Exception):
    """A folder is reached by a link."""


def _digest(
    texts: Iterable[str], places: Iterable[Path], leave_out: Collection[Path] = (), *, hidden: bool = True
) -> str:
    """Of texts, and of all files in the places by their names and bytes.

    Folders whose names begin with a dot are left out (Git's, caches), and with `hidden=False` such files too (locks).
    Empty where a folder is reached by a link, so that its files may be anywhere, or where a file cannot be read.
    """

    def skip(folder: Path) -> bool:
        if folder.name.startswith(".") or folder in leave_out:
            return True
        if folder.is_symlink():
            raise _Link
        return False

    found = hashlib.blake2b(digest_size=32)
    for text in texts:
        _add(found, text.encode())
    try:
        for place in places:
            for file in files_below(place, skip):
                if file not in leave_out and (hidden or not file.name.startswith(".")):
                    _add(found, os.fsencode(file))
                    _add(found, file.read_bytes())
    except (_Link, OSError):
        return ""
    return found.hexdigest()


def _add(found: hashlib.blake2b, content: bytes) -> None:
    """With its length, so that two parts never read as one."""
    found.update(len(content).to_bytes(8, "big"))
    found.update(content)


def _installed() -> Iterator[str]:
    """Python and every distribution that it finds, by the folder that names it and its version."""
    yield sys.version
    for place in filter(Path.is_dir, map(Path, sys.path)):
        yield from sorted(found.name for found in place.glob("*.dist-info"))


def _listed(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}={value!r}" for name, value in sorted(values.items())]
