"""Bad sessions: what a busy machine can bring about is believed only of a quiet one."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.evidence.observation import Evidence, NullPair, Observation, QuietLevel, Session
from macros.verdict.causes import Cause, NullControlFired, SessionsDiffer, TooLoud
from macros.verdict.dependence import drifts, effective_share
from macros.verdict.details import Undecided
from macros.verdict.finding import Finding, Reason
from macros.verdict.judge import judge_cell
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import Exposure, exposure, limit_of, loud_witnesses, null_control_fires, quietness
from tests.builders import abba, claim

CONFIRMED, REFUTED, INCONCLUSIVE = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.INCONCLUSIVE
LEVELS = {"latency/1": QuietLevel(50e-6, 51e-6), "others_here": QuietLevel(0.0, 0.01)}
QUIET: Mapping[str, float] = {"latency/1": 50e-6, "others_here": 0.0}
LOUD: Mapping[str, float] = {"latency/1": 50e-6, "others_here": 0.4}


def session(pairs: Sequence[tuple[float, float]] = (), **environment: str) -> Session:
    """A watched one, with the null control's seconds by round."""
    return Session(0, environment, tuple(NullPair(n, *pair) for n, pair in enumerate(pairs)), LEVELS)


def sampled(values: Sequence[float], readings: Sequence[Mapping[str, float]]) -> Evidence:
    """One process a round, with what the sentinel saw around it."""
    observations = tuple(
        Observation("run", n, 0.1, {"m": value}, witnesses=readings[n]) for n, value in enumerate(values)
    )
    return Evidence(observations, sessions=(session(),))


def near(middle: float, count: int = 60) -> list[float]:
    rng = random.Random(11)
    return [middle * rng.uniform(0.95, 1.05) for _ in range(count)]


def of(expectation: Mapping[str, Any], unit: str | None = "ms", cpus: str = "one") -> Claim:
    """A claim about a metric of that unit, whose cells have so many processors."""
    metrics = {"m": {"from": "json", **({"unit": unit} if unit else {})}}
    return claim([{"metric": "m", **expectation}], metrics, experiment={"run": "./x", "limits": {"cpus": cpus}})


def found(evidence: Evidence, unit: str | None = "ms", cpus: str = "one", **expectation: Any) -> Finding:
    made = of(expectation, unit, cpus)
    return judge_cell(made, "default", evidence, toolchains=9).finding


def cause(finding: Finding) -> Cause:
    """Why the predicate is open."""
    assert isinstance(finding.detail, Undecided)
    return finding.detail.cause


@pytest.mark.parametrize(
    ("unit", "cpus", "expected"),
    [
        ("ms", "one", Exposure.UP),
        ("MB/s", "one", Exposure.DOWN),
        ("KiB", "one", Exposure.NONE),
        (None, "one", Exposure.EITHER),
        ("ms", "all", Exposure.EITHER),
        ("MB/s", "all", Exposure.EITHER),
        ("KiB", "all", Exposure.NONE),
        (None, "all", Exposure.EITHER),
    ],
)
def test_unit_and_processors_tell_which_way_a_busy_machine_shifts_a_value(
    unit: str | None, cpus: str, expected: Exposure
) -> None:
    """On one processor times grow and rates fall; on several either may be shifted both ways. Sizes stay."""
    made = of({"above": 1}, unit, cpus)
    assert exposure(made, made.expect[0]) is expected


@pytest.mark.parametrize(
    ("middle", "expectation", "quiet", "loud"),
    [
        (3, {"below": "5 ms"}, CONFIRMED, CONFIRMED),
        (8, {"below": "5 ms"}, REFUTED, INCONCLUSIVE),
        (8, {"above": "5 ms"}, CONFIRMED, INCONCLUSIVE),
        (3, {"above": "5 ms"}, REFUTED, REFUTED),
        (5, {"about": "5 ms"}, CONFIRMED, INCONCLUSIVE),
        (9, {"about": "5 ms"}, REFUTED, INCONCLUSIVE),
        (2, {"about": "5 ms"}, REFUTED, REFUTED),
    ],
)
def test_what_contention_could_cause_needs_a_quiet_session(
    middle: float, expectation: dict[str, Any], quiet: VerdictName, loud: VerdictName
) -> None:
    """A time on one processor that is low on a busy machine is low; one that is high proves nothing there."""
    assert found(sampled(near(middle), [QUIET] * 60), **expectation).verdict is quiet
    on_a_busy_machine = found(sampled(near(middle), [LOUD] * 60), **expectation)
    assert on_a_busy_machine.verdict is loud
    if loud is INCONCLUSIVE:
        assert on_a_busy_machine.reason is Reason.BAD_SESSION


@pytest.mark.parametrize(
    ("middle", "expectation", "quiet"),
    [(3, {"below": "5 ms"}, CONFIRMED), (3, {"above": "5 ms"}, REFUTED), (2, {"about": "5 ms"}, REFUTED)],
)
def test_a_low_time_on_all_processors_needs_a_quiet_session(
    middle: float, expectation: dict[str, Any], quiet: VerdictName
) -> None:
    """Threads that hand over to each other are faster where others take one of two processors: 4 ms instead of 8."""
    assert found(sampled(near(middle), [QUIET] * 60), cpus="all", **expectation).verdict is quiet
    on_a_busy_machine = found(sampled(near(middle), [LOUD] * 60), cpus="all", **expectation)
    assert (on_a_busy_machine.verdict, on_a_busy_machine.reason) == (INCONCLUSIVE, Reason.BAD_SESSION)


def test_a_loud_round_on_all_processors_is_no_witness_for_an_upper_bound() -> None:
    """Two rounds in five are loud and fast. They would confirm the bound on one processor; on all they do not count."""
    rng = random.Random(8)
    loud = set(rng.sample(range(120), 48))
    fast = [3.0 if n in loud else 5.0 + rng.uniform(-1.2, 0.9) for n in range(120)]
    readings = [LOUD if n in loud else QUIET for n in range(120)]
    assert quietness(sampled(fast, readings), DEFAULT).bad is None
    assert found(sampled(fast, readings), cpus="one", below="5 ms").verdict is CONFIRMED
    assert found(sampled(fast, readings), cpus="all", below="5 ms").verdict is INCONCLUSIVE


def test_a_size_in_bytes_does_not_need_a_quiet_session() -> None:
    """Who else is at work does not change how much memory a program asks for."""
    assert found(sampled(near(8), [LOUD] * 60), unit="MiB", below="5 MiB").verdict is REFUTED


def test_rounds_in_which_the_machine_was_busy_are_no_witnesses_against_an_upper_bound() -> None:
    """Five rounds in eight are loud and far too slow; without the sentinel's word they would refute the bound."""
    readings = [LOUD if n % 8 in (0, 2, 3, 5, 6) else QUIET for n in range(120)]
    slow = [9.0 if n % 8 in (0, 2, 3, 5, 6) else 4.0 for n in range(120)]
    assert found(sampled(slow, [QUIET] * 120), below="5.5 ms").verdict is not CONFIRMED
    assert found(sampled(slow, readings), below="5.5 ms").verdict is INCONCLUSIVE
    only_loud_ones_fail = [9.0 if n % 2 == 0 else 5.0 + (n % 4 - 2) / 10 for n in range(60)]
    half = [LOUD if n % 2 == 0 else QUIET for n in range(60)]
    assert found(sampled(only_loud_ones_fail, half), below="5 ms").verdict is INCONCLUSIVE


def test_a_loud_round_is_no_witness_though_the_session_is_not_bad() -> None:
    """Two rounds in five are loud and slow. With them the bound would be refuted; the quiet ones do not decide."""
    rng = random.Random(8)
    loud = set(rng.sample(range(120), 48))
    slow = [9.0 if n in loud else 5.0 + rng.uniform(-1, 1.2) for n in range(120)]
    readings = [LOUD if n in loud else QUIET for n in range(120)]
    assert quietness(sampled(slow, readings), DEFAULT).bad is None
    assert found(sampled(slow, [QUIET] * 120), below="5 ms").verdict is REFUTED
    assert found(sampled(slow, readings), below="5 ms").verdict is INCONCLUSIVE


def test_a_session_with_more_loud_rounds_than_quiet_ones_refutes_nothing() -> None:
    """Even where the quiet ones alone would: a sentinel that is slow so often cannot vouch for the rest."""
    rng = random.Random(8)
    loud = set(rng.sample(range(120), 70))
    readings = [LOUD if n in loud else QUIET for n in range(120)]
    result = found(sampled(near(8, 120), readings), below="5 ms")
    assert (result.verdict, result.reason) == (INCONCLUSIVE, Reason.BAD_SESSION)
    assert cause(result) == TooLoud(70, 120)
    fewer = [reading if n < 60 else QUIET for n, reading in enumerate(readings)]
    assert found(sampled(near(8, 120), fewer), below="5 ms").verdict is REFUTED


def test_the_null_control_fires_on_a_difference_between_a_binary_and_itself() -> None:
    """A fifth more in nearly every round is no accident; a few percent of noise either way is nothing."""
    rng = random.Random(3)
    biased = session([(0.010, 0.012 * rng.uniform(0.97, 1.03)) for _ in range(30)])
    fair = session([(0.010 * rng.uniform(1, 1.1), 0.010 * rng.uniform(1, 1.1)) for _ in range(30)])
    assert null_control_fires(biased, DEFAULT)
    assert not null_control_fires(fair, DEFAULT)
    seen = sampled(near(8, 30), [QUIET] * 30)
    vetoed = found(replace(seen, sessions=(session([(0.010, 0.0121)] * 30),)), below="5 ms")
    assert (vetoed.verdict, vetoed.reason) == (INCONCLUSIVE, Reason.BAD_SESSION)
    assert cause(vetoed) == NullControlFired()


def test_a_null_control_seldom_fires_by_chance() -> None:
    """Of 400 fair sessions with a noise of a tenth, none is called bad."""
    rng = random.Random(5)
    sessions = [session([(rng.gauss(10, 1), rng.gauss(10, 1)) for _ in range(40)]) for _ in range(400)]
    assert sum(null_control_fires(one, DEFAULT) for one in sessions) == 0


def test_sessions_of_two_machines_are_no_one_sample() -> None:
    """However clear the values are: what differs is named, and nothing is decided."""
    seen = tuple(Observation("run", n, 0.1, {"m": 3.0 + n % 7 / 10}) for n in range(60))
    two = (Session(0, {"kernel": "6.1", "cpu": "A"}), Session(30, {"kernel": "6.5", "cpu": "A"}))
    result = found(Evidence(seen, sessions=two), below="5 ms")
    assert (result.verdict, result.reason) == (INCONCLUSIVE, Reason.BAD_SESSION)
    assert cause(result) == SessionsDiffer(("kernel",))


def test_values_that_drift_refute_nothing() -> None:
    """A machine that gets slower from run to run has no median; that the values are too high is then not believed."""
    rising = [4.0 + n / 10 + (n * 7 % 5) / 50 for n in range(60)]
    assert drifts(rising, error=0.001, share=0.1)
    assert not drifts(near(5), error=0.001, share=0.1)
    quiet = [QUIET] * 60
    assert found(sampled(rising, quiet), below="3 ms").reason is Reason.BAD_SESSION


def test_like_neighbours_count_for_less() -> None:
    """Independent values count for about one each, runs of like ones for a fraction of that."""
    rng = random.Random(2)
    values = [rng.random() for _ in range(60)]
    assert effective_share(values) > 0.7
    assert effective_share(sorted(values)) < 0.1
    assert effective_share([1.0, 1.0, 1.0]) == 1.0


def test_a_ratio_needs_a_quiet_session_on_both_sides() -> None:
    """Contention may fall on either arm."""
    made = claim(
        [{"ratio": {"metric": "m", "of": "go", "over": "c"}, "below": 2}],
        {"m": {"from": "json", "unit": "ms"}},
        experiment={"arms": {"go": "./go", "c": "./c"}},
        controls=[{"name": "o", "expected": "refuted", "because": {"en": "t", "zh": "t"}, "env": {"A": "1"}}],
    )
    seen = abba(near(3), near(3)).observations
    for witnesses, verdict in ((QUIET, CONFIRMED), (LOUD, INCONCLUSIVE)):
        evidence = Evidence(tuple(replace(one, witnesses=witnesses) for one in seen), sessions=(session(),))
        assert judge_cell(made, "default", evidence, toolchains=1).finding.verdict is verdict


def test_the_sentinel_never_rescales_a_value() -> None:
    """A busy session shows the same estimate as a quiet one."""
    values = near(8)
    made = claim([{"metric": "m", "below": "5 ms"}], {"m": {"from": "json", "unit": "ms"}})
    shown = [
        judge_cell(made, "default", sampled(values, [reading] * 60), toolchains=9).estimates["m"]
        for reading in (QUIET, LOUD)
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("witness", "figure", "loud"),
    [
        ("latency/1", 57e-6, False),
        ("latency/1", 58e-6, True),
        ("others_here", 0.04, False),
        ("others_here", 0.06, True),
        ("others_elsewhere", 0.09, False),
        ("others_elsewhere", 0.11, True),
        ("stolen", 0.015, True),
        ("stalled", 0.06, True),
        ("waited", 0.9, False),
        ("switched", 1000.0, False),
        ("throughput/1", 9.0, False),
    ],
)
def test_each_witness_has_a_quiet_level_of_its_own(witness: str, figure: float, loud: bool) -> None:
    """A probe beyond 1.15 times its typical time, or a share beyond half of what is allowed; what a program does to
    itself, and a probe whose level is not known, tell nothing."""
    assert loud_witnesses({witness: figure}, LEVELS, DEFAULT) == ((witness,) if loud else ())


def test_a_witness_that_is_seldom_low_may_be_high() -> None:
    """A level learnt to be wide is wide; a share never goes beyond what the policy allows, nor does a stretch."""
    assert limit_of("bandwidth/2", QuietLevel(0.004, 0.009), DEFAULT) == pytest.approx(0.0099)
    for name in ("stretch/2", "stretch_after/2"):
        assert limit_of(name, QuietLevel(0.004, 0.0045), DEFAULT) == pytest.approx(0.00495)
        assert limit_of(name, QuietLevel(0.004, 0.009), DEFAULT) == pytest.approx(0.0056)
    assert limit_of("others_here", QuietLevel(0.0, 0.07), DEFAULT) == 0.07
    assert limit_of("others_here", QuietLevel(0.0, 0.7), DEFAULT) == DEFAULT.others


def test_a_process_that_nobody_watched_is_no_witness_in_a_watched_session() -> None:
    """Its sentinel may have been killed with it: that is no sign of quiet."""
    assert found(sampled(near(8), [QUIET] * 60), below="5 ms").verdict is REFUTED
    unseen = found(sampled(near(8), [{}] * 60), below="5 ms")
    assert (unseen.verdict, unseen.reason) == (INCONCLUSIVE, Reason.BAD_SESSION)


def test_without_a_sentinel_nothing_is_loud() -> None:
    """Exact claims need none, and a plain process of the tests has none."""
    assert quietness(Evidence(), DEFAULT).bad is None
    plain = tuple(Observation("run", n, 0.1, {"m": 8.0}) for n in range(60))
    assert quietness(Evidence(plain, sessions=(Session(),)), DEFAULT).loud == frozenset()
