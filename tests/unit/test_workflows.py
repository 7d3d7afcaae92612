"""The workflows: what each may do, what they run, and that nothing of a pull request reaches main."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: path for path in sorted(FOLDER.glob("*.yml"))}
WRITES = {
    ("preview-comment", "comment"): {"pull-requests"},
    ("publish", "deploy"): {"pages", "id-token"},
    ("publish", "ledger"): {"contents", "id-token", "attestations"},
    ("nightly", "report"): {"issues"},
}
"""What each job may write. Every other job only reads."""


def loaded(name: str) -> Any:
    return yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))


def jobs() -> Iterator[tuple[str, str, Any]]:
    for name in WORKFLOWS:
        for job, content in loaded(name)["jobs"].items():
            yield name, job, content


def triggers(name: str) -> Any:
    return loaded(name)[True]  # YAML 1.1 takes `on` for a truth value


def test_there_is_no_right_that_a_job_does_not_need() -> None:
    """None for the workflow, and of each job the ones listed here."""
    for name in WORKFLOWS:
        assert loaded(name)["permissions"] == {}, name
    writes = {
        (name, job): {right for right, level in content["permissions"].items() if level == "write"}
        for name, job, content in jobs()
    }
    assert {place: rights for place, rights in writes.items() if rights} == WRITES


def test_what_runs_a_change_has_neither_secrets_nor_caches_nor_credentials() -> None:
    """On pull_request, and never on pull_request_target."""
    of_changes = {name for name in WORKFLOWS if "pull_request" in triggers(name)}
    assert of_changes == {"verify", "preview"}
    for name, path in WORKFLOWS.items():
        text = path.read_text("utf-8")
        assert "pull_request_target" not in text
        assert not re.search(r"actions/cache|cache:", text), name
        assert text.count("actions/checkout@") == text.count("persist-credentials: false"), name
        if name in of_changes:
            assert not re.search(r"\bsecrets\b|github\.token", text), name


def test_only_the_second_stage_takes_what_another_run_left_and_it_never_checks_the_change_out() -> None:
    """main's own jobs take artifacts of their own run only, and a checkout names no revision."""
    for name, path in WORKFLOWS.items():
        text = path.read_text("utf-8")
        assert ("run-id:" in text) == (name == "preview-comment"), name
        assert not re.search(r"^\s+(ref|repository):", text, re.MULTILINE), name
    second = WORKFLOWS["preview-comment"].read_text("utf-8")
    assert second.count("skip-decompress: true") == second.count("actions/download-artifact@")


def test_every_action_is_pinned_by_commit_with_its_version_beside_it() -> None:
    """A tag can be moved."""
    for name, path in WORKFLOWS.items():
        for line in path.read_text("utf-8").splitlines():
            if "uses:" in line:
                assert re.search(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), (name, line)


def test_every_job_has_a_limit_and_every_workflow_a_turn() -> None:
    """A job that hangs ends, and the runs of one branch do not pile up."""
    for name, job, content in jobs():
        assert content["timeout-minutes"] <= 355, (name, job)
        assert "group" in loaded(name)["concurrency"], name


def test_workflows_run_targets_of_make_and_nothing_else() -> None:
    """Whatever they do can be done here. What is not trusted is in the environment, never in the script."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name, job, content in jobs():
        for step in content["steps"]:
            if "run" in step:
                assert re.fullmatch(r"make [a-z-]+( [A-Z]+=\S+)*", step["run"]), (name, job)
                assert step["run"].split()[1] in targets, (name, step["run"])
                assert "${{" not in step["run"], (name, job)


def git(*arguments: object, folder: Path) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_preview_is_served_from_a_repository_of_its_own_which_keeps_the_newest_twenty(tmp_path: Path) -> None:
    """Under the commit's name, in one commit without a past; its address is told to the workflow's next step."""
    served, start = tmp_path / "served.git", tmp_path / "start"
    git("init", "--quiet", "--bare", "--initial-branch=main", served, folder=tmp_path)
    git("init", "--quiet", "--initial-branch=main", start, folder=tmp_path)
    older = [f"{number:040x}" for number in range(25)]
    (start / "order.txt").write_text("".join(f"{commit}\n" for commit in older))
    for commit in older:
        (start / commit).mkdir()
        (start / commit / "index.html").write_text("old")
    git("add", "--all", folder=start)
    git("commit", "--quiet", "--message", "start", folder=start)
    git("push", "--quiet", served, "main", folder=start)
    (tmp_path / "artifact").mkdir()
    with zipfile.ZipFile(tmp_path / "artifact" / "site.zip", "w") as file:
        file.writestr("index.html", "new")
    told = tmp_path / "told"
    variables = {
        **os.environ,
        "PREVIEW_REPOSITORY": str(served),
        "PREVIEW_ADDRESS": "https://preview.example",
        "GITHUB_OUTPUT": str(told),
    }
    command = [str(ROOT / "tools" / "deploy-preview.sh"), str(tmp_path / "artifact"), "f" * 40]
    subprocess.run(command, cwd=ROOT, env=variables, check=True)
    assert told.read_text() == f"address=https://preview.example/{'f' * 40}/\n"
    kept = set(git("ls-tree", "--name-only", "main", folder=served).split()) - {".nojekyll", "order.txt"}
    assert kept == {*older[-19:], "f" * 40}
    assert git("show", f"main:{'f' * 40}/index.html", folder=served) == "new"
    assert git("rev-list", "--count", "main", folder=served) == "1\n"
