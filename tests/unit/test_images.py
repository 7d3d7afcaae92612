"""An image's identity: what it follows from, and what it does not; and the messages where no engine is."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import docker
import pytest
from docker.errors import DockerException

from macros.lab import setup
from macros.lab.engine import connection, starting
from macros.lab.images import base_image, building, content
from macros.lab.images.base_image import BaseImage
from macros.lab.images.image import CONTENT_LABEL, RECIPE_LABEL, Image, inspect
from macros.lab.images.pins import Toolchain, Toolchains
from macros.lab.images.recipes import Recipe, inside
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed

BASE = "sha256:" + "1" * 64


def recipe(toolchains: Toolchains, name: str = "go1.22", dockerfile: str = "FROM x\n") -> Recipe:
    return Recipe(dockerfile, toolchains.architecture, name, toolchains.toolchains[name], "toolchain")


def repinned(toolchain: Toolchain, digest: str) -> Toolchain:
    assert toolchain.wheel is not None
    return toolchain.model_copy(update={"wheel": toolchain.wheel.model_copy(update={"sha256": digest})})


def test_a_recipe_is_found_by_all_that_is_known_before_it_is_built(toolchains: Toolchains) -> None:
    """Another Dockerfile, file digest, version or base is another image; the toolchain's name alone is not."""
    original = recipe(toolchains)
    others = [
        recipe(toolchains, dockerfile="FROM y\n"),
        replace(original, toolchain=repinned(original.toolchain, "f" * 64)),
        recipe(toolchains, "go1.23"),
    ]
    assert len({one.digest for one in (original, *others)}) == 4
    assert len({one.on(BASE) for one in (original, *others)} | {original.on("sha256:" + "2" * 64)}) == 5
    assert recipe(toolchains).digest == original.digest
    assert replace(original, name="renamed").digest == original.digest


def test_the_tag_shows_toolchain_and_recipe(toolchains: Toolchains) -> None:
    """A person who lists images sees which is which."""
    original = recipe(toolchains)
    assert original.tag(BASE) == f"executable-claims/go1.22:{original.on(BASE)[:12]}"


SEEN = "\n==> packages <==\nii gcc 12.2 amd64\n\n==> files <==\nabc -\n"
CONFIG = {"Env": ["GOFLAGS="], "User": "claims", "WorkingDir": "/work", "Labels": {"a": "b"}, "Image": "sha256:1"}


def test_content_is_what_is_in_an_image_and_how_its_programs_start() -> None:
    """The version of a package, a file, the environment, the user; not labels and not the layers below."""
    digest = content.digest(SEEN, CONFIG)
    assert content.digest(SEEN.replace("12.2", "12.3"), CONFIG) != digest
    assert content.digest(SEEN.replace("abc", "abd"), CONFIG) != digest
    assert content.digest(SEEN, {**CONFIG, "Env": ["GOFLAGS=-race"]}) != digest
    assert content.digest(SEEN, {**CONFIG, "User": "root"}) != digest
    assert content.digest(SEEN, {**CONFIG, "Labels": {}, "Image": "sha256:2"}) == digest


class Inspecting:
    """An engine that has one image, with the labels given; and the base."""

    def __init__(self, labels: dict[str, str] | None) -> None:
        self.labels = labels

    def inspect_image(self, name: str) -> dict[str, Any]:
        return {"Id": "sha256:id", "Config": {"Labels": self.labels}}


def test_an_image_is_known_by_its_labels_and_not_by_its_name(toolchains: Toolchains) -> None:
    """A tag can be put on anything; one that was built and never looked into is built again."""
    made, base = recipe(toolchains), BaseImage("ref", "bootstrap", BASE)
    labels = {RECIPE_LABEL: made.on(BASE), CONTENT_LABEL: "c" * 64}
    found = inspect(cast(docker.APIClient, Inspecting(labels)), made, base)
    assert found == Image("go1.22", "sha256:id", made.digest, "c" * 64, "bootstrap", BASE, made.toolchain.version)
    assert Image.from_json(found.to_json()) == found
    for wrong in (None, {}, {RECIPE_LABEL: made.on(BASE)}, {**labels, RECIPE_LABEL: "f" * 64}):
        assert inspect(cast(docker.APIClient, Inspecting(wrong)), made, base) is None


