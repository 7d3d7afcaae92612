"""The index of all claims, arranged for its page: a plain table, and what its filters choose by.

A release's verdict on a claim is that of the grid. A claim has *changed in* a release if its verdict there is not the
one of the release before it in which the claim was executed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from macros.claim.fields import Kind, VerdictName
from macros.claim.model import Claim
from macros.claim.natural import natural_key
from macros.publish.rendering import without_markup
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.grid import GridRow, chapter_of, grid_of
from macros.words import LanguageName
from macros.words.stretches import Stretch, flips, in_short, stretches


@dataclass(frozen=True)
class Span:
    """Releases in which a claim has one verdict, and that follow one another among those in which it was executed."""

    releases: tuple[str, ...]
    verdict: VerdictName
    unbroken: bool

    @property
    def names(self) -> str:
        """The releases as a phrase: the first and the last of them where none between was left out."""
        return in_short(self.releases) if self.unbroken else ", ".join(self.releases)


@dataclass(frozen=True)
class Entry:
    """One claim in the index. `all_releases`: those of the whole catalogue."""

    row: GridRow
    all_releases: tuple[str, ...]

    @property
    def result(self) -> ClaimResult:
        return self.row.result

    @cached_property
    def verdicts(self) -> Mapping[str, VerdictName]:
        """By release, oldest first; without those in which it was not executed."""
        return {name: cell.finding.verdict for name, cell in self.row.by_release.items()}

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The releases in which it has changed."""
        return tuple(after for _, after in flips(self.verdicts))

    @cached_property
    def chapters(self) -> tuple[str, ...]:
        """Those in which the source says it."""
        places = self.result.claim.source.where.split("/")
        return tuple(dict.fromkeys(chapter_of(place) for place in places))

    @property
    def one_verdict(self) -> bool:
        """Whether each release has the claim's own verdict."""
        return set(self.verdicts.values()) == {self.result.finding.verdict}

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Its verdicts by release; none where they go without saying: one verdict, everywhere, which is the claim's."""
        if self.one_verdict and len(self.verdicts) == len(self.all_releases):
            return ()
        return tuple(map(self._span, stretches(self.verdicts)))

    def _span(self, stretch: Stretch) -> Span:
        first = self.all_releases.index(stretch.first)
        unbroken = self.all_releases[first : first + len(stretch.names)] == stretch.names
        return Span(stretch.names, stretch.verdict, unbroken)

    def hidden_words(self, language: LanguageName) -> str:
        """What it is found by besides the words of its line: its figures, and its title in the other languages."""
        return " · ".join([*titles_elsewhere(self.result.claim, language).values(), *self.result.claim.source.figures])


@dataclass(frozen=True)
class Index:
    """All claims in the order of the source, and the choices that its filters give."""

    entries: tuple[Entry, ...]
    releases: tuple[str, ...]

    @property
    def verdicts(self) -> list[tuple[VerdictName, int]]:
        """The verdicts that claims have, in their order, each with how many."""
        seen = [entry.result.finding.verdict for entry in self.entries]
        return [(name, seen.count(name)) for name in VerdictName if name in seen or self._in_a_release(name)]

    def _in_a_release(self, verdict: VerdictName) -> bool:
        return any(verdict in entry.verdicts.values() for entry in self.entries)

    @property
    def chapters(self) -> list[str]:
        return sorted({chapter for entry in self.entries for chapter in entry.chapters}, key=natural_key)

    @property
    def kinds(self) -> list[Kind]:
        there = {entry.result.claim.kind for entry in self.entries}
        return [kind for kind in Kind if kind in there]

    @property
    def changed(self) -> list[str]:
        """The releases in which some claim has changed."""
        there = {release for entry in self.entries for release in entry.changed}
        return [release for release in self.releases if release in there]


def index_of(results: CatalogueResult) -> Index:
    """Every claim of the results."""
    grid = grid_of(results)
    return Index(tuple(Entry(row, grid.releases) for group in grid.groups for row in group.rows), grid.releases)


def titles_elsewhere(claim: Claim, language: LanguageName) -> dict[str, str]:
    """A claim's title in the languages that the pages do not speak, by language."""
    others = [name for name in claim.title.languages if name != language]
    return {name: without_markup(claim.title.say(name)) for name in others}
