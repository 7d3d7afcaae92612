"""The page that a server shows for a wrong address. It needs no other file, since it may be shown at any address."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup
from mkdocs.structure.nav import Navigation
from mkdocs.utils.templates import TemplateContext

from macros.publish.claim_pages import short_navigation
from macros.publish.content_policy import with_policy
from macros.publish.rendering import templates

NAME = "404.html"


def template() -> Template:
    """What is set instead of the theme's own page, which tells nothing but the error's number."""
    return templates("en").get_template("not_found.html.j2")


def values(nav: Navigation) -> TemplateContext:
    """What the template needs beside what MkDocs gives to all: the site's parts, and the page's own look and script."""
    entries = [(item.title, getattr(item, "url", None)) for item in short_navigation(nav).items]
    places = [(title, url.removeprefix("./")) for title, url in entries if url is not None]
    return {"places": places, "style": Markup(_beside("css")), "script": Markup(_beside("js"))}  # type: ignore[typeddict-unknown-key,typeddict-item]


def finished(html: str) -> str:
    """The page with its policy: of what stands in it, its own look and script may act."""
    return with_policy(html, " ".join(f"'{_hash(_beside(kind))}'" for kind in ("css", "js")))


@cache
def _beside(kind: str) -> str:
    return (Path(__file__).parent / "templates" / f"not_found.{kind}").read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
