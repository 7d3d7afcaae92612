"""Foreign text in every medium: nothing acts, nothing hides, nothing fills the page."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markupsafe import Markup
from rich.console import Console
from rich.text import Text

from macros.words import inert
from tests.unit.publish_sample import HOSTILE

ANYTHING = st.text(st.characters(codec=None), max_size=80) | st.text(
    st.sampled_from("`*_[]()!<>&|~$#@:/-+=\\\"' \n\t\r\x00\x1b\u202e\u200b\ud800\ufffeaz0w."), max_size=80
)
ATTACKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><script>", "</pre><h1>", "{{ config }}",
    "[a](javascript:alert(1))", "![i](https://example.org/x.png)", "<https://example.org>", "https://example.org/a",
    "www.example.org", "@maintainer", "@org/team", "#12", "GH-12", "org/repo#12", "me@example.org", ":smile:", "a | b",
    "deadbeefcafe", "\x1b[31mred\x1b]0;title\x07", "[bold]x[/]", "[/]", "\u202egnp.exe", "a\u200bb", "\ud800", "\x00",
    "# heading", "- item", "1. item", "> quote", "---", "`code", "``a`b``", "$x$", "~~x~~", "&lt;", "\\", "a\\|b",
    HOSTILE,
)  # fmt: skip


class Seen(HTMLParser):
    """The tags and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def nothing_hides(text: str, kept: str = "") -> bool:
    return all(character.isprintable() or character.isspace() for character in text if character not in kept)


def by_attack(test: object) -> object:
    return pytest.mark.parametrize("text", ATTACKS)(test)


# ---- HTML ----------------------------------------------------------------------------------------


@given(ANYTHING)
def test_html_holds_text_and_the_marks_of_what_is_invisible(text: str) -> None:
    """No tag but our mark, no character that shows nothing, and what is printable is all there, in order."""
    for html in (str(inert.html(text)), str(inert.inline(text))):
        seen = Seen(f"<pre>{html}</pre>")
        assert {tag for tag, _ in seen.tags[1:]} <= {"span"}
        assert nothing_hides(seen.text, "\n\t")
        html.encode("utf-8")
    assert "\n" not in inert.inline(text)


@given(ANYTHING)
def test_prose_has_code_and_nothing_else(text: str) -> None:
    """A claim's own sentence may have code spans."""
    html = str(inert.inline_prose(text))
    assert {tag for tag, _ in Seen(html).tags} <= {"code"}
    assert nothing_hides(Seen(html).text)
    assert html.count("<code>") == html.count("</code>")


@given(ANYTHING)
def test_an_attribute_cannot_be_left(text: str) -> None:
    """Between double quotes, between single ones, and inside of a title."""
    escaped = str(inert.attribute(text))
    for html in (f'<a title="{escaped}">x</a>', f"<a title='{escaped}'>x</a>"):
        ((tag, attributes),) = Seen(html).tags
        assert (tag, set(attributes)) == ("a", {"title"})
    assert Seen(f"<title>{escaped}</title><b>").tags[-1][0] == "b"


@by_attack
def test_hostile_text_is_shown_letter_by_letter(text: str) -> None:
    """What a reader sees is what was printed, with names for what cannot be seen."""
    visible = inert.visible(text)
    assert Seen(f"<pre>{inert.html(text)}</pre>").text == visible


def test_finished_html_keeps_its_tags_and_hides_nothing() -> None:
    """A highlighter's spans stay, and what an editor's bidirectional mark would turn round is named."""
    assert inert.visible_in(Markup("<b>a\u202eb</b>\n")) == "<b>a⟨U+202E⟩b</b>\n"


def test_invisible_characters_are_named() -> None:
    """By ASCII's own names or by their number."""
    named = {"\x1b": "⟨ESC⟩", "\r": "⟨CR⟩", "\u202e": "⟨U+202E⟩", "\u200b": "⟨U+200B⟩", "\ud800": "⟨U+D800⟩"}
    for character, name in named.items():
        assert inert.visible(character) == name
        assert name in inert.html(f"a{character}b")
        assert inert.terminal(f"a{character}b") in (f"a{name}b", "a b")
    assert inert.visible("\u3164\u2800") == "⟨U+3164⟩⟨U+2800⟩"


