"""A small repository for tests of previews: two claims, a page about them, and changes to make in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.builders import printing_claim, with_settings

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "macros.cli"]
TIMEOUT = 800

MKDOCS = """\
site_name: small
docs_dir: docs
strict: true
theme:
  name: material
  language: en
  font: false
  features: [navigation.sections]
  palette: {scheme: default, primary: custom, accent: custom}
extra_css: [assets/site.css]
nav:
  - Small: index.md
  - Another: other.md
  - All claims: claims/index.md
plugins:
  - search
  - macros: {modules: [macros], on_error_fail: true, on_undefined: strict}
markdown_extensions: [admonition, attr_list, md_in_html, tables]
"""

PAGE = """\
# Small

It takes {{ value("ticks", "n") }}, which is {{ verdict("ticks") }}; and {{ value("counts", "n") }}.

{% call passage("ticks", "confirmed") %}
The source is right.
{% endcall %}
"""

AT = 'printf \'{"metric": "at", "value": %s, "unit": "s"}\\n\' "$(date +%s.%N)"'
"""Tells when a process ran, besides what the claim is about."""

ACCOUNT = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "Somebody"), ("EMAIL", "somebody@example.org"))
}


@dataclass(frozen=True)
class Repository:
    """`ticks` measures and `counts` inspects; each prints ten, and its control ninety-nine.

    What `ticks` measures is a size, which no busy machine moves.
    """

    root: Path
    ledger: Path

    @classmethod
    def made(cls, folder: Path) -> Repository:
        """With everything committed as `main`."""
        root = folder / "repository"
        claims = with_settings(root / "claims")
        shutil.copy(ROOT / "Dockerfile", root)
        ticks = printing_claim(claims, "ticks", kind="measure", before=AT, unit="KiB", expect="below: 11 KiB")
        file = ticks / "claim.yml"
        text = file.read_text("utf-8").replace("metrics:\n", "metrics:\n  at: {from: json, unit: s}\n")
        file.write_text(text, "utf-8")
        printing_claim(claims, "counts")
        (root / "mkdocs.yml").write_text(MKDOCS, "utf-8")
        (root / "docs" / "assets").mkdir(parents=True)
        shutil.copy(ROOT / "docs" / "assets" / "site.css", root / "docs" / "assets")
        (root / "docs" / "index.md").write_text(PAGE, "utf-8")
        (root / "docs" / "other.md").write_text("# Another\n\nNothing here.\n", "utf-8")
        made = cls(root, folder / "ledger")
        made.git("init", "--quiet", "--initial-branch=main")
        made.git("add", "--all")
        made.git("commit", "--quiet", "--message=The base")
        return made

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, env={**os.environ, **ACCOUNT})

    def edit(self, file: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file, each of which must be there."""
        path = self.root / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def slow_down(self) -> None:
        """`ticks` prints twelve from now on, which refutes it; its control shows that it could be confirmed."""
        self.edit(
            "claims/ticks/claim.yml",
            ("${N:-10}", "${N:-12}"),
            ("expected: refuted", "expected: confirmed"),
            ('"99"', '"5"'),
        )

    def claims(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command, as a user types it there."""
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.root,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "CLAIMS_LEDGER": str(self.ledger),
                "COLUMNS": "200",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
