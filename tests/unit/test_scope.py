"""In which toolchains a claim runs: what `all` means is a setting of its catalogue, everything else is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from macros.check.catalogue import check_catalogue
from macros.claim.catalogue import DEFAULTS, CatalogueSettings, Family
from macros.claim.loading import Catalogue, load_catalogue
from macros.claim.model import Claim
from macros.claim.natural import natural_key
from macros.claim.scope import cells_of, scope_of
from macros.lab.images.pins import Toolchains
from tests import builders


def claim(**more: Any) -> Claim:
    return builders.claim([{"metric": "m", "equals": 1}], {"m": {"from": "json"}}, **more)


@pytest.mark.parametrize(
    ("name", "family"),
    [("go1.15", "go"), ("go2.0", "go"), ("jdk17", "jdk"), ("shell", "shell"), ("gofmt1.0", None), ("go1.15x", None)],
)
def test_a_family_is_told_by_the_whole_name(name: str, family: str | None) -> None:
    """A name that only begins like a release of Go belongs to no family."""
    found = builders.SETTINGS.family_of(name)
    assert (found.name if found else None) == family


def test_all_means_the_families_that_the_catalogue_says(toolchains: Toolchains) -> None:
    """A JDK among the pins is in no claim's scope that does not name it, unless the catalogue says otherwise."""
    scope = scope_of(claim(), toolchains.names, builders.SETTINGS)
    assert scope == toolchains.meant_by_all
    assert (scope[0], scope[-1]) == ("go1.15", "go1.27")
    assert scope_of(claim(), toolchains.names, DEFAULTS) == toolchains.names


def test_a_control_runs_in_the_newest_toolchain_of_the_claim_s_scope(toolchains: Toolchains) -> None:
    """The last of the pins is no release of Go, and no control of a Go claim gets there."""
    assert toolchains.names[-1] not in toolchains.meant_by_all
    own, controls = cells_of(claim(), toolchains.names, builders.SETTINGS)
    assert [cell.toolchain for cell in controls] == ["go1.27"]
    assert {cell.toolchain for cell in own} == set(toolchains.meant_by_all)


def test_a_claim_that_names_a_jdk_runs_there_alone(toolchains: Toolchains) -> None:
    """Its controls too."""
    own, controls = cells_of(claim(toolchains=["jdk17"]), toolchains.names, builders.SETTINGS)
    assert {cell.toolchain for cell in (*own, *controls)} == {"jdk17"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """One claim on all releases, whose control asks for a JDK."""
    path = builders.go_claim(tmp_path) / "claim.yml"
    text = path.read_text("utf-8").replace("toolchains: [go1.22, go1.27]", "toolchains: all")
    path.write_text(text.replace("    env: {SIZE:", "    toolchains: [jdk17]\n    env: {SIZE:"), encoding="utf-8")
    found, problems = load_catalogue(tmp_path)
    assert problems == []
    return found


def test_a_control_outside_of_all_is_an_error(catalogue: Catalogue, toolchains: Toolchains) -> None:
    """`all` does not reach a JDK, so neither does a control of a claim on all; the message lists what it reaches."""
    (problem,) = check_catalogue(catalogue, toolchains.names)
    assert problem.what == "unknown toolchain `jdk17`"
    assert problem.fix == "known: " + ", ".join(toolchains.meant_by_all)


def test_names_are_ordered_by_the_numbers_in_them() -> None:
    """1.9 before 1.15, 2.9 before 2.10; a digit that is none in ASCII is text or a digit, and never an error."""
    assert sorted(["go1.15", "go1.9", "go1.10"], key=natural_key) == ["go1.9", "go1.10", "go1.15"]
    assert sorted(["2.10", "2.9", "10", ""], key=natural_key) == ["", "2.9", "2.10", "10"]
    assert sorted(["1.²", "x", "1.1", "٣"], key=natural_key)[-1] == "x"


def test_toolchains_are_ordered_by_family_and_then_by_number() -> None:
    """The catalogue's order of families is the order of columns, whatever they are called."""
    families = (Family(name="z", pattern="z[0-9]+", all=True), Family(name="a", pattern="a.*"))
    settings = CatalogueSettings(families=families)
    assert settings.in_order(["a2", "z10", "other", "z9", "a1"]) == ["z9", "z10", "a1", "a2", "other"]
