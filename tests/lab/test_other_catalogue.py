"""Another catalogue, in one language and about tools of the shell: everything that is of this one is in its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from macros.lab import runtimes
from macros.lab.images.pins import Toolchains, load_toolchains
from macros.steps import load

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "tests" / "catalogues" / "shell-tools" / "claims"


def claims(*arguments: str, ledger: Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command, as a user types it in `folder`, with a ledger of its own."""
    return subprocess.run(
        [sys.executable, "-m", "macros.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CLAIMS_LEDGER": str(ledger), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_its_pins_are_the_project_s_so_that_it_needs_no_other_image(toolchains: Toolchains) -> None:
    """Whoever moves a pin moves both."""
    its, problems = load_toolchains(CLAIMS / "toolchains.yml", load(CLAIMS).catalogue.settings)
    assert its is not None, problems
    assert its.names == ("shell",)
    assert its.base == toolchains.base
    assert its.toolchains["shell"] == toolchains.toolchains["shell"]
    assert its.stage("shell") == toolchains.stage("shell")


def test_it_lints_and_knows_nothing_of_the_other_one(tmp_path: Path) -> None:
    """`claims lint --claims DIR` asks for its schema, its languages and its first lines; from within its folder too."""
    for arguments, folder in ((("--claims", str(CLAIMS)), ROOT), (("--claims", "."), CLAIMS)):
        done = claims("lint", *arguments, ledger=tmp_path, folder=folder)
        assert done.returncode == 0, done.stderr
        assert "claims: 3, toolchains: 1; no problem found" in done.stderr
    inputs = load(CLAIMS)
    assert inputs.catalogue.settings.languages == ("en",)
    assert inputs.catalogue.dockerfile == ROOT / "Dockerfile"
    assert inputs.policy.measuring_claims == 5


@pytest.mark.container
def test_it_runs_verifies_and_builds_its_site(tmp_path: Path) -> None:
    """Inspecting, measuring and controls; then `--claims .` from within its folder finds all of it in the ledger."""
    ledger, site = tmp_path / "ledger", tmp_path / "site"
    done = claims("run", "--claims", str(CLAIMS), ledger=ledger)
    assert done.returncode == 0, done.stderr
    before = sorted(ledger.rglob("*.json"))
    assert len(before) >= 7  # four cells and four controls, and no more than one record for each
    done = claims("verify", "--claims", ".", ledger=ledger, folder=CLAIMS)
    assert done.returncode == 0, done.stdout + done.stderr
    done = claims("site", "--claims", str(CLAIMS), "--out", str(site), ledger=ledger)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(ledger.rglob("*.json")) == before
    assert "Shell tools, executed" in (site / "index.html").read_text("utf-8")
    assert (site / "claims" / "sort-numeric-order" / "index.html").is_file()
    feed = json.loads((site / "claims.json").read_text("utf-8"))
    assert {claim["id"]: set(claim["title"]) for claim in feed["claims"]} == {
        path.parent.name: {"en"} for path in CLAIMS.glob("*/claim.yml") if not path.parent.name.startswith("_")
    }
    assert not (CLAIMS.parent / ".ledger").exists()
    # Nothing has changed: the site is left as it is. A file of it that was changed is: all of it is built.
    built = (site / "index.html").stat().st_mtime_ns
    done = claims("site", "--claims", str(CLAIMS), "--out", str(site), ledger=ledger)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"nothing has changed since the site in {site}/ was built" in done.stderr
    assert (site / "index.html").stat().st_mtime_ns == built
    (site / "index.html").write_text("changed by hand")
    done = claims("site", "--claims", str(CLAIMS), "--out", str(site), ledger=ledger)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Shell tools, executed" in (site / "index.html").read_text("utf-8")


def has_runsc() -> bool:
    try:
        return runtimes.ISOLATING in runtimes.offered(docker.APIClient(timeout=20).info())
    except DockerException:
        return False


@pytest.mark.container
@pytest.mark.hostile("Reach")
def test_an_isolating_runtime_gives_the_same_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """Under runsc every verdict is as recorded."""
    if not has_runsc():
        pytest.skip(f"the engine has no {runtimes.ISOLATING}; {runtimes.INSTALL}")
    monkeypatch.setenv("CLAIMS_RUNTIME", runtimes.ISOLATING)
    done = claims("verify", "--claims", str(CLAIMS), ledger=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.container
@pytest.mark.hostile("Reach")
def test_a_runtime_that_the_engine_lacks_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for one is told that it is not there, before a claim runs."""
    monkeypatch.setenv("CLAIMS_RUNTIME", "no-such-runtime")
    done = claims("verify", "--claims", str(CLAIMS), ledger=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the engine has no runtime `no-such-runtime`, which CLAIMS_RUNTIME names" in done.stdout + done.stderr
    assert not [*tmp_path.rglob("records/*/*.json")]
