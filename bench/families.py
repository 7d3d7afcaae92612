"""Claims whose truth is known, and machines that disturb them: what the judges are tried on.

A simulated claim says that a program's median time is below, above or about a figure, or that the ratio of two programs
is below one. Its true median on a quiet machine is drawn, so it is known whether the claim is true. The machine then
adds one of five kinds of noise. The sentinel runs on it too and sees of the disturbance what a real one would: not all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from macros.claim.model import Claim
from macros.evidence.observation import Calibration, Evidence, Observation, Session

BUDGET = 60
ROUNDS = 2 * BUDGET
"""A claim that is undecided after its own budget may take as much again of what others leave over, as in the lab."""

FIGURE = 5.0
SENTINEL = 0.010
BAND = 1.25
SPREADS = (0.05, 0.5)
"""Least and largest standard deviation of a process's log-time; each claim has its own between them."""

_TEXT = {"en": "simulated", "zh": "模拟"}


def simulated_claim(expectation: dict[str, object], arms: bool = False) -> Claim:
    """A measuring claim with one expectation on the metric `time`, of one program or of the arms `go` and `c`."""
    run: dict[str, object] = {"arms": {"go": "./go", "c": "./c"}} if arms else {"run": "./x"}
    return Claim.model_validate(
        {
            "id": "simulated",
            "kind": "measure",
            "title": _TEXT,
            "statement": _TEXT,
            "source": {"where": "0"},
            "recorded": "confirmed",
            "experiment": {**run, "samples": {"at_least": 8, "at_most": BUDGET}},
            "metrics": {"time": {"from": "json", "unit": "ms"}},
            "expect": [expectation],
            "controls": [{"name": "none", "expected": "refuted", "because": _TEXT, "env": {"A": "1"}}],
        }
    )


@dataclass(frozen=True)
class Kind:
    """A kind of statement, and whether it is true of a median that is `factor` times the figure."""

    name: str
    claim: Claim
    true_of: Callable[[float], bool]
    edges: tuple[float, ...]


KINDS = (
    Kind("below", simulated_claim({"metric": "time", "below": f"{FIGURE} ms"}), lambda factor: factor < 1, (1.0,)),
    Kind("above", simulated_claim({"metric": "time", "above": f"{FIGURE} ms"}), lambda factor: factor > 1, (1.0,)),
    Kind(
        "about",
        simulated_claim({"metric": "time", "about": f"{FIGURE} ms"}),
        lambda factor: 1 / BAND < factor < BAND,
        (1 / BAND, BAND),
    ),
    Kind(
        "ratio",
        simulated_claim({"ratio": {"metric": "time", "of": "go", "over": "c"}, "below": 1}, arms=True),
        lambda factor: factor < 1,
        (1.0,),
    ),
)


@dataclass(frozen=True)
class Machine:
    """What happens in each round: the factor on every time, and what the sentinel sees of it.

    `noise` are the processes' own log-deviations, two columns: one for each arm.
    """

    slow: np.ndarray
    seen: np.ndarray
    noise: np.ndarray
    shift: float = 0.0


Family = Callable[[Generator, float], Machine]


def independent(rng: Generator, spread: float) -> Machine:
    """Nothing but scatter, alike in every round."""
    return Machine(np.ones(ROUNDS), np.ones(ROUNDS), rng.normal(0, spread, (ROUNDS, 2)))


def autocorrelated(rng: Generator, spread: float) -> Machine:
    """Each process resembles the one before (first-order autoregression, 0.7), and the sentinel sees nothing of it."""
    carry = 0.7
    steps = rng.normal(0, spread * math.sqrt(1 - carry**2), (ROUNDS, 2))
    noise = np.zeros((ROUNDS, 2))
    noise[0] = rng.normal(0, spread, 2)
    for number in range(1, ROUNDS):
        noise[number] = carry * noise[number - 1] + steps[number]
    return Machine(np.ones(ROUNDS), np.ones(ROUNDS), noise)


