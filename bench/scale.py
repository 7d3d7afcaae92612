"""Whether looking things up stays cheap: many claims against few, and `claims verify` against judging alone."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.checks import Check, at_most, seconds
from bench.keeping import ledger_in
from macros import steps
from macros.claim.loading import Catalogue, LoadedClaim
from macros.claim.scaffold import scaffold
from macros.claim.scope import cells_of
from macros.evidence.observation import Evidence, Observation
from macros.ledger.address import machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run.plan import Inputs, Mode, Project, make_plan
from macros.run.session import plan_cell
from macros.verdict import dependence, eprocess
from macros.verdict.judge import judge_cell

TOOLCHAINS = ("go1.22", "go1.27")
IMAGE = {"image": "sha256:" + "0" * 64, "image_content": "0" * 64}
FACTS: dict[str, str | int | bool] = {
    "architecture": "x86_64", "cpu": "none", "cores": 2, "sockets": 1, "numa_nodes": 1, "kernel": "none",
    "engine": "none", "runc": "none", "counters": False,
}  # fmt: skip


def planning(few: int, many: int) -> Check:
    """Planning and lookup per cell, with every record in the ledger: many generated claims against few."""
    times: list[list[float]] = [[], []]
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / str(count) for count in (many, few)]
        generated = []
        for place, count in zip(places, (many, few), strict=True):
            with _own_ledger(place) as ledger:
                generated.append(_generated(place, count, ledger))
        for _ in range(3):
            for place, inputs, side in zip(places, generated, times, strict=True):
                with _own_ledger(place):
                    side.append(_per_cell(inputs))
    ratio = sorted(large / small for large, small in zip(*times, strict=True))[1]
    return at_most(f"planning and lookup per cell, {many:,} claims over {few:,}", 1.2, ratio)


def _own_ledger(place: Path) -> contextlib.AbstractContextManager[Ledger]:
    """Whatever CLAIMS_LEDGER names otherwise. Nothing is measured, so it need not know what quiet is."""
    return ledger_in(place / "ledger", known=Ledger(place))


def _generated(folder: Path, count: int, ledger: Ledger) -> Inputs:
    """So many copies of the scaffolded claim under other ids, and a record of each of their cells in the ledger."""
    scaffold(folder / "claims", "first")
    inputs = steps.load(_with_pins(folder / "claims"), ("first",))
    pattern = inputs.catalogue.claims["first"]
    claims = {}
    for number in range(count):
        claim = pattern.claim.model_copy(update={"id": f"claim-{number}"})
        loaded = LoadedClaim(claim, pattern.folder, pattern.files, pattern.document)
        claims[claim.id] = loaded
        for cell in (cell for cells in cells_of(claim, TOOLCHAINS, inputs.catalogue.settings) for cell in cells):
            value = 11 if cell.control else 10
            seen = tuple(Observation("run", turn, 0.1, {"length": value}) for turn in range(3))
            ledger.put(
                Record(
                    cell=cell,
                    experiment=plan_cell(loaded, cell, "image", IMAGE).experiment,
                    machine=machine_half(FACTS, whole=False),
                    facts=FACTS,
                    image=IMAGE,
                    evidence=Evidence(seen),
                    outputs=(),
                    started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                    seconds={},
                )
            )
    return Inputs(Project(folder / "claims"), Catalogue(folder / "claims", claims), inputs.toolchains)


def _with_pins(claims: Path) -> Path:
    for path in (Path(__file__).parents[1] / "claims").glob("*.yml"):
        if path.name != "statements.yml":
            shutil.copy(path, claims)
    return claims


def _per_cell(inputs: Inputs) -> float:
    selected = list(inputs.catalogue.claims.values())
    images = {name: [IMAGE] for name in TOOLCHAINS}
    begun = time.perf_counter()
    plan = make_plan(inputs, selected, TOOLCHAINS, images, FACTS, Mode.AUTO)
    seconds = time.perf_counter() - begun
    if plan.missing:
        raise RuntimeError(f"{len(plan.missing)} cells were not found")
    return seconds / len(plan.records)


def verifying(root: Path) -> Check:
    """`claims verify` with nothing to run, as a whole process, against reading and judging the same records alone."""
    ratios = []
    for _ in range(3):
        alone = float(_python(root, "-c", "from bench.scale import print_alone; print_alone()"))
        whole = seconds(lambda: _python(root, "-m", "macros.cli", "verify"))
        ratios.append(whole / alone)
    value = statistics.median(ratios)
    return at_most("claims verify with nothing to run over reading and judging its records", 3.0, value)


def _python(root: Path, *arguments: str) -> str:
    """What a fresh process prints that may run no claim."""
    environment = {**os.environ, "CLAIMS_MODE": "frozen"}
    done = subprocess.run(
        [sys.executable, *arguments], check=True, cwd=root, env=environment, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def print_alone() -> None:
    """Seconds for reading and judging the records of the catalogue in this folder, each once, in a fresh process."""
    inputs = steps.load(Path("claims"))
    results = steps.execute(inputs, inputs.catalogue.select(()), mode=Mode.FROZEN)
    cells = [(claim.claim, cell) for claim in results.claims.values() for cell in claim.every_cell()]
    ledger = inputs.project.ledger
    clear_caches()
    begun = time.perf_counter()
    for claim, cell in cells:
        record = ledger.get(cell.record.address)
        assert record is not None
        breadth = inputs.breadth(inputs.catalogue.claims[claim.id])
        judge_cell(claim, cell.cell.case, record.evidence, toolchains=breadth, control=bool(cell.cell.control))
    print(time.perf_counter() - begun)


def clear_caches() -> None:
    """Forget what judging has remembered in this process."""
    for module in (eprocess, dependence):
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
