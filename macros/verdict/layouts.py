"""Layout as a random effect. Our stance:

* One build is one arrangement of the code in memory, and a claim is about the code, not about an arrangement. So the
  layouts of a cell are a sample of all that there could be, and a verdict must hold for those that were not drawn.
* An offset that is constant within a layout is seen by no test over processes, however many of them there are: what
  tells it is how far the layouts' own quantiles lie apart.
* Where the layouts look alike, what they say is one sample, and nothing is lost.
* Where they look different, if only as much as chance makes them in one sample of five, a verdict stands only if it
  would be the same for a layout that lies one whole range beyond the lowest and the highest of those seen. By chance
  alone four layouts lie as far as that on the wrong side of a bound in about one case of a hundred where the bound is
  the very middle of all layouts, and hardly ever where it is not. To look for a clear difference first would be less:
  an offset that is as large as the scatter is seldom seen for sure, and still turns two verdicts of a hundred.
* Where one layout surely says one thing and another surely says the other, that is the answer: it depends.

Distances are taken between logarithms where all values are above zero, since a layout shifts a time by a factor.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scipy import special

from macros.claim.fields import VerdictName
from macros.evidence.observation import Sample
from macros.verdict.eprocess import Sides, locate, sample_quantile
from macros.verdict.policy import Policy

FEWEST = 2
"""Of processes that a layout must have for its scatter to be told from that of the others."""


@dataclass(frozen=True)
class ByLayout:
    """A sample's values, each with its layout, and what can be said of a quantile in the layouts."""

    values: Sequence[float]
    layouts: Sequence[int]
    quantile: float = 0.5

    @classmethod
    def of(cls, samples: Sequence[Sample], quantile: float = 0.5) -> ByLayout:
        """Of samples that are numbers."""
        return cls([float(one.value) for one in samples], [one.layout for one in samples], quantile)

    @cached_property
    def groups(self) -> Mapping[int, Sequence[float]]:
        found: dict[int, list[float]] = {}
        for value, layout in zip(self.values, self.layouts, strict=True):
            found.setdefault(layout, []).append(value)
        return found

    @cached_property
    def share(self) -> float | None:
        """The layouts' part of the variance, from 0 to 1; None where there are no two, or no two values of any."""
        groups = list(self.groups.values())
        spare = len(self.values) - len(groups)
        if len(groups) < FEWEST or spare < 1:
            return None
        if len(set(self.values)) == 1:
            return 0.0  # There is no scatter, and rounding must not make one.
        if all(value > 0 for value in self.values):
            groups = [[math.log(value) for value in group] for group in groups]
        between, within = _mean_squares(groups)
        size = (len(self.values) - sum(len(group) ** 2 for group in groups) / len(self.values)) / (len(groups) - 1)
        of_layouts = max((between - within) / size, 0.0)
        total = of_layouts + within
        return of_layouts / total if total > 0 else 0.0

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The quantile of the lowest layout, and that of the highest."""
        each = [sample_quantile(group, self.quantile) for group in self.groups.values()]
        return min(each), max(each)

    @property
    def beyond(self) -> tuple[float, float]:
        """One range below the lowest layout, and one above the highest."""
        low, high = self.ends
        if low > 0:
            return low * low / high, high * high / low
        return 2 * low - high, 2 * high - low

    def differ(self, error: float) -> bool:
        """Whether the layouts' values are not of one population, at that error: Kruskal and Wallis, by F.

        The usual approximation by chi square would not see four layouts of three values each that do not overlap.
        """
        groups = [group for group in self.groups.values() if len(group) >= FEWEST]
        spare = sum(map(len, groups)) - len(groups)
        if len(groups) < FEWEST:
            return False
        between, within = _mean_squares(_ranks(groups))
        if within == 0:
            return between > 0
        return bool(special.fdtrc(len(groups) - 1, spare, between / within) < error)

    def disagree(
        self, ends: Sequence[float], verdicts: Sequence[VerdictName], policy: Policy, sides: Sides | None
    ) -> bool:
        """Whether one layout surely says one thing and another surely says another."""
        if not self.differ(policy.layouts_disagree_error):
            return False
        error = policy.layouts_disagree_error / max(len(self.groups) * len(ends), 1)
        said = set()
        for layout in self.groups:
            places = [place for place, each in enumerate(self.layouts) if each == layout]
            own = [self.values[place] for place in places]
            counting = None if sides is None else [sides[place] for place in places]
            crossings = [locate(own, end, self.quantile, error, counting) for end in ends]
            if all(crossing is not None for crossing in crossings):
                said.add(verdicts[sum(crossing is not None and not crossing.below for crossing in crossings)])
        return len(said) > 1

    def holds_beyond(self, ends: Sequence[float], verdicts: Sequence[VerdictName]) -> bool:
        """Whether the verdict would be the same one range beyond the layouts that were seen."""
        low, high = (bisect_left(ends, place) for place in self.beyond)
        return len(set(verdicts[low : high + 1])) == 1


def _mean_squares(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Between the groups, and within them. There are two groups or more, and more values than groups."""
    count = sum(map(len, groups))
    middle = math.fsum(map(math.fsum, groups)) / count
    means = [math.fsum(group) / len(group) for group in groups]
    between = math.fsum(len(group) * (mean - middle) ** 2 for group, mean in zip(groups, means, strict=True))
    within = math.fsum((value - mean) ** 2 for group, mean in zip(groups, means, strict=True) for value in group)
    return between / (len(groups) - 1), within / (count - len(groups))


def _ranks(groups: Sequence[Sequence[float]]) -> list[list[float]]:
    """Each value's place among all, from 1; equal ones share the middle of their places."""
    counts = Counter(value for group in groups for value in group)
    ranks, place = {}, 0
    for value in sorted(counts):
        ranks[value] = place + (counts[value] + 1) / 2
        place += counts[value]
    return [[ranks[value] for value in group] for group in groups]
