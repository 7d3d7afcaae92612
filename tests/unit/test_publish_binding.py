"""Macros that tie prose to results: what the data do not show cannot be built."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment

from macros.claim.fields import VerdictName
from macros.claim.units import UnitError
from macros.publish import compared
from macros.publish.binding import BINDING_MACROS, Binding
from macros.publish.compared import Quantity, read
from macros.publish.fragments import Fragments
from macros.publish.page_problems import PageProblem
from macros.results.catalogue import CatalogueResult
from macros.verdict.finding import Estimate, Finding, Reason
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import Failed, page

Change = Callable[[CatalogueResult], CatalogueResult]


def cell_verdict(claim: str, toolchain: str, verdict: str, whole: str = "depends", reason: str = "") -> Change:
    """One cell of the claim came out so, and the claim as a whole so."""

    def change(results: CatalogueResult) -> CatalogueResult:
        of = results.claims[claim]
        cells = tuple(
            replace(cell, judged=replace(cell.judged, finding=Finding(VerdictName(verdict))))
            if cell.cell.toolchain == toolchain
            else cell
            for cell in of.cells
        )
        changed = replace(of, cells=cells, finding=Finding(VerdictName(whole), Reason(reason)))
        return replace(results, claims={**results.claims, claim: changed})

    return change


def start_is(toolchain: str, value: float, low: float | None, high: float | None) -> Change:
    """The claim `cold-start` measured so in this release."""

    def change(results: CatalogueResult) -> CatalogueResult:
        of = results.claims["cold-start"]
        cells = tuple(
            replace(cell, judged=replace(cell.judged, estimates={"start": Estimate(value, low, high, "ms", 18)}))
            if cell.cell.toolchain == toolchain
            else cell
            for cell in of.cells
        )
        return replace(results, claims={**results.claims, "cold-start": replace(of, cells=cells)})

    return change


def failure(folder: Path, markdown: str, change: Change = lambda results: results, *, strict: bool = False) -> str:
    """What the build said of a page that it refused."""
    with pytest.raises(Failed) as failed:
        page(folder, markdown, change, strict=strict)
    return str(failed.value).replace("\u202f", " ")


def rendered(folder: Path, markdown: str, change: Change = lambda results: results) -> str:
    """What Jinja makes of a page with the binding macros, without a build around it. Raises PageProblem."""
    binding = Binding(change(catalogue(folder)), fragments := Fragments(), str)
    names = {name: getattr(binding, name) for name in BINDING_MACROS}
    return fragments.restore(Environment().from_string(markdown).render(names))


def words(html: str) -> str:
    return " ".join(html.replace("\u202f", " ").split())


def guarded(*guards: str) -> str:
    return "# Page\n\n{% call passage(" + ", ".join(guards) + ") %}\nIt *is* so.\n{% endcall %}\n"


# ---- passages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guards",
    [
        ['found("cold-start", "confirmed")'],
        ['found("cold-start", "confirmed", toolchain="go1.15")'],
        ['found("cold-start", "confirmed", toolchain=["go1.15", "go1.27"], case="default")'],
        ['found("linked-statically", "refuted", case="cgo")', 'found("linked-statically", "confirmed", case="no-cgo")'],
        ['found("linked-statically", "refuted", toolchain="go1.21")', 'found("cold-start", "confirmed")'],
    ],
)
def test_a_passage_stands_where_every_cell_that_it_names_came_out_so(tmp_path: Path, guards: list[str]) -> None:
    """Without a case, those count that the verdict is made of; one that is shown for context must be named."""
    html = page(tmp_path, guarded(*guards))
    assert "<p>It <em>is</em> so.</p>" in html
    assert "claim-note" not in html


def test_a_passage_on_a_release_fails_where_that_release_says_otherwise(tmp_path: Path) -> None:
    """Though the claim's own verdict is the one that the page was written for."""
    change = cell_verdict("cold-start", "go1.21", "refuted")
    assert "is</em> so" in page(tmp_path / "a", guarded('found("cold-start", "depends")'), change)
    guard = guarded('found("cold-start", "confirmed", toolchain=["go1.15", "go1.21"])')
    told = failure(tmp_path / "b", guard, change, strict=True)
    assert "docs/page.md:3:1: passage: the passage on claim `cold-start` was written for `confirmed`" in told
    assert "but the measured verdict in go1.21 is `refuted`" in told


