"""What the builds before this one came to. The last published claims.json hands it on, so that nothing else is kept."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from macros.problems import InvalidInput, Problem
from macros.results.catalogue import CatalogueResult
from macros.results.diff import Diff, diff
from macros.results.feed import feed_of, read_files
from macros.results.feed_history import MOST_CHANGES, Build, Change, History
from macros.results.feed_models import Feed

VARIABLE = "CLAIMS_PREVIOUS"
"""The environment's name of the last published claims.json."""


@dataclass(frozen=True)
class Past:
    """What is known of earlier builds. `diff`: between the last one and this."""

    diff: Diff
    history: History

    def changes_of(self, claim: str) -> list[Change]:
        """The changes of a claim's verdict, the newest first."""
        return [change for change in self.history.changes if change.claim == claim]


def last_published(named: Path | None = None) -> Feed | None:
    """The feed of the last published build: of the file that is named, else of that which CLAIMS_PREVIOUS names.

    Raises InvalidInput.
    """
    file = file_of_last(named)
    return read_previous(file) if file else None


def file_of_last(named: Path | None = None) -> Path | None:
    """The file that is named, else that which CLAIMS_PREVIOUS names, if it names one."""
    file = named or os.environ.get(VARIABLE)
    return Path(file) if file else None


def read_previous(file: Path) -> Feed:
    """The feed of the last published build. Raises InvalidInput for what cannot be compared with a whole catalogue."""
    (feed,) = read_files(file)
    if feed.selection is not None or feed.lost:
        what = "is of a run that was narrowed, or lost claims" if feed.lost else "is of a run that was narrowed"
        raise InvalidInput([Problem(file, 1, 1, what, "name the claims.json of a published site")])
    for text in _dates(feed):
        if not is_time(text):
            raise InvalidInput([Problem(file, 1, 1, f"`{text:.40}` is no time", "name the claims.json of a site")])
    return feed


def past_of(results: CatalogueResult, previous: Feed) -> Past:
    """What changed since the build that `previous` is of, and what that one knew of those before."""
    now = feed_of(results)
    found = diff(previous, now)
    old = previous.history
    last = Build(generated=previous.generated, source_commit=previous.source_commit)
    new = sorted(
        (
            Change(claim=one.id, generated=now.generated, before=one.before, after=one.after, causes=one.causes)
            for one in found.verdicts
        ),
        key=lambda change: change.claim,
    )
    before = {claim.id: previous.generated for claim in previous.claims} | (old.since if old else {})
    history = History(
        first=old.first if old else last,
        previous=last,
        builds=(old.builds if old else 0) + 1,
        since={claim.id: before.get(claim.id, now.generated) for claim in now.claims},
        changes=(*new, *(old.changes if old else ()))[:MOST_CHANGES],
    )
    return Past(found, history)


def is_time(text: str) -> bool:
    """Whether it is a time with its zone, as ISO 8601 and RFC 3339 both have it."""
    try:
        return datetime.datetime.fromisoformat(text).tzinfo is not None and "T" in text
    except ValueError:
        return False


def _dates(feed: Feed) -> Iterator[str]:
    yield feed.generated
    if feed.history:
        yield from (build.generated for build in (feed.history.first, feed.history.previous))
        yield from feed.history.since.values()
        yield from (change.generated for change in feed.history.changes)
