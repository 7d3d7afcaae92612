"""pydantic's errors in the words of a claim's author: where in the file, what is wrong, what would be right."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from macros.claim.document import MOST_PROBLEMS, Document, Where
from macros.claim.visible import shown
from macros.problems import Problem


def explain(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """A problem for each mistake, up to `MOST_PROBLEMS`."""
    errors = error.errors(include_url=False, include_context=False)
    first = errors[: 4 * MOST_PROBLEMS]
    told = [details for details in first if not _beside_the_point(details, first)][:MOST_PROBLEMS]
    problems = [_explain(document, model, details) for details in told]
    if len(errors) > len(first):
        what = f"{len(errors) - len(told)} more mistakes"
        problems.append(document.problem((), what, "fix the first ones and look again"))
    return problems


def _explain(document: Document, model: type[BaseModel], details: Any) -> Problem:
    where = _real_path(document.data, details["loc"])
    kind, message = details["type"], shown(details["msg"].removeprefix("Value error, "), 300)
    if kind == "extra_forbidden" and where:
        allowed = _allowed_keys(model, details["loc"][:-1])
        near = difflib.get_close_matches(shown(where[-1]), allowed, 1)
        fix = f"did you mean `{near[0]}`?" if near else f"known keys here: {', '.join(sorted(allowed))}"
        return document.problem(where, f"unknown key `{shown(where[-1])}`", fix)
    if kind == "missing":
        key = details["loc"][-1]
        return document.problem(where, f"`{key}` is missing", f"add `{key}:` here")
    if kind == "union_tag_not_found":
        return document.problem(where, "`from` is missing", "say which extractor reads it: from: json, regex, nm, ...")
    named = f"`{shown('.'.join(str(part) for part in where), 120)}`: " if where else ""
    given = details.get("input")
    found = f" (found {given!r})" if isinstance(given, (str, int, float, bool)) and len(str(given)) < 80 else ""
    return document.problem(where, f"{named}{message}{found}")


def _beside_the_point(details: Any, errors: list[Any]) -> bool:
    """A union's "should be 'all'" is useless if another member of the union has found the real mistake."""
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


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _allowed_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    schema = _schema(model)
    nodes = [schema]
    for part in loc:
        nodes = [child for node in nodes for child in _children(schema, node, part)] or nodes
    return sorted({key for node in nodes for flat in _flatten(schema, node) for key in flat.get("properties", {})})


def _flatten(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _flatten(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    nodes = [node]
    for key in ("anyOf", "oneOf", "allOf"):
        for option in node.get(key, []):
            nodes.extend(_flatten(schema, option))
    return nodes


def _children(schema: dict[str, Any], node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for flat in _flatten(schema, node):
        if isinstance(part, int):
            nodes.extend(flat[key] for key in ("items",) if isinstance(flat.get(key), dict))
        elif part in flat.get("properties", {}):
            nodes.append(flat["properties"][part])
        elif isinstance(flat.get("additionalProperties"), dict):
            nodes.append(flat["additionalProperties"])
        else:
            mapping = flat.get("discriminator", {}).get("mapping", {})
            if part in mapping:
                nodes.append({"$ref": mapping[part]})
    return nodes