def test_every_guard_that_is_contradicted_is_named(tmp_path: Path) -> None:
    """One build tells all of them; a case that is named is told with its release."""
    told = failure(
        tmp_path, guarded('found("cold-start", "refuted")', 'found("linked-statically", "confirmed", case="cgo")')
    )
    assert "claim `cold-start` was written for `refuted`" in told
    assert "verdict in go1.15 (cgo), go1.21 (cgo), go1.27 (cgo) is `refuted`" in told


@pytest.mark.parametrize("measured", ["inconclusive", "untestable"])
def test_a_cell_that_does_not_decide_leaves_the_prose_under_a_note(tmp_path: Path, measured: str) -> None:
    """As for a whole claim; the note names the release."""
    change = cell_verdict("cold-start", "go1.27", measured)
    html = page(tmp_path, guarded('found("cold-start", "confirmed", toolchain="go1.27")'), change)
    assert "when the evidence in go1.27 said <em>confirmed</em>" in html
    assert "<p>It <em>is</em> so.</p>" in html


def test_no_cell_is_believed_of_a_claim_whose_control_did_not_work(tmp_path: Path) -> None:
    """Its cells may say `confirmed`; the claim has shown nothing, and the note says so."""
    change = cell_verdict("cold-start", "go1.15", "confirmed", "inconclusive", "control")
    html = page(tmp_path, guarded('found("cold-start", "confirmed", toolchain="go1.27")'), change)
    assert "Today’s run does not decide" in html


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        ('found("cold-strat", "confirmed")', "found: no claim is called `cold-strat`"),
        ('found("cold-start", "true")', "found: no verdict is called `true`"),
        ('found("cold-start", "confirmed", toolchain="go1.22")', "found: no toolchain of claim `cold-start` is called"),
        ('found("cold-start", "confirmed", case=["cgo"])', "found: no case of claim `cold-start` is called `cgo`"),
        ("", "passage: a passage needs what it was written for"),
        ('"cold-start"', "passage: a passage needs what it was written for"),
        ('found("cold-start", "confirmed"), "depends"', "passage: a passage needs what it was written for"),
    ],
)
def test_a_guard_that_names_nothing_is_reported_once(tmp_path: Path, guard: str, message: str) -> None:
    """With what exists; the passage itself adds no second message."""
    told = failure(tmp_path, guarded(guard))
    assert message in told
    assert told.count("docs/page.md:") == 1


# ---- comparisons -------------------------------------------------------------------------------------

START = 'measured("cold-start", "start", toolchain="go1.15")'
OTHER = 'measured("cold-start", "start", toolchain="go1.27")'
FAST, PLAIN = 'measured("arms", "start", arm="fast")', 'measured("arms", "start", arm="plain")'
STATIC = 'measured("linked-statically", "start")'


@pytest.mark.parametrize(
    "comparison",
    [
        f'above({PLAIN}, {FAST}, "slower *than*")',
        f'below({FAST}, {PLAIN}, "faster *than*")',
        f'below({START}, figure_of("cold-start", 0), "below *the* figure")',
        f'above({START}, "2900 us", "more *than*")',
        f'within({START}, "3 ms", "3.4 ms", "in *the* range")',
        'within(measured("arms", "start plain/fast"), "130 %", 1.7, "by *half*")',
        f'largest({PLAIN}, [{FAST}, "2.9 ms"], "the *slowest*")',
        f'smallest({FAST}, [{PLAIN}, {START}], "the *fastest*")',
        f'times({PLAIN}, {FAST}, 1.5, "about *half* more")',
        f'times({PLAIN}, {FAST}, 1.2, "some *more*", within="scale")',
        'times("10 s", figure_of("cold-start", 0), 2000, "*that* much")',
    ],
)
def test_a_comparison_that_is_shown_prints_its_words(tmp_path: Path, comparison: str) -> None:
    """As the prose around it, which is Markdown; what shows it stands in a title."""
    text = rendered(tmp_path, f"It is {{{{ {comparison} }}}} so.")
    assert text.startswith('It is <span class="claim-compared" title="')
    assert text.endswith("</span> so.")


def test_the_words_of_a_comparison_are_markdown(tmp_path: Path) -> None:
    """As the prose around them; the title has the values, inert."""
    html = page(tmp_path, f'It is {{{{ above({PLAIN}, {FAST}, "slower *than*") }}}} that.')
    assert "slower <em>than</em></span> that.</p>" in html
    assert 'title="start of arms [go1.27, default] (3.2 ms (3.0 to 3.4)); above start of arms' in words(html)


