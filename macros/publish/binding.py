"""The macros that tie prose to results: what they say must be so, or the page is not built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar

from macros.claim.fields import Kind
from macros.claim.units import UnitError
from macros.publish import compared, guards, lookup
from macros.publish.compared import Quantity
from macros.publish.fragments import Fragment, Fragments
from macros.publish.guards import Found, Names
from macros.publish.page_problems import DeniedHere, PageProblem, nothing_called
from macros.publish.rendering import render
from macros.results.catalogue import CatalogueResult
from macros.words import LanguageName, speak

BINDING_MACROS = (
    "passage", "found", "measured", "figure_of", "above", "below", "within", "largest", "smallest", "times", "cite",
    "as_run",
)  # fmt: skip

Operand = Quantity | str | float
"""What can be compared. "" stands for what could not be found, and has been reported already."""

Answer = TypeVar("Answer")

_BANDS = ("close", "scale", "magnitude")
_HOW = {"above": compared.is_above, "below": compared.is_below}
_REVERSE = {"above": "below", "below": "above"}


@dataclass(frozen=True)
class Binding:
    """The binding macros of one build. `url` leads from the page at hand to a claim's page.

    A comparison stops the build where the data show the opposite. Where they do not separate what it compares, it is
    undecided, which contradicts nothing: its words appear with a note, and are kept in `undecided`.

    What was timed differs between machines and days. So where it denies prose by no more than they differ
    (`elsewhere`, the policy's band for the right scale), the page need not be rewritten: it says in place that this
    build found otherwise. A strict build stops there too.
    """

    results: CatalogueResult
    fragments: Fragments
    url: Callable[[str], str]
    language: LanguageName = "en"
    undecided: list[str] = field(default_factory=list)

    # ---- verdicts --------------------------------------------------------------------------------

    def found(self, claim: str, verdict: str, toolchain: Names = None, case: Names = None) -> Found:
        """A verdict that a passage relies on: the claim's own, or that of every cell that is named."""
        return guards.found(self.results, claim, verdict, toolchain, case)

    def passage(self, *guards_of_it: Found | str, caller: Callable[[], str]) -> str:
        """Prose that holds for verdicts. It cannot be built when one of those is contradicted by what came out.

        Undecided contradicts nothing, on either side: then the prose is shown with a note.
        """
        given = self._guards(guards_of_it)
        prose = caller()
        unmet = [one for guard in given for one in guards.unmet(guard)]
        notes = [
            self._block(
                "passage_note",
                finding=one.finding,
                url=self.url(one.guard.result.claim.id),
                written_for=one.guard.verdict,
                where=one.where,
            )
            for one in unmet
        ]
        whole = "".join(f"\n\n{note}\n\n" for note in notes) + prose
        if wrong := [one for one in unmet if one.wrong]:
            what, fix = " and ".join(map(self._contradiction, wrong)), "rewrite the passage, or fix the claim"
            if all(one.by_machine for one in wrong):
                raise DeniedHere(what, fix, whole)
            raise PageProblem(what, fix, whole)
        return whole

    def _guards(self, given: Sequence[Found | str]) -> list[Found]:
        """The guards; a claim and its verdict may be written without `found`."""
        if len(given) == 2 and given[0] and all(isinstance(one, str) for one in given):
            return [self.found(str(given[0]), str(given[1]))]
        if not given or any(one and not isinstance(one, Found) for one in given):
            raise PageProblem(
                "a passage needs what it was written for",
                'write passage("claim", "verdict"), or passage(found("claim", "verdict", toolchain=…, case=…), …)',
            )
        return [one for one in given if isinstance(one, Found)]

    def _contradiction(self, one: guards.Unmet) -> str:
        guard, why = one.guard, speak(self.language).finding(one.finding)
        return (
            f"the passage on claim `{guard.result.claim.id}` was written for `{guard.verdict}`, but the measured "
            f"verdict {f'in {one.where} ' if one.where else ''}is `{one.finding.verdict}`"
            + (f" ({why})" if why else "")
        )

    # ---- quantities ------------------------------------------------------------------------------

    def measured(
        self,
        claim: str,
        metric: str,
        toolchain: str | None = None,
        case: str | None = None,
        arm: str | None = None,
        control: str | None = None,
    ) -> Quantity:
        """A measured value to compare; by default the newest toolchain's and the first case's."""
        result = lookup.find_claim(self.results, claim)
        if control is None:
            cell = lookup.find_cell(result, toolchain, case)
        else:
            cell = lookup.find_control(result, control, toolchain)
        estimate = lookup.find_estimate(result, cell, metric, arm)
        samples = [value for value in cell.record.evidence.sample(metric, arm) if not isinstance(value, (str, bool))]
        exact = result.claim.kind is not Kind.MEASURE and not result.claim.statistical
        try:
            return compared.measured(f"`{metric}` of {cell.cell}", estimate, samples, exact=exact)
        except TypeError as error:
            raise PageProblem(f"{error}, which cannot be compared", "guard the passage by a verdict instead") from error

    def figure_of(self, claim: str, index: int = 0) -> Quantity:
        """The source's figure to compare."""
        given = lookup.find_figure(lookup.find_claim(self.results, claim), index)
        try:
            return compared.read(given, f"the source's figure {index} of `{claim}`")
        except UnitError as error:
            raise PageProblem(str(error), 'write it as a text with its unit, such as "2 KiB"') from error

    # ---- comparisons -----------------------------------------------------------------------------

    def above(self, a: Operand, b: Operand, words: str) -> str:
        """The words, unless a is not larger than b."""
        return self._among("above", a, [b], words)

    def below(self, a: Operand, b: Operand, words: str) -> str:
        """The words, unless a is not smaller than b."""
        return self._among("below", a, [b], words)

    def largest(self, a: Operand, others: Sequence[Operand], words: str) -> str:
        """The words, unless a is not larger than one of the others."""
        return self._among("above", a, others, words)

    def smallest(self, a: Operand, others: Sequence[Operand], words: str) -> str:
        """The words, unless a is not smaller than one of the others."""
        return self._among("below", a, others, words)

    def within(self, a: Operand, low: Operand, high: Operand, words: str) -> str:
        """The words, unless a does not lie between low and high."""
        if "" in (a, low, high):
            return words
        one, least, most = _quantity(a), _quantity(low), _quantity(high)
        shown = _asked(compared.is_within, one, least, most)
        ends = f"between {least.said} and {most.said}"
        if not shown and _asked(compared.is_outside, one, least, most):
            wide = [each.elsewhere(self._elsewhere) for each in (one, least, most)]
            what, fix = f"{one.said} does not lie {ends}", f"remove “{words}”, or say what was measured"
            raise self._denied(compared.is_outside(*wide), what, fix, words, one, f"not {ends}")
        return self._words(words, f"{one.said}; {ends}", shown)

    def times(self, a: Operand, b: Operand, factor: float, words: str, within: str = "close") -> str:
        """The words, unless a is not about `factor` times b: within a band of the catalogue's policy."""
        if "" in (a, b):
            return words
        if within not in _BANDS:
            raise nothing_called("band", within, _BANDS)
        one, other, band = _quantity(a), _quantity(b), self.results.policy.band(within)
        ratio = _asked(compared.quotient, one, other)
        shown = compared.are_times(one, other, factor, band)
        ends, found = (compared.read(factor / band), compared.read(factor * band)), f"{ratio} times {other.said}"
        if not shown and compared.is_outside(ratio, *ends):
            far = compared.is_outside(ratio.elsewhere(self._elsewhere), *ends)
            what = f"{one.said} is {found}, which is not within a factor {band:g} of {factor:g}"
            fix = f"remove “{words}”, say what was measured, or name a wider band"
            raise self._denied(far, what, fix, words, one, found)
        return self._words(words, f"{one.said}; {found}", shown)

    def _among(self, how: str, a: Operand, others: Sequence[Operand], words: str) -> str:
        if not isinstance(others, (list, tuple)) or not others:
            raise PageProblem("there is nothing to compare with", "give the others as a list: [b, c]")
        if a == "" or "" in others:
            return words
        one, rest = _quantity(a), [_quantity(other) for other in others]
        shown = [_asked(_HOW[how], one, other) for other in rest]
        opposite = _HOW[_REVERSE[how]]
        for other in (other for other, so in zip(rest, shown, strict=True) if not so):
            if opposite(one, other):
                why, fix = "the opposite is shown", "reverse the sentence"
            elif one.is_point and other.is_point:
                why, fix = "the two are equal", "say so"
            else:
                continue
            # Two that are timed on one machine are moved by it alike: what may differ is their ratio.
            wide = other.elsewhere(self._elsewhere) if one.exact else other
            far = (one.exact and other.exact) or opposite(one.elsewhere(self._elsewhere), wide)
            what, fix = f"{one.said} is not {how} {other.said}: {why}", f"remove “{words}”, or {fix}"
            raise self._denied(far, what, fix, words, one, f"not {how} {other.said}")
        return self._words(words, f"{one.said}; {how} {', '.join(other.said for other in rest)}", all(shown))

    @property
    def _elsewhere(self) -> float:
        return self.results.policy.band("scale")

    def _denied(self, far: bool, what: str, fix: str, words: str, one: Quantity, found: str) -> PageProblem:
        """The data on `one` deny the words; `found` says how. `far`: by more than machines and days differ."""
        if not far:
            self.undecided.append(words)
        opening = self._phrase("compared", shown_by=f"{one.said}; {found}".replace("`", ""))
        note = self._phrase("denied", value=str(one), found=found.replace("`", ""))
        instead = f"{opening}{self.fragments.keep(Fragment('<s>'))}{words}{note}"
        return PageProblem(what, fix, instead) if far else DeniedHere(what, fix, instead)

    def _words(self, words: str, shown_by: str, shown: bool) -> str:
        """The words as prose, which stays Markdown, in a span whose title says by what they are shown."""
        if not words.strip():
            raise PageProblem("a comparison needs its words", 'give them last: above(a, b, "slower than")')
        opening = self._phrase("compared", shown_by=shown_by.replace("`", ""))
        note = ""
        if not shown:
            self.undecided.append(words)
            note = self._phrase("unseparated")
        return f"{opening}{words}{self.fragments.keep(Fragment('</span>'))}{note}"

    # ---- citations -------------------------------------------------------------------------------

    def cite(self, release: str, file: str, text: str, quoted: bool = False) -> str:
        """A place in a pinned release's own source, after the text itself if that is `quoted`.

        A test with the images looks up that the text is there.
        """
        known = self.results.settings.meant_by_all(list(self.results.toolchains))
        if release not in known:
            raise nothing_called("release", release, known)
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts or str(path) != file:
            raise PageProblem(f"`{file}` is not a path inside a release", "write it as `src/runtime/proc.go`")
        if not text.strip() or "\n" in text:
            raise PageProblem("a citation needs one line of what stands in the file", "quote a part of a line")
        return self._phrase("cite", release=release, file=file, text=text, quoted=quoted)

    def as_run(self, claim: str, text: str | Sequence[str], words: str) -> str:
        """The words on how an experiment is arranged, unless a text is in none of its files: then it was rearranged."""
        result = lookup.find_claim(self.results, claim)
        files = lookup.files_of(result)
        for one in [text] if isinstance(text, str) else text:
            if not one.strip() or not any(one in content for content in files.values()):
                what = f"`{one}` is in no file of claim `{claim}` ({', '.join(files)})"
                raise PageProblem(what, f"say how it is arranged now instead of “{words}”, and quote that", words)
        return words

    # ---- what they share -------------------------------------------------------------------------

    def _phrase(self, template: str, **values: object) -> str:
        return self.fragments.keep(Fragment(render(template, self.language, **values)))

    def _block(self, template: str, **values: object) -> str:
        return self.fragments.keep(Fragment(render(template, self.language, **values), block=True))


def _quantity(given: Operand) -> Quantity:
    if isinstance(given, Quantity):
        return given
    try:
        return compared.read(given)
    except UnitError as error:
        raise PageProblem(str(error), 'write a number with its unit, such as "5 ms"') from error


def _asked(question: Callable[..., Answer], *operands: Quantity) -> Answer:
    try:
        return question(*operands)
    except UnitError as error:
        raise PageProblem(str(error), "compare what is of one kind") from error
