"""Citations are found in pages as the build would find them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.problems import InvalidInput
from macros.publish.citations import Citation, citations_in, citations_of

PAGE = Path("docs/a.md")


def test_citations_are_found_wherever_they_stand_in_a_page() -> None:
    """In prose, in a passage, in a table and in a loop, over several lines; not in a comment."""
    source = (
        'See {{ cite("go1.27", "src/a.go", "x := f(") }}.\n\n{# {{ cite("go1.27", "src/no.go", "x") }} #}\n\n'
        '{% call passage("a", "confirmed") %}\nIt {{ cite("go1.22",\n    file="src/b.go", text="y") }} is.\n'
        "{% endcall %}\n\n"
        '| a |\n|---|\n{% for it in ["go1.15", "go1.19"] %}| {{ cite(it, "src/c.go", "z") }} |\n{% endfor %}\n'
    )
    assert citations_in(source, PAGE) == [
        Citation("go1.27", "src/a.go", "x := f(", PAGE, 1),
        Citation("go1.22", "src/b.go", "y", PAGE, 6),
        Citation("go1.15", "src/c.go", "z", PAGE, 12),
        Citation("go1.19", "src/c.go", "z", PAGE, 12),
    ]


def test_a_citation_that_cannot_be_looked_up_is_a_mistake() -> None:
    """What only a build knows, the test with the images would pass over."""
    with pytest.raises(InvalidInput, match=r"docs/a\.md:2:1: a citation's arguments are not written out"):
        citations_in('\n{{ cite("go1.27", somewhere, "x") }}', PAGE)


def test_the_project_s_own_citations_can_be_looked_up() -> None:
    """Without an engine as much as this: each names a release, a file and a text."""
    for citation in citations_of(Path(__file__).parents[2] / "docs"):
        assert citation.release and citation.file and citation.text


def test_no_page_puts_a_mere_place_into_quotation_marks() -> None:
    """The reader would see the file's name where the words should be: `quoted=true` shows them."""
    for page in (Path(__file__).parents[2] / "docs").rglob("*.md"):
        assert not re.search(r'["“]\{\{ cite', page.read_text("utf-8")), page
