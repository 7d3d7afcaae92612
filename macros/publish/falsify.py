"""Whether pages go red when they lie: a figure, a verdict or a comparison of a page is changed, and it must not build.

Changes are made in a copy of the page's source. Each of the three kinds that a page has is tried once, drawn by lot. A
page is falsified when every changed copy is refused; one that has claims and nothing that could be changed so is not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from macros.claim import units
from macros.claim.fields import VerdictName
from macros.problems import InvalidInput, Problem
from macros.publish import compared, guards, lookup
from macros.publish.page_alone import PageAlone
from macros.publish.page_calls import Span, Written, constant, written_calls
from macros.publish.page_problems import PageProblem
from macros.publish.prose_figures import figures_in
from macros.publish.prose_lint import known_of, settings_of, unbound_comparisons
from macros.results.catalogue import CatalogueResult
from macros.results.falsified import Falsified
from macros.verdict.contradiction import UNDECIDED
from macros.verdict.finding import OPPOSITE
from macros.words import figures

KINDS = ("figure", "verdict", "comparison")
"""What is changed, in this order."""

FACTOR = 3
"""By it a figure is wrong."""

MANY = 30
"""By it a ratio is wrong, beyond the widest of the bands."""

_OPPOSITE = {"above": "below", "below": "above", "largest": "smallest", "smallest": "largest"}
_OTHER_VERDICT = {
    **OPPOSITE,
    VerdictName.DEPENDS: VerdictName.REFUTED,
    VerdictName.UNVERIFIABLE: VerdictName.CONFIRMED,
}
_ABOUT_CLAIMS = frozenset({"value", "verdict", "figure", "against", "output", "card", "program", "values", "passage"})


@dataclass(frozen=True)
class Change:
    """One change of a page's source. `told`: what was said and what it was made to say.

    `words`: those of a comparison that a macro checks. Data that do not bear it out need not refuse its opposite.
    """

    kind: str
    span: Span
    text: str
    told: str
    words: str = ""

    def made(self, source: str) -> str:
        return source[: self.span.begin] + self.text + source[self.span.end :]


@dataclass(frozen=True)
class Trial:
    """A change that was tried, with the line of the page's file. `refused`: the page could not be built with it."""

    line: int
    change: Change
    refused: bool


@dataclass(frozen=True)
class Tried:
    """A page with all of its trials."""

    path: Path
    trials: tuple[Trial, ...]

    @property
    def falsified(self) -> bool:
        return bool(self.trials) and all(trial.refused for trial in self.trials)


def counted(tried: Iterable[Tried], on: str) -> Falsified:
    """What all pages came to, with a line for each change that nobody noticed."""
    pages = list(tried)
    trials = [trial for page in pages for trial in page.trials]
    survived = []
    for page in pages:
        if not page.trials:
            survived.append(f"{page.path}:1: survived: nothing on it is bound to a result")
        for trial in page.trials:
            if not trial.refused:
                survived.append(f"{page.path}:{trial.line}: survived: {' '.join(trial.change.told.split())}")
    refused = sum(trial.refused for trial in trials)
    return Falsified(on, len(pages), sum(page.falsified for page in pages), len(trials), refused, tuple(survived))


def pages_with_claims(docs: Path) -> list[str]:
    """The pages that say something of a claim, by their paths among the docs."""
    return [
        path.relative_to(docs).as_posix()
        for path in sorted(docs.rglob("*.md"))
        if any(call.name in _ABOUT_CLAIMS for call in written_calls(path.read_text("utf-8")))
    ]


def falsify(results: CatalogueResult, project: Path, *, seed: int = 0, sample: int | None = None) -> Iterator[Tried]:
    """Each page with claims, or a sample of them, with what came of its changes.

    The same seed draws the same pages, and for a page the same changes whatever other pages there are. Raises
    InvalidInput for a page that cannot be built as it is.
    """
    alone = PageAlone(results, project)
    uris = pages_with_claims(alone.docs)
    if sample is not None and sample < len(uris):
        uris = sorted(random.Random(seed).sample(uris, sample))
    for uri in uris:
        source = (alone.docs / uri).read_text("utf-8")
        denied: list[Problem] = []
        if wrong := alone.problems(uri, source, denied):
            raise InvalidInput(wrong)
        undecided = alone.undecided()
        before = {problem.what for problem in denied}
        lot = random.Random(f"{seed}:{uri}")
        trials = []
        possible = [change for change in changes(results, alone, uri, source) if change.words not in undecided]
        for change in _drawn(possible, lot):
            line = source.count("\n", 0, change.span.begin) + 1
            found = {problem.what for problem in alone.problems(uri, change.made(source))}
            trials.append(Trial(line, change, not found <= before))
        yield Tried(Path(alone.docs.name) / uri, tuple(trials))


def _drawn(possible: Sequence[Change], lot: random.Random) -> list[Change]:
    """One change of each kind."""
    by_kind = [[change for change in possible if change.kind == kind] for kind in KINDS]
    return [lot.choice(of_kind) for of_kind in by_kind if of_kind]


