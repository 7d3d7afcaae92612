"""What is decided before anything is measured. Policy is a value that callers pass; these are its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

Factor = Annotated[float, Field(gt=1, le=100, strict=True)]
Share = Annotated[float, Field(gt=0, le=1, strict=True)]
Count = Annotated[int, Field(ge=1, le=100_000, strict=True)]
Slope = Annotated[float, Field(gt=0, le=10, strict=True)]


@dataclass(frozen=True)
class Policy:
    """The error that the catalogue may make, and how it is shared out.

    `family_error` is the chance, over the whole catalogue, that any measuring cell gets a decisive
    verdict that is wrong. It is shared equally over `measuring_claims` (Bonferroni), a number fixed
    beforehand so that a new claim does not change the verdicts of the others, and inside a claim
    equally over its statistical predicates and cells. An undecided cell is `near` its threshold when
    its whole interval lies within that factor of it; more runs would hardly help, unlike where it is noisy. A decided
    one is marked where a figure changed by the factor `near_bound` would have been inside of its interval or beyond it.

    A process is loud when a probe beside it took more than `probe` times its typical time, and more than `probe_high`
    times what it seldom reaches on a quiet machine; or when a stretch of all probes took more than `stretch` times its
    typical time, however often it does (beside a loop on one of its processors it takes 1.5 to 4 times); or when others
    used more than the share `others` of its processors' time or `neighbours` of the other processors', or `stolen` of
    all time was the hypervisor's, or memory or devices kept something waiting for more than `stalled` of it (half of
    each share, where the machine is seldom beyond that).
    A session with a loud process in more than a `loud_share` of its rounds is bad; so is one whose null control lies
    outside `null_band` (at `null_error`), or whose values drift by more than `drift_share` of their median (at
    `drift_error`). A value of single nanoseconds is `resolved` when it is at least so many times the empty loop's.

    Other analyses leave out an `other_first_share` of the values, move thresholds against the verdict by the factor
    `other_tolerance` (those of a slope, which is an exponent, by `other_slope`), take a fixed-sample interval at
    `other_error`, and estimate nothing from fewer than `other_fewest` values.

    Layouts look different where one population would look so less often than `layouts_differ_error`; that two of them
    surely say otherwise is told at `layouts_disagree_error`.
    """

    family_error: Share = 0.05
    measuring_claims: Count = 60
    agreeing_processes: Count = 3
    close: Factor = 1.25
    scale: Factor = 2.0
    magnitude: Factor = 10**0.5
    near: Factor = 1.25
    near_bound: Factor = 1.1
    linear: tuple[Slope, Slope] = (0.9, 1.1)
    probe: Factor = 1.15
    probe_high: Factor = 1.1
    stretch: Factor = 1.4
    others: Share = 0.1
    neighbours: Share = 0.2
    stolen: Share = 0.02
    stalled: Share = 0.1
    loud_share: Share = 0.5
    null_band: Factor = 1.1
    null_error: Share = 0.01
    drift_error: Share = 0.001
    drift_share: Share = 0.1
    resolved: Factor = 1.5
    other_first_share: Share = 0.1
    other_tolerance: Factor = 1.1
    other_slope: Slope = 0.05
    other_error: Share = 0.01
    other_fewest: Count = 5
    layouts_differ_error: Share = 0.2
    layouts_disagree_error: Share = 0.01

    @property
    def shares(self) -> Mapping[str, float]:
        """What each of the sentinel's shares may be at most."""
        return {
            "others_here": self.others,
            "others_elsewhere": self.neighbours,
            "stolen": self.stolen,
            "stalled": self.stalled,
        }

    def alpha(self, shares: int) -> float:
        """The error of one of a claim's `shares` statistical predicates."""
        return self.family_error / self.measuring_claims / max(shares, 1)

    def band(self, name: str) -> float:
        """The factor of an `about`: within x times and x divided by it."""
        return {"close": self.close, "scale": self.scale, "magnitude": self.magnitude}[name]

    def with_overrides(self, values: Mapping[str, Any]) -> Policy:
        """The policy with some of its fields replaced, by name. Raises ValueError that says what would be right."""
        known = [field.name for field in fields(self)]
        for name in values:
            if name not in known:
                raise ValueError(f"no figure of the policy is named `{name}`; there are {', '.join(known)}")
        try:
            return _ADAPTER.validate_python({**asdict(self), **values})
        except ValidationError as error:
            wrong = error.errors()[0]
            raise ValueError(f"`{wrong['loc'][0]}`: {wrong['msg']}") from error


_ADAPTER = TypeAdapter(Policy)

DEFAULT = Policy()
