"""What a quiet machine is: a distribution that is learnt and ages; and how a run waits for one."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from macros.evidence.observation import QuietLevel
from macros.lab.sentinel import DIGEST
from macros.run import levels
from macros.run.levels import Days
from macros.run.watch import PATIENCE_SECONDS, PAUSE_SECONDS, Watch
from macros.verdict.policy import DEFAULT

PROBE = "latency/1"


def day(middle: float, count: int = 400, spread: float = 0.02) -> dict[str, levels.Day]:
    rng = random.Random(f"{middle}")
    return levels.of_readings({PROBE: [middle * rng.uniform(1, 1 + spread) for _ in range(count)]})


def test_the_level_is_that_of_the_quietest_day() -> None:
    """A day of other work teaches nothing about quiet."""
    days = levels.with_day({}, "2026-01-02", day(5e-5))
    days = levels.with_day(days, "2026-01-03", day(9e-5))
    level = levels.levels(days, "2026-01-03")[PROBE]
    assert 5e-5 < level.typical < level.high < 5.2e-5


def test_a_quiet_day_is_forgotten_after_a_month() -> None:
    """A machine that has become slower for good is not called busy for ever."""
    days = levels.with_day({}, "2026-01-02", day(5e-5))
    days = levels.with_day(days, "2026-01-20", day(9e-5))
    assert levels.levels(days, "2026-02-01")[PROBE].typical < 6e-5
    assert levels.levels(days, "2026-02-02")[PROBE].typical > 8e-5
    assert levels.levels(days, "2026-03-01") == {}
    assert list(levels.with_day(days, "2026-02-10", day(7e-5))) == ["2026-01-20", "2026-02-10"]


def test_runs_of_one_day_are_one_distribution() -> None:
    """By their numbers of readings: two halves give what the whole gives."""
    rng = random.Random(1)
    readings = [rng.gauss(100, 10) for _ in range(2000)]
    whole = levels.of_readings({PROBE: readings})[PROBE]
    halves = levels.with_day({}, "2026-01-02", levels.of_readings({PROBE: readings[:500]}))
    halves = levels.with_day(halves, "2026-01-02", levels.of_readings({PROBE: readings[500:]}))
    count, quantiles = halves["2026-01-02"][PROBE]
    assert count == whole[0] == 2000
    assert quantiles[2:7] == pytest.approx(whole[1][2:7], rel=0.02)


def test_a_day_of_few_readings_is_not_looked_at_by_itself() -> None:
    """Three lucky processes are no quiet day."""
    days = levels.with_day({}, "2026-01-02", day(9e-5))
    days = levels.with_day(days, "2026-01-03", day(1e-5, count=3))
    assert levels.levels(days, "2026-01-03")[PROBE].typical > 8e-5
    assert levels.levels(levels.with_day({}, "2026-01-03", day(1e-5, count=3)), "2026-01-03")[PROBE].typical < 2e-5


def test_a_note_gives_back_what_was_noted_for_the_same_machine() -> None:
    """And nothing to another machine; notes of other machines stay."""
    days = levels.with_day({}, "2026-01-02", day(5e-5))
    note = levels.with_noted({"other": 1}, "machine", days)
    assert note["other"] == 1
    assert levels.noted(note, "another") == {}
    found = levels.noted({name: _as_json(value) for name, value in note.items()}, "machine")
    assert levels.levels(found, "2026-01-02") == levels.levels(days, "2026-01-02")


@pytest.mark.parametrize(
    "note",
    [None, [], "text", {"x": 1}, {f"{DIGEST} m": []}, {f"{DIGEST} m": {"2026-01-02": "fast"}},
     {f"{DIGEST} m": {"2026-01-02": {PROBE: [3, [1.0]]}}}, {f"{DIGEST} m": {"2026-01-02": {PROBE: ["x", [1.0] * 9]}}}],
)  # fmt: skip
def test_a_note_of_another_form_is_passed_over(note: object) -> None:
    """What was learnt is lost, and learnt again."""
    assert levels.levels(levels.noted(note, "m"), "2026-01-03") == {}


# ---- waiting -------------------------------------------------------------------------------------


class Machine:
    """A null control's readings: others use half of the machine until they have gone."""

    def __init__(self, loud: int) -> None:
        self.loud = loud
        self.reads = 0

    def read(self) -> tuple[tuple[float, float], Mapping[str, float]]:
        self.reads += 1
        return (0.01, 0.01), {"others_here": 0.5 if self.reads <= self.loud else 0.0}


