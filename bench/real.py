"""The judges on real processes: a program against itself, programs of known duration, real claims again and again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.families import simulated_claim
from macros import pipeline, planning
from macros.claim.document import InvalidInput
from macros.claim.fields import VerdictName
from macros.claim.loading import LoadedClaim
from macros.evidence.observation import Evidence, Observation
from macros.lab.box import BoxSpec
from macros.lab.docker_box import DockerBox, DockerRunner
from macros.lab.job import scope_of
from macros.lab.sandbox import usable_cpus
from macros.verdict.eprocess import interval, locate
from macros.verdict.judge import claim_alpha
from macros.verdict.statistical import quotients

SOURCE = Path(__file__).parent / "known.c"
PAIRS = 40
PROCESSES = 40
MEDIAN_MS = 2.0
"""What known.c draws its durations around."""

ROOT = Path(__file__).parents[1]


@contextlib.contextmanager
def known_programs(runner: DockerRunner, image: str) -> Iterator[DockerBox]:
    """A box with the launcher built in it."""
    spec = BoxSpec(image, "bench", files={"known.c": SOURCE.read_bytes()}, cpus=usable_cpus())
    with runner.open(spec) as box:
        done = box.run("gcc -O2 -o known known.c -lm", deadline=60)
        if done.status != 0:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))
        yield box


def _lines(box: DockerBox, script: str) -> list[dict[str, float]]:
    done = box.run(script, deadline=120)
    if done.status != 0 or done.lost:
        raise RuntimeError(done.stderr.decode("utf-8", "replace") or "its output was lost")
    return [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]


def a_against_a(box: DockerBox, tests: int) -> int:
    """How often the same binary is called different from itself, of `tests` series of ABBA pairs of fresh processes."""
    claim = simulated_claim({"ratio": {"metric": "time", "of": "go", "over": "c"}, "below": 1}, arms=True)
    ratio = claim.expect[0].ratio
    assert ratio is not None
    alpha = claim_alpha(claim, 1)
    different = 0
    for _ in range(tests):
        seen = []
        for number, line in enumerate(_lines(box, f"./known pairs {PAIRS}")):
            first, second = ("go", "c") if number % 2 == 0 else ("c", "go")
            seen += [
                Observation(first, number, 0.0, {"time": line["first"]}),
                Observation(second, number, 0.0, {"time": line["second"]}),
            ]
        values = [float(one.value) for one in quotients(ratio, Evidence(tuple(seen)))]
        different += locate(values, 1.0, 0.5, alpha) is not None
    return different


@dataclass(frozen=True)
class Coverage:
    """Of so many series, how many intervals hold the known median, and the level that they claim."""

    series: int
    held: int
    level: float


def coverage(box: DockerBox, how: str, series: int) -> Coverage:
    """Series of processes that `spin` or `sleep` for a time that is drawn around a known median.

    A sleep ends late by what the kernel's timer takes; its truth is the programmed time and the median lateness of
    all processes of all series.
    """
    alpha = claim_alpha(simulated_claim({"metric": "time", "below": "5 ms"}), 1)
    found = [_lines(box, f"./known {how} {PROCESSES} {number + 1}") for number in range(series)]
    truth = MEDIAN_MS + statistics.median(line["late"] for lines in found for line in lines)
    held = 0
    for lines in found:
        low, high = interval([line["time"] for line in lines], 0.5, alpha)
        held += (low is None or low <= truth) and (high is None or truth <= high)
    return Coverage(series, held, 1 - alpha)


@dataclass
class Again:
    """Real claims verified again and again: what each cell came to in each session."""

    sessions: int = 0
    failed: list[str] = field(default_factory=list)
    verdicts: dict[tuple[str, str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def contradictory(self) -> list[tuple[str, str, str]]:
        """Cells that were confirmed in one session and refuted in another."""
        return [
            cell
            for cell, seen in self.verdicts.items()
            if seen[VerdictName.CONFIRMED.value] and seen[VerdictName.REFUTED.value]
        ]

    @property
    def flip_rate(self) -> float:
        """How often a cell's verdict is not the one that it has most often, undecided ones included."""
        rarer = sum(seen.total() - max(seen.values()) for seen in self.verdicts.values())
        total = sum(seen.total() for seen in self.verdicts.values())
        return rarer / total if total else 0.0


def verify_again(sessions: int, seed: int, minutes: float) -> Again:
    """So many sessions of real claims, each in its newest toolchain with its controls, half beside another program.

    Claims take turns in an order drawn anew; the results go to a ledger that is thrown away. After `minutes` no further
    session begins, and the figures are those of the sessions that there were.
    """
    ends = time.monotonic() + minutes * 60
    rng = random.Random(seed)
    inputs = pipeline.load(ROOT / "claims")
    claims = [loaded for loaded in inputs.catalogue.select(()) if loaded.claim.kind.executable]
    again = Again()
    order: list[LoadedClaim] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLAIMS_LEDGER"] = folder
        try:
            for number in range(sessions):
                if time.monotonic() > ends:
                    break
                if not order:
                    order = rng.sample(claims, len(claims))
                loaded = order.pop()
                with _busy(number % 2 == 1):
                    _one_session(inputs, loaded, again)
                print(f"\r  session {number + 1} of {sessions}", end="", file=sys.stderr, flush=True)
        finally:
            del os.environ["CLAIMS_LEDGER"]
    print(file=sys.stderr)
    return again


def _one_session(inputs: planning.Inputs, loaded: LoadedClaim, again: Again) -> None:
    newest = scope_of(loaded.claim, inputs.toolchains.names)[-1:]
    try:
        result = pipeline.execute(inputs, [loaded], mode=planning.Mode.FRESH, only_toolchains=newest)
    except InvalidInput as error:
        again.failed.append(str(error).splitlines()[0])
        return
    again.sessions += 1
    for cell in result.claims[loaded.claim.id].cells:
        name = (loaded.claim.id, cell.cell.toolchain, cell.cell.case)
        again.verdicts[name][cell.judged.finding.verdict.value] += 1


@contextlib.contextmanager
def _busy(wanted: bool) -> Iterator[None]:
    """Another program on every core, as long as the block lasts."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in usable_cpus()] if wanted else []
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
