"""Machines that disturb measurements, in nine families: what the judges are tried on.

Some of what a machine does is seen by the sentinel, as a real one would see it: not all, and not in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

BUDGET = 60
ROUNDS = 2 * BUDGET
"""A claim that is undecided after its own budget may take as much again of what others leave over, as in the lab."""

LAYOUTS = 4


@dataclass(frozen=True)
class Machine:
    """What happens in each round: the factor on every time, and what the sentinel sees of it.

    `noise` are the processes' own log-deviations, two columns: one for each arm. `shift` is the log of the median that
    these have on a quiet machine. `layouts` numbers each round's arrangement of the code, and `offsets` are the
    log-deviations of each arrangement of each arm's program, which stay the same for as long as it lasts.
    """

    slow: np.ndarray
    seen: np.ndarray
    noise: np.ndarray
    shift: float = 0.0
    layouts: np.ndarray = field(default_factory=lambda: np.arange(ROUNDS) % LAYOUTS)
    offsets: np.ndarray = field(default_factory=lambda: np.zeros((LAYOUTS, 2)))

    @property
    def factors(self) -> np.ndarray:
        """On the time that a process takes by the median on a quiet machine: by round, one column for each arm."""
        factors: np.ndarray = self.slow[:, None] * np.exp(self.noise - self.shift + self.offsets[self.layouts])
        return factors


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
    return _two_modes(rng, spread, 1 / 3, 1.6)


def one_bad_session_in_ten(rng: Generator, spread: float) -> Machine:
    """In one session of ten everything is slowed 1.3 to 3 times from the first round to the last."""
    factor = float(rng.uniform(1.3, 3)) if rng.random() < 0.1 else 1.0
    slow = np.full(ROUNDS, factor)
    return Machine(slow, slow**0.9, rng.normal(0, spread, (ROUNDS, 2)))


def constant_offset(rng: Generator, spread: float) -> Machine:
    """Each binary is faster or slower than its program by a factor of its own, which no process of it escapes.

    The factor's standard deviation is another one for each claim, from half a percent to a tenth. What is asked for is
    the median over all binaries that there could be; four of them are seen.
    """
    reach = math.exp(rng.uniform(math.log(0.005), math.log(0.1)))
    return Machine(
        np.ones(ROUNDS),
        np.ones(ROUNDS),
        rng.normal(0, spread, (ROUNDS, 2)),
        layouts=np.concatenate([rng.permutation(LAYOUTS) for _ in range(ROUNDS // LAYOUTS)]),
        offsets=rng.normal(0, reach, (LAYOUTS, 2)),
    )


def two_modes(rng: Generator, spread: float) -> Machine:
    """Each process falls into one of two modes, as `bimodal`, but about as often in the slow one as in the fast one.

    They lie 1.1 to 2 times apart, so that the median lies in the gap, where there are few processes.
    """
    return _two_modes(rng, spread, float(rng.uniform(0.4, 0.6)), float(rng.uniform(1.1, 2)))


def one_sample_in_ten_slow(rng: Generator, spread: float) -> Machine:
    """One process in ten takes 1.8 times as long, by something that no probe sees: what is asked for is the others'."""
    noise = rng.normal(0, spread, (ROUNDS, 2)) + np.where(rng.random((ROUNDS, 2)) < 0.1, math.log(1.8), 0.0)
    return Machine(np.ones(ROUNDS), np.ones(ROUNDS), noise)


def slow_first_sample(rng: Generator, spread: float) -> Machine:
    """The first round takes four times as long, caches being cold, and no probe sees why."""
    slow = np.ones(ROUNDS)
    slow[0] = 4
    return Machine(slow, np.ones(ROUNDS), rng.normal(0, spread, (ROUNDS, 2)))


FAMILIES: dict[str, Family] = {
    "independent": independent,
    "autocorrelated": autocorrelated,
    "bursts": bursts,
    "bimodal": bimodal,
    "one bad session in ten": one_bad_session_in_ten,
    "a constant offset per binary": constant_offset,
    "two modes per process": two_modes,
    "one sample in ten slower by 1.8": one_sample_in_ten_slow,
    "first sample four times as slow": slow_first_sample,
}


def _two_modes(rng: Generator, spread: float, share: float, factor: float) -> Machine:
    modes = np.where(rng.random((ROUNDS, 2)) < share, math.log(factor), 0.0)
    noise = modes + rng.normal(0, spread, (ROUNDS, 2))
    return Machine(np.ones(ROUNDS), np.ones(ROUNDS), noise, _median_of_two(spread, share, math.log(factor)))


def _median_of_two(spread: float, share: float, distance: float) -> float:
    """The median of a mixture of two normal distributions, by bisection of its distribution function."""

    def below(x: float) -> float:
        def normal(z: float) -> float:
            return 0.5 * math.erfc(-z / math.sqrt(2))

        return (1 - share) * normal(x / spread) + share * normal((x - distance) / spread)

    low, high = -5.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < 0.5 else (low, middle)
    return low
