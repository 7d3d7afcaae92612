"""The macros that pages use. Each looks something up in the results and sets it; none runs or judges anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from markupsafe import Markup

from macros.claim.fields import VerdictName
from macros.claim.natural import natural_key
from macros.publish import changed, lookup
from macros.publish.benchmarks import Benchmarks
from macros.publish.binding import BINDING_MACROS, Binding
from macros.publish.card import Card, Listing, streams_of
from macros.publish.fragments import Fragment, Fragments
from macros.publish.grid import tooltip as grid_tooltip
from macros.publish.hostile import ENGINE, PROFILE, HostilePage
from macros.publish.page_problems import nothing_called
from macros.publish.provenance import machine_name
from macros.publish.rendering import render, without_markup
from macros.publish.trust import Trust
from macros.results.all_plots import Plots
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, State, in_order_of_source
from macros.results.feed_base import FOLDER
from macros.results.grid import GridCell, grid_of
from macros.results.history import Past
from macros.results.relations import premises_of, resting_on
from macros.results.surprises import surprises
from macros.results.weakest import weakest
from macros.verdict.finding import Estimate
from macros.verdict.premises import carries
from macros.words import Language, LanguageName, figures, speak
from macros.words.figures import Shown

PAGE_MACROS = (
    "value", "verdict", "figure", "against", "output", "card", "program", "values",
    "claims_table", "grid", "surprises", "changes", "summary", "legend", "trust", "policy", "diagram", "hostile",
    *BINDING_MACROS,
)  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The macros of one build. `url` leads from the page at hand to a claim's page, and for "" to the catalogue."""

    results: CatalogueResult
    fragments: Fragments
    url: Callable[[str], str]
    benchmarks: Benchmarks = field(default_factory=Benchmarks)
    docs: Path = Path("docs")
    language: LanguageName = "en"
    past: Past | None = None
    plots: Plots = field(default_factory=dict)

    @property
    def words(self) -> Language:
        """The language that the pages speak."""
        return speak(self.language)

    def macro(self, name: str) -> Callable[..., object]:
        """One of PAGE_MACROS."""
        found: Callable[..., object] = getattr(self.binding if name in BINDING_MACROS else self, name)
        return found

    @cached_property
    def binding(self) -> Binding:
        """The macros that tie prose to results."""
        return Binding(self.results, self.fragments, self.url, self.language)

    # ---- phrases ---------------------------------------------------------------------------------

    def value(
        self, claim: str, metric: str, toolchain: str | None = None, case: str | None = None, arm: str | None = None
    ) -> str:
        """A measured value with its uncertainty and unit."""
        cell, estimate = self._estimate(claim, metric, toolchain, case, arm)
        shown = self.words.show(estimate)
        return self._phrase("value", shown.plain, shown=shown, title=_title(metric, cell, shown, arm))

    def verdict(self, claim: str, toolchain: str | None = None, case: str | None = None) -> str:
        """The claim's verdict; with a toolchain or a case, that cell's own."""
        result = lookup.find_claim(self.results, claim)
        finding, what = result.finding, ""
        if toolchain is not None or case is not None:
            cell = lookup.find_cell(result, toolchain, case)
            finding, what = cell.judged.finding, f"{cell.cell.toolchain}, {cell.cell.case}"
        return self._phrase("chip", "", finding=finding, url=self.url(claim), what=what)

    def figure(self, claim: str, index: int = 0) -> str:
        """The source's figure, as the source gives it."""
        figure = lookup.find_figure(lookup.find_claim(self.results, claim), index)
        return self._phrase("figure", figure, figure=figure)

    def against(
        self,
        claim: str,
        metric: str,
        figure: int = 0,
        toolchain: str | None = None,
        case: str | None = None,
        arm: str | None = None,
    ) -> str:
        """The source's figure beside the measured value."""
        given = lookup.find_figure(lookup.find_claim(self.results, claim), figure)
        cell, estimate = self._estimate(claim, metric, toolchain, case, arm)
        shown = self.words.show(estimate)
        plain = f"source {given}, measured {shown.plain}"
        return self._phrase("against", plain, figure=given, shown=shown, title=_title(metric, cell, shown, arm))

    # ---- blocks ----------------------------------------------------------------------------------

    def output(
        self,
        claim: str,
        toolchain: str | None = None,
        case: str | None = None,
        arm: str | None = None,
        stage: str = "run",
        control: str | None = None,
    ) -> str:
        """What the experiment printed, letter by letter."""
        result = lookup.find_claim(self.results, claim)
        if control is None:
            cell = lookup.find_cell(result, toolchain, case)
        else:
            cell = lookup.find_control(result, control, toolchain)
        printed = streams_of(lookup.find_output(cell, stage, arm), f"{cell.cell}")
        return self._block("output", printed=printed)

    def card(self, claim: str) -> str:
        """A claim in short, folded up; the rest is on its page."""
        result = lookup.find_claim(self.results, claim)
        return self._block("card", **self.card_values(Card(result, True, self.results.policy)))

    def program(self, claim: str, file: str) -> str:
        """A program file of the claim."""
        files = lookup.program_files(lookup.find_claim(self.results, claim))
        if file not in files:
            raise nothing_called(f"program file of claim `{claim}`", file, list(files))
        return self._block("program", listing=Listing(f"{claim}/{file}", file, files[file]))

    def values(self, claim: str, metric: str, arm: str | None = None) -> str:
        """A metric over all toolchains and cases."""
        result = lookup.find_claim(self.results, claim)
        newest = lookup.find_cell(result, None, None)
        lookup.find_estimate(result, newest, metric, arm)
        cells = {(cell.cell.toolchain, cell.cell.case): cell for cell in result.cells}
        cases = lookup.cases_of(result)

        def shown(toolchain: str, case: str) -> Estimate | None:
            cell = cells.get((toolchain, case))
            there = cell.judged.estimates if cell else {}
            return there.get(lookup.estimate_name(metric, arm)) or there.get(metric)

        rows = [(name, [shown(name, case) for case in cases]) for name in lookup.toolchains_of(result)]
        card = Card(result, True, self.results.policy)
        return self._block(
            "values",
            caption=card.metric_title(metric) + (f", {arm}" if arm else ""),
            heads=[group.title if group.title != "default" else "value" for group in card.groups],
            rows=rows,
        )

    def claims_table(self, where: str = "") -> str:
        """The claims of a part of the source: "1" for its first chapter, "1.2" for a section of it."""
        chosen = [
            result
            for result in self.results.claims.values()
            if not where or any(inside(place.strip(), where) for place in result.claim.source.where.split("/"))
        ]
        if not chosen:
            places = sorted({result.claim.source.where for result in self.results.claims.values()}, key=natural_key)
            raise nothing_called("part of the source with claims", where, places)
        rows = [{"result": result, "url": self.url(result.claim.id)} for result in in_order_of_source(chosen)]
        return self._block("claims_table", rows=rows)

    def summary(self) -> str:
        """How many claims came to which verdict, and on what."""
        claims = list(self.results.claims.values())
        return self._block(
            "summary",
            counts=_counts(claims),
            total=len(claims),
            processes=sum(len(cell.record.evidence.observations) for claim in claims for cell in claim.cells),
            toolchains=sorted(
                (
                    (name, self.results.toolchains[name])
                    for name in self.results.settings.meant_by_all(list(self.results.toolchains))
                ),
                key=lambda item: natural_key(item[0]),
            ),
            generated=self.results.generated[:10],
            url=self.url(""),
        )

    def grid(self, chapters: Mapping[str, str] | None = None) -> str:
        """Every claim in every release: the verdicts as one table. `chapters`: names, by the number in the source."""

        def tooltip(cell: GridCell) -> str:
            return grid_tooltip(cell, self.words)

        return self._block("grid", grid=grid_of(self.results), chapters=chapters or {}, url=self.url, tooltip=tooltip)

    def surprises(self, count: int = 5) -> str:
        """The claims whose figure is furthest from what was measured."""
        return self._block("surprises", found=surprises(self.results, count), url=self.url)

    def changes(self) -> str:
        """What changed since the last published build, and where the feeds of changes are."""
        rows = changed.since_previous(self.results, self.past, self.language) if self.past else []
        return self._block(
            "changes",
            past=self.past,
            counts=changed.counts(self.past.diff) if self.past else [],
            changed=rows[: changed.MOST],
            more=len(rows[changed.MOST :]),
            feeds=changed.feeds(self.language),
            url=self.url,
            root=self.url("").removesuffix(f"{FOLDER}/"),
        )

    def legend(self) -> str:
        """What each verdict means."""
        return self._block("legend")

    def trust(self, part: str) -> str:
        """A part of what is known of the verdicts' reliability: error, controls, mutants, other analyses, ..."""
        parts = (
            "error", "controls", "mutants", "falsified", "layouts", "analyses", "noise", "bench", "reasons", "machines",
        )  # fmt: skip
        if part not in parts:
            raise nothing_called("part of what is known about trust", part, parts)
        return self._block(f"trust_{part}", trust=self._trust, policy=self.results.policy, url=self.url)

    def hostile(self, part: str) -> str:
        """What came of hostile claims: the sandbox's profile, the engine of the tests, or a part of what was tried."""
        attempts = self.benchmarks.hostile
        parts = (PROFILE, ENGINE, *(attempts.parts if attempts is not None else ()))
        if attempts is not None and part not in parts:
            raise nothing_called("part of what was tried", part, parts)
        return self._block("hostile", page=HostilePage(part, attempts))

    def policy(self, name: str) -> str:
        """A figure that was fixed before anything was measured. Shares and errors are given in percent."""
        policy = self.results.policy
        known = {field.name: field.type for field in dataclasses.fields(policy)}
        if name not in known:
            raise nothing_called("figure of the policy", name, list(known))
        value = getattr(policy, name)
        if isinstance(value, tuple):
            shown = " to ".join(figures.plain(end) for end in value)
        else:
            shown = figures.percent(value) if known[name] == "Share" else figures.plain(value)
        return self._phrase("figure", shown, figure=shown)

    @cached_property
    def _trust(self) -> Trust:
        return Trust(self.results, self.benchmarks)

    def diagram(self, name: str, caption: str) -> str:
        """A drawing of docs/assets/diagrams, in the page itself so that it follows the page's colours."""
        folder = self.docs / "assets" / "diagrams"
        path = folder / f"{name}.svg"
        if not path.is_file():
            raise nothing_called("diagram", name, sorted(one.stem for one in folder.glob("*.svg")))
        return self._block("diagram", svg=Markup(path.read_text("utf-8")), caption=caption)

    # ---- what they share -------------------------------------------------------------------------

    def note(self, claim: str) -> str:
        """What this build has to say above all else on a claim's page; nothing, unless it is a preview."""
        return ""

    def card_values(self, card: Card) -> dict[str, object]:
        """What the templates of a card and of its parts need."""
        result = card.result
        known = [name for name in result.claim.related if name in self.results.claims]
        return {
            "card": card,
            "claim": result.claim,
            "result": result,
            "url": self.url(result.claim.id),
            "shared": self._shown_elsewhere(result),
            "related": [
                {"url": self.url(name), "title": without_markup(self.results.claims[name].claim.title)}
                for name in known
            ],
            "premises": self._linked(premises_of(result, self.results.claims)),
            "resting": self._linked(resting_on(result, self.results.claims)),
            "carries": carries(result.finding),
            "weakest": weakest(result, self.results.elsewhere.get(result.claim.id, ())),
        }

    def _shown_elsewhere(self, result: ClaimResult) -> dict[str, dict[str, object]]:
        """The claim's programs that another claim's page shows, letter by letter, with that claim's title and page."""
        here = {name: self._first_with[name, content] for name, content in result.files.items()}
        return {
            name: {"url": self.url(first), "title": self.results.claims[first].claim.title}
            for name, first in here.items()
            if first != result.claim.id
        }

    @cached_property
    def _first_with(self) -> Mapping[tuple[str, bytes], str]:
        """For each program the first claim that has it, in the order of the source: its page shows the program."""
        found: dict[tuple[str, bytes], str] = {}
        for result in in_order_of_source(self.results.claims.values()):
            for name, content in result.files.items():
                found.setdefault((name, content), result.claim.id)
        return found

    def _linked(self, claims: Sequence[ClaimResult]) -> list[tuple[str, ClaimResult]]:
        return [(self.url(one.claim.id), one) for one in claims]

    def _estimate(
        self, claim: str, metric: str, toolchain: str | None, case: str | None, arm: str | None
    ) -> tuple[CellResult, Estimate]:
        result = lookup.find_claim(self.results, claim)
        cell = lookup.find_cell(result, toolchain, case)
        return cell, lookup.find_estimate(result, cell, metric, arm)

    def _phrase(self, template: str, plain: str, **values: object) -> str:
        return self.fragments.keep(Fragment(render(template, self.language, **values), plain))

    def _block(self, template: str, **values: object) -> str:
        return self.fragments.keep(Fragment(render(template, self.language, **values), block=True))


def _title(metric: str, cell: CellResult, shown: Shown, arm: str | None) -> str:
    where = ", ".join(part for part in (cell.cell.toolchain, cell.cell.case, arm) if part)
    said = f"interval {shown.interval}, from {shown.n} fresh processes" if shown.interval else f"n = {shown.n}"
    # Frozen values are all alike, and a banner says so on every page.
    told = cell.state in (State.FRESH, State.FROZEN)
    state = "" if told else f"; {cell.state.value}, from {machine_name(cell.record.facts)}"
    return f"{metric.replace('_', ' ')}, {where}: {shown.text}; {said}{state}"


def inside(place: str, where: str) -> bool:
    return place == where or place.startswith(f"{where}.")


def _counts(claims: list[ClaimResult]) -> list[tuple[VerdictName, int]]:
    seen = [result.finding.verdict for result in claims]
    return [(name, seen.count(name)) for name in VerdictName if name in seen]
