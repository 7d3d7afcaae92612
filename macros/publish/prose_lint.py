"""Prose that speaks of what is measured, and that nothing binds to a measurement.

Outside of a passage: a paragraph that names a release or compares. Inside: a release or a case that no guard covers.
Which pages are looked at, and whether what is found stops a build, says mkdocs.yml (`extra: bound_prose`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from jinja2 import TemplateSyntaxError
from mkdocs.utils.yaml import yaml_load

from macros.claim.catalogue import CatalogueSettings
from macros.claim.model import Case, Claim
from macros.claim.scope import scope_of
from macros.problems import InvalidInput, Problem
from macros.publish.english import REPORTS, comparisons
from macros.publish.page_source import Block, Call, blocks, without_marks
from macros.results.catalogue import CatalogueResult

_HIDDEN = re.compile(r"\]\([^)]*\)|<[^>]+>|<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_NUMBERS = r"[0-9]+\.[0-9]+(?:(?:, (?:and |or )?| and | or | to |[-–])[0-9]+\.[0-9]+)*"
"""A release's number, or a row of them: `1.15, 1.19 and 1.21`."""

_COVERS_ALL = ("confirmed", "refuted")
"""The verdicts that a claim has in every cell of its scope."""

SAY_NOTHING = frozenset({"card", "program", "claims_table", "output", "diagram"})
"""Macros whose arguments bind no prose beside them."""


@dataclass(frozen=True)
class Settings:
    """`extra: bound_prose` of mkdocs.yml. `pages`: patterns of paths in the docs; `enforce`: findings are errors.

    `everywhere`: comparisons need a macro or a citation inside of passages too, and a verdict is not enough for them.
    """

    pages: tuple[str, ...] = ()
    enforce: bool = False
    everywhere: bool = False

    def has(self, uri: str) -> bool:
        """Whether the page's path among the docs is one of those."""
        return any(fnmatchcase(uri, pattern) for pattern in self.pages)


def settings_of(given: object) -> Settings:
    """Raises ValueError for what is no such setting."""
    if given is None:
        return Settings()
    if not isinstance(given, Mapping) or set(given) - {"pages", "enforce", "everywhere"}:
        raise ValueError(f"extra.bound_prose: {given!r} is not `pages`, `enforce` and `everywhere`")
    pages, *switches = given.get("pages", []), given.get("enforce", False), given.get("everywhere", False)
    if not isinstance(pages, list) or not all(isinstance(one, str) for one in pages):
        raise ValueError("extra.bound_prose: `pages` is a list of patterns")
    if not all(isinstance(one, bool) for one in switches):
        raise ValueError("extra.bound_prose: `enforce` and `everywhere` are true or false")
    return Settings(tuple(pages), *switches)


@dataclass(frozen=True)
class Known:
    """What pages can speak of: the claims, and the toolchains in the catalogue's order."""

    claims: Mapping[str, Claim]
    toolchains: tuple[str, ...]
    settings: CatalogueSettings

    @property
    def releases(self) -> str:
        """A pattern for the names that releases bear before their numbers: `go` of go1.22."""
        heads = (re.match(r"[a-z]+(?=[0-9])", name) for name in self.settings.meant_by_all(self.toolchains))
        return "|".join(sorted({head[0] for head in heads if head})) or r"(?!)"


def known_of(results: CatalogueResult) -> Known:
    """What the pages of a build can speak of."""
    claims = {name: result.claim for name, result in results.claims.items()}
    return Known(claims, tuple(results.toolchains), results.settings)


def lint_pages(project: Path, known: Known) -> tuple[list[Problem], bool]:
    """What a project's pages say without a guard, and whether that is an error. Its folder has the mkdocs.yml.

    Raises InvalidInput for settings that are none.
    """
    path = project / "mkdocs.yml"
    with path.open("rb") as file:
        config = yaml_load(file)
    try:
        settings = settings_of((config.get("extra") or {}).get("bound_prose"))
    except ValueError as error:
        raise InvalidInput([Problem(path, 1, 1, str(error), "write pages: [patterns] and enforce: true")]) from error
    docs = project / (config.get("docs_dir") or "docs")
    found: list[Problem] = []
    for page in sorted(docs.rglob("*.md")):
        if settings.has(page.relative_to(docs).as_posix()):
            found += lint_page(page.read_text("utf-8"), page.relative_to(project), known, settings.everywhere)
    return found, settings.enforce


def lint_page(source: str, path: Path, known: Known, everywhere: bool = False) -> list[Problem]:
    """All that one page says without a guard, by line. A page that Jinja cannot read is left to the build."""
    try:
        found = blocks(source)
    except TemplateSyntaxError:
        return []
    problems = []
    for block in found:
        if block.kind == "prose":
            inside = block.guards is not None
            problems += _inside(block, path, known) if inside else _outside(block, path, known)
            if inside and everywhere and (compared := _unbound(block, known)[1]):
                what = f"the passage compares ({_listed(f'“{said}”' for _, said in compared)}), and nothing checks it"
                fix = "use a comparison macro or a citation, or remove it"
                problems.append(Problem(path, block.line_of(compared[0][0]), 1, what, fix))
    return problems


# ---- outside of a passage ----------------------------------------------------------------------------


def _outside(block: Block, path: Path, known: Known) -> list[Problem]:
    releases, compared = _unbound(block, known)
    if not releases and not compared:
        return []
    parts = []
    if releases:
        parts.append(f"names {_listed(said for _, said in releases)}")
    if compared:
        parts.append(f"compares ({_listed(f'“{said}”' for _, said in compared)})")
    line = block.line_of(min(place for place, _ in (*releases, *compared)))
    what = f"the paragraph {' and '.join(parts)}, and nothing binds it to a measurement or a source"
    return [Problem(path, line, 1, what, "put it in a passage, use a comparison macro or a citation, or remove it")]


