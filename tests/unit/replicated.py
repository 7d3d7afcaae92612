"""A small catalogue that was run on two machines, without an engine: for the tests of replications."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros import steps
from macros.lab import machine
from macros.lab.images.building import OnStep
from macros.lab.setup import Leave
from macros.results.catalogue import CatalogueResult
from macros.results.own import replication_of
from macros.results.replication import Replication, digest_of
from macros.run.plan import Mode
from tests.builders import printing_claim, with_settings
from tests.fake_lab import HERE, FakeLab

HOLDS = "c" * 64
RELEASE = steps.load(Path(__file__).parents[2] / "claims").toolchains.version("go1.22")


class PinnedLab(FakeLab):
    """Its images hold the release that is pinned."""

    def elsewhere(self, **facts: object) -> PinnedLab:
        return PinnedLab(super().elsewhere(**facts).facts, self.content, self.recipe)

    def images(self, names: Sequence[str], leave: Leave, on_step: OnStep) -> Mapping[str, Mapping[str, str]]:
        found = super().images(names, leave, on_step)
        return {name: {**facts, "toolchain": RELEASE} for name, facts in found.items()}


def catalogue(folder: Path) -> Path:
    """Two claims, one inspecting and one measuring; the claims' folder."""
    claims = with_settings(folder / "claims")
    printing_claim(claims, "inspecting", expect="at_most: 10 B", unit="B")
    samples = "at_least: 4, at_most: 40, warm_up: 0"
    printing_claim(claims, "measuring", kind="measure", expect="below: 20 B", unit="B", samples=samples)
    return claims


def run(
    claims: Path, ledger: Path, ids: tuple[str, ...] = (), content: str = HOLDS, **facts: object
) -> CatalogueResult:
    """What a machine with these facts shows. `content`: what its images hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMS_LEDGER", str(ledger))
        patch.setattr(machine, "PLACES", (claims,))  # fakes measure nothing: they wait for nobody
        inputs = steps.load(claims, ids)
        lab = PinnedLab(HERE, content).elsewhere(**facts)
        return steps.execute(inputs, inputs.catalogue.select(ids), mode=Mode.AUTO, lab=lab)


def replication(claims: Path, ledger: Path, cpu: str = "Other CPU 7", **facts: object) -> Replication:
    """What another machine showed of both claims, as a file's content."""
    result = run(claims, ledger, ("inspecting",), cpu=cpu, **facts)
    measured = run(claims, ledger, ("measuring",), cpu=cpu, **facts)
    found = replication_of(replace(result, claims={**result.claims, **measured.claims}))
    assert found is not None
    return found


def contribute(claims: Path, content: Replication, name: str = "other.json", earlier: bool = False) -> Path:
    """Put it where a pull request does; the file."""
    folder = claims.parent / "replications" / ("earlier" if earlier else "")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content.text(), encoding="utf-8")
    return folder / name


def edit(file: Path, change: Callable[[Any], object], *, sealed: bool = True) -> None:
    """Change a file's data, and by default make its digest anew, as somebody who means it does."""
    data = json.loads(file.read_text("utf-8"))
    change(data)
    if sealed:
        data["sha256"] = digest_of(data)
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
