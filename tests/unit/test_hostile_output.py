"""Output that means harm, in every medium: to be read, unable to act, and of bounded length."""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from rich.text import Text

from macros.claim.patterns import encodable
from macros.results.feed import feed_of, write
from macros.words import inert
from tests.unit.publish_hostile import everything_says
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import build_site

MEGABYTE = 2**20
MOST_CHARACTERS = 40_000
"""In any medium, whatever was said: four thousand, of which each may be named by eight."""

OUTPUTS = {
    "a script": "<script>pwned=1</script>",
    "an event handler": "\"'><img src=x onerror=pwned=1>",
    "closing tags": "</code></pre></td></table></article></title></style></textarea>",
    "a comment that never ends": "<!-- <![CDATA[ <?php",
    "an address that runs": "[x](javascript:pwned=1) <a href=javascript:pwned=1>",
    "fences": "```\n~~~\n</pre>\n    code\n```",
    "Markdown": "# h\n- i\n1. n\n> q\n| a | b |\n|---|---|\n![i](http://192.0.2.1/x.png) **b** _i_ `c` [^1]\n\n[^1]: f",
    "an attribute list": "text {: .md-button #id onclick=pwned=1 }",
    "a snippet": '--8<-- "/etc/passwd"\n;--8<--\n{!/etc/passwd!}',
    "Jinja": "{{ config }} {% include '/etc/passwd' %} {# gone #} {{ ''.__class__ }}",
    "an admonition": '!!! danger "x"\n    text\n??? note\n    text',
    "entities": "&lt;script&gt; &#60;script&#62; &amp;lt; &#0; &nbsp",
    "colours of a terminal": "\x1b[31mred\x1b[0m\x1b[2J\x1b[1;1H",
    "a terminal's title and link": "\x1b]0;title\x07\x1b]8;;http://192.0.2.1\x07link\x1b]8;;\x07\x9b31m",
    "carriage returns": "verdict: refuted\rverdict: confirmed\x08\x08\x0b\x0c\x85",
    "marks that turn letters round": "\u202egnp.exe\u2066x\u2069\u061c\u200e\u200f",
    "characters of no width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg\u3164h\u2800",
    "tags and selectors": "a\U000e0041\U000e0042\ue0001",
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "private use in pairs that stand for fragments": "\U000f0000\U000f0001\U000f0000 \ue0000\ue000",
    "NUL": "a\0b\0\0",
    "invalid UTF-8": b"caf\xe9 \xff\xfe \xc0\xaf \xed\xa0\x80".decode("utf-8", "replace"),
    "invalid UTF-8, kept as surrogates": b"caf\xe9 \xff\xfe".decode("utf-8", "surrogateescape"),
    "half of a pair": "\ud800 and \udfff and \udbff\ud800",
    "characters that are none": "\ufffe\uffff\U0001ffff\u0378",
    "mentions and references": "@org/team #12 GH-12 deadbeefcafe1234 https://example.org :smile: $x$",
    "workflow commands": "::error file=x::y\n##[error]z\n::set-output name=a::b\n::add-mask::x",
    "markup of the terminal's library": "[bold red]x[/] [/] [link=http://x]y[/link] [@click=app.bell]z",
    "a line of a megabyte": "x" * MEGABYTE,
    "a line of a megabyte of marks": "\u202e" * MEGABYTE,
    "a megabyte of lines": "<b>\n" * (MEGABYTE // 4),
    "a megabyte of backquotes": "`" * MEGABYTE,
}


def in_parts(most: int = 450) -> list[str]:
    """All of them but the longest, together, in parts that any field of a feed takes."""
    words = encodable(" ".join(text for text in OUTPUTS.values() if len(text) < most))
    return textwrap.wrap(words, most, replace_whitespace=False, drop_whitespace=False, expand_tabs=False)


PARTS = in_parts()


class Page(HTMLParser):
    """The tags, the attributes and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def all_visible(text: str, kept: str = "") -> bool:
    """Nothing in it is a control, turns letters round or shows nothing; and any file can hold it."""
    text.encode("utf-8")
    return inert.visible(text, kept) == text


def in_a_block(text: str) -> str:
    shown, _ = inert.shorten(text, 4_000)
    page = Page(f"<pre>{inert.html(shown)}</pre>")
    assert set(page.tags) <= {"pre", "span"}
    assert page.attributes <= {"class", "title"}
    assert page.text == inert.visible(shown)
    assert all_visible(page.text, "\n\t")
    return page.text


def in_a_paragraph(text: str) -> str:
    page = Page(f"<p>{inert.inline(text, 1_000)}</p>{inert.inline_prose(text, 1_000)}")
    assert set(page.tags) <= {"p", "span", "code"}
    assert page.attributes <= {"class", "title"}
    assert all_visible(page.text)
    return page.text


def in_an_attribute(text: str) -> str:
    html = f"<title>{inert.attribute(text)}</title><i title=\"{inert.attribute(text)}\" alt='{inert.attribute(text)}'>"
    page = Page(html)
    assert page.tags == ["title", "i"]
    assert page.attributes <= {"title", "alt"}
    assert all_visible(page.text)
    return page.text


def in_markdown(text: str) -> str:
    """As GitHub sets it, in a paragraph and in a table."""
    github = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    page = Page(github.render(inert.markdown(text, 1_000)))
    assert page.tags == ["p"]
    assert github.render(f"| a |\n|---|\n| {inert.markdown(text, 1_000)} |\n").count("<td>") == 1
    return page.text


def in_xml(text: str) -> str:
    element = ElementTree.Element("failure", message=inert.xml(text))
    again = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))
    message = again.get("message") or ""
    assert message == inert.xml(text)
    assert all_visible(message)
    return message


def in_a_terminal(text: str) -> str:
    line = inert.terminal(text)
    assert all_visible(line)
    assert not re.search(r"(^|\s)::[a-z-]+( .*)?::|##\[", line)
    out = io.StringIO()
    Console(file=out, width=100_000, force_terminal=True, color_system=None).print(Text(line))
    assert out.getvalue().rstrip("\n").rstrip() == line.rstrip()
    return line


def in_a_feed(text: str) -> str:
    """JSON that every parser takes, in UTF-8; its readers escape it themselves."""
    said = encodable(text)
    json.dumps(said, ensure_ascii=False).encode("utf-8")
    return inert.limited(said, inert.PROSE)


MEDIA = {
    "a page's block": in_a_block, "a page's paragraph": in_a_paragraph, "a page's head": in_an_attribute,
    "GitHub's Markdown": in_markdown, "JUnit": in_xml, "a terminal": in_a_terminal, "a feed": in_a_feed,
}  # fmt: skip


@pytest.mark.hostile("Output")
@pytest.mark.parametrize("text", OUTPUTS.values(), ids=OUTPUTS.keys())
def test_hostile_output_is_visible_inert_and_bounded(text: str, record_property: Callable[[str, object], None]) -> None:
    """In blocks, paragraphs and heads of pages, in Markdown, JUnit, a terminal and a feed."""
    for medium, shown in MEDIA.items():
        words = shown(text)
        assert words, medium
        assert len(words) <= MOST_CHARACTERS, medium
    record_property("got", f"shown as text in {len(MEDIA)} media: {inert.quoted(text[:40])}")


@pytest.mark.hostile("Output")
@pytest.mark.parametrize(
    "words", PARTS, ids=[f"a site full of all this, part {number}" for number in range(1, len(PARTS) + 1)]
)
def test_a_site_full_of_them_builds_and_holds_no_tag_of_theirs(tmp_path: Path, words: str) -> None:
    """Each text of every claim and record says a part of it: no page has a tag, a macro's value or a hidden mark."""
    page = '# A {{ value("linked-statically", "start") }}\n\n{{ card("arms") }} {{ card("linked-statically") }}\n'
    site = build_site(tmp_path, {"page.md": page}, lambda results: everything_says(results, words))
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for tag in (
            "<script>pwned",
            "<img src=x",
            "onerror=pwned=1>",
            "<a href=javascript",
            "<![CDATA[ <?php",
            "root:x:",
        ):
            assert tag not in html, (path, tag)
        assert not {letter for letter in html if "\ue000" <= letter <= "\uf8ff" or letter >= "\U000e0000"}, path


@pytest.mark.parametrize("words", PARTS, ids=[f"part {number}" for number in range(1, len(PARTS) + 1)])
def test_a_feed_full_of_them_is_json_in_utf_8(tmp_path: Path, words: str) -> None:
    """As other programs read it."""
    text = write(feed_of(everything_says(catalogue(tmp_path), words)))
    assert json.loads(text.encode("utf-8"))["claims"]
