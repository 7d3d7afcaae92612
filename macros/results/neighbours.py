"""How busy the measured processes' cores were with other machines' work, which the kernel's account does not show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from macros.evidence.observation import Observation
from macros.verdict.eprocess import sample_quantile

PROBE = "throughput"
"""The probe that another thread on the same core slows most: both want the units that add."""

FEWEST = 30
"""Processes from which on the quickest are taken to have run on a core of their own."""

QUICKEST = 0.01


def slowdown(observations: Iterable[Observation]) -> float | None:
    """How many times its quickest the probe took beside the median process, 1 on idle cores; None: too few processes.

    The quickest is its 1 % quantile, for each number of cores apart. Cores that were never idle look idle here.
    """
    taken: dict[str, list[float]] = defaultdict(list)
    for one in observations:
        for name, figure in one.witnesses.items():
            if name.split("/")[0] == PROBE:
                taken[name].append(figure)
    enough = [(each, sample_quantile(each, QUICKEST)) for each in taken.values() if len(each) >= FEWEST]
    ratios = [figure / quickest for each, quickest in enough for figure in each]
    return sample_quantile(ratios, 0.5) if ratios else None
