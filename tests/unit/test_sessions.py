"""Bad sessions: what a busy machine can bring about is believed only of a quiet one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.evidence.observation import Calibration, Evidence, Observation, Session
from macros.verdict.causes import Cause, NullControlFired, SentinelSlow, SessionsDiffer
from macros.verdict.dependence import drifts, effective_share
from macros.verdict.details import Undecided
from macros.verdict.finding import Finding, Reason
from macros.verdict.judge import judge_cell
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import Exposure, exposure, null_control_fires, quietness, slowdown
from tests.builders import abba, claim

CONFIRMED, REFUTED, INCONCLUSIVE = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.INCONCLUSIVE
QUIET, LOUD = (0.010, 0.010), (0.016, 0.016)


def session(readings: Sequence[tuple[float, float]], **environment: str) -> Session:
    """The sentinel's times by round; the best ever seen is 10 ms."""
    return Session(0, environment, tuple(Calibration(n, *reading) for n, reading in enumerate(readings)), 0.010)


def sampled(values: Sequence[float], readings: Sequence[tuple[float, float]]) -> Evidence:
    observations = tuple(Observation("run", n, 0.1, {"m": value}) for n, value in enumerate(values))
    return Evidence(observations, sessions=(session(readings),))


def near(middle: float, count: int = 60) -> list[float]:
    rng = random.Random(11)
    return [middle * rng.uniform(0.95, 1.05) for _ in range(count)]


def found(evidence: Evidence, unit: str | None = "ms", **expectation: Any) -> Finding:
    made = claim([{"metric": "m", **expectation}], {"m": {"from": "json", **({"unit": unit} if unit else {})}})
    return judge_cell(made, "default", evidence, toolchains=9).finding


def cause(finding: Finding) -> Cause:
    """Why the predicate is open."""
    assert isinstance(finding.detail, Undecided)
    return finding.detail.cause


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("ms", Exposure.UP), ("MB/s", Exposure.DOWN), ("KiB", Exposure.NONE), (None, Exposure.EITHER)],
)
def test_a_unit_tells_which_way_a_busy_machine_shifts_a_value(unit: str | None, expected: Exposure) -> None:
    """Times grow, rates fall, sizes stay, and of a plain number nobody knows."""
    made = claim([{"metric": "m", "above": 1}], {"m": {"from": "json", **({"unit": unit} if unit else {})}})
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
    """A time that is low on a busy machine is low; one that is high proves nothing there."""
    assert found(sampled(near(middle), [QUIET] * 60), **expectation).verdict is quiet
    on_a_busy_machine = found(sampled(near(middle), [LOUD] * 60), **expectation)
    assert on_a_busy_machine.verdict is loud
    if loud is INCONCLUSIVE:
        assert on_a_busy_machine.reason is Reason.BAD_SESSION


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
    assert cause(result) == SentinelSlow(70, 120)
    fewer = [reading if n < 60 else QUIET for n, reading in enumerate(readings)]
    assert found(sampled(near(8, 120), fewer), below="5 ms").verdict is REFUTED


def test_the_null_control_fires_on_a_difference_between_a_binary_and_itself() -> None:
    """A fifth more in nearly every round is no accident; a few percent of noise either way is nothing."""
    rng = random.Random(3)
    biased = session([(0.010, 0.012 * rng.uniform(0.97, 1.03)) for _ in range(30)])
    fair = session([(0.010 * rng.uniform(1, 1.1), 0.010 * rng.uniform(1, 1.1)) for _ in range(30)])
    assert null_control_fires(biased, DEFAULT)
    assert not null_control_fires(fair, DEFAULT)
    vetoed = found(sampled(near(8, 30), [(0.010, 0.0121)] * 30), below="5 ms")
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
    for readings, verdict in (([QUIET] * 30, CONFIRMED), ([LOUD] * 30, INCONCLUSIVE)):
        evidence = Evidence(seen, sessions=(session(readings),))
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


def test_the_slowdown_is_the_sentinel_s_median_over_its_best() -> None:
    """1 on a quiet machine; nothing where no sentinel ran."""
    assert slowdown([session([QUIET, QUIET, LOUD])]) == pytest.approx(1.0)
    assert slowdown([session([LOUD, LOUD, QUIET])]) == pytest.approx(1.6)
    assert slowdown([Session()]) is None
    assert quietness(Evidence(), DEFAULT).bad is None
