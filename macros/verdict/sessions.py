"""Against a bad session. Contention slows code and hardly ever speeds it up, so evidence is not equal on both sides.

* An upper bound on a time that holds is believed as it stands: on a quiet machine it would hold too. That it fails is
  believed only of rounds in which the sentinel was quiet.
* A lower bound on a time is the other way round, and so is a rate.
* A ratio, a slope or a count may be shifted either way: only quiet rounds count for it.
* Sizes in bytes do not depend on who else is at work.

The sentinel is a fixed program that runs as two fresh processes at the start of each round. It vetoes, and never
rescales a value. Its two processes are the same binary, so their quotient is the session's null control: where that
differs from one, the session sees differences that are not there, and what needs a quiet session is not believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from macros.claim import units
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, Session
from macros.verdict.causes import Cause, NullControlFired, SentinelSlow
from macros.verdict.dependence import drifts
from macros.verdict.eprocess import locate, sample_quantile
from macros.verdict.policy import Policy


class Exposure(Enum):
    """Which way a busy machine shifts a value."""

    UP = "up"
    DOWN = "down"
    EITHER = "either"
    NONE = "none"

    @property
    def low_values_stand(self) -> bool:
        """Whether a low value says as much on a busy machine as on a quiet one."""
        return self in (Exposure.UP, Exposure.NONE)

    @property
    def high_values_stand(self) -> bool:
        return self in (Exposure.DOWN, Exposure.NONE)


def exposure(claim: Claim, expectation: Expectation) -> Exposure:
    """By the unit of what is judged: a time, a rate, a size, or a plain number."""
    unit = "" if expectation.ratio is not None else claim.metrics[expectation.subject].unit or ""
    if unit in ("", "%"):
        return Exposure.EITHER
    power = units.power_of_time(unit)
    if power == 0:
        return Exposure.NONE
    return Exposure.UP if power > 0 else Exposure.DOWN


@dataclass(frozen=True)
class Quietness:
    """What the sentinel says of a cell's rounds. `bad` is what is wrong with the whole; None for nothing."""

    loud: frozenset[int] = frozenset()
    bad: Cause | None = None


def quietness(evidence: Evidence, policy: Policy) -> Quietness:
    """Which rounds were loud, and whether the sessions can be believed where quiet is needed."""
    loud: set[int] = set()
    told = 0
    causes: list[Cause] = []
    for session in evidence.sessions:
        found = loud_rounds(session, policy)
        loud |= found
        told += len(session.calibrations)
        if null_control_fires(session, policy):
            causes.append(NullControlFired())
    if told and len(loud) > policy.loud_share * told:
        causes.insert(0, SentinelSlow(len(loud), told))
    return Quietness(frozenset(loud), causes[0] if causes else None)


def loud_rounds(session: Session, policy: Policy) -> set[int]:
    """Rounds in which the sentinel took more than `policy.quiet` times the least that it ever took here."""
    if session.reference is None:
        return set()
    limit = session.reference * policy.quiet
    return {one.round for one in session.calibrations if max(one.first, one.second) > limit}


def null_control_fires(session: Session, policy: Policy) -> bool:
    """Whether the median quotient of the sentinel's second process over its first is certainly not about one."""
    quotients = [one.second / one.first for one in session.calibrations]
    low, high = (locate(quotients, end, 0.5, policy.null_error / 2) for end in (1 / policy.null_band, policy.null_band))
    return bool((low and low.below) or (high and not high.below))


def slowdown(sessions: Sequence[Session]) -> float | None:
    """The sentinel's median time over the least ever seen: 1 on a quiet machine. None where no sentinel ran."""
    factors = [
        max(one.first, one.second) / session.reference
        for session in sessions
        if session.reference
        for one in session.calibrations
    ]
    return sample_quantile(factors, 0.5) if factors else None


def mixed(evidence: Evidence) -> list[str]:
    """What differs between the sessions of one sample: then they are two samples, of two machines."""
    names = sorted({name for session in evidence.sessions for name in session.environment})
    return [name for name in names if len({session.environment.get(name) for session in evidence.sessions}) > 1]


def drifting(values: Sequence[float], policy: Policy) -> bool:
    return drifts(values, error=policy.drift_error, share=policy.drift_share)
