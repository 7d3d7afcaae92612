"""The scripts that the theme writes into its pages, as files: so a page forbids every script that it holds itself.

They are the theme's own, taken from its templates. A script that came into a page in any other way stays where it is,
and the page's policy keeps it from running.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jinja2 import Environment, TemplateNotFound
from mkdocs.config.defaults import MkDocsConfig

FOLDER = "assets/theme/"
_PARTIALS = ("base", "palette", "content")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ROOT = "⟨root⟩"


class ThemeScripts:
    """The theme's inline scripts, of one build. `files`: their texts, by their places in the site."""

    def __init__(self, theme: Environment, config: MkDocsConfig) -> None:
        values = {"config": config, "base_url": _ROOT, "features": config.theme.get("features") or []}
        self._names: dict[str, str] = {}
        for name in _PARTIALS:
            try:
                html = theme.get_template(f"partials/javascripts/{name}.html").render(values)
            except TemplateNotFound:
                continue
            for place, script in enumerate(_INLINE.findall(html)):
                self._names[script] = f"{FOLDER}{name}{place or ''}.js"

    @property
    def files(self) -> Mapping[str, str]:
        # The root of the site is where the script's file says, not where the page lies.
        found = f'new URL("{"../" * FOLDER.count("/")}",document.currentScript.src)'
        return {
            name: script.replace(f'new URL("{_ROOT}",location)', found) + "\n" for script, name in self._names.items()
        }

    def moved_out(self, html: str, base_url: str) -> str:
        """The page with links to the files. `base_url` leads from it to the root of the site."""

        def linked(found: re.Match[str]) -> str:
            name = self._names.get(found[1].replace(f'new URL("{base_url}",', f'new URL("{_ROOT}",'))
            return found[0] if name is None else f'<script src="{base_url}/{name}"></script>'

        return _INLINE.sub(linked, html)
