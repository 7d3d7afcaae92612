"""What the command line hands to a build of MkDocs, which has no place for it between `load_config` and its plugins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from macros.results.catalogue import CatalogueResult
from macros.results.feed import Feed
from macros.results.preview import Preview


@dataclass(frozen=True)
class Given:
    """The folder of the claims that a site is about; and their results, where they are at hand.

    `strict`: prose that this build's measurements deny stops the build, however near it comes to the truth.
    `previous`: the feed of the last published build, where one is known. `preview`: the change that the site is a
    preview of; then what the pages and the claims do not agree in is shown, and does not stop the build.
    """

    claims: Path
    results: CatalogueResult | None = None
    strict: bool = False
    previous: Feed | None = None
    preview: Preview | None = None


_GIVEN: ContextVar[Given | None] = ContextVar("given", default=None)


@contextlib.contextmanager
def giving(given: Given | None) -> Iterator[None]:
    """For as long as the context lasts, builds in this thread are about these claims."""
    token = _GIVEN.set(given)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def given_here() -> Given | None:
    """What the build at hand was given; None in a build that MkDocs' own command began."""
    return _GIVEN.get()
