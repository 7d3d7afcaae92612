"""What a page shows of changes: those since the last published build, and all that are known of one claim."""

from __future__ import annotations

from dataclasses import dataclass

from macros.claim.fields import Text, VerdictName
from macros.publish.news import ALL, anchor_of
from macros.results.catalogue import CatalogueResult
from macros.results.diff import Diff, Turn
from macros.results.feed_history import Change
from macros.results.history import Past
from macros.verdict.finding import Finding
from macros.words import LanguageName
from macros.words.changes import CHANGES

MOST = 20
"""Claims that the home page names."""


@dataclass(frozen=True)
class Changed:
    """A claim with another verdict, or a new one: then there is no `before`."""

    id: str
    title: Text | str
    before: Finding | None
    after: Finding
    why: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """One change of a claim's verdict."""

    anchor: str
    on: str
    before: Finding
    after: Finding
    why: str


def since_previous(results: CatalogueResult, past: Past, language: LanguageName) -> list[Changed]:
    """Every claim of this build whose verdict is another one than in the last, flips first, then the new ones."""
    found = []
    anchors = {change.claim: anchor_of(change) for change in _latest(results, past)}
    for one in past.diff.verdicts:
        title, after = results.claims[one.id].claim.title, results.claims[one.id].finding
        why = CHANGES[language].because(one.causes)
        found.append(Changed(one.id, title, _finding(one.before), after, why, anchors.get(one.id, "")))
    for new in past.diff.new:
        result = results.claims[new.id]
        found.append(Changed(new.id, result.claim.title, None, result.finding, CHANGES[language].new, ""))
    return found


def of_claim(past: Past, claim: str, language: LanguageName) -> list[Row]:
    """All changes that are known, the newest first."""
    return [
        Row(
            anchor_of(change),
            change.generated,
            _finding(change.before),
            _finding(change.after),
            CHANGES[language].because(change.causes),
        )
        for change in past.changes_of(claim)
    ]


def counts(found: Diff) -> list[tuple[int, str, str]]:
    """How many of each kind, with the words for one and for many. The verdicts are told also where none changed."""
    kinds = [
        (len(found.verdicts), "verdict changed", "verdicts changed"),
        (len(found.moved), "value moved beyond both intervals", "values moved beyond both intervals"),
        (len(found.new), "claim is new", "claims are new"),
        (len(found.removed), "claim is gone", "claims are gone"),
    ]
    return [kind for place, kind in enumerate(kinds) if kind[0] or place == 0]


def feeds(language: LanguageName) -> list[tuple[str, str]]:
    """The feeds by name, and what each has."""
    says = CHANGES[language]
    return [(ALL, says.every), *((turn.value, says.turns[turn]) for turn in Turn)]


def _latest(results: CatalogueResult, past: Past) -> list[Change]:
    """The changes of this build."""
    return [change for change in past.history.changes if change.generated == results.generated]


def _finding(verdict: VerdictName) -> Finding:
    """A verdict of another build, of which no more is known."""
    return Finding(verdict)
