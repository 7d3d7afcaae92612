"""The judges on simulated claims: how often a verdict is wrong, how many runs it takes, how many are decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from bench.families import FAMILIES, ROUNDS
from bench.simulated import KINDS, SPREADS, Simulated, simulate
from macros.claim.fields import VerdictName
from macros.verdict.judge import claim_alpha, judge_expectation, may_be_decided_by_more, needs_more

TOOLCHAINS = 3
"""A measuring claim runs in about so many releases, over which its error is shared."""

FAR = 1.25
"""From this distance from its edge on, a claim ought to be decided, and cheaply."""


@dataclass(frozen=True)
class Tried:
    """What became of one simulated claim."""

    wrong: bool
    decided: bool
    distance: float
    runs: int


def try_one(family: str, seed: int) -> Tried:
    """Draw a claim, and run it until the judges have enough."""
    rng = np.random.default_rng([seed, list(FAMILIES).index(family)])
    drawn = simulate(FAMILIES[family], rng)
    verdict, rounds = judged(drawn)
    decided = verdict in (VerdictName.CONFIRMED, VerdictName.REFUTED)
    wrong = decided and (verdict is VerdictName.CONFIRMED) is not drawn.truth
    return Tried(wrong, decided, drawn.distance, rounds)


def judged(drawn: Simulated) -> tuple[VerdictName, int]:
    """The verdict, and after how many rounds: one more until the judges have enough, as the lab does."""
    claim = drawn.kind.claim
    rounds = 8
    evidence = drawn.after(rounds)
    while needs_more(claim, "default", evidence, toolchains=TOOLCHAINS):
        rounds += 1
        evidence = drawn.after(rounds)
    while rounds < ROUNDS and may_be_decided_by_more(claim, "default", evidence, toolchains=TOOLCHAINS):
        rounds += 1
        evidence = drawn.after(rounds)
    alpha = claim_alpha(claim, TOOLCHAINS)
    return judge_expectation(claim, claim.expect[0], evidence, alpha=alpha).verdict, rounds


def try_family(family: str, claims: int, workers: int) -> list[Tried]:
    """`claims` simulated claims with the seeds 0, 1, 2, ..."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(partial(try_one, family), range(claims), chunksize=100))


def upper_bound(wrong: int, total: int) -> float:
    """The one-sided 95 % bound of Clopper and Pearson on a rate; 1 where nothing was tried."""
    if not total:
        return 1.0
    return float(stats.binomtest(wrong, total, alternative="less").proportion_ci(0.95, "exact").high)


def decided_share(tried: Sequence[Tried]) -> float:
    """Of the claims that lie far enough from their edge, how many are decided within the budget."""
    far = [one for one in tried if one.distance >= FAR]
    return sum(one.decided for one in far) / len(far)


def runs_saved(tried: Sequence[Tried]) -> float:
    """How many fewer runs than a design of fixed size takes for the same claims, on average."""
    far = [one for one in tried if one.distance >= FAR]
    return 1 - sum(one.runs for one in far) / len(far) / fixed_size(claim_error())


def claim_error() -> float:
    return claim_alpha(KINDS[0].claim, TOOLCHAINS)


def fixed_size(error: float, power: float = 0.95) -> int:
    """The runs of a sign test of fixed size with the same error that finds a factor of 1.25 with the power given.

    It must be fixed before the scatter is known, so the power is the mean over the scatters that claims have.
    """
    spreads = np.exp(np.linspace(math.log(SPREADS[0]), math.log(SPREADS[1]), 41))
    rates = stats.norm.cdf(math.log(FAR) / spreads)
    for runs in range(10, 5000):
        critical = int(stats.binom.isf(error / 2, runs, 0.5)) + 1
        if float(np.mean(stats.binom.sf(critical - 1, runs, rates))) >= power:
            return runs
    raise AssertionError("a fixed design of below 5,000 runs exists for these scatters")
