"""What is added to the theme's finished pages. That axe then finds nothing is the browser tests' to show."""

from __future__ import annotations

from macros.publish.theme_repairs import repaired

NAVIGATION = """<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_2_label" aria-expanded="false">
          <label class="md-nav__title" for="__nav_2">
            <span class="md-nav__icon md-icon"></span>
    1. Why <b>Go</b> is "fast"
          </label>"""


def test_a_navigation_is_named_by_its_section() -> None:
    """By its text; the label that the theme names has none."""
    html = repaired(NAVIGATION, "Search")
    assert 'data-md-level="1" aria-label="1. Why Go is &quot;fast&quot;" aria-expanded="false">' in html
    assert "aria-labelledby" not in html


def test_the_search_dialog_has_a_name() -> None:
    """In the language of the site."""
    dialog = '<div class="md-search" data-md-component="search" role="dialog">'
    assert repaired(dialog, "Search") == dialog.replace('"dialog">', '"dialog" aria-label="Search">')


def test_an_empty_corner_of_a_table_is_no_header() -> None:
    """A header that says nothing would be read out before every cell."""
    assert repaired("<tr><th></th><th>a</th></tr>", "Search") == "<tr><td></td><th>a</th></tr>"
