"""The list of the source's statements: a catalogue that has one must hold a claim for each, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from macros.claim.document import Document
from macros.claim.fields import Kind, Model, Name
from macros.claim.loading import Catalogue, load_model
from macros.problems import Problem

STATEMENTS_FILE = "statements.yml"


class Statement(Model):
    """Where the source makes a statement, and how it can be decided."""

    id: Name
    where: str
    kind: Kind


class Statements(Model):
    statements: tuple[Statement, ...]


def check_statements(catalogue: Catalogue) -> list[Problem]:
    """What the catalogue lacks, has in excess, or puts in another place than its list of statements. None without a
    list."""
    path = catalogue.folder / STATEMENTS_FILE
    if not path.is_file():
        return []
    listed, document = load_model(path, Statements)
    if listed is None:
        return document.problems
    return list(_differences(listed, document, catalogue))


def _differences(listed: Statements, document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    listed_ids: set[str] = set()
    for index, statement in enumerate(listed.statements):
        if statement.id in listed_ids:
            yield document.problem(("statements", index), f"`{statement.id}` appears twice", "keep one of them")
        listed_ids.add(statement.id)
        if statement.id in catalogue.unreadable:
            continue
        loaded = catalogue.claims.get(statement.id)
        if loaded is None:
            yield document.problem(
                ("statements", index),
                f"no claim decides `{statement.id}` ({statement.where})",
                f"write {Path(statement.id) / 'claim.yml'}; `claims new {statement.id}` begins one",
            )
            continue
        if loaded.claim.kind is not statement.kind:
            yield loaded.document.problem(
                ("kind",), f"kind {loaded.claim.kind.value}", f"{STATEMENTS_FILE} lists it as {statement.kind.value}"
            )
        if loaded.claim.source.where != statement.where:
            yield loaded.document.problem(
                ("source", "where"),
                f"section {loaded.claim.source.where}",
                f"{STATEMENTS_FILE} lists it in {statement.where}",
            )
    for name, loaded in catalogue.claims.items():
        if name not in listed_ids:
            yield loaded.document.problem(
                ("id",), f"{STATEMENTS_FILE} has no statement `{name}`", "list it there, or remove the claim"
            )
