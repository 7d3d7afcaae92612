"""What a preview knows of its change besides the results: both sides' names, what differs, and how it was compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from macros.results.catalogue import CatalogueResult
from macros.results.diff import Diff


class PageState(StrEnum):
    """What became of a page's file."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Preview:
    """A change. `base` and `head`: its sides in short; `edited`: the head has edits that are not committed.

    `before`: the base's results. `affected`: the claims that the change can affect, and `because` the one file that
    affects all, if one does. `together`: those of them whose sides were measured in the same rounds; `apart`: those
    whose sides were measured at different times. `other_program`: the base had another judge, which was not asked.
    `files`: what became of files, by their absolute paths.
    """

    revision: str
    base: str
    head: str
    edited: bool
    before: CatalogueResult
    diff: Diff
    affected: tuple[str, ...]
    because: str
    together: tuple[str, ...]
    apart: tuple[str, ...]
    other_program: bool
    files: Mapping[Path, PageState]

    @cached_property
    def told(self) -> frozenset[str]:
        """The claims of which anything measured or read is said otherwise."""
        found = self.diff
        changes = [one.id for one in (*found.verdicts, *found.cells)]
        return frozenset([*changes, *(one.id for one in found.moved), *(one.id for one in found.new)])

    @property
    def measured_twice(self) -> int:
        """How many claims were measured on both sides, so that chance alone could make them differ."""
        return len(self.together) + len(self.apart)

    @property
    def error(self) -> float:
        """The chance that one measured claim has a wrong verdict, at most."""
        return self.before.policy.alpha(1)

    @property
    def flips_by_chance(self) -> float:
        """How many flips are to be expected of noise alone, at most: to flip so, one of the two sides must be wrong."""
        return 2 * self.measured_twice * self.error

    def changed_claim(self, name: str, now: CatalogueResult) -> bool:
        """Whether the page of a claim of this build says anything else than before."""
        old, new = self.before.claims.get(name), now.claims[name]
        return name in self.told or old is None or old.claim != new.claim or old.files != new.files
