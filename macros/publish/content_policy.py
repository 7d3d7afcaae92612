"""What a page may load and run: the site's own files and nothing else, above all nothing that stands in the page.

So markup that somebody smuggled into a claim would stay dead even if it got past `words.inert`, and no reader's visit
is told to another host.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig

_FIRST = '<meta charset="utf-8">'
"""The policy stands behind it, before anything that is loaded."""

_OWN = ("script-src", "style-src", "font-src", "connect-src", "worker-src", "base-uri", "form-action")


def policy(hashes: str = "") -> str:
    """Of a page; `hashes`: of what stands in it and may act, as its sources are written ('sha256-...')."""
    own = " ".join(["'self'", hashes]).strip()
    rules = ["default-src 'none'", "img-src 'self' data:", *(f"{kind} {own}" for kind in _OWN[:2])]
    return "; ".join([*rules, *(f"{kind} 'self'" for kind in _OWN[2:])])


def with_policy(html: str, hashes: str = "") -> str:
    """The page with its policy."""
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy(hashes)}">'
    return html.replace(_FIRST, f"{_FIRST}\n{tag}", 1)


def is_preview(config: MkDocsConfig) -> bool:
    """Whether `mkdocs serve` builds: its server writes a script into each page, by which it is loaded again."""
    return bool(config.site_url) and urlsplit(config.site_url or "").netloc == str(config.dev_addr)
