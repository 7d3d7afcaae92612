"""Against a bad session. Contention slows down what has one processor, so evidence there is not equal on both sides.

* An upper bound on a time that holds is believed as it stands: on a quiet machine it would hold too. That it fails is
  believed only of processes that ran on a quiet machine.
* A lower bound on a time is the other way round, and so is a rate.
* A cell on all processors has threads that meet: they hand over to each other, wait, or share a cache line. Others at
  work may keep them on one processor, and what they do there may take half as long. So its times may be shifted either
  way, as a ratio, a slope or a count may: only quiet processes count.
* Sizes in bytes do not depend on who else is at work.

Whether a process ran on a quiet machine is told by the sentinel's witnesses of that very process, before its values are
looked at: its processors' time that others used, stolen time, stalls, and probes of known work right before and after
it. A process is loud when one witness lies beyond its quiet level. The sentinel vetoes, and never rescales a value.

The null control is one program in two layouts, once a round. Where their quotient differs from one, the session sees
differences that are not there, and what needs a quiet session is not believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from macros.claim import units
from macros.claim.model import Claim, Expectation
from macros.evidence.observation import Evidence, QuietLevel, Session
from macros.verdict.causes import Cause, NullControlFired, TooLoud
from macros.verdict.dependence import drifts
from macros.verdict.eprocess import locate
from macros.verdict.policy import Policy

UNWATCHED = "unwatched"
"""In place of a witness: nobody saw the process, though its session had a sentinel."""


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
    """By the unit of what is judged (a time, a rate, a size, a plain number) and the processors of its cell."""
    unit = "" if expectation.ratio is not None else claim.metrics[expectation.subject].unit or ""
    if unit in ("", "%"):
        return Exposure.EITHER
    power = units.power_of_time(unit)
    if power == 0:
        return Exposure.NONE
    if claim.experiment is None or claim.experiment.limits.cpus == "all":
        return Exposure.EITHER
    return Exposure.UP if power > 0 else Exposure.DOWN


@dataclass(frozen=True)
class Quietness:
    """What the sentinel says of a cell's processes, by their places in the evidence. `rounds` have a loud one in them.

    `bad` is what is wrong with the whole; None for nothing.
    """

    loud: frozenset[int] = frozenset()
    rounds: frozenset[int] = frozenset()
    bad: Cause | None = None


def quietness(evidence: Evidence, policy: Policy) -> Quietness:
    """Which processes were loud, and whether the sessions can be believed where quiet is needed."""
    loud: set[int] = set()
    loud_rounds: set[int] = set()
    watched_rounds: set[int] = set()
    limits = {session.begins: limits_of(session.quiet, policy) for session in evidence.sessions}
    for place, seen in enumerate(evidence.observations):
        session = evidence.session_of(seen.round)
        if session is None or not (session.quiet or seen.witnesses):
            continue
        watched_rounds.add(seen.round)
        if _beyond(seen.witnesses, limits[session.begins]):
            loud.add(place)
            loud_rounds.add(seen.round)
    bad: Cause | None = None
    if len(loud_rounds) > policy.loud_share * len(watched_rounds):
        bad = TooLoud(len(loud_rounds), len(watched_rounds))
    elif any(null_control_fires(session, policy) for session in evidence.sessions):
        bad = NullControlFired()
    return Quietness(frozenset(loud), frozenset(loud_rounds), bad)


def loud_witnesses(witnesses: Mapping[str, float], quiet: Mapping[str, QuietLevel], policy: Policy) -> tuple[str, ...]:
    """The witnesses that lie beyond their quiet level, by name. A process without any was not watched: that is loud."""
    return _beyond(witnesses, limits_of(quiet, policy))


def _beyond(witnesses: Mapping[str, float], limits: Mapping[str, float]) -> tuple[str, ...]:
    if not witnesses:
        return (UNWATCHED,)
    return tuple(name for name, figure in witnesses.items() if name in limits and figure > limits[name])


def others_at_work(witnesses: Mapping[str, float], settled: Mapping[str, QuietLevel], policy: Policy) -> bool:
    """Whether others were surely at work, so that nothing can be learnt of quiet.

    The kernel's account alone may tell, whatever is known of the machine. Where a process is too short for its grain, a
    stretch of all probes tells, by the levels that are `settled`.
    """
    if any(witnesses.get(name, 0.0) > allowed for name, allowed in policy.shares.items()):
        return True
    stretches = {name: level.typical * policy.stretch for name, level in settled.items() if _is_stretch(name)}
    return any(witnesses.get(name, 0.0) > most for name, most in stretches.items())


def limits_of(quiet: Mapping[str, QuietLevel], policy: Policy) -> dict[str, float]:
    """Beyond which each witness is loud; those by which nobody judges have no limit."""
    known = {name: limit_of(name, quiet.get(name), policy) for name in (*policy.shares, *quiet)}
    return {name: limit for name, limit in known.items() if limit is not None}


def limit_of(name: str, level: QuietLevel | None, policy: Policy) -> float | None:
    """Beyond which a witness is loud; None for those by which nobody judges.

    A probe's time may be `policy.probe` times its typical one, or `policy.probe_high` times what it seldom reaches on a
    quiet machine: there are several probes, and each is beyond what it seldom reaches once in a while. A stretch may
    take `policy.stretch` times its typical time at most, so that no day teaches that others at work are usual. A share
    may be half of what the policy allows, or as high as it seldom goes, and never more than the policy allows.
    """
    allowed = policy.shares.get(name)
    if allowed is not None:
        return min(allowed, max(allowed / 2, level.high if level is not None else 0.0))
    if level is None or "/" not in name:
        return None
    limit = max(level.typical * policy.probe, level.high * policy.probe_high)
    return min(limit, level.typical * policy.stretch) if _is_stretch(name) else limit


def _is_stretch(name: str) -> bool:
    return name.partition("/")[0] in ("stretch", "stretch_after")


def null_control_fires(session: Session, policy: Policy) -> bool:
    """Whether the median quotient of the null control's two layouts is certainly not about one."""
    quotients = [pair.second / pair.first for pair in session.null_pairs]
    low, high = (locate(quotients, end, 0.5, policy.null_error / 2) for end in (1 / policy.null_band, policy.null_band))
    return bool((low and low.below) or (high and not high.below))


def mixed(evidence: Evidence) -> list[str]:
    """What differs between the sessions of one sample: then they are two samples, of two machines."""
    names = sorted({name for session in evidence.sessions for name in session.environment})
    return [name for name in names if len({session.environment.get(name) for session in evidence.sessions}) > 1]


def drifting(values: Sequence[float], policy: Policy) -> bool:
    return drifts(values, error=policy.drift_error, share=policy.drift_share)
