"""ProperDocs, which goes on where MkDocs 1 ended, builds the same site from the same tree: it is not tied to one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.publish_site import CONFIG

ROOT = Path(__file__).parents[2]
GENERATOR = re.compile(rb'<meta name="generator" content="[^"]*">')

ENTRY = """
from macros.publish.plugin import define
from tests.unit.publish_sample import catalogue

def define_env(env):
    define(env, catalogue)
"""

PAGES = {
    "index.md": '# Home\n\n{{ summary() }}\n\n{{ grid() }}\n\n{{ legend() }}\n\n{{ claims_table("1.1") }}\n',
    "page.md": """---
title: Values
---
# Values

Started in {{ value("cold-start", "start", toolchain="go1.27") }}, as the source says: {{ figure("cold-start", 0) }}.

{% call passage("cold-start", "confirmed") %}
It is {{ below(measured("cold-start", "start", toolchain="go1.27"), "5 ms", "below") }} what was said.
{% endcall %}

- {{ verdict("linked-statically") }}
- {{ output("linked-statically") }}

{{ card("cold-start") }}
""",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the sample catalogue, and pages that call our macros in prose, in lists and between paragraphs."""
    folder = tmp_path_factory.mktemp("tree")
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "entry.py").write_text(ENTRY, encoding="utf-8")
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    return folder


def built(tree: Path, generator: str) -> dict[str, bytes]:
    """The site's files that the generator's own command makes of the tree, by place, without the generator's name."""
    site = tree / generator
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", generator, "build", "--quiet", "-f", str(tree / "mkdocs.yml"), "-d", str(site)]
    subprocess.run(command, check=True, cwd=tree, env={**environment, "NO_MKDOCS_2_WARNING": "1"})
    files = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(site).as_posix(): GENERATOR.sub(b"", path.read_bytes()) for path in files}


def test_properdocs_builds_the_same_site_to_the_byte(tree: Path) -> None:
    """Pages with all that our macros put into them, feeds, the search's index: only the generator's name differs."""
    ours, theirs = built(tree, "mkdocs"), built(tree, "properdocs")
    assert sorted(ours) == sorted(theirs)
    assert [name for name, content in ours.items() if theirs[name] != content] == []
    assert b"claim-card" in ours["page/index.html"]
    assert b"claim-grid" in ours["index.html"]