@pytest.mark.parametrize(
    ("comparison", "message"),
    [
        (f'above({FAST}, {PLAIN}, "slower")', "2.10 ms (2.00 to 2.20)) is not above"),
        (
            f'above({FAST}, {PLAIN}, "slower")',
            "the opposite is shown; remove “slower”, or reverse the sentence",
        ),
        ('below("3 ms", "3 ms", "faster")', "3 ms is not below 3 ms: the two are equal"),
        ('above(measured("cold-start", "start", control="sleep"), 1, "x")', "is called `sleep`; did you mean sleeps?"),
        (f'above({START}, figure_of("cold-start", 0), "above")', "the source's figure 0 of `cold-start` (5 ms)"),
        (f'within({START}, "3.5 ms", "5 ms", "inside")', "does not lie between 3.5 ms and 5 ms"),
        ('within("3 ms", "3.5 ms", "5 ms", "inside")', "does not lie between 3.5 ms and 5 ms"),
        (f'largest({FAST}, [{FAST}, {START}], "the slowest")', "the opposite is shown"),
        (f'smallest({FAST}, [], "the fastest")', "there is nothing to compare with; give the others as a list"),
        (f'times({PLAIN}, {FAST}, 3, "three times")', "1.52 (1.36 to 1.70) times"),
        (f'times({PLAIN}, {FAST}, 2, "twice", within="loose")', "no band is called `loose`; did you mean close"),
        (f'above({START}, "2 KB", "more")', "unknown unit 'KB'"),
        (f'above({START}, "2 KiB", "more")', "cannot convert KiB to ms; compare what is of one kind"),
        (f'above({START}, "fast", "more")', "is not a quantity that can be compared; write a number with its unit"),
        (f'above({STATIC}, 1, "more")', "is a text, which cannot be compared; guard the passage by a verdict"),
        (f'above({START}, "1 ms", "")', "a comparison needs its words"),
        ('above(figure_of("cold-start", 7), "1 ms", "more")', "claim `cold-start` has no figure 7"),
        ('above(figure_of("cold-start", 1), "1 B", "more")', "unknown unit 'KB'"),
        (
            'below(measured("cold-start", "stop"), "1 ms", "more")',
            "no metric of claim `cold-start` is called",
        ),
    ],
)
def test_a_comparison_that_the_data_contradict_stops_the_build(tmp_path: Path, comparison: str, message: str) -> None:
    """With page and line, both values, and what to do next; one mistake gives one message."""
    with pytest.raises(PageProblem) as failed:
        rendered(tmp_path, f"It is {{{{ {comparison} }}}} so.")
    assert message in str(failed.value).replace("\u202f", " ")


def test_a_comparison_is_reported_once_with_its_page_and_line(tmp_path: Path) -> None:
    """Also where what it would compare could not be found."""
    wrong = f'{{{{ above({FAST}, {PLAIN}, "slower") }}}}'
    lost = '{{ above(figure_of("cold-start", 7), "1 ms", "more") }}'
    told = failure(tmp_path, f"# Page\n\nIt is\n{wrong}\n\nand {lost} so.\n", strict=True)
    assert "docs/page.md:4:1: above: `start` of arms [go1.27, default] (2.10 ms (2.00 to 2.20)) is not above" in told
    assert "docs/page.md:6:1: figure_of: claim `cold-start` has no figure 7" in told
    assert told.count("docs/page.md:") == 2


@pytest.mark.parametrize(
    "comparison",
    [
        f'below({START}, {OTHER}, "so it is")',
        f'above({START}, "3.1 ms", "so it is")',
        f'below({START}, "3.2 ms", "so it is")',
        f'largest({PLAIN}, [{FAST}, {START}], "so it is")',
        f'within({START}, "3.1 ms", "5 ms", "so it is")',
        f'times({PLAIN}, {FAST}, 2, "so it is")',
    ],
)
def test_a_comparison_that_the_data_do_not_decide_has_a_note(tmp_path: Path, comparison: str) -> None:
    """Undecided contradicts nothing: a noisy run stops no build, and the reader is told."""
    html = page(tmp_path, f"{{{{ {comparison} }}}}.")
    assert 'so it is</span><small class="claim-unseparated"> (this run does not separate the two)</small>.' in html


