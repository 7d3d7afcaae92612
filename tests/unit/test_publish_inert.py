"""What a claim or a program says is text on every page, in its head too. tests/browser/test_inert.py shows the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from macros.claim.fields import Text
from macros.publish.rendering import head_text, prose
from macros.publish.source_code import highlighted
from macros.results.catalogue import CatalogueResult
from tests.unit.publish_hostile import MARKUP, everything_says
from tests.unit.publish_sample import claim
from tests.unit.publish_site import Failed, build_site, page


def titled(title: str) -> Callable[[CatalogueResult], CatalogueResult]:
    """A change of the sample: a claim's title and statement, unchecked, as if no file had been read."""

    def change(results: CatalogueResult) -> CatalogueResult:
        text = Text.model_construct(en=title, zh=title)
        of = claim("told", "report").model_copy(update={"title": text, "statement": text})
        return replace(results, claims={**results.claims, "told": replace(results.claims["told"], claim=of)})

    return change


def head_of(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text(encoding="utf-8").split("</head>", 1)[0]


def test_no_page_holds_a_tag_that_a_text_brought(tmp_path: Path) -> None:
    """Every text of every claim and record tries: not one of its tags is a tag in any file of the site."""
    heading = '# A {{ value("linked-statically", "start") }}\n\n{{ card("arms") }}\n'
    site = build_site(tmp_path, {"page.md": heading}, lambda results: everything_says(results, MARKUP))
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert "zqxword" in html or path.name == "404.html" or path.parent == site
        for tag in ("<script>pwned", "<img src=x", "<iframe srcdoc", "<style>*{", 'content="zqxword"'):
            assert tag not in html, (path, tag)
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    # The theme's search sets titles and texts as HTML.
    allowed = re.compile(r"</?(p|code|pre|li|ol|ul|sub|sup)>")
    for entry in index["docs"]:
        assert "<" not in allowed.sub("", entry["title"] + entry["text"]), entry["location"]


def test_no_page_holds_a_character_that_shows_nothing(tmp_path: Path) -> None:
    """Whatever a text holds to turn letters round, to hide some, or to pass for a fragment, is named on every page."""
    hidden = "\u202e\u2066\u200b\x1b\x9b\U000e0041\U000f0000\ue000"
    heading = '# A {{ value("linked-statically", "start") }}\n\n{{ card("arms") }} {{ card("linked-statically") }}\n'
    site = build_site(tmp_path, {"page.md": heading}, lambda results: everything_says(results, hidden))
    for path in site.rglob("*.html"):
        assert not set(hidden) & set(path.read_text(encoding="utf-8")), path
    assert "⟨U+202E⟩" in (site / "page" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "title",
    [
        "{{ config.site_name }} {% include 'x' %} {# gone #}",
        "key: value # comment",
        "--- \n...\n- item",
        "\"quoted\" 'twice' \\ & &amp;",
        "line\nbreak\x85next\u2028last",
        "\ufffe \x00 \x1b[31m",
        "😀 \U000f0000 \u202e",
    ],
)
def test_a_title_is_shown_as_it_was_written(tmp_path: Path, title: str) -> None:
    """No macro, no YAML and no Markdown is read into it, and no character of it can stop the build."""
    site = build_site(tmp_path, {}, titled(title))
    shown = str(head_text(title))
    assert f"<title>{shown} - sample</title>" in head_of(site, "claims/told")
    assert f'<meta name="description" content="{shown}">' in head_of(site, "claims/told")


def test_the_head_of_a_page_has_one_line_of_bounded_length(tmp_path: Path) -> None:
    """A statement of any length stays in the article; the description is cut."""
    site = build_site(tmp_path, {}, titled("long " * 5000))
    description = re.search(r'<meta name="description" content="([^"]*)">', head_of(site, "claims/told"))
    assert description is not None
    assert len(description[1]) <= 300


def test_an_authors_title_and_description_are_text_too(tmp_path: Path) -> None:
    """Front matter is no HTML: quotes and ampersands of a title or description end no attribute."""
    front = '---\ntitle: Less < more & "so"\ndescription: It\'s "quoted" & <b>\n---\n\nText.\n'
    head = head_of(build_site(tmp_path, {"page.md": front}), "page")
    assert "<title>Less &lt; more &amp; &#34;so&#34; - sample</title>" in head
    assert 'content="It&#39;s &#34;quoted&#34; &amp; &lt;b&gt;"' in head


def test_a_heading_that_names_a_tag_ends_no_title(tmp_path: Path) -> None:
    """The theme turns entities of a heading back into characters; they must not come out as a tag in the head."""
    head = head_of(build_site(tmp_path, {"page.md": "# Why `</title><script>` is text\n"}), "page")
    assert "<title>Why &lt;/title&gt;&lt;script&gt; is text - sample</title>" in head


def test_prose_hides_nothing_and_has_code_spans_only() -> None:
    """A claim's own prose names what would change how it reads, inside of code too."""
    assert prose("a `<b>\u202e` \x1b <i>") == "a <code>&lt;b&gt;⟨U+202E⟩</code> ⟨ESC⟩ &lt;i&gt;"


def test_a_program_cannot_look_like_another() -> None:
    """Marks that turn the order of letters round are named in listings, in every language and in none."""
    for name in ("main.go", "run.sh", "unknown"):
        html = str(highlighted("x \u202e y \u2066 <b>\n", name))
        assert "\u202e" not in html
        assert "⟨U+202E⟩" in html
        assert "<b>" not in html


def test_a_message_about_a_page_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    """What a build says of a claim holds no escape sequence: neither what is wrong, nor what would be right."""

    def change(results: CatalogueResult) -> CatalogueResult:
        other = results.claims["cold-start"]
        cells = []
        for cell in other.cells:
            evidence = replace(cell.record.evidence, missing="\x1b[2Jgone")
            record = cell.record.model_copy(update={"evidence": evidence})
            cells.append(replace(cell, record=record, judged=replace(cell.judged, estimates={})))
        changed = replace(other, files={"\x1b]0;owned\x07.go": b""}, cells=tuple(cells))
        return replace(results, claims={**results.claims, "cold-start": changed})

    with pytest.raises(Failed) as failed:
        page(tmp_path, '{{ program("cold-start", "main.go") }} {{ value("cold-start", "start") }}', change)
    said = str(failed.value)
    assert "\x1b" not in said
    assert "⟨ESC⟩]0;owned⟨BEL⟩.go" in said
    assert "⟨ESC⟩[2Jgone" in said


def test_programs_are_those_that_ran(tmp_path: Path) -> None:
    """An edit after the run, or a folder that is gone, changes nothing on the page: it shows what was executed."""

    def ran(results: CatalogueResult) -> CatalogueResult:
        other = results.claims["cold-start"]
        (other.folder / "main.go").write_text("package edited\n")
        (other.folder / "new.go").write_text("package added\n")
        return replace(
            results, claims={**results.claims, "cold-start": replace(other, files={"main.go": b"package ran\n"})}
        )

    text = re.sub(
        r"<[^>]+>", "", page(tmp_path, '{{ program("cold-start", "main.go") }} {{ card("cold-start") }}', ran)
    )
    assert "package ran" in text
    assert "edited" not in text
    assert "added" not in text
