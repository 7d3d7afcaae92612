"""Prose that speaks of what is measured without being bound to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.problems import Problem
from macros.publish.english import comparisons
from macros.publish.page_source import blocks
from macros.publish.prose_lint import Settings, known_of, lint_page, lint_pages, settings_of
from tests.unit import publish_site
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import Failed, build_site

PAGE = Path("docs/chapter-1/a.md")


def lint(folder: Path, page: str) -> list[Problem]:
    return lint_page(page, PAGE, known_of(catalogue(folder)))


def passage(guards: str, prose: str) -> str:
    return f"{{% call passage({guards}) %}}\n{prose}\n{{% endcall %}}\n"


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("It is faster in Go 1.21 than before.", "names Go 1.21 and compares (“faster”)"),
        ("Since Go 1.14, and in go1.15 and 1.27 too.", "names Go 1.14, Go 1.15, Go 1.27"),
        ("It is the slowest\nof them.", "compares (“slowest”)"),
        ("- an item\n- one that takes twice as long", "compares (“twice as”)"),
        ("It costs *more* time than\nthat other one does.", None),
        ("**Why it is so.** A call costs more than the loop.", "compares (“more than”)"),
        ("A link to [the fastest](other.md#go1.21) one.", "compares (“fastest”)"),
        ('It {{ above("2 ms", "1 ms", "is slower than") }} that, in short.', None),
        ('It took {{ value("cold-start", "start", toolchain="go1.15") }} in Go 1.15.', None),
        ('It took {{ value("cold-start", "start", toolchain="go1.15") }} in Go 1.21.', "names Go 1.21"),
        ('{% for it in ["go1.15", "go1.27"] %}{{ verdict("arms", toolchain=it) }}{% endfor %} Go 1.27', None),
        ('It is faster in Go 1.27 ({{ cite("go1.27", "src/a.go", "x") }}).', None),
        ("**The source says** that Go 1.22 is faster.", None),
        ("> **The source says** that Go 1.22 is faster.", None),
        ("**How it was measured.** With the largest list, in Go 1.15.", None),
        ("## Is Go 1.22 faster?", None),
        ("| Go 1.22 | faster |\n|---|---|\n| a | the slowest |", None),
        ("```\nGo 1.22 is faster\n\nand larger\n```\n\nNothing.", None),
        ("The flag `go1.15` of `-faster`.", "names Go 1.15"),
        ("{# Go 1.22 is faster #}", None),
        ("The value is 1.22, in section 1.15.", None),
    ],
)
def test_a_paragraph_that_names_a_release_or_compares_needs_something_that_shows_it(
    tmp_path: Path, prose: str, found: str | None
) -> None:
    """A passage, a comparison macro, a value of that release or a citation; what reports the source needs none."""
    problems = lint(tmp_path, f"---\ntitle: Go 1.22 is faster\n---\n\n# Page\n\n{prose}\n")
    assert [one.what.split("the paragraph ")[1].split(", and nothing")[0] for one in problems] == (
        [found] if found else []
    )


def test_the_line_is_that_of_the_first_word_that_is_not_bound(tmp_path: Path) -> None:
    """Front matter, macros of several lines, and line feeds that Jinja takes away count as the file has them."""
    page = (
        "---\ntitle: x\n---\n\n"
        '{% if 1 -%}\n\n{%- endif %}\n\nIt took {{ value("cold-start",\n    "start") }}, which\nis slower.\n'
    )
    assert [problem.line for problem in lint(tmp_path, page)] == [11]


@pytest.mark.parametrize(
    ("guards", "prose", "found"),
    [
        ('"cold-start", "confirmed"', "Go 1.15 and 1.27 are fast.", []),
        ('"cold-start", "confirmed"', "Go 1.22 is fast.", ["Go 1.22"]),
        ('"cold-start", "depends"', "Go 1.15 is fast.", ["Go 1.15"]),
        ('found("cold-start", "confirmed", toolchain=["go1.15", "go1.27"])', "Go 1.15, and 1.21.", ["Go 1.21"]),
        ('found("cold-start", "depends"), found("arms", "refuted", "go1.21")', "Not Go 1.21.", []),
        ('"cold-start", "depends"', 'Go 1.15: {{ cite("go1.15", "src/a.go", "x") }}.', []),
        ('"cold-start", "depends"', 'Go 1.15: {{ value("arms", "start", toolchain="go1.15") }}.', []),
        ('"cold-start", "depends"', "It is the fastest of all.", []),
        ('"linked-statically", "depends"', "So it is with `cgo`.", ["the case `cgo`"]),
        ('"linked-statically", "depends"', "So it is with\ncgo and no cgo.", ["the case `cgo`", "the case `no-cgo`"]),
        ('found("linked-statically", "refuted", case="cgo")', "So it is with cgo.", []),
        ('"linked-statically", "refuted"', "With cgo so, and no-cgo otherwise.", ["the case `no-cgo`"]),
        (
            'found("linked-statically", "refuted", "go1.15"), found("linked-statically", "depends")',
            "So it is with cgo and no-cgo.",
            ["the case `no-cgo`"],
        ),
        (
            'found("linked-statically", "depends", "go1.15"), found("linked-statically", "depends")',
            "So it is with cgo.",
            ["the case `cgo`"],
        ),
        ('"linked-statically", "depends"', "What cgo is, and `cgo2`, is told elsewhere.", []),
    ],
)
def test_a_passage_speaks_of_what_its_guards_cover(tmp_path: Path, guards: str, prose: str, found: list[str]) -> None:
    """A claim that is confirmed or refuted is so in all of its releases and cases; one that depends, in none."""
    problems = lint(tmp_path, "# Page\n\n" + passage(guards, prose))
    assert [one.what.split("speaks of ")[1].split(", which")[0] for one in problems] == found
    assert {one.line for one in problems} <= {4, 5}


def test_a_verdict_may_not_be_enough_for_a_comparison(tmp_path: Path) -> None:
    """With `everywhere`, words that compare need a macro or a citation inside of passages too."""
    prose = (
        'It is the fastest.\n\nIt is {{ above("2 s", "1 s", "slower") }}.\n\nSlower: {{ cite("go1.15", "a.go", "x") }}'
    )
    page = passage('"cold-start", "depends"', prose)
    (problem,) = lint_page(page, PAGE, known_of(catalogue(tmp_path)), everywhere=True)
    assert (problem.line, problem.what) == (2, "the passage compares (“fastest”), and nothing checks it")
    assert lint(tmp_path, page) == []


@pytest.mark.parametrize(
    "prose",
    [
        "It no longer runs; any longer would be wrong.", "It runs more than once, in more than eight ways.",
        "Rather than that, other than this, no more than one.", "At least three and at most nine of them, mostly.",
        "The newest and the oldest release, an older one.", "The lower half, the lower address, lower-case letters.",
        "As long as it runs; it happens twice; both halves.", "More often than not, at best, in the worst case.",
        "The number of returns times the number of defers.",
    ],
)  # fmt: skip
def test_set_phrases_compare_nothing(prose: str) -> None:
    """Few false alarms: they would teach authors to write around the lint."""
    assert comparisons(prose) == []


def test_a_page_is_taken_apart_as_markdown_has_it() -> None:
    """Headings, tables, printed blocks, and items of lists each for themselves."""
    page = "# A\ntext\n| t |\n| u |\n\n- one\n  more\n- two\n\n~~~\n# no\n\n~~~\nend {{ a(b('c'), d=['e']) }}\n"
    found = blocks(page)
    assert [(one.kind, one.line) for one in found] == [
        ("heading", 1), ("prose", 2), ("table", 3), ("prose", 6), ("prose", 8), ("code", 10), ("prose", 14),
    ]  # fmt: skip
    assert [call.name for call in found[-1].every_call()] == ["a", "b"]
    assert found[-1].calls[0].texts("d") == ["e"]


@pytest.mark.parametrize(
    "loop",
    [
        "{% for it in ['go1.15', 'go1.27'] %}",
        "{%- for what, it in [('a', 'go1.15'), ('b', 'go1.27')] -%}",
        "{% set all = ['go1.15', 'go1.27'] %}\n{% for it in all %}",
    ],
)
def test_an_argument_in_a_loop_is_all_that_it_comes_to_be(loop: str) -> None:
    """So a row of releases in a table is known for what it is; what is computed is not known."""
    (block,) = blocks(loop + "{{ value('a', toolchain=it, case=it ~ other) }}{% endfor %}")
    assert block.calls[0].texts("toolchain") == ["go1.15", "go1.27"]
    assert block.calls[0].texts("case") == []


def test_what_is_found_stops_a_build_where_the_settings_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the pages that they name, and on no other; without `enforce` it is a warning of `claims lint`."""
    pages = {"part/a.md": "# A\n\nGo 1.15 is faster.\n", "other.md": "# B\n\nGo 1.15 is faster.\n"}
    for enforce in (False, True):
        setting = f"extra: {{bound_prose: {{pages: ['part/*'], enforce: {str(enforce).lower()}}}}}\n"
        monkeypatch.setattr(publish_site, "CONFIG", publish_site.CONFIG.split("extra:")[0] + setting)
        if enforce:
            with pytest.raises(
                Failed, match=r"docs/part/a\.md:3:1: the paragraph names Go 1\.15 and compares"
            ) as failed:
                build_site(tmp_path, pages)
            assert "other.md" not in str(failed.value)
        else:
            build_site(tmp_path, pages)
        found, wrong = lint_pages(tmp_path, known_of(catalogue(tmp_path / "claims")))
        assert [str(one.path) for one in found] == ["docs/part/a.md"]
        assert wrong is enforce


@pytest.mark.parametrize(
    "given", [["a"], {"page": []}, {"pages": "a"}, {"pages": [1]}, {"enforce": "yes"}, {"everywhere": 1}]
)
def test_settings_that_are_none_are_refused(given: object) -> None:
    """A misspelt key must not switch the check off."""
    with pytest.raises(ValueError, match="bound_prose"):
        settings_of(given)
    assert settings_of(None) == Settings()
    assert settings_of({"pages": ["a"], "everywhere": True}) == Settings(("a",), False, True)