def _unbound(block: Block, known: Known) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The releases and the comparing words of a paragraph that nothing binds, with their places in its text."""
    text = _readable(block.text)
    if any(text.lstrip("> \n").startswith(f"**{label}") for label in REPORTS):
        return [], []
    calls = list(block.every_call())
    if any(call.name == "cite" for call in calls):
        return [], []
    named = {name for call in calls if call.name not in SAY_NOTHING for name in call.texts("toolchain")}
    releases = [(place, said) for place, name, said in _releases(text, known) if name not in named]
    return releases, comparisons(_CODE.sub(lambda code: " " * len(code[0]), text))


def unbound_comparisons(source: str, known: Known, everywhere: bool) -> list[tuple[int, str]]:
    """The comparing words of a page that nothing binds, each with its line. The page can be read."""
    return [
        (block.line_of(place), word)
        for block in blocks(source)
        if block.kind == "prose" and (everywhere or block.guards is None)
        for place, word in _unbound(block, known)[1]
    ]


# ---- inside of a passage -----------------------------------------------------------------------------


def _inside(block: Block, path: Path, known: Known) -> list[Problem]:
    assert block.guards is not None
    text = _readable(block.text)
    calls = list(block.every_call())
    if any(call.name == "cite" for call in calls):
        return []
    guards = [_Guard.of(call, known) for call in _guards_of(block.guards)]
    named = {name for call in calls if call.name not in SAY_NOTHING for name in call.texts("toolchain")}
    cases = {name for call in calls if call.name not in SAY_NOTHING for name in call.texts("case")}
    free = [
        (place, name, said)
        for place, name, said in _releases(text, known)
        if name not in named and not any(name in guard.toolchains for guard in guards)
    ]
    problems = []
    if free:
        what, fix = _listed(said for _, _, said in free), f'add found("…", "…", toolchain="{free[0][1]}")'
        problems.append(_uncovered(block, path, free[0][0], what, f"{fix} or a citation, or remove the release"))
    for guard in guards:
        for case in guard.uncovered:
            spoken = _speaks_of(text, case)
            if spoken is not None and case.name not in cases and not any(case.name in one.cases for one in guards):
                what, fix = f"the case `{case.name}`", f'add found("{guard.claim}", "…", case="{case.name}")'
                problems.append(_uncovered(block, path, spoken, what, fix))
    return list(dict.fromkeys(problems))


def _uncovered(block: Block, path: Path, place: int, what: str, fix: str) -> Problem:
    return Problem(path, block.line_of(place), 1, f"the passage speaks of {what}, which its guards do not cover", fix)


@dataclass(frozen=True)
class _Guard:
    """What one guard covers: releases and cases by name. `uncovered`: the claim's other cases."""

    claim: str
    toolchains: frozenset[str]
    cases: frozenset[str]
    uncovered: tuple[Case, ...]

    @classmethod
    def of(cls, call: Call, known: Known) -> _Guard:
        name = next(iter(call.texts("claim", 0)), "")
        verdict = next(iter(call.texts("verdict", 1)), "")
        claim = known.claims.get(name)
        if claim is None:
            return cls(name, frozenset(), frozenset(), ())
        toolchains, cases = set(call.texts("toolchain", 2)), set(call.texts("case", 3))
        everywhere = verdict in _COVERS_ALL
        if not toolchains and (everywhere or cases):
            toolchains = set(scope_of(claim, known.toolchains, known.settings))
        if not cases and everywhere:
            cases = {case.name for case in claim.cases if not case.context}
        rest = tuple(case for case in claim.cases if case.name not in cases and case.name != "default")
        return cls(name, frozenset(toolchains), frozenset(cases), rest)


def _guards_of(passage: Call) -> list[Call]:
    """The `found` calls of a passage; one without any is itself the guard, with claim and verdict."""
    return [call for call in passage.nested if call.name == "found"] or [passage]


# ---- what prose speaks of ----------------------------------------------------------------------------


def _releases(text: str, known: Known) -> list[tuple[int, str, str]]:
    """The releases that a text names: place, the toolchain's name, and as it stands there. Pinned or not."""
    found = []
    for row in re.finditer(rf"\b({known.releases})[ \u00a0]?{_NUMBERS}", text, re.IGNORECASE):
        for number in re.finditer(r"[0-9]+\.[0-9]+", row[0]):
            name = row[1].lower() + number[0]
            found.append((row.start() + number.start(), name, f"{row[1].capitalize()} {number[0]}"))
    return found


def _speaks_of(text: str, case: Case) -> int | None:
    """Where the text names the case: by its title, or by its name, which if it is one word must be set as code."""
    names = [_anywhere(case.name), _anywhere(case.name.replace("-", " "))] if "-" in case.name else [f"`{case.name}`"]
    if case.title is not None:
        names.append(_anywhere(case.title.say("en")))
    places = [found.start() for name in names if (found := re.search(name, text, re.IGNORECASE))]
    return min(places, default=None)


def _anywhere(name: str) -> str:
    """A pattern for a row of words, however they are broken into lines and whichever of them are code."""
    words = r"[`\s]+".join(re.escape(word) for word in re.findall(r"[^\s`]+", name))
    return rf"(?<!\w){words}(?!\w)"


def _readable(text: str) -> str:
    """What of a block's text readers see, in the same places: link targets and tags are blanks."""
    return _HIDDEN.sub(lambda hidden: re.sub(r"[^\n]", " ", hidden[0]), without_marks(text))


def _listed(items: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(items))
