"""A catalogue's folder to its settings and claims.

All errors of all files are collected before anything stops, each as `file:line:column`.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from macros.claim.catalogue import DEFAULTS, SETTINGS_FILE, CatalogueSettings
from macros.claim.document import Document, Where, read_document
from macros.claim.explaining import explain
from macros.claim.fields import NAME, Language, Text
from macros.claim.files import left_out, not_regular, program_files
from macros.claim.model import Claim
from macros.claim.natural import natural_key
from macros.claim.visible import shown
from macros.problems import InvalidInput, Problem

CLAIM_FILE = "claim.yml"
SCHEMA_FILE = "claim.schema.json"
MODELINE = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""The first line of a claim file, by which editors find the schema."""

SHARED = "_shared"
"""The folder, among the claims' own, of program files that several claims use."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class LoadedClaim:
    """A claim with its folder, its program files (name to content) and the positions of its parts."""

    claim: Claim
    folder: Path
    files: Mapping[str, bytes]
    document: Document

    @cached_property
    def files_digest(self) -> str:
        """SHA-256 over the names and contents of the program files."""
        sums = sorted(f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in self.files.items())
        return hashlib.sha256("\n".join(sums).encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True)
class Catalogue:
    """All claims by id, in the order of the source (chapter.section, then id)."""

    folder: Path
    claims: Mapping[str, LoadedClaim]
    unreadable: frozenset[str] = frozenset()
    """Folders whose claim has mistakes. Nobody should be told that such a claim does not exist."""

    settings: CatalogueSettings = DEFAULTS
    settings_document: Document = field(default_factory=lambda: Document(Path(SETTINGS_FILE)))

    @property
    def dockerfile(self) -> Path:
        """The recipe of the images, absolute; its folder also holds what was downloaded for them."""
        return Path(os.path.normpath(self.folder.resolve() / self.settings.dockerfile))

    def select(self, ids: tuple[str, ...]) -> list[LoadedClaim]:
        """The claims named, or all. Raises InvalidInput naming near misses for an id that is not there."""
        problems = []
        for wanted in ids:
            if wanted not in self.claims:
                near = difflib.get_close_matches(wanted, self.claims, 3, 0.5)
                fix = f"did you mean {' or '.join(near)}?" if near else "look in the claims' folder"
                problems.append(
                    Problem(self.folder / wanted / CLAIM_FILE, 1, 1, f"no claim has the id `{wanted}`", fix)
                )
        if problems:
            raise InvalidInput(problems)
        return [self.claims[wanted] for wanted in ids] if ids else list(self.claims.values())


def load_model(path: Path, model: type[M]) -> tuple[M | None, Document]:
    """A validated file of any of the project's kinds; what is wrong stands in the document's problems."""
    document = read_document(path)
    if document.problems:
        return None, document
    try:
        return model.model_validate(document.data), document
    except ValidationError as error:
        document.problems.extend(explain(document, model, error))
        return None, document


def load_settings(folder: Path) -> tuple[CatalogueSettings, Document]:
    """What `catalogue.yml` says, or the defaults where there is no such file or it has mistakes."""
    path = folder / SETTINGS_FILE
    if not os.path.lexists(path):
        return DEFAULTS, Document(path)
    settings, document = load_model(path, CatalogueSettings)
    if settings is None:
        return DEFAULTS, document
    document.problems.extend(_in_other_languages(settings, document, settings.languages))
    return settings, document


def load_catalogue(folder: Path) -> tuple[Catalogue, list[Problem]]:
    """Every claim that can be read, and every problem of every file."""
    problems: list[Problem] = []
    loaded: list[LoadedClaim] = []
    if not folder.is_dir():
        return Catalogue(folder, {}), [
            Problem(folder, 1, 1, "no such folder", "give the claims' folder with --claims DIR")
        ]
    settings, settings_document = load_settings(folder)
    problems.extend(settings_document.problems)
    taken: dict[str, Path] = {}
    unreadable: set[str] = set()
    shared, shared_problems = _shared_files(folder)
    problems.extend(shared_problems)
    for name in _claim_folders(folder, problems):
        claim, document = load_model(folder / name / CLAIM_FILE, Claim)
        problems.extend(document.problems)
        if claim is None:
            unreadable.add(name)
            continue
        problems.extend(_in_other_languages(claim, document, settings.languages))
        if claim.id != name:
            fix = f"rename the folder to `{claim.id}`, or the id to `{name}`"
            problems.append(document.problem(("id",), f"id `{claim.id}` in the folder `{name}`", fix))
        if claim.id in taken:
            problems.append(
                document.problem(("id",), f"id `{claim.id}` is taken by {taken[claim.id]}", "an id names one claim")
            )
            continue
        taken[claim.id] = document.path
        files, file_problems = program_files(folder / name, CLAIM_FILE)
        problems.extend(file_problems)
        problems.extend(_take_shared(claim, document, shared, files))
        loaded.append(LoadedClaim(claim, folder / name, files, document))
    loaded.sort(key=lambda each: (_section(each.claim.source.where), each.claim.id))
    claims = {each.claim.id: each for each in loaded}
    return Catalogue(folder, claims, frozenset(unreadable), settings, settings_document), problems


def _section(where: str) -> object:
    """The place of a section in the source; of a claim from several, the first counts."""
    return natural_key(where.split("/")[0].strip())


def _claim_folders(folder: Path, problems: list[Problem]) -> Iterator[str]:
    """The names of the claims' folders. Hidden ones, and those that begin with an underscore, hold no claim.

    Beside them a catalogue has regular files and nothing else.
    """
    try:
        with os.scandir(folder) as entries:
            kinds = {entry.name: entry.is_dir() for entry in entries if not left_out(entry.name)}
    except OSError as error:
        problems.append(Problem(folder, 1, 1, f"cannot be read: {error.strerror}", "check who may read it"))
        return
    for name in sorted(kinds):
        if not kinds[name]:
            problems.extend(not_regular(folder / name))
        elif name.startswith("_"):
            continue
        elif (folder / name).is_symlink():
            problems.append(Problem(folder / name, 1, 1, "is a link to a folder", "put the folder itself here"))
        elif not re.fullmatch(NAME, name):
            what = f"the folder `{shown(name)}` does not have a claim's name"
            problems.append(Problem(folder, 1, 1, what, "use lower-case words joined by hyphens"))
        else:
            yield name


def _shared_files(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    if (folder / SHARED).is_symlink():
        return {}, [Problem(folder / SHARED, 1, 1, "is a link to a folder", "put the folder itself here")]
    return program_files(folder / SHARED, "")


def _in_other_languages(model: BaseModel, document: Document, languages: Sequence[Language]) -> Iterator[Problem]:
    """Texts that are not in exactly the catalogue's languages: a reader of one edition would find a hole in it."""
    for where, text in _texts(model, ()):
        if where not in document.positions:
            continue  # a default, which is in every language
        for language in languages:
            if language not in text.languages:
                fix = f"the catalogue's languages are {', '.join(languages)} ({SETTINGS_FILE})"
                yield document.problem(where, f"`{where[-1]}` is not said in `{language}`", fix)
        for language in text.languages:
            if language not in languages:
                fix = f"leave it out, or add the language to {SETTINGS_FILE}"
                yield document.problem((*where, language), f"`{language}` is not a language of this catalogue", fix)


def _texts(value: object, where: Where) -> Iterator[tuple[Where, Text]]:
    """Every text in a model, with its path in the file."""
    if isinstance(value, Text):
        yield where, value
    elif isinstance(value, BaseModel):
        for name, described in type(value).model_fields.items():
            yield from _texts(getattr(value, name), (*where, described.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*where, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*where, index))


def _take_shared(
    claim: Claim, document: Document, shared: Mapping[str, bytes], files: dict[str, bytes]
) -> Iterator[Problem]:
    """Put the shared files that the claim uses beside its own, so that its content key covers them."""
    for index, name in enumerate(claim.uses):
        if name not in shared:
            known = ", ".join(shared) or "nothing"
            yield document.problem(("uses", index), f"no shared file `{name}`", f"{SHARED} holds {known}")
        elif name in files:
            yield document.problem(("uses", index), f"`{name}` is one of the claim's own files too", "keep one of them")
        else:
            files[name] = shared[name]
