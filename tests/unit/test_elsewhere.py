"""A frozen build is for any machine: another processor, another architecture, no engine, another system."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from macros import steps
from macros.lab.laboratory import DockerLab
from macros.run.plan import Mode
from tests.fake_lab import HERE, FakeLab
from tests.unit.test_steps import Write, catalogue, run

__all__ = ["catalogue"]

ANOTHER_SYSTEM = '''
"""Imported by every Python that starts: takes away what only Linux has, and says that this is another machine."""
import importlib.abc, os, platform, socket, sys

class Nowhere(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in ("fcntl", "resource", "grp"):
            raise ImportError(f"this system has no {name}")

sys.meta_path.insert(0, Nowhere())
for name in ("sched_getaffinity", "sched_setaffinity"):
    if hasattr(os, name):
        delattr(os, name)
platform.machine = lambda: "arm64"
platform.processor = lambda: "another processor"
os.cpu_count = lambda: 12

def refuse(*arguments):
    raise OSError("no network and no engine here")

socket.socket.connect = refuse
'''


PROJECT = """
site_name: elsewhere
strict: true
theme: {name: material, font: false}
plugins: [search, {macros: {modules: [macros], on_error_fail: true, on_undefined: strict}}]
"""


class PinnedLab(FakeLab):
    """A fake engine, but the recipes of the project's real pins, by which a frozen build finds what the images held."""

    def __init__(self, inputs: steps.Inputs) -> None:
        super().__init__(HERE)
        self._real = DockerLab(inputs.toolchains, inputs.project.root)

    def recipes(self, names: Sequence[str]) -> Mapping[str, str]:
        return self._real.recipes(names)


def elsewhere(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`claims ...` on a simulated other system."""
    hooks = folder / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(ANOTHER_SYSTEM, encoding="utf-8")
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-m", "macros.cli", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{hooks}:{root}", "CLAIMS_MODE": "frozen", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def made_here(claims: Path) -> None:
    inputs = steps.load(claims)
    steps.execute(inputs, inputs.catalogue.select(()), mode=Mode.AUTO, lab=PinnedLab(inputs))


def test_a_verify_of_another_machine_s_ledger_needs_nothing_of_this_one(catalogue: Write, tmp_path: Path) -> None:
    """Neither an engine nor sched_getaffinity nor fcntl, on another architecture with another number of cores."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    (claims.parent / "Dockerfile").write_bytes((Path(__file__).parents[2] / "Dockerfile").read_bytes())
    made_here(claims)
    done = elsewhere(tmp_path, "verify", "--claims", str(claims))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 claims" in done.stdout + done.stderr


def test_a_site_is_built_there_from_an_exported_ledger(catalogue: Write, tmp_path: Path) -> None:
    """From one file, into a folder of its own; the pages say whose results they show."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    root = claims.parent
    (root / "Dockerfile").write_bytes((Path(__file__).parents[2] / "Dockerfile").read_bytes())
    (root / "mkdocs.yml").write_text(PROJECT, encoding="utf-8")
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text('# Home\n\n{{ value("measuring", "n") }}\n', encoding="utf-8")
    made_here(claims)
    exported = tmp_path / "exported.json"
    steps.export_records(steps.load(claims), (), exported)
    shutil.rmtree(root / ".ledger")
    done = elsewhere(
        tmp_path, "site", "--claims", str(claims), "--ledger", str(exported), "--out", str(tmp_path / "site")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "Example CPU" in page
    assert "another processor" not in page
    feed = json.loads((tmp_path / "site" / "claims.json").read_text("utf-8"))
    assert {cell["state"] for claim in feed["claims"] for cell in claim["cells"]} == {"imported"}
    assert not (root / ".ledger").exists()


def test_the_simulated_system_really_lacks_what_it_says(tmp_path: Path) -> None:
    """Otherwise the test above would show nothing."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(ANOTHER_SYSTEM, encoding="utf-8")
    script = "import os, platform; print(hasattr(os, 'sched_getaffinity'), platform.machine()); import fcntl"
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(hooks)}, capture_output=True, text=True
    )
    assert done.stdout == "False arm64\n"
    assert "this system has no fcntl" in done.stderr


def test_an_auto_run_there_says_that_no_engine_answers(catalogue: Write, tmp_path: Path) -> None:
    """With the next step, and exit code 3."""
    claims = catalogue("inspecting")
    (claims.parent / "Dockerfile").write_bytes((Path(__file__).parents[2] / "Dockerfile").read_bytes())
    done = elsewhere(tmp_path, "verify", "--claims", str(claims), CLAIMS_MODE="auto", DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 3
    assert "no Docker engine answers" in done.stdout + done.stderr


def test_two_runs_that_change_one_note_lose_nothing(tmp_path: Path) -> None:
    """A small shared file is read, changed and written by one process at a time."""
    script = (
        "import sys; from pathlib import Path; from macros.ledger.files import change_json\n"
        "for _ in range(40): change_json(Path(sys.argv[1]), lambda n: (n or 0) + 1)"
    )
    note = tmp_path / "note.json"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: subprocess.run([sys.executable, "-c", script, str(note)], check=True), range(3)))
    assert note.read_text("utf-8").strip() == "120"


def test_the_fake_and_the_real_lab_of_a_run_agree_on_what_was_run(catalogue: Write) -> None:
    """A frozen run with the real recipes finds what was run under them."""
    claims = catalogue("inspecting")
    (claims.parent / "Dockerfile").write_bytes((Path(__file__).parents[2] / "Dockerfile").read_bytes())
    made_here(claims)
    inputs = steps.load(claims)
    assert run(claims, PinnedLab(inputs), Mode.FROZEN)[1] == []
