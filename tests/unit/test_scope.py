"""In which toolchains a claim runs: `all` are the releases of Go, everything else is named."""

from __future__ import annotations

from typing import Any

import pytest

from macros.check.names import lint
from macros.claim.fields import is_go_release
from macros.claim.loading import Catalogue, load_catalogue
from macros.claim.model import Claim
from macros.claim.scaffold import scaffold
from macros.claim.scope import cells_of, scope_of
from macros.lab.images.pins import Toolchains
from tests import builders


def claim(**more: Any) -> Claim:
    return builders.claim([{"metric": "m", "equals": 1}], {"m": {"from": "json"}}, **more)


@pytest.mark.parametrize(
    ("name", "is_one"), [("go1.15", True), ("go2.0", True), ("jdk17", False), ("shell", False), ("gofmt1.0", False)]
)
def test_a_release_of_go_is_told_by_its_name(name: str, is_one: bool) -> None:
    """`go`, a number, a point, a number: nothing else."""
    assert is_go_release(name) is is_one


def test_all_means_every_release_of_go(toolchains: Toolchains) -> None:
    """A JDK among the pins is in no claim's scope that does not name it."""
    assert scope_of(claim(), toolchains.names) == toolchains.go_releases
    assert toolchains.go_releases[-1] == "go1.27"


def test_a_control_runs_in_the_newest_release_of_go(toolchains: Toolchains) -> None:
    """The last of the pins is no release of Go, and no control of a Go claim gets there."""
    assert not is_go_release(toolchains.names[-1])
    own, controls = cells_of(claim(), toolchains.names)
    assert [cell.toolchain for cell in controls] == ["go1.27"]
    assert {cell.toolchain for cell in own} == set(toolchains.go_releases)


def test_a_claim_that_names_a_jdk_runs_there_alone(toolchains: Toolchains) -> None:
    """Its controls too."""
    own, controls = cells_of(claim(toolchains=["jdk17"]), toolchains.names)
    assert {cell.toolchain for cell in (*own, *controls)} == {"jdk17"}


@pytest.fixture
def catalogue(tmp_path: Any) -> Catalogue:
    """One claim on all releases, whose control asks for a JDK."""
    scaffold(tmp_path, "ten-bytes")
    path = tmp_path / "ten-bytes" / "claim.yml"
    text = path.read_text("utf-8").replace("toolchains: [go1.22, go1.27]", "toolchains: all")
    path.write_text(text.replace("    env: {SIZE:", "    toolchains: [jdk17]\n    env: {SIZE:"), encoding="utf-8")
    found, problems = load_catalogue(tmp_path)
    assert problems == []
    return found


def test_a_control_outside_of_all_is_an_error(catalogue: Catalogue, toolchains: Toolchains) -> None:
    """`all` does not reach a JDK, so neither does a control of a claim on all; the message lists what it reaches."""
    (problem,) = lint(catalogue, toolchains.names)
    assert problem.what == "unknown toolchain `jdk17`"
    assert problem.fix == "known: " + ", ".join(toolchains.go_releases)