def watch(machine: Machine, slept: list[float], *, patience: float = 1000.0, days: Days | None = None) -> Watch:
    made = Watch(machine, days or {}, "2026-01-03", DEFAULT, patience=patience, sleep=slept.append)
    made.before_session()
    return made


def test_a_round_waits_until_the_machine_is_quiet() -> None:
    """And goes on at once when it is."""
    slept: list[float] = []
    guard = watch(Machine(loud=5), slept)
    assert guard.before_round()
    assert len(slept) == 5
    assert not guard.before_round()
    assert len(slept) == 5


def rounds(guard: Watch, count: int) -> None:
    for _ in range(count):
        guard.before_round()


def test_waiting_has_a_limit_for_a_session_and_one_for_a_run() -> None:
    """A machine that is never quiet is measured all the same, and its processes are called loud."""
    slept: list[float] = []
    guard = watch(Machine(loud=10**6), slept)
    rounds(guard, 3)
    assert sum(slept) == pytest.approx(PATIENCE_SECONDS, abs=PAUSE_SECONDS)
    guard.before_session()
    rounds(guard, 1)
    assert sum(slept) == pytest.approx(2 * PATIENCE_SECONDS, abs=2 * PAUSE_SECONDS)
    hasty: list[float] = []
    rounds(watch(Machine(loud=10**6), hasty, patience=2.0), 3)
    assert sum(hasty) == pytest.approx(2.0, abs=PAUSE_SECONDS)


def seen(guard: Watch, figures: Sequence[float]) -> None:
    for figure in figures:
        guard.saw({PROBE: figure})


def test_a_run_learns_while_it_measures() -> None:
    """Before its first process it knows what earlier days taught; its own readings count from the next round on."""
    guard = watch(Machine(loud=0), [])
    assert guard.quiet == {}
    seen(guard, [5e-5] * 20)
    guard.before_round()
    assert guard.quiet == {PROBE: QuietLevel(5e-5, 5e-5)}
    known = watch(Machine(loud=0), [], days=levels.with_day({}, "2026-01-02", day(4e-5)))
    assert 4e-5 < known.quiet[PROBE].typical < 4.1e-5


def test_nothing_is_learnt_of_quiet_beside_the_work_of_others() -> None:
    """A busy first day would else teach that slow probes are usual, and blind the sentinel for the rest of the day."""
    guard = watch(Machine(loud=0), [])
    for number in range(200):
        guard.saw({PROBE: 5e-5 if number % 4 else 15e-5, "others_here": 0.0 if number % 4 else 0.5})
    guard.before_round()
    assert guard.quiet[PROBE] == QuietLevel(5e-5, 5e-5)


def test_a_neighbour_that_never_rests_does_not_become_usual() -> None:
    """Short processes are too short for the kernel's account. A stretch twice as long as it was tells of others all the
    same, and teaches nothing: neither of itself nor of the other witnesses."""
    quiet = {"stretch_after/2": 7e-3, "bandwidth/2": 1e-4}
    beside_others = {"stretch_after/2": 14e-3, "bandwidth/2": 2e-4}
    guard = watch(Machine(loud=0), [])
    for witnesses in (quiet, beside_others):
        for _ in range(levels.ENOUGH):
            guard.saw(witnesses)
        guard.before_round()
    assert guard.quiet == {name: QuietLevel(figure, figure) for name, figure in quiet.items()}


def test_a_stretch_is_held_against_nobody_before_enough_is_known() -> None:
    """A few lucky processes must not decide for the whole day what is quiet."""
    guard = watch(Machine(loud=0), [])
    for seconds in (7e-3, 14e-3):
        for _ in range(levels.ENOUGH // 2):
            guard.saw({"stretch_after/2": seconds})
        guard.before_round()
    assert guard.quiet["stretch_after/2"].high == 14e-3


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, (list, tuple)) else value
