"""The whole site under ProperDocs, which goes on where MkDocs 1 ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import PROJECT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]


def articles(site: Path) -> dict[str, str]:
    """What is written on each page, by its place: all that the macros emit is in it."""
    pages = ((path.relative_to(site).as_posix(), path.read_text("utf-8")) for path in site.rglob("index.html"))
    return {place: html.split("<article", 1)[1].split("</article>", 1)[0] for place, html in pages}


def test_properdocs_builds_the_same_pages_from_this_tree(site: Path, tmp_path: Path) -> None:
    """Every page of the site is there, and what is written on it is the same to the byte."""
    command = [sys.executable, "-m", "properdocs", "build", "--quiet", "-f", "mkdocs.yml", "-d", str(tmp_path / "site")]
    subprocess.run(command, check=True, cwd=PROJECT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    ours, theirs = articles(site), articles(tmp_path / "site")
    assert sorted(ours) == sorted(theirs)
    assert [place for place, article in ours.items() if theirs[place] != article] == []
