"""Files that a command is asked to write: a mistake is found before the run, and nothing is ever half written."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from macros import cli, steps
from macros.problems import EnvironmentFailed, ExitCode, InvalidInput
from macros.report import endings, outputs
from macros.report.outputs import Outputs
from macros.report.screen import Screen
from tests.unit import terminal_sample


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    folder = tmp_path / "claims"
    folder.mkdir()
    return folder


def wrong(claims: Path, **files: Path | None) -> str:
    """What the check says, or nothing."""
    try:
        Outputs(**files).checked(claims)
    except InvalidInput as invalid:
        return str(invalid)
    return ""


def test_a_place_that_can_be_written_is_fine_and_stays_as_it_was(claims: Path, tmp_path: Path) -> None:
    """The check leaves nothing behind, neither where there is a file nor where there is none."""
    (tmp_path / "old.json").write_text("old")
    before = sorted(tmp_path.iterdir())
    assert wrong(claims, json=tmp_path / "old.json", junit=tmp_path / "new.xml", markdown=None) == ""
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old.json").read_text() == "old"


def test_places_that_cannot_be_written_are_all_named(claims: Path, tmp_path: Path) -> None:
    """A folder, a folder that is missing, the claims' own folder (through a link too), one file for two."""
    (tmp_path / "linked").symlink_to(claims)
    assert "--json: is a folder; name a file" in wrong(claims, json=tmp_path)
    assert f"its folder does not exist; create it: mkdir -p {tmp_path / 'a' / 'b'}" in wrong(
        claims, junit=tmp_path / "a" / "b" / "junit.xml"
    )
    for inside in (claims / "x.json", claims / "a-claim" / ".." / "x.json", tmp_path / "linked" / "x.json"):
        assert "is inside the claims' folder" in wrong(claims, json=inside)
    same = wrong(claims, json=tmp_path / "x", junit=claims / ".." / "x")
    assert "--junit: is the file of --json too" in same
    assert "name too long" in wrong(claims, json=tmp_path / ("x" * 300)).lower()
    both = wrong(claims, json=tmp_path, markdown=claims / "x.md")
    assert "--json" in both and "--markdown" in both


def test_a_folder_that_may_not_be_written_is_found_before_the_run(claims: Path) -> None:
    """By trying: rights, read-only file systems and quotas are not guessed. /proc takes no files, even of root."""
    assert "cannot be written there" in wrong(claims, json=Path("/proc/claims.json"))


def test_a_mistyped_report_costs_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded and nothing runs: exit 2 at once."""

    def too_late(*_: object, **__: object) -> None:
        raise AssertionError("the run had begun")

    monkeypatch.setattr(steps, "load", too_late)
    screen = Screen(file=(tmp_path / "printed").open("w"))
    for arguments in (["verify", "--junit"], ["verify", "--markdown"], ["run", "--json"], ["verify", "--json"]):
        code = endings.call(cli.claims, [*arguments, str(tmp_path / "missing" / "file")], screen)
        assert code is ExitCode.INVALID
    assert endings.call(cli.claims, ["export", str(tmp_path)], screen) is ExitCode.INVALID


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_reports_are_readable_for_whom_the_umask_lets(tmp_path: Path, umask: int, mode: int) -> None:
    """A web server or another step of CI reads them."""
    before = os.umask(umask)
    try:
        outputs.write(tmp_path / "report", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == mode


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so as a failure of the environment."""
    (tmp_path / "report").write_text("old")

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(EnvironmentFailed, match="No space left"):
        outputs.write(tmp_path / "report", "new")
    assert (tmp_path / "report").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_link_stays_a_link_and_a_pipe_a_pipe(claims: Path, tmp_path: Path) -> None:
    """What is replaced is the file that a link leads to; what is no regular file is written to, never replaced.

    A pipe of the test's own stands for all devices: the code that this test is to find wrong would replace /dev/null.
    """
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    outputs.write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    assert wrong(claims, json=tmp_path / "pipe") == ""
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        outputs.write(tmp_path / "pipe", "new")
        assert (tmp_path / "pipe").is_fifo() and os.read(reader, 100) == b"new"
    finally:
        os.close(reader)
    code = "from pathlib import Path\nfrom macros.report import outputs\noutputs.write(Path('/dev/stdout'), 'new')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (ended.stdout, ended.returncode) == (b"new", 0)


def test_lone_surrogates_of_a_program_reach_the_feed_as_escapes(tmp_path: Path) -> None:
    """JSON has a way to write them, UTF-8 has none."""
    outputs.write(tmp_path / "x.json", json.dumps({"text": "\ud800"}, ensure_ascii=False))
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == {"text": "\ud800"}


def test_all_reports_of_a_verification_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it found a contradiction, and, but for the feed, where it failed."""
    files = {"--json": tmp_path / "x.json", "--junit": tmp_path / "x.xml", "--markdown": tmp_path / "x.md"}
    arguments = ["verify", *(str(part) for pair in files.items() for part in pair)]
    monkeypatch.setattr(steps, "load", lambda *_: SimpleNamespace(catalogue=SimpleNamespace(select=lambda ids: ids)))
    monkeypatch.setattr(steps, "check_toolchains", lambda *_: None)
    with (tmp_path / "printed").open("w") as printed:
        monkeypatch.setattr(cli, "out", Screen(file=printed))

        def call(execute: Any) -> ExitCode:
            monkeypatch.setattr(steps, "execute", execute)
            return endings.call(cli.claims, arguments, Screen(file=printed))

        assert call(lambda *_, **__: terminal_sample.mixed(tmp_path)) is ExitCode.CONTRADICTED
        assert len(json.loads(files["--json"].read_text("utf-8"))["claims"]) == 6
        assert "<failure" in files["--junit"].read_text("utf-8")
        files["--json"].unlink()

        def fails(*_: object, **__: object) -> None:
            raise EnvironmentFailed("no engine")

        assert call(fails) is ExitCode.ENVIRONMENT
    assert not files["--json"].exists()
    assert "no engine" in files["--junit"].read_text("utf-8")
    assert "no engine" in files["--markdown"].read_text("utf-8")
