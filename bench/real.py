"""The judges on real processes: a program against itself, and programs of known duration."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.families import simulated_claim
from macros.evidence.observation import Evidence, Observation
from macros.lab.box import BoxSpec
from macros.lab.engine.container import DockerBox
from macros.lab.engine.runner import DockerRunner
from macros.verdict.eprocess import interval, locate
from macros.verdict.judge import claim_alpha
from macros.verdict.statistical import quotients

SOURCE = Path(__file__).parent / "known.c"
PAIRS = 40
PROCESSES = 40
MEDIAN_MS = 2.0
"""What known.c draws its durations around."""


@contextlib.contextmanager
def known_programs(runner: DockerRunner, image: str) -> Iterator[DockerBox]:
    """A box with the launcher built in it."""
    spec = BoxSpec(image, "bench", files={"known.c": SOURCE.read_bytes()})
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
