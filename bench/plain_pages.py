"""The same site without its macros: what a build costs where all that they gave was pasted in, or left out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.utils.yaml import yaml_load

from macros.publish.events import SiteEvents
from macros.publish.fragments import Fragment


def plain_copy(project: Path, folder: Path, *, content: bool = True) -> None:
    """Write a MkDocs project into `folder` whose pages hold as Markdown and HTML what the macros gave.

    Without `content` they hold only what authors wrote, and the headings of the claims' pages.

    It has the same pages, the claims' own included, and the same settings, but not the macros plugin.
    Building it is the yardstick for the time that the macros take. `folder` is replaced.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project / "docs", folder / "docs")
    config = load_config(str(project / "mkdocs.yml"), site_dir=str(folder / "site"))
    build(config)
    events = config.plugins["claims"]
    assert isinstance(events, SiteEvents)
    if not content:
        events.fragments.kept[:] = [Fragment("", block=one.block) for one in events.fragments.kept]
    for uri, (meta, markdown) in events.rendered.items():
        path = folder / "docs" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_front_matter(meta) + events.fragments.restore_markdown(markdown), encoding="utf-8")
    (folder / "mkdocs.yml").write_text(_without_macros(project / "mkdocs.yml"), encoding="utf-8")
    shutil.rmtree(folder / "site")


def _front_matter(meta: dict[str, Any]) -> str:
    # JSON is YAML, here and below.
    return f"---\n{json.dumps(meta, ensure_ascii=False)}\n---\n\n" if meta else ""


def _without_macros(path: Path) -> str:
    settings = yaml_load(path.read_text(encoding="utf-8"))
    # A plugin is a name, or a mapping of its name to its settings.
    settings["plugins"] = [
        one for one in settings["plugins"] if "macros" not in ([one] if isinstance(one, str) else one)
    ]
    settings.pop("watch", None)
    return json.dumps(settings, ensure_ascii=False, indent=1)
