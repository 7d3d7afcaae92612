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
TRIES_PER_KILL = 5
"""How often a run may end before the moment that was drawn for it: then nothing was killed, and it does not count."""

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
    """What was found after a run that was killed, or had ended before (`in_time` is then false).

    Cells: `before` had a record already, `done` were reported as done, `kept` have a record now.
    """

    seconds: float
    in_time: bool
    before: frozenset[str]
    done: frozenset[str]
    kept: frozenset[str]

    @property
    def lost(self) -> frozenset[str]:
        return (self.before | self.done) - self.kept


def run(claims: Path, progress: Progress | None = None) -> CatalogueResult:
    """Run what is missing in real containers."""
    inputs = steps.load(claims)
    selected = inputs.catalogue.select(())
    return steps.execute(inputs, selected, mode=Mode.AUTO, leave=Leave.given(), progress=progress)


def kills(claims: Path, count: int, longest: float, lot: random.Random) -> Iterator[Killed]:
    """So many runs that were killed at random moments, each with half of the records to make again.

    `longest`: what a run takes. One that has ended before its moment shows that it takes less: the first one may have
    waited for others. Yields fewer where runs are over too soon to be killed.
    """
    hit = 0
    for _ in range(TRIES_PER_KILL * count):
        killed = kill_at(claims, lot.uniform(0, longest), forget_half(claims, lot))
        hit += killed.in_time
        if killed.in_time:
            yield killed
        else:
            longest = killed.seconds
        if hit == count:
            return


def kill_at(claims: Path, seconds: float, before: frozenset[str]) -> Killed:
    """Begin a run, kill it after so many seconds, and read what it left. Raises Damaged for half a record."""
    reading, writing = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=run, args=(claims, Telling(writing)))
    begun = time.monotonic()
    child.start()
    os.close(writing)
    child.join(seconds)
    in_time, took = child.is_alive(), time.monotonic() - begun
    child.kill()
    child.join()
    with os.fdopen(reading, "rb") as pipe:
        *done, _ = pipe.read().decode().split("\n")  # the last line may have been cut off
    kept = frozenset(str(cell) for cell, _ in records(claims))
    return Killed(took, in_time, before, frozenset(done), kept)


def records(claims: Path) -> Iterator[tuple[Cell, Path]]:
    """Every record of the catalogue's ledger, read from its file as it is. Raises Damaged."""
    ledger = Ledger(claims.parent / ".ledger")
    for address in ledger.addresses():
        path = ledger.folder / "records" / address.experiment / f"{address.machine}.json"
        yield read_record(path.read_text("utf-8")).cell, path


def forget_half(claims: Path, lot: random.Random) -> frozenset[str]:
    """Remove half of the records, drawn by lot, so that there is as much to run each time; the cells that are left."""
    there = list(records(claims))
    forgotten = lot.sample(there, (len(there) + 1) // 2)
    for _, path in forgotten:
        path.unlink()
    return frozenset(str(cell) for cell, path in there if path.exists())


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


def survives(claims: Path, count: int, lot: random.Random) -> bool:
    """Whether the catalogue's results outlive so many kills; says what does not."""
    begun = time.monotonic()
    run(claims)
    whole, cells = time.monotonic() - begun, frozenset(str(cell) for cell, _ in records(claims))
    failed = hit = unfinished = 0
    for killed in kills(claims, count, whole, lot):
        hit += 1
        unfinished += killed.kept != cells
        completed = not run(claims).problems and frozenset(str(cell) for cell, _ in records(claims)) == cells
        if killed.lost or not completed or not wait_until_gone(claims):
            failed += 1
            print(f"kill {hit} after {killed.seconds:.3f} s: lost {sorted(killed.lost)}, completed: {completed}")
    time.sleep(reaper.AGE_SECONDS)  # what was made and never started is nobody's only then
    reaper.reap(docker.APIClient())
    left = len(containers(claims, all=True))
    print(
        f"{hit} of {count} runs killed, {unfinished} of them with cells still to do: {failed} with something lost; "
        f"containers left: {left}"
    )
    return hit == count and not failed and not left


if __name__ == "__main__":
    main()
