"""An engine whose disk is full: while an image is built, while claims run, and when it takes a base image."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.faults import records
from macros.lab.images.pins import Toolchains
from macros.problems import ExitCode
from tests.builders import printing_claim
from tests.own_engine import MIB, OwnEngine, give_base, own_engine, small_catalogue

pytestmark = [pytest.mark.container, pytest.mark.alone]

ROOT = Path(__file__).parents[2]
NEXT_STEP = "free disk space (`docker system df`), then start again"


BOOTSTRAP = f"""#!{sys.executable}
import io, sys, tarfile
with tarfile.open(sys.argv[-1], "w") as tar:
    for name, content in (
        ("./var/lib/dpkg/status", b"Package: a\\nStatus: install ok installed\\nVersion: 1\\nArchitecture: all\\n"),
        ("./big", bytes(range(256)) * 4096 * 40),
    ):
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
"""
"""In place of mmdebstrap: a Debian of one package and forty MiB."""


@pytest.fixture(scope="module")
def engine(toolchains: Toolchains, any_image: str) -> Iterator[OwnEngine]:
    with own_engine() as engine:
        give_base(engine, toolchains, any_image)
        yield engine


def command(engine: OwnEngine, claims: Path, *arguments: str) -> subprocess.Popen[str]:
    """`claims …`, against this engine."""
    return subprocess.Popen(
        [sys.executable, "-m", "macros.cli", *arguments, "--claims", str(claims)],
        cwd=ROOT,
        env={**os.environ, "DOCKER_HOST": engine.address, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = process.communicate(timeout=180)[0]
    return process.returncode, said


def images(engine: OwnEngine) -> set[str]:
    """All that the engine has, those without a name too."""
    return {each["Id"] for each in engine.client.images(all=True)}


def test_a_second_engine_leaves_the_network_of_the_first_one_alone(engine: OwnEngine) -> None:
    """Or no image could be built on this machine any more: its own engine keeps its bridge."""
    assert engine.containers() == []
    assert Path("/sys/class/net/docker0").exists()


def test_an_engine_that_is_full_while_an_image_is_built_says_so_and_builds_it_with_room(
    engine: OwnEngine, tmp_path: Path
) -> None:
    """Exit 3 with the cause and the next step; no half image has our name, and with room the image is built."""
    claims = small_catalogue(tmp_path)
    with engine.with_room(20 * MIB):
        code, said = ended(command(engine, claims, "images"))
    assert code == ExitCode.ENVIRONMENT, said
    assert "No space left" in said
    assert NEXT_STEP in said
    assert engine.containers() == []
    assert engine.client.images("executable-claims/go1.22") == []
    code, said = ended(command(engine, claims, "images"))
    assert code == ExitCode.OK, said
    assert len(engine.client.images("executable-claims/go1.22")) == 1


def test_an_engine_that_fills_during_a_run_ends_it_and_the_next_run_does_the_rest(
    engine: OwnEngine, tmp_path: Path
) -> None:
    """Exit 3 with the cause and the next step, as often as it is tried; what was done is kept and whole."""
    claims = small_catalogue(tmp_path)
    printing_claim(claims, "filled", before="sleep 0.4", cases=[f"c{number}" for number in range(7)], apart=True)
    assert ended(command(engine, claims, "images"))[0] == ExitCode.OK
    process = command(engine, claims, "run")
    until = time.monotonic() + 60
    while len(list(records(claims))) < 2:
        assert time.monotonic() < until and process.poll() is None, ended(process)
        time.sleep(0.05)
    with engine.with_room(0):
        first = ended(process)
        kept = {path: path.read_bytes() for _, path in records(claims)}
        assert 2 <= len(kept) < 8
        for code, said in (first, ended(command(engine, claims, "run"))):
            assert code == ExitCode.ENVIRONMENT, said
            assert "no space left" in said
            assert NEXT_STEP in said
    code, said = ended(command(engine, claims, "run"))
    assert code == ExitCode.OK, said
    after = {path: path.read_bytes() for _, path in records(claims)}
    assert len(after) == 8
    assert kept.items() <= after.items()
    assert engine.containers() == []


def test_an_engine_that_has_no_room_for_the_base_image_says_so(
    engine: OwnEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says in the middle of an import that began well is not lost, and no half image is left."""
    claims = small_catalogue(tmp_path)
    pins = (claims / "toolchains.yml").read_text("utf-8")
    nobody = "localhost/none@sha256:" + "0" * 64
    pins = re.sub(r"registry: .*", f"registry: {nobody}", pins).replace("minbase", "essential")
    (claims / "toolchains.yml").write_text(pins, "utf-8")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "mmdebstrap").write_text(BOOTSTRAP, "utf-8")
    (programs / "mmdebstrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    before = images(engine)
    with engine.with_room(20 * MIB):
        code, said = ended(command(engine, claims, "images"))
    assert code == ExitCode.ENVIRONMENT, said
    assert "no space left" in said
    assert NEXT_STEP in said
    assert images(engine) == before
