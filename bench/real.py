"""The judges on real processes: a program against itself in other layouts, and programs of known duration."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.programs import said
from bench.simulated import simulated_claim
from macros.claim.fields import VerdictName
from macros.evidence.observation import Evidence, Observation
from macros.lab.box import Box
from macros.lab.sandbox import LAYOUT_VARIABLE
from macros.verdict.eprocess import interval
from macros.verdict.judge import claim_alpha, judge_expectation

BINARIES = 24
"""Layouts in which the program is built; each test draws different ones for its two sides."""

LAYOUTS = 4
"""On each side of a test, as in a cell."""

PAIRS = 40
PROCESSES = 40
MEDIAN_MS = 2.0
"""What known.c draws its durations around."""

BUILD_LAYOUTS = (
    f"gcc -O2 -o known known.c -lm; for n in $(seq {BINARIES}); do "
    f"{LAYOUT_VARIABLE}=$n gcc -O2 -pthread -o work-$n work.c; done; "
    f"[ $(sha256sum work-[0-9]* | cut -c 1-64 | sort -u | wc -l) = {BINARIES} ]"
)


def _lines(box: Box, script: str) -> list[dict[str, float]]:
    return [json.loads(line) for line in said(box, script).splitlines()]


def a_against_a(box: Box, tests: int, seed: int) -> int:
    """How often a program is called faster or slower than itself, of so many series of ABBA pairs of fresh processes.

    Both sides are built from one source, each in layouts of its own, so no pair is of the same binary.
    """
    rng = random.Random(seed)
    return sum(called_different(_pairs(box, rng)) for _ in range(tests))


def _pairs(box: Box, rng: random.Random) -> list[Observation]:
    """One test's processes: rounds in the order of the sides' layouts."""
    drawn = rng.sample(range(1, BINARIES + 1), 2 * LAYOUTS)
    names = " ".join(f"./work-{number}" for number in drawn)
    rounds = PAIRS // LAYOUTS
    return observed(_lines(box, f"./known pairs {rounds} {names}"))


def observed(lines: Sequence[dict[str, float]]) -> list[Observation]:
    """What known.c printed of `LAYOUTS` pairs of binaries in turns; in every second turn their order is the other."""
    seen = []
    for number, line in enumerate(lines):
        arms = ("go", "c") if number // LAYOUTS % 2 == 0 else ("c", "go")
        for arm, which in zip(arms, ("first", "second"), strict=True):
            seen.append(Observation(arm, number, 0.0, {"time": line[which]}, layout=number % LAYOUTS))
    return seen


def called_different(observations: Sequence[Observation]) -> bool:
    """Whether the judges decide on which side of one the ratio lies."""
    claim = simulated_claim({"ratio": {"metric": "time", "of": "go", "over": "c"}, "below": 1}, arms=True)
    evidence = Evidence(tuple(observations))
    verdict = judge_expectation(claim, claim.expect[0], evidence, alpha=claim_alpha(claim, 1)).verdict
    return verdict in (VerdictName.CONFIRMED, VerdictName.REFUTED)


@dataclass(frozen=True)
class Coverage:
    """Of so many series, how many intervals hold the known median, and the level that they claim."""

    series: int
    held: int
    level: float


def coverage(box: Box, how: str, series: int) -> Coverage:
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
