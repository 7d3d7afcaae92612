"""Reading a feed back, with the line and column of whatever is wrong in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from macros.problems import InvalidInput, Problem
from macros.results.feed_models import SCHEMA, Feed

MOST_PROBLEMS = 20
"""How many places are named of a feed that is wrong in many."""

_LONGEST_PLACE = 200
_SPACE = re.compile(r"[ \t\r\n]*")
_AGAIN = "write it again: `claims verify --json FILE`"
_Place = tuple[int, int]
_Path = Sequence[str | int]


def read(text: str, file: Path = Path("claims.json")) -> Feed:
    """The feed that a text is. Raises InvalidInput with the position of what is wrong; `file` is its name there."""
    try:
        return Feed.model_validate_json(text)
    except ValidationError as error:
        raise InvalidInput(_problems(text, file, error.errors(include_url=False))) from error


def read_files(*files: Path) -> list[Feed]:
    """The feeds of these files. Raises InvalidInput with what is wrong in any of them."""
    feeds: list[Feed] = []
    problems: list[Problem] = []
    for file in files:
        try:
            feeds.append(read(file.read_text("utf-8"), file))
        except InvalidInput as invalid:
            problems += invalid.problems
        except OSError as error:
            problems.append(Problem(file, 1, 1, f"cannot be read: {error.strerror}", "name a claims.json"))
        except UnicodeDecodeError:
            problems.append(Problem(file, 1, 1, "is not a feed of claims: it is not UTF-8", "name a claims.json"))
    if problems:
        raise InvalidInput(problems)
    return feeds


def _problems(text: str, file: Path, errors: Sequence[Any]) -> list[Problem]:
    first = errors[0]
    if first["type"] == "json_invalid":
        return [_not_json(file, first["ctx"]["error"])]
    if first["loc"] == () and first["type"] in ("model_type", "string_unicode"):
        return [Problem(file, 1, 1, "is not a feed of claims", "name a claims.json")]
    of_another_schema = [error for error in errors if error["loc"] == ("schema",)]
    if of_another_schema:
        return [_other_schema(text, file, of_another_schema[0])]
    said: dict[_Place, tuple[str, list[str]]] = {}
    for error in errors:
        place, path = _locate(text, error["loc"])
        _, messages = said.setdefault(place, (path, []))
        message = error["msg"].removeprefix("Value error, ")
        if message not in messages:
            messages.append(message)
        if len(said) > MOST_PROBLEMS:
            break
    problems = [
        Problem(file, line, column, f"{path}: {', or '.join(messages)}", _AGAIN)
        for (line, column), (path, messages) in said.items()
    ]
    return sorted(problems)[:MOST_PROBLEMS]


def _not_json(file: Path, message: str) -> Problem:
    found = re.search(r" at line (\d+) column (\d+)$", message)
    line, column = (int(found[1]), max(1, int(found[2]))) if found else (1, 1)
    what = message[: found.start()] if found else message
    return Problem(file, line, column, f"is not JSON: {what}", f"it may have been cut; {_AGAIN}")


def _other_schema(text: str, file: Path, error: Any) -> Problem:
    (line, column), _ = _locate(text, error["loc"])
    if error["type"] == "missing":
        return Problem(file, line, column, "is not a feed of claims: it has no `schema`", "name a claims.json")
    said = error["input"]
    if said == 1 and said is not True:
        return Problem(file, line, column, f"is a feed of schema 1, and this version reads {SCHEMA}", _AGAIN)
    fix = "read it with the version that wrote it"
    return Problem(file, line, column, f"is a feed of schema {said!r:.20}, and this version reads {SCHEMA}", fix)


def _locate(text: str, path: _Path) -> tuple[_Place, str]:
    """Line and column, from 1, of a value in a JSON text, and its path in words; of the innermost that is there."""
    at, words = _SPACE.match(text, 0).end(), ""  # type: ignore[union-attr]
    for part in path:
        child = _child(text, at, part)
        if child is None:
            break
        at = child
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    before = text[:at]
    place = before.count("\n") + 1, at - before.rfind("\n")
    return place, words.removeprefix(".")[:_LONGEST_PLACE] or "the feed"


def _child(text: str, at: int, part: str | int) -> int | None:
    """Where a member's or an element's value begins, in the object or array that begins at `at` of a JSON text."""
    if text[at] != ("{" if isinstance(part, str) else "["):
        return None
    at, place = _next(text, at + 1), 0
    while text[at] not in "}]":
        name: str | int = place
        if isinstance(part, str):
            name, at = json.JSONDecoder().raw_decode(text, at)
            at = _next(text, _next(text, at) + 1)
        if name == part:
            return at
        _, at = json.JSONDecoder().raw_decode(text, at)
        at = _next(text, at)
        if text[at] == ",":
            at, place = _next(text, at + 1), place + 1
    return None


def _next(text: str, at: int) -> int:
    """Past white space."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]
