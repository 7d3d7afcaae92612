"""Claims whose truth is known, on machines that disturb them.

A simulated claim says that a program's median time is below, above or about a figure, or that the ratio of two programs
is below one. Its true median, on a quiet machine and over all layouts that its code could have, is drawn, so it is
known whether the claim is true. The machine then adds one family's noise. Cells have one processor: there the judges
believe part of what was measured on a busy machine, and that rule is tried as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from numpy.random import Generator

from bench.families import BUDGET, ROUNDS, Family, Machine
from bench.witnesses import evidence_of, witnesses_of
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation

FIGURE = 5.0
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
            "experiment": {**run, "samples": {"at_least": 8, "at_most": BUDGET}, "limits": {"cpus": "one"}},
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
class Simulated:
    """One claim on one machine. `distance` is the factor between its true median and the nearest edge of the figure."""

    kind: Kind
    truth: bool
    distance: float
    spread: float
    observations: tuple[Observation, ...]

    def after(self, rounds: int) -> Evidence:
        """What is known after so many rounds."""
        return evidence_of([one for one in self.observations if one.round < rounds])


def simulate(family: Family, rng: Generator) -> Simulated:
    """Draw a claim and run it. Three of ten lie within a tenth of an edge, where mistakes are likeliest."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    edge = kind.edges[int(rng.integers(len(kind.edges)))]
    reach = math.log(1.1) if rng.random() < 0.3 else math.log(4)
    factor = edge * math.exp(rng.uniform(-reach, reach))
    spread = math.exp(rng.uniform(math.log(SPREADS[0]), math.log(SPREADS[1])))
    machine = family(rng, spread)
    distance = min(max(factor / one, one / factor) for one in kind.edges)
    observations = tuple(_observations(kind, factor, machine, rng))
    return Simulated(kind, kind.true_of(factor), distance, spread, observations)


def _observations(kind: Kind, factor: float, machine: Machine, rng: Generator) -> Iterator[Observation]:
    times = FIGURE * machine.factors
    # Rounds of two processes each are the smallest that pairs can come from.
    arms = (("go", factor), ("c", 1.0)) if kind.name == "ratio" else (("run", factor),)
    for number in range(ROUNDS):
        for column, (arm, own) in enumerate(arms):
            yield Observation(
                arm,
                number,
                0.1,
                {"time": float(times[number, column]) * own},
                layout=int(machine.layouts[number]),
                witnesses=witnesses_of(float(machine.seen[number]), rng),
            )
