"""The JSON Schema by which editors complete and check claim files, and the line by which they find it."""

from __future__ import annotations

import json
from pathlib import Path

from macros.claim.catalogue import CatalogueSettings
from macros.claim.files import Unreadable, read_regular
from macros.claim.loading import MODELINE, SCHEMA_FILE, Catalogue
from macros.claim.model import Claim
from macros.problems import EnvironmentFailed, Problem

MAX_SCHEMA_BYTES = 2**20


def schema_json(settings: CatalogueSettings) -> str:
    """The schema of a claim file, as text; every text in it is in the catalogue's languages and in no other."""
    schema = Claim.model_json_schema()
    for name in ("Text", "Title"):
        text = schema["$defs"][name]
        languages = {language: text["properties"][language] for language in settings.languages}
        for described in languages.values():
            described.pop("default", None)
            described.update(next(option for option in described.pop("anyOf") if option != {"type": "null"}))
        text.update(properties=languages, required=list(languages))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "claim file"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_schema(folder: Path, settings: CatalogueSettings) -> None:
    """Raises EnvironmentFailed if that cannot be done."""
    path = folder / SCHEMA_FILE
    try:
        path.write_text(schema_json(settings), encoding="utf-8")
    except OSError as error:
        raise EnvironmentFailed(f"{path} cannot be written: {error.strerror}; check the folder") from error


def check_schema(catalogue: Catalogue) -> list[Problem]:
    """The stored schema must be the generated one, and each claim's first line must name it."""
    problems = [
        Problem(loaded.document.path, 1, 1, "the first line does not name the schema", f"begin with `{MODELINE}`")
        for loaded in catalogue.claims.values()
        if MODELINE not in loaded.document.first_line
    ]
    path = catalogue.folder / SCHEMA_FILE
    try:
        stored = read_regular(path, MAX_SCHEMA_BYTES)
    except Unreadable:
        stored = b""
    if stored.decode("utf-8", "replace") != schema_json(catalogue.settings):
        problems.append(Problem(path, 1, 1, "is missing or out of date", "run `claims lint --write-schema`"))
    return problems