def bursts(rng: Generator, spread: float) -> Machine:
    """Other work comes for a few rounds and slows all up to four times. One burst in five escapes the sentinel."""
    slow, seen = np.ones(ROUNDS), np.ones(ROUNDS)
    number = 0
    while number < ROUNDS:
        if rng.random() < 0.05:
            length, factor = int(rng.geometric(0.25)), float(rng.uniform(1.3, 4))
            slow[number : number + length] = factor
            if rng.random() >= 0.2:
                seen[number : number + length] = factor
            number += length
        number += 1
    return Machine(slow, seen, rng.normal(0, spread, (ROUNDS, 2)))


def bimodal(rng: Generator, spread: float) -> Machine:
    """Each process falls into a fast or a slow mode (one in three, 1.6 times), as by the layout of its memory."""
    modes = np.where(rng.random((ROUNDS, 2)) < 1 / 3, math.log(1.6), 0.0)
    return Machine(
        np.ones(ROUNDS), np.ones(ROUNDS), modes + rng.normal(0, spread, (ROUNDS, 2)), _bimodal_median(spread)
    )


def one_bad_session_in_ten(rng: Generator, spread: float) -> Machine:
    """In one session of ten everything is slowed 1.3 to 3 times from the first round to the last."""
    factor = float(rng.uniform(1.3, 3)) if rng.random() < 0.1 else 1.0
    slow = np.full(ROUNDS, factor)
    return Machine(slow, slow**0.9, rng.normal(0, spread, (ROUNDS, 2)))


FAMILIES: dict[str, Family] = {
    "independent": independent,
    "autocorrelated": autocorrelated,
    "bursts": bursts,
    "bimodal": bimodal,
    "one bad session in ten": one_bad_session_in_ten,
}


def _bimodal_median(spread: float) -> float:
    """The log of the mixture's median, by bisection of its distribution function."""

    def below(x: float) -> float:
        def normal(z: float) -> float:
            return 0.5 * math.erfc(-z / math.sqrt(2))

        return 2 / 3 * normal(x / spread) + 1 / 3 * normal((x - math.log(1.6)) / spread)

    low, high = -5.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < 0.5 else (low, middle)
    return low


@dataclass(frozen=True)
class Simulated:
    """One claim on one machine. `distance` is the factor between its true median and the nearest edge of the figure."""

    kind: Kind
    truth: bool
    distance: float
    spread: float
    evidence: Evidence

    def after(self, rounds: int) -> Evidence:
        """What is known after so many rounds."""
        seen = tuple(one for one in self.evidence.observations if one.round < rounds)
        (session,) = self.evidence.sessions
        told = tuple(one for one in session.calibrations if one.round < rounds)
        return Evidence(seen, sessions=(Session(0, {}, told, session.reference),))


def simulate(family: Family, rng: Generator) -> Simulated:
    """Draw a claim and run it. Three of ten lie within a tenth of an edge, where mistakes are likeliest."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    edge = kind.edges[int(rng.integers(len(kind.edges)))]
    reach = math.log(1.1) if rng.random() < 0.3 else math.log(4)
    factor = edge * math.exp(rng.uniform(-reach, reach))
    spread = math.exp(rng.uniform(math.log(SPREADS[0]), math.log(SPREADS[1])))
    machine = family(rng, spread)
    distance = min(max(factor / one, one / factor) for one in kind.edges)
    observations = tuple(_observations(kind, factor, machine))
    jitter = 1 + np.abs(rng.normal(0, 0.02, (ROUNDS, 2)))
    times = SENTINEL * machine.seen[:, None] * jitter
    calibrations = tuple(Calibration(number, float(a), float(b)) for number, (a, b) in enumerate(times))
    evidence = Evidence(observations, sessions=(Session(0, {}, calibrations, SENTINEL),))
    return Simulated(kind, kind.true_of(factor), distance, spread, evidence)


def _observations(kind: Kind, factor: float, machine: Machine) -> Iterator[Observation]:
    times = FIGURE * machine.slow[:, None] * np.exp(machine.noise - machine.shift)
    for number in range(ROUNDS):
        if kind.name == "ratio":
            # Rounds of two processes each: the smallest that pairs can come from.
            yield Observation("go", number, 0.1, {"time": float(times[number, 0]) * factor})
            yield Observation("c", number, 0.1, {"time": float(times[number, 1])})
        else:
            yield Observation("run", number, 0.1, {"time": float(times[number, 0]) * factor})
