"""Tokens that stand for finished HTML while Markdown is at work."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from macros.publish.fragments import Fragment, Fragments
from tests.unit.publish_site import page

PRIVATE = st.text(st.characters(min_codepoint=0xF0000, max_codepoint=0xF1002), max_size=20)


def test_a_build_may_have_far_more_fragments_than_there_are_private_characters() -> None:
    """Ten thousand claims make some hundred thousand fragments; the first and the last come back as they were."""
    fragments = Fragments()
    tokens = [fragments.keep(Fragment(f"<b>{number}</b>")) for number in range(200_000)]
    assert len(set(tokens)) == len(tokens)
    for number in (0, 4_095, 4_096, 65_533, 65_534, 199_999):
        assert fragments.restore(f"({tokens[number]})") == f"(<b>{number}</b>)"
    assert fragments.restore("".join(tokens[65_530:65_540])) == "".join(f"<b>{n}</b>" for n in range(65_530, 65_540))


@given(PRIVATE, PRIVATE)
def test_private_characters_of_others_are_no_fragment(before: str, after: str) -> None:
    """A program may print any character, ours among them; what it prints is neither lost nor exchanged."""
    fragments = Fragments()
    token = fragments.keep(Fragment("<b>kept</b>"))
    assert fragments.restore(before + "|" + after) == before + "|" + after
    assert fragments.restore(before + token + after) == f"{before}<b>kept</b>{after}"


def test_a_token_of_another_build_is_no_fragment() -> None:
    """Even somebody who knows the scheme cannot write a token before the build has drawn its number."""
    earlier, now = Fragments(), Fragments()
    token = earlier.keep(Fragment("<b>earlier</b>"))
    now.keep(Fragment("<b>now</b>"))
    assert earlier.nonce != now.nonce
    assert now.restore(token) == token


def test_what_a_fragment_says_in_a_title_is_inert() -> None:
    """Titles and tables of contents are HTML; a value's text is escaped, on one line and of bounded length."""
    fragments = Fragments()
    token = fragments.keep(Fragment("<b>x</b>", "</title><script>\n\x1b\u202e" + "long " * 1000))
    title = fragments.title(f"A &amp; B {token}")
    assert title.startswith("A &amp; B &lt;/title&gt;&lt;script&gt; ⟨ESC⟩⟨U+202E⟩long long")
    assert len(title) < 400
    assert title.endswith("…")


def test_a_block_ends_the_paragraph_that_it_stands_in() -> None:
    """HTML allows no block in a paragraph; a phrase stays where it is."""
    fragments = Fragments()
    block, phrase = fragments.keep(Fragment("<div></div>", block=True)), fragments.keep(Fragment("<i></i>"))
    assert fragments.restore(f"<p>a {block} b {phrase}</p>") == "<p>a </p><div></div><p> b <i></i></p>"
    assert fragments.restore(f"<p>{block}</p>") == "<div></div>"


def test_a_page_may_hold_private_characters_of_its_own(tmp_path: Path) -> None:
    """An author's page with characters of our range shows them, beside fragments that come back."""
    written = "\U000f0000 \U000f1000\U000f0000\U000f1001\U000f0000\U000f1001"
    html = page(tmp_path, f'{written} {{{{ value("cold-start", "start") }}}}')
    assert written in html
    assert "3.2" in html
