"""What the theme's pages lack for readers with assistive technology, added to its finished HTML.

The theme gives its search dialog no name, and names the nested navigations by labels that have no text where a section
has a page of its own; and Markdown makes a header of the empty corner of a table. The browser tests look for each
repair: they go red when the theme's HTML changes.
"""

from __future__ import annotations

import re

_DIALOG = re.compile(r'(<div class="md-search"[^>]* role="dialog")>')
_NAVIGATION = re.compile(
    r'(<nav class="md-nav" data-md-level="\d+") aria-labelledby="(__nav_\w+?)_label"'
    r'([^>]*>\s*<label class="md-nav__title" for="\2">.*?</span>\s*)(.*?)(\s*</label>)',
    re.DOTALL,
)


def repaired(html: str, search: str) -> str:
    """The page with names for its search dialog, `search`, and for its navigations: those of their sections."""
    html = html.replace("<th></th>", "<td></td>")
    html = _DIALOG.sub(rf'\1 aria-label="{search}">', html)
    return _NAVIGATION.sub(
        lambda found: f'{found[1]} aria-label="{_text(found[4])}"{found[3]}{found[4]}{found[5]}', html
    )


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace('"', "&quot;").split())
