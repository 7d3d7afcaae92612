"""Real images for the tests that need containers, and a small catalogue of its own for the pipeline's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from macros.claim.loading import MODELINE
from macros.lab.images import building
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave

ROOT = Path(__file__).parents[2]
TOOLCHAIN = "go1.22"


@pytest.fixture(scope="session")
def any_image(toolchains: Toolchains) -> str:
    """The id of one toolchain's image, built if it is not there."""
    return building.ensure(toolchains, [TOOLCHAIN], root=ROOT, leave=Leave.given())[TOOLCHAIN].id


CLAIM = """\
{modeline}
id: {id}
kind: {kind}
title: {{en: t, zh: t}}
statement: {{en: s, zh: s}}
source: {{where: "1.1"}}
recorded: confirmed
toolchains: [go1.22]
cases: [{cases}]
experiment:
  run: |
    {run}
metrics:
  n: {{from: json}}
expect:
  - {{metric: n, {expect}}}
controls:
  - {{name: other, expected: refuted, because: {{en: b, zh: b}}, env: {{N: "99"}}}}
"""

PRINT = """printf '{{"metric": "n", "value": %s}}\\n' "${{N:-10}}\""""

Write = Callable[..., Path]


@pytest.fixture
def catalogue(tmp_path: Path, any_image: str) -> Write:
    """Writes a claim into a catalogue that has the project's pins and recipe; returns the claims' folder."""
    claims = tmp_path / "claims"
    claims.mkdir()
    for name in ("toolchains.yml", "catalogue.yml"):
        shutil.copy(ROOT / "claims" / name, claims)
    shutil.copy(ROOT / "Dockerfile", tmp_path)

    def write(name: str, cases: int = 1, before: str = "", expect: str = "at_most: 10", kind: str = "inspect") -> Path:
        folder = claims / name
        folder.mkdir(exist_ok=True)
        text = CLAIM.format(
            modeline=MODELINE,
            id=name,
            kind=kind,
            cases=", ".join(f"{{name: case-{number}}}" for number in range(cases)),
            run=(f"{before}; " if before else "") + PRINT.format(),
            expect=expect,
        )
        (folder / "claim.yml").write_text(text, encoding="utf-8")
        return claims

    return write
