"""Pages that are made to say what is not so: those that are bound to results go red, the others are found out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from macros.problems import InvalidInput
from macros.publish.falsify import KINDS, Tried, changes, counted, falsify, pages_with_claims
from macros.publish.page_alone import PageAlone
from macros.publish.page_calls import constant, written_calls
from macros.report import falsified
from macros.results.falsified import FILE, Falsified, read_falsified
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import page

CONFIG = """
site_name: sample
markdown_extensions: [tables]
extra: {bound_prose: {pages: ["part/*"], enforce: ENFORCE}}
"""

BOUND = """---
title: Bound
---

# Bound

It takes {{ value("cold-start", "start", toolchain="go1.15") }}; the source says {{ figure("cold-start", 0) }}.

{% call passage(found("cold-start", "confirmed"), found("linked-statically", "refuted", case=["cgo"])) %}
It is quick, and {{ below(measured("cold-start", "start"), figure_of("cold-start", 0), "quicker than it says") }}.
{% endcall %}

{{ largest(measured("arms", "start", arm="plain"), [measured("arms", "start", arm="fast")], "The slowest") }} takes
{{ within(measured("arms", "start", arm="plain"), "3 ms", "4 ms", "some milliseconds") }},
{{ times(measured("arms", "start", arm="plain"), measured("arms", "start", arm="fast"), 1.5, "half more") }}.
"""

LOOSE = """# Loose

{{ card("cold-start") }}

{% call passage("cold-start", "confirmed") %}
It is quick.
{% endcall %}

A server in C is
faster, of course.
"""


def project(folder: Path, pages: dict[str, str], enforce: bool = False) -> Path:
    (folder / "docs" / "part").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONFIG.replace("ENFORCE", str(enforce).lower()))
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    return folder


def tried(folder: Path, pages: dict[str, str], seeds: Sequence[int] = (0,)) -> list[Tried]:
    where = project(folder / "project", pages)
    return [one for seed in seeds for one in falsify(catalogue(folder / "claims"), where, seed=seed)]


def test_a_page_that_is_bound_to_its_results_goes_red_whatever_is_changed(tmp_path: Path) -> None:
    """Every change that could be drawn is refused, not only those that were."""
    where = project(tmp_path / "project", {"part/bound.md": BOUND})
    results = catalogue(tmp_path / "claims")
    alone = PageAlone(results, where)
    assert alone.problems("part/bound.md", BOUND) == []
    possible = changes(results, alone, "part/bound.md", BOUND)
    assert {kind: sum(change.kind == kind for change in possible) for kind in KINDS} == {
        "figure": 2, "verdict": 2, "comparison": 4,
    }  # fmt: skip
    for change in possible:
        assert change.made(BOUND) != BOUND
        assert alone.problems("part/bound.md", change.made(BOUND)), change


def test_what_was_changed_is_what_a_build_refuses(tmp_path: Path) -> None:
    """Each change by the check that is there for it, and on the line where it was made."""
    where = project(tmp_path / "project", {"part/bound.md": BOUND})
    results = catalogue(tmp_path / "claims")
    alone = PageAlone(results, where)
    told = [
        "; ".join(map(str, alone.problems("part/bound.md", change.made(BOUND))))
        for change in changes(results, alone, "part/bound.md", BOUND)
    ]
    expected = [
        "docs/part/bound.md:7:1: the figure `9.6 ms` appears in prose",
        "docs/part/bound.md:7:1: the figure `15 ms` appears in prose",
        "docs/part/bound.md:9:1: passage: the passage on claim `cold-start` was written for `refuted`",
        "docs/part/bound.md:9:1: passage: the passage on claim `linked-statically` was written for `confirmed`",
        "docs/part/bound.md:10:1: above: ",
        "docs/part/bound.md:13:1: smallest: ",
        "docs/part/bound.md:14:1: above: ",
        "docs/part/bound.md:15:1: times: ",
    ]
    assert len(told) == len(expected)
    for said, beginning in zip(told, expected, strict=True):
        assert said.replace("\u202f", " ").startswith(beginning)


def test_a_page_whose_prose_is_not_bound_survives(tmp_path: Path) -> None:
    """Also if it has a passage that is: falsify goes red, and names the sentence that nobody would notice."""
    found = tried(tmp_path, {"part/loose.md": LOOSE, "part/bound.md": BOUND}, seeds=range(5))
    assert {(str(one.path), one.falsified) for one in found} == {
        ("docs/part/bound.md", True), ("docs/part/loose.md", False),
    }  # fmt: skip
    count = counted(found[:2], "2026-01-02")
    assert (count.falsified, count.pages, count.refused, count.changes) == (1, 2, 4, 5)
    said = falsified.outcome(count).plain.splitlines()
    assert said == [
        "docs/part/loose.md:10: survived: “faster” made “not faster”, in prose that nothing binds",
        "changes refused: 4 of 5",
        "falsified: 1 of 2 pages",
    ]


@pytest.mark.parametrize(
    "nothing", ['{{ card("cold-start") }}', '{{ verdict("cold-start") }} {{ output("cold-start") }}']
)
def test_a_page_with_claims_and_nothing_to_change_is_not_falsified(tmp_path: Path, nothing: str) -> None:
    """Whatever its prose says, no result could contradict it. A page without claims is not asked."""
    found = tried(tmp_path, {"a.md": f"# A\n\nIt is quick. {nothing}\n", "b.md": "# B\n\nIt is quick.\n"})
    assert [one.path.name for one in found] == ["a.md"]
    count = counted(found, "2026-01-02")
    assert (count.falsified, count.pages) == (0, 1)
    assert count.survived == ("docs/a.md:1: survived: nothing on it is bound to a result",)


def test_an_undecided_verdict_is_not_turned_round(tmp_path: Path) -> None:
    """It contradicts nothing, so a page that was written for one could not go red."""
    page = '{% call passage("noisy", "refuted") %}\nIt is so.\n{% endcall %}\n{{ value("noisy", "start") }}\n'
    found = tried(tmp_path, {"a.md": page})
    assert [trial.change.kind for trial in found[0].trials] == ["figure"]


def test_the_same_seed_draws_the_same_pages_and_changes(tmp_path: Path) -> None:
    """In CI too. A page's own changes do not depend on which others there are."""
    pages = {f"part/{number}.md": BOUND for number in range(6)}
    where, results = project(tmp_path / "project", pages), catalogue(tmp_path / "claims")
    some = list(falsify(results, where, seed=3, sample=2))
    assert some == list(falsify(results, where, seed=3, sample=2))
    every = {one.path: one for one in falsify(results, where, seed=3)}
    assert len(some) == 2 and len(every) == 6
    assert all(every[one.path] == one for one in some)
    drawn = {tuple(one.path for one in falsify(results, where, seed=seed, sample=2)) for seed in range(3)}
    assert len(drawn) > 1


