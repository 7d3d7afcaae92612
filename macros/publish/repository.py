"""Links from the site to its repository, where `repo_url` of mkdocs.yml names one; else there is none of them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig

from macros.claim.loading import CLAIM_FILE

_FETCHES = ' data-md-component="source"'
"""By this attribute the theme's script asks the forge for the repository's figures; no visit is told to others."""


def edit_url(config: MkDocsConfig, folder: Path) -> str | None:
    """Where a claim's file can be edited; None without a repository, or for a claim that is not in it.

    `folder`: the claim's. `edit_uri` leads to the docs folder, as MkDocs has it, and the claim is beside that.
    """
    repository, pattern = config.repo_url, config.edit_uri
    if not repository or not pattern or pattern.startswith(("?", "#")):
        return None
    project = Path(config.config_file_path or "mkdocs.yml").resolve().parent
    file = folder.resolve() / CLAIM_FILE
    if not file.is_relative_to(project):
        return None
    place = Path(os.path.relpath(file, Path(config.docs_dir).resolve())).as_posix()
    url = urljoin(urljoin(f"{repository.rstrip('/')}/", pattern.rstrip("/") + "/"), place)
    return url if urlsplit(url).scheme in ("http", "https") else None


def keeps_to_itself(html: str) -> str:
    """A finished page whose link to the repository is a link and nothing else."""
    return html.replace(_FETCHES, "")