def changes(results: CatalogueResult, alone: PageAlone, uri: str, source: str) -> list[Change]:
    """All that could be changed on a page so that it says what is not so.

    Where comparisons have to be bound, those that are not go before those that are: the page is as good as its worst.
    """
    calls = list(written_calls(source))
    found = [*_figures(results, source, calls), *_verdicts(results, source, calls)]
    settings = settings_of(alone.extra.get("bound_prose"))
    loose = _loose(source, results, settings.everywhere) if settings.has(uri) else []
    return [*found, *(loose or _comparisons(source, calls))]


# ---- figures -----------------------------------------------------------------------------------------


def _figures(results: CatalogueResult, source: str, calls: Iterable[Written]) -> Iterator[Change]:
    """A value, or a figure of the source's, that somebody typed instead, and wrongly."""
    for call in calls:
        if call.whole is None or call.name not in ("value", "figure"):
            continue
        given = [constant(span.of(source)) for span in call.positional]
        named = {name: constant(span.of(source)) for name, span in call.named.items()}
        if None in given or None in named.values():
            continue
        try:
            wrong = _wrong_value(results, *given, **named) if call.name == "value" else _wrong_figure(results, *given)
        except (PageProblem, units.UnitError, TypeError):
            continue
        if figures_in(f"<p>{wrong}</p>"):
            yield Change("figure", call.whole, wrong, f"{call.whole.of(source)} typed as {wrong}")


def _wrong_value(results: CatalogueResult, claim: object, metric: object, *more: object, **named: object) -> str:
    if more:
        raise TypeError("toolchain and case by place")
    result = lookup.find_claim(results, str(claim))
    where = {name: None if named.get(name) is None else str(named[name]) for name in ("toolchain", "case", "arm")}
    cell = lookup.find_cell(result, where["toolchain"], where["case"])
    estimate = lookup.find_estimate(result, cell, str(metric), where["arm"])
    if isinstance(estimate.value, (str, bool)):
        raise TypeError("no number")
    return figures.quantity(estimate.value * FACTOR or FACTOR, estimate.unit)


def _wrong_figure(results: CatalogueResult, claim: object, index: object = 0) -> str:
    given = compared.read(lookup.find_figure(lookup.find_claim(results, str(claim)), int(str(index))))
    return figures.quantity(given.value * FACTOR or FACTOR, given.unit)


# ---- verdicts ----------------------------------------------------------------------------------------


def _verdicts(results: CatalogueResult, source: str, calls: Iterable[Written]) -> Iterator[Change]:
    """A guard whose verdict is changed. An undecided one is left alone, since nothing contradicts it."""
    for call in calls:
        first, second = call.argument("claim", 0), call.argument("verdict", 1)
        if call.name not in ("passage", "found") or first is None or second is None:
            continue
        claim, verdict = constant(first.of(source)), constant(second.of(source))
        toolchain, case = (
            constant(span.of(source)) if (span := call.argument(name, place)) else None
            for name, place in (("toolchain", 2), ("case", 3))
        )
        if verdict not in list(VerdictName) or not isinstance(verdict, str):
            continue
        try:
            guard = guards.found(results, str(claim), verdict, toolchain, case)  # type: ignore[arg-type]
        except PageProblem:
            continue
        if guards.unmet(guard) or guard.verdict in UNDECIDED:
            continue
        other = _OTHER_VERDICT[guard.verdict]
        yield Change("verdict", second, f'"{other}"', f"{call.span.of(source)}: “{verdict}” made “{other}”")


# ---- comparisons -------------------------------------------------------------------------------------


def _comparisons(source: str, calls: Iterable[Written]) -> Iterator[Change]:
    """A comparison turned round, a range or a ratio that does not hold."""
    for call in calls:
        text = call.span.of(source)
        last = call.argument("words", 3 if call.name in ("within", "times") else 2)
        words = str(constant(last.of(source))) if last else ""
        if call.name in _OPPOSITE:
            name = Span(call.span.begin, call.span.begin + len(call.name))
            yield Change("comparison", name, _OPPOSITE[call.name], f"{text} turned round", words)
        elif call.name == "within" and len(call.positional) > 2:
            begin, high = Span(call.span.begin, call.positional[2].begin), call.positional[0].of(source)
            yield Change("comparison", begin, f"above({high}, ", f"{text} made above the range", words)
        elif call.name == "times" and (factor := call.argument("factor", 2)):
            times = f"({factor.of(source)}) * {MANY}"
            yield Change("comparison", factor, times, f"{text} made {MANY} times that", words)


def _loose(source: str, results: CatalogueResult, everywhere: bool) -> list[Change]:
    """The comparisons of prose that nothing binds, denied."""
    lines = source.split("\n")
    found = []
    for line, word in unbound_comparisons(source, known_of(results), everywhere):
        begin = sum(len(text) + 1 for text in lines[: line - 1])
        there = re.compile(re.escape(word).replace(r"\ ", r"\s+")).search(source, begin)
        if there:
            told = f"“{word}” made “not {word}”, in prose that nothing binds"
            found.append(Change("comparison", Span(*there.span()), f"not {there[0]}", told))
    return found
