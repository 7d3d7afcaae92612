"""Real images for the tests that need containers, and a small catalogue of its own for the pipeline's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from macros.lab.images import building
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from tests.builders import printing_claim, with_settings
from tests.ledger_left_alone import ledger_left_alone

ROOT = Path(__file__).parents[2]
TOOLCHAIN = "go1.22"


@pytest.fixture(autouse=True, scope="package")
def no_ledger_of_the_developer() -> Iterator[None]:
    """Tests use ledgers of their own."""
    with ledger_left_alone():
        yield


@pytest.fixture(scope="session")
def any_image(toolchains: Toolchains) -> str:
    """The id of one toolchain's image, built if it is not there."""
    return building.ensure(toolchains, [TOOLCHAIN], root=ROOT, leave=Leave.given())[TOOLCHAIN].id


Write = Callable[..., Path]


@pytest.fixture
def catalogue(tmp_path: Path, any_image: str) -> Write:
    """Writes a claim into a catalogue that has the project's pins and recipe; returns the claims' folder."""
    claims = with_settings(tmp_path / "claims")
    shutil.copy(ROOT / "Dockerfile", tmp_path)

    def write(name: str, cases: int = 1, before: str = ":", expect: str = "at_most: 10", kind: str = "inspect") -> Path:
        names = [f"case-{number}" for number in range(cases)]
        printing_claim(claims, name, kind=kind, before=before, expect=expect, cases=names, apart=True)
        return claims

    return write
