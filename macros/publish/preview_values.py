"""The macros of a preview: what a page says otherwise than before has the old beside the new."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from macros.publish import lookup
from macros.publish.fragments import Fragment
from macros.publish.page_problems import PageProblem
from macros.publish.rendering import render
from macros.publish.vocabulary import Vocabulary
from macros.results import diff_values
from macros.results.feed_models import Metric
from macros.results.feed_values import metric_form
from macros.results.preview import Preview
from macros.verdict.finding import Estimate, Finding
from macros.words.changes import CHANGES
from macros.words.figures import Shown
from macros.words.preview import PREVIEW


@dataclass(frozen=True)
class PreviewVocabulary(Vocabulary):
    """The macros of one build of a preview."""

    preview: Preview | None = None

    @cached_property
    def before(self) -> Vocabulary:
        """The same macros on the base's results."""
        assert self.preview is not None
        return Vocabulary(self.preview.before, self.fragments, self.url, language=self.language)

    def value(
        self, claim: str, metric: str, toolchain: str | None = None, case: str | None = None, arm: str | None = None
    ) -> str:
        """A measured value with its uncertainty and unit; with the base's, if the two lie apart."""
        now = super().value(claim, metric, toolchain, case, arm)
        cell, estimate = self._estimate(claim, metric, toolchain, case, arm)
        try:
            _, old = self.before._estimate(claim, metric, cell.cell.toolchain, cell.cell.case, arm)
        except PageProblem:
            return now
        kind = lookup.find_claim(self.results, claim).claim.kind
        if not diff_values.moved(metric_form(old), metric_form(estimate), kind):
            return now
        return self._beside(render("preview_value", self.language, shown=self.words.show(old)), now)

    def verdict(self, claim: str, toolchain: str | None = None, case: str | None = None) -> str:
        """The claim's verdict, or a cell's own; with the base's, if that is another one."""
        now = super().verdict(claim, toolchain, case)
        old, new = self._finding(self.before, claim, toolchain, case), self._finding(self, claim, toolchain, case)
        if old is None or new is None or old.verdict is new.verdict:
            return now
        return self._beside(render("chip", self.language, finding=old, url="", what=""), now)

    def figure(self, claim: str, index: int = 0) -> str:
        """The source's figure; with what the base said that it is, if that differs."""
        now = super().figure(claim, index)
        try:
            old = lookup.find_figure(lookup.find_claim(self.before.results, claim), index)
        except PageProblem:
            return now
        if old == lookup.find_figure(lookup.find_claim(self.results, claim), index):
            return now
        return self._beside(render("figure", self.language, figure=old), now)

    def card(self, claim: str) -> str:
        """A claim in short, and what the change does to it."""
        card, note = super().card(claim), self.note(claim)
        return f"{note}\n\n{card}" if note else card

    def note(self, claim: str) -> str:
        """What the change does to a claim; nothing, if that is nothing."""
        assert self.preview is not None
        if claim not in self.preview.told:
            return ""
        found = self.preview.diff
        changes = [one for one in (*found.verdicts, *found.cells) if one.id == claim]
        return self._block(
            "preview_claim",
            says=PREVIEW[self.language],
            new=any(one.id == claim for one in found.new),
            changes=changes,
            moved=[one for one in found.moved if one.id == claim],
            because=CHANGES[self.language].because,
            chip=Finding,
            shown=self.shown,
        )

    def shown(self, metric: Metric) -> Shown | None:
        """A published value as everywhere else; None where it is not finite."""
        if metric.value is None:
            return None
        return self.words.show(Estimate(metric.value, metric.low, metric.high, metric.unit, metric.n))

    def _finding(self, vocabulary: Vocabulary, claim: str, toolchain: str | None, case: str | None) -> Finding | None:
        try:
            result = lookup.find_claim(vocabulary.results, claim)
            if toolchain is None and case is None:
                return result.finding
            return lookup.find_cell(result, toolchain, case).judged.finding
        except PageProblem:
            return None

    def _beside(self, old: str, now: str) -> str:
        """The old struck through, the new beside it; both are told apart in words as well."""
        new = self.fragments.of(now)
        html = render(
            "preview_beside", self.language, says=PREVIEW[self.language], old=Markup(old), new=Markup(new.html)
        )
        return self.fragments.keep(Fragment(html, new.plain))
