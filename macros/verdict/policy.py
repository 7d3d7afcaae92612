"""What is decided before anything is measured. Policy is a value that callers pass; these are its defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """The error that the catalogue may make, and how it is shared out.

    `family_error` is the chance, over the whole catalogue, that any measuring cell gets a decisive
    verdict that is wrong. It is shared equally over `measuring_claims` (Bonferroni), a number fixed
    beforehand so that a new claim does not change the verdicts of the others, and inside a claim
    equally over its statistical predicates and cells. An undecided cell is `near` its threshold when
    its whole interval lies within that factor of it; more runs would hardly help, unlike where it is noisy.

    A round is quiet while the sentinel takes at most `quiet` times the least that it ever took on the machine. A
    session with more than a `loud_share` of other rounds is bad; so is one whose null control lies outside `null_band`
    (at `null_error`), or whose values drift by more than `drift_share` of their median (at `drift_error`). A value of
    single nanoseconds is `resolved` when it is at least so many times the empty loop's.
    """

    family_error: float = 0.05
    measuring_claims: int = 60
    agreeing_processes: int = 3
    close: float = 1.25
    scale: float = 2.0
    magnitude: float = 10**0.5
    near: float = 1.25
    linear: tuple[float, float] = (0.9, 1.1)
    quiet: float = 1.25
    loud_share: float = 0.5
    null_band: float = 1.1
    null_error: float = 0.01
    drift_error: float = 0.001
    drift_share: float = 0.1
    resolved: float = 1.5

    def alpha(self, shares: int) -> float:
        """The error of one of a claim's `shares` statistical predicates."""
        return self.family_error / self.measuring_claims / max(shares, 1)

    def band(self, name: str) -> float:
        """The factor of an `about`: within x times and x divided by it."""
        return {"close": self.close, "scale": self.scale, "magnitude": self.magnitude}[name]


DEFAULT = Policy()