def test_a_page_that_cannot_be_built_as_it_is_proves_nothing(tmp_path: Path) -> None:
    """Each of its copies would be refused, for a reason of its own."""
    with pytest.raises(InvalidInput, match="written for `refuted`"):
        tried(tmp_path, {"a.md": LOOSE.replace('"confirmed"', '"refuted"')})
    where = project(tmp_path / "strict", {"part/loose.md": LOOSE}, enforce=True)
    with pytest.raises(InvalidInput, match="nothing binds it"):
        list(falsify(catalogue(tmp_path / "more"), where))


@pytest.mark.parametrize("wrong", ["{{ nothing }}", "{{ value( }}", "{{ value() }}", "{% call %}"])
def test_a_page_rendered_alone_says_what_a_build_says(tmp_path: Path, wrong: str) -> None:
    """With its line."""
    alone = PageAlone(catalogue(tmp_path / "claims"), project(tmp_path / "project", {}))
    assert [one.line for one in alone.problems("a.md", f"---\ntitle: x\n---\n\n# A\n\n{wrong}\n")] == [7]


def test_calls_are_found_with_their_arguments_as_they_are_written() -> None:
    """Also those in other calls' arguments, with quotes and brackets in their texts; none in comments and raw text."""
    source = (
        "{# a('x') #} {% raw %}{{ b() }}{% endraw %} f(1)\n"
        "{{ c( 'd, (', [e(\"}\", k = 2)] ) }} {% call g('h') -%} {{- i(j, *k) | l }}"
    )
    found = {call.name: call for call in written_calls(source)}
    assert list(found) == ["c", "e", "g", "i"]
    assert [span.of(source) for span in found["c"].positional] == ["'d, ('", '[e("}", k = 2)]']
    assert found["e"].named["k"].of(source) == "2"
    assert [call.whole is not None for call in found.values()] == [True, False, False, False]
    assert [constant(text) for text in ("'a'", "['a', 1]", "x", "f()", "-2", "a b")] == [
        "a",
        ["a", 1],
        None,
        None,
        -2,
        None,
    ]


def test_the_outcome_is_kept_for_the_page_on_trust(tmp_path: Path) -> None:
    """With what survived; before the first time the page says how to get it."""
    assert "<code>make falsify</code>" in page(tmp_path, '{{ trust("falsified") }}')
    kept = Falsified("2026-01-02", 3, 2, 9, 8, ("docs/a.md:1: survived: <b>",))
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(kept.to_json(), "utf-8")
    assert read_falsified(tmp_path) == kept
    html = page(tmp_path, '{{ trust("falsified") }}')
    assert "Falsified on 2026-01-02: 2 of 3 pages; of 9 changes, 8 were refused." in html
    assert "<li>docs/a.md:1: survived: &lt;b&gt;</li>" in html


def test_only_pages_that_speak_of_claims_are_falsified(tmp_path: Path) -> None:
    """Tables of claims and figures of the policy say nothing that prose could get wrong."""
    pages = {
        "a.md": '{{ claims_table("1") }} {{ policy("close") }}',
        "b.md": '{{ value("arms", "start", arm="fast") }}',
    }
    assert pages_with_claims(project(tmp_path, pages) / "docs") == ["b.md"]