@pytest.mark.parametrize(
    ("comparison", "found"),
    [
        (f'above({FAST}, {PLAIN}, "so *it* is")', "2.10 ms (2.00 to 2.20) is not above start of arms"),
        (f'within({START}, "3.5 ms", "5 ms", "so *it* is")', "3.2 ms (3.0 to 3.4) is not between 3.5 ms and 5 ms"),
        (f'times({PLAIN}, {FAST}, 3, "so *it* is")', "1.52 (1.36 to 1.70) times"),
        (f'above({START}, figure_of("cold-start", 0), "so *it* is")', "not above the source's figure 0 of cold-start"),
    ],
)
def test_words_that_this_run_denies_by_no_more_than_machines_differ_are_struck_with_what_was_found(
    tmp_path: Path, comparison: str, found: str
) -> None:
    """Another machine's reader gets a page that is true, and the author's words stay Markdown. Strictly, it is red."""
    html = page(tmp_path / "a", f"{{{{ {comparison} }}}}.").replace("\u202f", " ").replace("&#39;", "'")
    assert '"><s>so <em>it</em> is</s></span><small class="claim-denied"> (not so in this run: ' in html
    assert found in html.split("not so in this run")[1]
    assert "so *it* is" in failure(tmp_path / "b", f"{{{{ {comparison} }}}}.", strict=True)


@pytest.mark.parametrize(
    "comparison",
    [
        f'below("1 ms", figure_of("arms", 0), "x") + above({START}, "10 ms", "more")',
        f'within({START}, "9 ms", "20 ms", "inside")',
        f'times({PLAIN}, {FAST}, 30, "thirty times")',
        'above("3 ms", "4 ms", "more")',
        'above("3 ms", "3 ms", "more")',
    ],
)
def test_what_no_machine_s_share_can_explain_stops_every_build(tmp_path: Path, comparison: str) -> None:
    """More than a factor 2 away, or nothing that was timed: then the prose is wrong, and not the day."""
    assert "docs/page.md:1:1: " in failure(tmp_path, f"{{{{ {comparison} }}}}.")


def test_a_verdict_that_only_this_machine_denies_leaves_the_prose_under_a_note(tmp_path: Path) -> None:
    """The claim's file records what the passage says. What the file does not say, the passage must not say either."""
    change = cell_verdict("cold-start", "go1.27", "refuted", "refuted")
    html = page(tmp_path / "a", guarded('found("cold-start", "confirmed")'), change)
    assert "was written when the evidence said <em>confirmed</em>. Today’s run says <em>refuted</em>" in words(html)
    failure(tmp_path / "b", guarded('found("cold-start", "confirmed")'), change, strict=True)
    failure(tmp_path / "c", guarded('found("cold-start", "depends")'), change)


def test_a_verdict_that_no_clock_gave_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """So its passage stops every build, though the claim's file records what the passage says."""
    change = cell_verdict("told", "go1.27", "refuted", "refuted")
    told = failure(tmp_path, guarded('found("told", "unverifiable")'), change)
    assert "the passage on claim `told` was written for `unverifiable`" in told


def test_a_comparison_that_is_shown_has_no_note(tmp_path: Path) -> None:
    """The words alone."""
    html = page(tmp_path, f'It is {{{{ above({PLAIN}, {FAST}, "slower than") }}}} that.')
    assert "slower than</span> that." in html


@pytest.mark.parametrize("open_end", [(None, 1.2), (0.9, None), (None, None)])
def test_an_interval_without_an_end_shows_nothing_on_that_side(
    tmp_path: Path, open_end: tuple[float | None, ...]
) -> None:
    """Too few processes ran: what is not bounded cannot be told apart from anything that lies there."""
    low, high = open_end
    change = start_is("go1.15", 1.0, low, high)
    for end, comparison in (
        (high, f'below({START}, {OTHER}, "faster")'),
        (low, f'above({START}, "0.5 ms", "slower")'),
    ):
        text = rendered(tmp_path, f"{{{{ {comparison} }}}}", change)
        assert ("does not separate" in text) == (end is None)


