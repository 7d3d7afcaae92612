"""A claim replicated in a real container: the command, the file, lint, and the page that shows it beside ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from macros.results.replication import digest_of

pytestmark = pytest.mark.container

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "catalogues" / "shell-tools"
CLAIM = "sort-numeric-order"


def claims(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, as a reader types it in the catalogue's folder."""
    return subprocess.run(
        [sys.executable, "-m", "macros.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CLAIMS_LEDGER": str(folder / ".ledger"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the small catalogue with one claim that runs in seconds, and the project's recipe."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns(".*", "site", "sort-ten-*", "unquoted-*"))
    settings = folder / "claims" / "catalogue.yml"
    settings.write_text(
        settings.read_text("utf-8").replace("../../../../Dockerfile", "../Dockerfile"), encoding="utf-8"
    )
    shutil.copy(ROOT / "Dockerfile", folder)
    (folder / "docs" / "index.md").write_text("# Small\n\n{{ claims_table() }}\n", encoding="utf-8")
    return folder


def test_a_reader_s_machine_is_shown_beside_ours(project: Path) -> None:
    """`claims replicate` runs the claim, names the file and the next step; in its place lint takes the file and the
    page shows it; the second time nothing runs.
    """
    done = claims("replicate", CLAIM, "--out", "theirs.json", folder=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrote theirs.json" in done.stderr
    assert "open a pull request" in done.stderr
    assert CLAIM in done.stdout
    text = (project / "theirs.json").read_text("utf-8")
    assert os.uname().nodename not in text
    assert len(text) < 64 * 1024
    again = claims("replicate", CLAIM, "--out", "again.json", folder=project)
    assert again.returncode == 0, again.stderr
    assert (project / "again.json").read_text("utf-8") == text

    place = project / "replications"
    place.mkdir()
    data = json.loads(text)
    data["machine"]["cpu"] = "Another Model 9"
    data["sha256"] = digest_of(data)
    (place / "another.json").write_text(json.dumps(data), encoding="utf-8")
    assert claims("lint", folder=project).returncode == 0
    built = claims("site", "--out", "site", folder=project)
    assert built.returncode == 0, built.stdout + built.stderr
    html = (project / "site" / "claims" / CLAIM / "index.html").read_text("utf-8")
    assert "Another Model 9" in html.split('id="on-other-machines"', 1)[1]
    feed = json.loads((project / "site" / "claims.json").read_text("utf-8"))
    (claim,) = (one for one in feed["claims"] if one["id"] == CLAIM)
    (other,) = claim["elsewhere"]
    assert (other["agrees"], other["machine"]["cpu"]) == (True, "Another Model 9")

    data["claims"][0]["cells"][0]["experiment"] = "0" * 64
    data["sha256"] = digest_of(data)
    (place / "another.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    for command in (("lint",), ("site", "--out", "site")):
        refused = claims(*command, folder=project)
        assert refused.returncode == 2, refused.stdout + refused.stderr
        assert "another.json:" in refused.stderr
        assert "unknown experiment" in refused.stderr
    assert claims("replicate", "no-such-claim", folder=project).returncode == 2