def test_the_build_context_depends_on_content_only(tmp_path: Path) -> None:
    """Times, owners and modes of the downloads would otherwise make layers that nobody can share."""
    contexts = []
    for mode in (0o600, 0o644):
        path = tmp_path / "go.whl"
        path.write_bytes(b"wheel")
        path.chmod(mode)
        file = io.BytesIO()
        building.write_context(file, "FROM x\n", [path])
        contexts.append(file.getvalue())
        path.unlink()
    assert contexts[0] == contexts[1]
    with tarfile.open(fileobj=io.BytesIO(contexts[0])) as tar:
        assert tar.getnames() == ["Dockerfile", *(f"inside/{path.name}" for path in inside()), "toolchain/go.whl"]


STATUS = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9
Description: C library
 Package: not a field

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: dash
Version: 0.5
Architecture: amd64
Status: install ok installed
"""


def test_a_bootstrapped_base_is_known_by_its_packages() -> None:
    """Order and uninstalled packages do not count; a version does."""
    one, gone, two = STATUS.split("\n\n")
    digest = base_image.packages_digest(STATUS.splitlines())
    assert digest.startswith("sha256:")
    assert base_image.packages_digest("\n\n".join([two.strip(), gone, one]).splitlines()) == digest
    assert base_image.packages_digest(f"{one}\n\n{two}".splitlines()) == digest
    assert base_image.packages_digest(STATUS.replace("2.36-9", "2.36-10").splitlines()) != digest
    with pytest.raises(ValueError, match="no installed package"):
        base_image.packages_digest(gone.splitlines())


# ---- no engine -----------------------------------------------------------------------------------


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise DockerException("nobody listens")

    monkeypatch.setattr(docker.APIClient, "__init__", refuse)
    monkeypatch.delenv("DOCKER_HOST", raising=False)


@pytest.mark.usefixtures("no_engine")
def test_a_named_engine_that_does_not_answer_is_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With DOCKER_HOST set nothing is installed or started: the message names the address."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    said: list[str] = []
    with pytest.raises(EnvironmentFailed, match="DOCKER_HOST=tcp://127"):
        starting.ensure(tmp_path, Leave.given(), said.append)
    assert said == []


@pytest.mark.usefixtures("no_engine")
def test_a_plain_user_without_an_engine_gets_one_instruction(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without root nothing is tried; what to type stands in the message."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(EnvironmentFailed, match=r"usermod -aG docker|apt-get install docker\.io"):
        starting.ensure(tmp_path, Leave.given(), lambda text: None)


@pytest.mark.usefixtures("no_engine")
def test_root_elsewhere_than_debian_gets_one_instruction(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No dockerd and no way to install it: the message names the program and the packages."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(EnvironmentFailed, match=r"needs `dockerd`.*apt-get install docker\.io iptables"):
        starting.ensure(tmp_path, Leave.given(), lambda text: None)


@pytest.mark.usefixtures("no_engine")
def test_an_engine_that_ends_at_once_is_reported_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where dockerd may not run (no privileges, say) its own reason is in the message, and nobody waits a minute."""
    program = tmp_path / "dockerd"
    program.write_text("#!/bin/sh\necho not permitted >&2\nexit 4\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name, path=None: str(program))
    said: list[str] = []
    with pytest.raises(EnvironmentFailed, match=r"(?s)ended with status 4; .*dockerd\.log.*not permitted"):
        starting.ensure(tmp_path, Leave.given(), said.append)
    assert any("starting" in line for line in said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ID=debian\n", {"debian"}), ('ID="mint"\nID_LIKE="ubuntu debian"\n', {"mint", "ubuntu", "debian"}), ("", set())],
)
def test_relatives_of_debian_are_recognised(tmp_path: Path, text: str, expected: set[str]) -> None:
    """ID and ID_LIKE, quoted or not."""
    release = tmp_path / "os-release"
    release.write_text(text, encoding="utf-8")
    assert setup.distribution(release) == expected


def test_a_full_disk_is_said_in_words() -> None:
    """The engine's message alone does not tell what to do, whoever wrote it: the engine, a build's program, or apt."""
    for said in (
        "write: no space left on device",
        "tar: x: Cannot write: No space left on device",
        "E: You don't have enough free space in /var/cache/apt/archives/.",
        "write: disk quota exceeded",
    ):
        assert "free disk space" in str(connection.failed(OSError(said)))
    assert "docker info" in str(connection.failed(OSError("connection refused")))


def test_a_failing_command_s_last_words_are_shown() -> None:
    """The message holds the command, the next step and the end of its output."""
    with pytest.raises(EnvironmentFailed, match=r"(?s)`sh -c .*` failed; do this\n.*last words"):
        setup.checked(["sh", "-c", "echo last words; exit 3"], 10, "do this")