def test_what_all_processes_agree_on_is_a_point_and_what_they_do_not_a_range() -> None:
    """An exact value needs no interval; in a measuring claim only agreement makes one of a few values."""
    few = Estimate(8, None, None, "", 3)
    assert compared.measured("x", few, [8, 8, 8], exact=True) == Quantity("x", 8, 8, 8)
    assert compared.measured("x", few, [8, 8, 8], exact=False) == Quantity("x", 8, 8, 8, exact=False)
    assert compared.measured("x", few, [7, 8, 9], exact=True) == Quantity("x", 8, 7, 9)
    assert compared.measured("x", few, [7, 8, 9], exact=False) == Quantity("x", 8, -math.inf, math.inf, exact=False)
    assert compared.is_above(Quantity("", 8, 8, 8), read("7"))
    assert not compared.is_above(Quantity("", 8, 8, 8), read("8"))


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "unit"),
    [
        ("< 5 ms", 5, 5, 5, "ms"),
        ("~1.2 MB", 1.2, 1.2, 1.2, "MB"),
        ("8–12 %", 10, 8, 12, "%"),
        ("8-16 bytes", 12, 8, 16, "bytes"),
        ("1.4 ms ± 0.3 ms", 1.4, 1.1, 1.7, "ms"),
        ("about 20x", 20, 20, 20, ""),
        ("12.3 us @ 8", 12.3, 12.3, 12.3, "us"),
        ("1,000,000", 1e6, 1e6, 1e6, ""),
        ("12+", 12, 12, 12, ""),
        ("900 us - 2 ms", 1450, 900, 2000, "us"),
    ],
)
def test_a_source_s_figure_is_read_as_it_is_written(
    text: str, value: float, low: float, high: float, unit: str
) -> None:
    """A bound is its own figure; a range keeps both ends."""
    found = read(text)
    assert found.unit == unit
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))


@pytest.mark.parametrize(
    "text", ["nanoseconds", "0.3 : 2.1 : 15", "P99 < (the bound)", "2 writes", "12-8 ms", "5 ms" * 40]
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UnitError):
        read(text)


# ---- citations ---------------------------------------------------------------------------------------


def test_a_citation_names_file_and_release(tmp_path: Path) -> None:
    """What stands there is in its title, inert."""
    html = page(tmp_path, 'See {{ cite("go1.27", "src/runtime/proc.go", "if a < b && c {") }}.')
    assert 'title="if a &lt; b &amp;&amp; c {"><code>src/runtime/proc.go</code> (go1.27)</span>.' in html


def test_what_is_quoted_can_be_read_in_the_text(tmp_path: Path) -> None:
    """Before the place, in quotation marks; a title alone is not seen on paper or on a phone."""
    html = page(tmp_path, 'With {{ cite("go1.27", "src/runtime/proc.go", "if a < b", quoted=true) }}.')
    assert 'With “if a &lt; b” (<span class="claim-cite"' in html
    assert "(go1.27)</span>)." in html


@pytest.mark.parametrize(
    ("cited", "message"),
    [
        ('"go1.99", "src/a.go", "x"', "no release is called `go1.99`"),
        ('"go1.27", "/src/a.go", "x"', "`/src/a.go` is not a path inside a release; write it as"),
        ('"go1.27", "src/../a.go", "x"', "is not a path inside a release"),
        ('"go1.27", "src/a.go", ""', "a citation needs one line of what stands in the file"),
    ],
)
def test_a_citation_of_nothing_is_refused(tmp_path: Path, cited: str, message: str) -> None:
    """What would be right is said."""
    with pytest.raises(PageProblem) as failed:
        rendered(tmp_path, f"{{{{ cite({cited}) }}}}")
    assert message in str(failed.value).replace("\u202f", " ")


# ---- how an experiment is arranged ---------------------------------------------------------------------


def test_words_on_an_arrangement_stay_as_long_as_a_file_of_the_claim_says_so(tmp_path: Path) -> None:
    """In a program or in the claim's own file."""
    said = rendered(
        tmp_path, 'It is {{ as_run("cold-start", ["package main", "id: cold-start"], "*one* program") }}, alone.'
    )
    assert said == "It is *one* program, alone."


@pytest.mark.parametrize("text", ["const calls = 1000", ""])
def test_words_on_what_was_rearranged_stop_the_build(tmp_path: Path, text: str) -> None:
    """The message names the claim's files; the words are what a preview shows."""
    with pytest.raises(PageProblem) as failed:
        rendered(tmp_path, f'{{{{ as_run("cold-start", ["package main", "{text}"], "a thousand calls") }}}}')
    assert f"`{text}` is in no file of claim `cold-start` (claim.yml, main.go)" in str(failed.value)
    assert "instead of “a thousand calls”" in str(failed.value)
