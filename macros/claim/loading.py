"""Claim files to claims: the only I/O of this package.

All errors of all files are collected before anything stops, each as `file:line:column`.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from macros.claim.document import Document, Where, read_document
from macros.claim.model import Claim
from macros.problems import InvalidInput, Problem

CLAIM_FILE = "claim.yml"
SCHEMA_FILE = "claim.schema.json"
MODELINE = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""The first line of a claim file, by which editors find the schema."""

SHARED = "_shared"
"""The folder, among the claims' own, of program files that several claims use."""

MAX_PROGRAM_BYTES = 256 * 1024

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
    """Folders whose claim has mistakes of its own; nobody is to be told that it does not exist."""

    def select(self, ids: tuple[str, ...]) -> list[LoadedClaim]:
        """The claims named, or all. Raises InvalidInput naming near misses for an id that is not there."""
        problems = []
        for wanted in ids:
            if wanted not in self.claims:
                near = difflib.get_close_matches(wanted, self.claims, 3, 0.5)
                fix = f"did you mean {' or '.join(near)}?" if near else "`claims lint` lists what there is"
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
        errors = error.errors()
        document.problems.extend(_explain(document, model, one) for one in errors if not _beside_the_point(one, errors))
        return None, document


def load_catalogue(folder: Path) -> tuple[Catalogue, list[Problem]]:
    """Every claim that can be read, and every problem of every file."""
    problems: list[Problem] = []
    loaded: list[LoadedClaim] = []
    if not folder.is_dir():
        return Catalogue(folder, {}), [
            Problem(folder, 1, 1, "no such folder", "give the claims' folder with --claims DIR")
        ]
    seen: dict[str, Path] = {}
    unreadable: set[str] = set()
    shared, shared_problems = _program_files(folder / SHARED)
    problems.extend(shared_problems)
    for sub in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))):
        claim, document = load_model(sub / CLAIM_FILE, Claim)
        problems.extend(document.problems)
        if claim is None:
            unreadable.add(sub.name)
            continue
        if claim.id != sub.name:
            fix = f"rename the folder to `{claim.id}`, or the id to `{sub.name}`"
            problems.append(document.problem(("id",), f"id `{claim.id}` in the folder `{sub.name}`", fix))
        if claim.id in seen:
            problems.append(
                document.problem(("id",), f"id `{claim.id}` is taken by {seen[claim.id]}", "an id names one claim")
            )
            continue
        seen[claim.id] = document.path
        files, file_problems = _program_files(sub)
        problems.extend(file_problems)
        problems.extend(_take_shared(claim, document, shared, files))
        loaded.append(LoadedClaim(claim, sub, files, document))
    loaded.sort(key=lambda one: (_section(one.claim.source.where), one.claim.id))
    return Catalogue(folder, {one.claim.id: one for one in loaded}, frozenset(unreadable)), problems


def _section(where: str) -> tuple[int, ...]:
    first = where.split("/")[0].strip()
    return tuple(int(part) for part in first.split(".") if part.isdigit())


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


def _program_files(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            problems.append(Problem(path, 1, 1, "is not a regular file", "copy the content here"))
        elif path.is_file() and name != CLAIM_FILE and not path.name.startswith("."):
            if path.stat().st_size > MAX_PROGRAM_BYTES:
                problems.append(
                    Problem(path, 1, 1, "is too large", f"at most {MAX_PROGRAM_BYTES:,} bytes for a program file")
                )
            else:
                files[name] = path.read_bytes()
    return files, problems


# ---- pydantic's errors in the words of a claim's author -------------------------------------------


def _explain(document: Document, model: type[BaseModel], details: Any) -> Problem:
    where = _real_path(document.data, details["loc"])
    kind, message = details["type"], details["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        allowed = _allowed_keys(model, details["loc"][:-1])
        near = difflib.get_close_matches(str(where[-1]), allowed, 1)
        fix = f"did you mean `{near[0]}`?" if near else f"known keys here: {', '.join(sorted(allowed))}"
        return document.problem(where, f"unknown key `{where[-1]}`", fix)
    if kind == "missing":
        key = details["loc"][-1]
        return document.problem(where, f"`{key}` is missing", f"add `{key}:` here")
    if kind == "union_tag_not_found":
        return document.problem(where, "`from` is missing", "say which extractor reads it: from: json, regex, nm, ...")
    named = f"`{'.'.join(str(part) for part in where)}`: " if where else ""
    given = details.get("input")
    found = f" (found {given!r})" if isinstance(given, (str, int, float, bool)) and len(str(given)) < 80 else ""
    return document.problem(where, f"{named}{message}{found}")


def _beside_the_point(details: Any, errors: list[Any]) -> bool:
    """A union's "should be 'all'" says nothing where another member of it has found the real mistake."""
    around = details["loc"][:-1]
    return details["type"] == "literal_error" and any(
        other is not details and len(other["loc"]) > len(around) + 1 and other["loc"][: len(around)] == around
        for other in errors
    )


def _real_path(data: Any, loc: tuple[str | int, ...]) -> Where:
    """pydantic's location without the names of union members that it puts in between."""
    where: list[str | int] = []
    for part in loc:
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            where.append(part)
            data = data[part]
    return tuple(where)


def _allowed_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    schema = model.model_json_schema()
    nodes = [schema]
    for part in loc:
        nodes = [child for node in nodes for child in _children(schema, node, part)] or nodes
    return sorted({key for node in nodes for flat in _flatten(schema, node) for key in flat.get("properties", {})})


def _flatten(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _flatten(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    found = [node]
    for key in ("anyOf", "oneOf", "allOf"):
        for option in node.get(key, []):
            found.extend(_flatten(schema, option))
    return found


def _children(schema: dict[str, Any], node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for flat in _flatten(schema, node):
        if isinstance(part, int):
            found.extend(flat[key] for key in ("items",) if isinstance(flat.get(key), dict))
        elif part in flat.get("properties", {}):
            found.append(flat["properties"][part])
        elif isinstance(flat.get("additionalProperties"), dict):
            found.append(flat["additionalProperties"])
        else:
            mapping = flat.get("discriminator", {}).get("mapping", {})
            if part in mapping:
                found.append({"$ref": mapping[part]})
    return found
