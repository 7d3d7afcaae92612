"""Runs are killed at random moments, and the next one goes on: `make bench-faults`. Takes a quarter of an hour.

A small catalogue runs in real containers, in a process of its own that gets SIGKILL at a moment drawn by lot. After
each kill every record is whole, every cell that was reported as done has one, and what was there before is still
there. Then the next run completes. In the end no container is left, not even one that was made and never started.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker

from bench.speed import napping_claim
from macros import steps
from macros.claim.cell import Cell
from macros.lab import sandbox
from macros.lab.engine import reaper
from macros.lab.setup import Leave
from macros.ledger.record import read_record
from macros.ledger.store import Ledger
from macros.results.catalogue import CatalogueResult
from macros.run.plan import Mode
from macros.run.progress import Progress

KILLS = 100
GONE_SECONDS = 30.0
"""How long a container may outlive its run: the engine has to notice first."""


class Telling(Progress):
    """Says of each cell that it is done, as soon as the run says so."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def ends(self, cell: Cell, fault: object) -> None:
        os.write(self._pipe, f"{cell}\n".encode())


@dataclass(frozen=True)
class Killed:
    """What was found after a kill. `done`: the cells that were reported as done; `kept`: those with a record."""

    seconds: float
    in_time: bool
    done: frozenset[str]
    kept: frozenset[str]


def run(claims: Path, progress: Progress | None = None) -> CatalogueResult:
    """Run what is missing in real containers."""
    inputs = steps.load(claims)
    selected = inputs.catalogue.select(())
    return steps.execute(inputs, selected, mode=Mode.AUTO, leave=Leave.given(), progress=progress)


def kill_at(claims: Path, seconds: float) -> Killed:
    """Begin a run, kill it after so many seconds, and read what it left. Raises Damaged for half a record."""
    reading, writing = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=run, args=(claims, Telling(writing)))
    child.start()
    os.close(writing)
    child.join(seconds)
    in_time = child.is_alive()
    child.kill()
    child.join()
    with os.fdopen(reading, "rb") as pipe:
        *done, _ = pipe.read().decode().split("\n")  # the last line may have been cut off
    return Killed(seconds, in_time, frozenset(done), frozenset(str(cell) for cell, _ in records(claims)))


def records(claims: Path) -> Iterator[tuple[Cell, Path]]:
    """Every record of the catalogue's ledger, read from its file as it is. Raises Damaged."""
    ledger = Ledger(claims.parent / ".ledger")
    for address in ledger.addresses():
        path = ledger.folder / "records" / address.experiment / f"{address.machine}.json"
        yield read_record(path.read_text("utf-8")).cell, path


def forget_some(claims: Path, lot: random.Random) -> frozenset[str]:
    """Remove about half of the records, so that there is something to run; the cells that are left."""
    left = []
    for cell, path in records(claims):
        if lot.random() < 0.5:
            path.unlink()
        else:
            left.append(str(cell))
    return frozenset(left)


def containers(claims: Path, *, all: bool = False) -> list[Any]:
    """Of the catalogue's claims: those that run, or all that there are."""
    client = docker.APIClient()
    named = [{"label": f"{sandbox.CLAIM_LABEL}={folder.name}"} for folder in claims.iterdir() if folder.is_dir()]
    return [made for label in named for made in client.containers(all=all, filters=label)]


def wait_until_gone(claims: Path, seconds: float = GONE_SECONDS) -> bool:
    """Whether no container of the catalogue runs any more, at the latest after so long."""
    until = time.monotonic() + seconds
    while containers(claims):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    print(f"{arguments.kills} kills, --seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as folder:
        claims = Path(folder) / "claims"
        napping_claim(claims, cases=5, nap=0.1)
        sys.exit(0 if survives(claims, arguments.kills, random.Random(arguments.seed)) else 1)


def survives(claims: Path, kills: int, lot: random.Random) -> bool:
    """Whether the catalogue's results outlive so many kills; says what does not."""
    begun = time.monotonic()
    run(claims)
    whole, cells = time.monotonic() - begun, frozenset(str(cell) for cell, _ in records(claims))
    failed = in_time = 0
    for number in range(kills):
        before = forget_some(claims, lot)
        killed = kill_at(claims, lot.uniform(0, whole))
        in_time += killed.in_time
        lost = (before | killed.done) - killed.kept
        completed = not run(claims).problems and frozenset(str(cell) for cell, _ in records(claims)) == cells
        if lost or not completed or not wait_until_gone(claims):
            failed += 1
            print(f"kill {number} after {killed.seconds:.3f} s: lost {sorted(lost)}, completed: {completed}")
    time.sleep(reaper.AGE_SECONDS)  # what was made and never started is nobody's only then
    reaper.reap(docker.APIClient())
    left = len(containers(claims, all=True))
    print(f"{kills} kills, {in_time} of them during a run: {failed} with something lost; containers left: {left}")
    return not failed and not left


if __name__ == "__main__":
    main()
