"""A fresh clone of this repository with a tiny catalogue in it, for tests that type what its documents say.

Its program is what is checked out here, uncommitted edits included. Its `.venv` is this one's, with the stamps of make,
so that a target installs nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

BASE_CLAIM = "another"
OF_CATALOGUE = ("_template", "catalogue.yml", "claim.schema.json", "toolchains.yml")
"""What stays of the project's own claims."""

CONFIG = """\
site_name: A tiny catalogue
strict: true
theme: {{name: material, language: en, font: false}}
dev_addr: 127.0.0.1:{port}
nav:
  - Home: index.md
plugins:
  - search
  - macros: {{modules: [macros], on_error_fail: true, on_undefined: strict}}
markdown_extensions: [admonition, attr_list, md_in_html, tables]
"""

PAGE = """\
# A tiny catalogue

{{ value("another", "length", toolchain="go1.27") }} bytes: {{ verdict("another") }}.

{% call passage("another", "confirmed") %}
As the source says.
{% endcall %}
"""


@dataclass(frozen=True)
class Clone:
    """The checkout in which commands are typed."""

    folder: Path

    def type(self, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """What the shell does with a line; stderr is in stdout."""
        return subprocess.run(
            line, shell=True, cwd=self.folder, env=self.environment(**variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    def environment(self, **variables: str) -> dict[str, str]:
        """Ours, without what CI or a caller has set for another run; `claims` alone is that of `.venv`."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CLAIMS_"))}
        path = f"{self.folder / '.venv' / 'bin'}:{inherited['PATH']}"
        return {**inherited, "PATH": path, "PYTHONPATH": str(self.folder), "COLUMNS": "200", **variables}


def cloned(folder: Path, port: int) -> Clone:
    """A clone of a repository whose `main` has this program, one claim and one page."""
    origin, clone = folder / "origin", folder / "clone"
    _git("clone", "--quiet", "--no-hardlinks", str(ROOT), str(origin))
    _git("-C", str(origin), "checkout", "--quiet", "-B", "main")
    for name in _git("-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, origin / name)
    for path in (origin / "claims").iterdir():
        if path.name not in OF_CATALOGUE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (origin / "replications").glob("*.json"):
        path.unlink()  # of claims that are not in this catalogue
    shutil.rmtree(origin / "docs")
    (origin / "docs").mkdir()
    (origin / "docs" / "index.md").write_text(PAGE, "utf-8")
    (origin / "mkdocs.yml").write_text(CONFIG.format(port=port), "utf-8")
    shutil.copytree(origin / "claims" / "_template", origin / "claims" / BASE_CLAIM)
    claim = origin / "claims" / BASE_CLAIM / "claim.yml"
    claim.write_text(claim.read_text("utf-8").replace("id: my-claim", f"id: {BASE_CLAIM}"), "utf-8")
    statement = f'statements:\n  - {{id: {BASE_CLAIM}, where: "1.4", kind: inspect}}\n'
    (origin / "claims" / "statements.yml").write_text(statement, "utf-8")
    _git("-C", str(origin), "add", "--all")
    _git("-C", str(origin), *IDENTITY, "commit", "--quiet", "--message", "A tiny catalogue")
    _git("clone", "--quiet", str(origin), str(clone))
    environment = clone / ".venv"
    environment.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (environment / part).symlink_to(Path(sys.prefix) / part)
    for stamp in (environment / ".runtime", environment / ".development"):
        stamp.touch()
    return Clone(clone)


IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.org")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout
