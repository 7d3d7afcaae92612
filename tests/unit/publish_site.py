"""A real MkDocs build of a few pages, on the sample catalogue: what the macros give after Markdown and all plugins."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from macros.publish.given import Given, giving
from macros.publish.plugin import define
from macros.results.catalogue import CatalogueResult
from tests.unit.publish_sample import catalogue

CONFIG = """
site_name: sample
strict: true
theme:
  name: material
  font: false
  features: [content.code.copy, navigation.footer, navigation.indexes, navigation.sections, search.highlight]
plugins:
  - search
  - macros: {module_name: entry, on_error_fail: true, on_undefined: strict}
markdown_extensions: [admonition, attr_list, md_in_html, tables, {toc: {permalink: true}}, pymdownx.superfences]
"""

ENTRY = """
from tests.unit import publish_site

def define_env(env):
    publish_site.join(env)
"""

_PROVIDE: list[Callable[[Path], CatalogueResult]] = []


def join(env: object) -> None:
    """What the small project's own `define_env` calls."""
    define(env, _PROVIDE[-1])  # type: ignore[arg-type]


class Failed(Exception):
    """The build stopped; the message is all that it logged."""


def build_site(
    folder: Path,
    pages: Mapping[str, str],
    change: Callable[[CatalogueResult], CatalogueResult] = lambda results: results,
    *,
    strict: bool = False,
) -> Path:
    """Build `pages` (path to Markdown); the site's folder. `change` alters the sample's results."""
    _PROVIDE.append(lambda claims: change(catalogue(claims)))
    try:
        with giving(Given(folder / "claims", strict=True) if strict else None):
            return build_pages(folder, pages)
    finally:
        _PROVIDE.pop()


def build_pages(folder: Path, pages: Mapping[str, str]) -> Path:
    """The same with the results of whoever provides them just now. Raises Failed."""
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "mkdocs.yml").write_text(CONFIG)
    (folder / "entry.py").write_text(ENTRY)
    for name, text in {"index.md": "# Home\n", **pages}.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    log = logging.getLogger("mkdocs")
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.setLevel(logging.WARNING)
    log.addHandler(handler)
    try:
        with redirect_stdout(StringIO()):
            build(load_config(str(folder / "mkdocs.yml")))
    except SystemExit as stop:
        raise Failed(said.getvalue()) from stop
    finally:
        log.removeHandler(handler)
    return folder / "site"


def page(
    folder: Path,
    markdown: str,
    change: Callable[[CatalogueResult], CatalogueResult] = lambda results: results,
    *,
    strict: bool = False,
) -> str:
    """One page's article after the build."""
    site = build_site(folder, {"page.md": markdown}, change, strict=strict)
    return article((site / "page" / "index.html").read_text(encoding="utf-8"))


def article(html: str) -> str:
    return html.split("<article", 1)[1].split("</article>", 1)[0]


def feed(site: Path) -> object:
    return json.loads((site / "claims.json").read_text(encoding="utf-8"))
