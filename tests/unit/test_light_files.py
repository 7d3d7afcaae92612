"""What is left out of a finished site, and what may not act in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from macros.publish.content_policy import policy, with_policy
from macros.publish.source_code import highlighted
from macros.publish.stylesheets import classes_of, pruned, words_of
from macros.publish.whitespace import without_indents
from tests.unit.publish_site import build_site


def test_indents_go_and_what_is_set_letter_by_letter_stays() -> None:
    """Lines of output, of programs and of scripts keep their blanks; between words one blank is left."""
    html = "<p>\n    a  b\n\n\n   c</p>\n <pre>x\n\n   y </pre>\n\n<script>a\n  b</script>"
    assert without_indents(html) == "<p>\na  b\nc</p>\n<pre>x\n\n   y </pre>\n<script>a\n  b</script>"


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".a{x:y}.b{x:y}", ".a{x:y}"),
        (".a,.b .a,.a.b{x:y}", ".a{x:y}"),
        ("p>a[href]{x:y}", "p>a[href]{x:y}"),
        (".a:not(.b,.c:is(.d,.e)),.b:is(.a,.c){x:y}", ".a:not(.b,.c:is(.d,.e)){x:y}"),
        ("@media print{.b{x:y}}@media screen{.b{x:y}.a{x:y}}", "@media screen{.a{x:y}}"),
        ('@charset "UTF-8";.b{content:"}"}.a:before{content:"{;"}', '@charset "UTF-8";.a:before{content:"{;"}'),
        ("@keyframes b{from{x:y}to{x:z}}", "@keyframes b{from{x:y}to{x:z}}"),
        (':r{--u:url("data:,{");--v:url("data:,}");--w:1}.a{x:var(--v)}', ':r{--v:url("data:,}");--w:1}.a{x:var(--v)}'),
    ],
)  # fmt: skip
def test_a_stylesheet_keeps_the_rules_for_the_classes_there_are(css: str, kept: str) -> None:
    """And every rule that asks for none, whatever stands in its brackets; pictures only if a rule names them."""
    assert pruned(css, {"a"}) == kept


def test_classes_are_those_of_pages_and_words_of_scripts() -> None:
    """A script may give any of its words to an element as a class."""
    assert classes_of('<p class="a b"><i class="c-d__e">') == {"a", "b", "c-d__e"}
    assert words_of('x.className="md-top";') >= {"md-top"}


def test_the_policy_stands_before_all_that_is_loaded() -> None:
    """Nothing in the page acts, but for what its hash names."""
    html = with_policy('<head>\n<meta charset="utf-8">\n<link rel="stylesheet" href="x">')
    assert html.index("Content-Security-Policy") < html.index("<link")
    assert "unsafe" not in policy()
    assert "script-src 'self' 'sha256-x'; style-src 'self' 'sha256-x'" in policy("'sha256-x'")


def test_the_search_tells_its_nodes_apart(tmp_path: Path) -> None:
    """A node's name has a mark before each letter, or digits of words run into numbers of nodes. Red where the theme's
    script is another one: then look whether it still needs this."""
    (worker,) = (build_site(tmp_path, {}) / "assets" / "javascripts" / "workers").glob("search.*.js")
    script = worker.read_text("utf-8")
    assert script.count('e=e+","+s+o.id') == 1
    assert "e=e+s+o.id" not in script


def test_every_page_has_the_policy_and_no_script_of_its_own(tmp_path: Path) -> None:
    """The theme's are files of the site; they tell its root by their own address, so one file serves every page."""
    site = build_site(tmp_path, {"a/b.md": "# Deep\n"})
    pages = [path for path in site.rglob("*.html") if path.name != "404.html"]
    assert len(pages) > 3
    for path in pages:
        html = path.read_text("utf-8")
        assert html.count("Content-Security-Policy") == 1, path
        assert "<script>" not in html, path
        assert " style=" not in html, path
        for address in re.findall(r'<script src="([^"]+)"', html):
            assert (path.parent / address).is_file(), (path, address)
    assert 'new URL("../../",document.currentScript.src)' in (site / "assets/theme/base.js").read_text("utf-8")


def test_the_theme_s_files_that_nothing_fetches_are_left_out(tmp_path: Path) -> None:
    """No source maps, and of the search's languages those of the site."""
    site = build_site(tmp_path, {})
    assert not list(site.rglob("*.map"))
    assert not list(site.rglob("lunr/**/*.js"))
    assert list(site.rglob("search.*.js"))


def test_the_page_of_a_wrong_address_stands_by_itself(tmp_path: Path) -> None:
    """It fetches nothing to be shown, has the way to every part of the site, and only what it is made of may act."""
    html = (build_site(tmp_path, {"part.md": "# A part\n"}) / "404.html").read_text("utf-8")
    assert not re.search(r"<link|<img|src=", html)
    for path in ("", "claims/", "part/"):
        assert f'data-path="{path}"' in html
    assert len(re.findall(r"'sha256-[^']+'", html)) == 4
    assert "unsafe" not in html


def test_a_program_has_spans_for_what_has_a_colour() -> None:
    """Nothing is lost of its text, and blanks and brackets have none."""
    html = str(highlighted('func main() { println("<b>") } // end\n', "main.go"))
    assert re.sub(r"</?span[^>]*>", "", html) == 'func main() { println("&lt;b&gt;") } // end\n'
    assert '<span class="k">func</span> ' in html
    assert html.count("<span") <= 5