# ---- Markdown ------------------------------------------------------------------------------------

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
FOUND_AFTERWARDS = re.compile(r"@\w|#\d|\bgh-\d|https?://|\bftp://|\bwww\.|\b[0-9a-f]{7,40}\b|:[\w+-]+:", re.IGNORECASE)
"""What GitHub makes links, mentions and emoji of in text that is already rendered."""


def rendered(cell: str) -> Seen:
    table = GITHUB.render(f"| a | b |\n|---|---|\n| {cell} | second |\n")
    assert table.count("<td>") == 2
    assert "<td>second</td>" in table
    return Seen(GITHUB.render(cell or "x"))


@given(ANYTHING)
@example("0000000")
@example("00000000")
@example("DEADBEEF" * 5)
@example("a@b #12 GH-12 https://example.org www.example.org :tada: 1234567890abcdef")
def test_markdown_of_foreign_text_is_one_paragraph_of_text(text: str) -> None:
    """No emphasis, link, image, list, heading, HTML, mention or reference; and a table keeps its columns."""
    seen = rendered(inert.markdown(text))
    assert [tag for tag, _ in seen.tags] == ["p"]
    assert not FOUND_AFTERWARDS.search(seen.text)
    assert nothing_hides(seen.text.replace("\u2060", ""))


@by_attack
def test_markdown_shows_hostile_text_letter_by_letter(text: str) -> None:
    """The same words as on the page, but for the joiners that keep GitHub from acting on them."""
    shown = rendered(inert.markdown(text)).text.replace("\u2060", "").strip()
    assert shown.split() == inert.one_line(text).split()


@given(ANYTHING)
def test_markdown_of_prose_has_code_and_nothing_else(text: str) -> None:
    """Sentences keep their code spans."""
    seen = rendered(inert.markdown_prose(text))
    assert {tag for tag, _ in seen.tags} <= {"p", "code"}
    assert not FOUND_AFTERWARDS.search(seen.text)


# ---- XML and terminals ---------------------------------------------------------------------------


@given(ANYTHING)
def test_xml_is_well_formed_whatever_is_said(text: str) -> None:
    """As an attribute and as text of an element tree, written and read back."""
    element = ElementTree.Element("failure", message=inert.xml(text))
    element.text = inert.xml(text)
    again = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))
    assert again.get("message") == inert.xml(text)


@given(ANYTHING)
def test_a_terminal_gets_no_control_character(text: str) -> None:
    """Nor an invisible one; and square brackets are no markup."""
    line = inert.terminal(text)
    assert nothing_hides(line)
    assert "\x1b" not in line
    out = io.StringIO()
    Console(file=out, width=10_000, force_terminal=True, color_system=None).print(Text(line))
    assert out.getvalue().rstrip() == line.rstrip()


# ---- length --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "medium", [inert.inline, inert.inline_prose, inert.attribute, inert.markdown, inert.markdown_prose, inert.xml,
               inert.terminal, inert.quoted]
)  # fmt: skip
def test_every_medium_limits_the_length(medium: object) -> None:
    """A megabyte in a title is its beginning and an ellipsis."""
    assert callable(medium)
    text = str(medium("x" * 1_000_000))
    assert len(text) < 5_000
    assert "…" in text


def test_a_limit_counts_what_is_shown() -> None:
    """Names of invisible characters count as well."""
    assert inert.limited("abcdef", 4) == "abc…"
    assert inert.limited("abcd", 4) == "abcd"
    assert len(inert.one_line("\x00" * 9_999, 100)) == 100
    assert len(inert.quoted("\x00" * 9_999)) == inert.QUOTED + 2


def test_long_output_is_cut_at_a_line_and_says_how_much_is_left_out() -> None:
    """The beginning is shown in whole lines; the rest is counted."""
    assert inert.shorten("ab\ncd\nef\n", 7) == ("ab\ncd\n", 3)
    assert inert.shorten("abcdef", 4) == ("abcd", 2)
    assert inert.shorten("ab\n", 9) == ("ab\n", 0)


@given(ANYTHING)
def test_a_quoted_text_cannot_end_its_code_span(text: str) -> None:
    """Two backquotes, at its ends, and one line."""
    span = inert.quoted(text)
    assert span.count("`") == 2
    assert span.startswith("`")
    assert span.endswith("`")
    assert "\n" not in span
