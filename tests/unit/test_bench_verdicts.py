"""The benchmark of verdicts: what its figures are made of. Its parts that measure are tried by running them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from bench import known_sessions, sentinel, stored
from bench.checks import Check
from bench.families import FAMILIES, LAYOUTS, ROUNDS
from bench.idle_or_busy import Compared, Said, of_feed, of_results
from bench.judging import levels_of, loud, loud_in_a_run
from bench.keeping import code_digest, keep, kept
from bench.known_sessions import FACTORS, Statement, Told, draw
from bench.loads import LOADS, NONE, Place
from bench.programs import Round, medians
from bench.real import PAIRS, called_different, observed
from bench.sentinel import Seen, Stretch, called_loud, caught, idle_stretches, stretch_of
from bench.simulated import simulate
from bench.stored import expected_wrong, mutants, spent
from bench.witnesses import witnesses_of
from macros.claim.fields import VerdictName
from macros.results import feed
from macros.results.mutants import Score, score
from macros.verdict.finding import Finding
from tests.fakes import LocalRunner
from tests.unit.publish_sample import catalogue

LOOP = "a loop on the cell's core"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_s_factors_have_their_median_at_one_on_a_quiet_machine(family: str) -> None:
    """Over many machines and their layouts; what disturbs it besides lies above one, and the truth leaves it out."""
    rng = np.random.default_rng(3)
    machines = [FAMILIES[family](rng, 0.2) for _ in range(300)]
    quiet = [machine.factors[machine.slow == 1] for machine in machines]
    middle = float(np.median(np.concatenate(quiet)))
    above = 1.04 if family == "one sample in ten slower by 1.8" else 1.02
    assert 0.98 < middle < above


def test_a_binary_s_offset_lasts_and_each_has_its_own() -> None:
    """All processes of one layout share it; the layouts take turns, and each of a claim's four differs."""
    machine = FAMILIES["a constant offset per binary"](np.random.default_rng(1), 1e-9)
    by_layout = [machine.factors[machine.layouts == number][:, 0] for number in range(LAYOUTS)]
    assert [len(one) for one in by_layout] == [ROUNDS // LAYOUTS] * LAYOUTS
    assert all(np.ptp(one) < 1e-6 for one in by_layout)
    assert len({round(float(one[0]), 6) for one in by_layout}) == LAYOUTS


def test_the_first_round_alone_is_four_times_as_slow_and_no_witness_tells() -> None:
    """The sentinel sees what it sees in the other rounds."""
    machine = FAMILIES["first sample four times as slow"](np.random.default_rng(1), 1e-9)
    assert machine.factors[:3, 0] == pytest.approx([4, 1, 1], rel=1e-6)
    assert set(machine.seen) == {1.0}


def test_every_simulated_process_has_a_layout_and_witnesses() -> None:
    """Without them there would be nothing to judge a machine by."""
    drawn = simulate(FAMILIES["bursts"], np.random.default_rng(5))
    assert {one.layout for one in drawn.observations} == set(range(LAYOUTS))
    assert all(one.witnesses for one in drawn.observations)
    assert len(drawn.after(10).observations) < len(drawn.observations)


def test_a_slow_machine_shows_in_the_probes_and_in_the_share_of_others() -> None:
    """Twice as slow: each probe takes about twice as long, and others have half of the processor."""
    quiet, slow = (witnesses_of(by, np.random.default_rng(1)) for by in (1.0, 2.0))
    assert slow["latency/1"] / quiet["latency/1"] == pytest.approx(2)
    assert (quiet["others_here"], slow["others_here"]) == (0.0, 0.5)


# ---- the sentinel -----------------------------------------------------------------------------------------


def seen(monkeypatch: pytest.MonkeyPatch, *times_and_loud: tuple[float, bool]) -> Seen:
    """Rounds of a work that takes 10 ms on the idle machine, some of which the judges call loud."""

    def loud(witnesses: Mapping[str, float], levels: object) -> bool:
        return witnesses["loud"] > 0

    monkeypatch.setattr(sentinel, "loud", loud)
    monkeypatch.setattr(sentinel, "levels_of", lambda witnesses: {})
    idle = [Round(NONE, "one", "spin", time) for time in (9.0, 10.0, 11.0)]
    return Seen(idle, [Round(LOOP, "one", "spin", time, {"loud": float(told)}) for time, told in times_and_loud])


def check_of(checks: list[Check], words: str) -> Check:
    (found,) = (one for one in checks if words in one.check)
    return found


def test_only_rounds_in_which_the_work_was_slowed_must_be_called_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that took over 12.5 ms one was called loud; that a third was not slowed and not loud is no miss."""
    found = caught(seen(monkeypatch, (12.4, False), (12.6, True), (20.0, False)))
    assert len(found) == len(LOADS)
    mine = check_of(found, LOOP)
    assert (mine.value, mine.met) == (0.5, False)
    assert "the 2 of 3 rounds" in mine.check
    assert check_of(found, "go build std").met  # It slowed none, so that none was missed; the figure says so.


def idle_round(stolen: float, milliseconds: float = 10.0) -> Round:
    return Round(NONE, "one", "spin", milliseconds, {"stolen": stolen})


def test_rounds_of_an_idle_machine_must_hardly_ever_be_called_loud() -> None:
    """One of twenty is still enough, two are not; how long it really was stands in the name."""
    for count, met in ((1, True), (2, False)):
        rounds = [idle_round(0.5 if number < count else 0.0) for number in range(20)]
        told = called_loud([stretch_of(rounds, 10)])
        assert (told[0].value, told[0].met) == (count / 20, met)
        assert "20 rounds of 10 idle minutes" in told[0].check


def test_of_the_rounds_that_something_slowed_those_called_loud_are_counted_apart() -> None:
    """Two took over 1.25 times the median, one of them beside stolen time; a third was loud and not slow."""
    rounds = [idle_round(0.0)] * 17 + [idle_round(0.5, 13.0), idle_round(0.0, 13.0), idle_round(0.5)]
    assert stretch_of(rounds, 1) == Stretch(1, rounds=20, loud=2, slowed=2, caught=1)


def test_an_idle_stretch_is_judged_by_what_a_run_has_learnt_and_not_by_its_first_processes() -> None:
    """A probe that takes half as long again in a process of fifty is usual, though the first session had none."""
    steady = [{"latency/1": 1.0}] * 96
    usual = [{"latency/1": 1.5 if number % 50 == 0 else 1.0} for number in range(960)]
    called = list(loud_in_a_run([steady, *(usual[first : first + 96] for first in range(0, 960, 96))]))
    by_the_first = levels_of(steady)
    assert not any(called[-480:])
    assert sum(bool(loud(one, by_the_first)) for one in usual[-480:]) == 10


def test_counts_are_printed_whole_and_shares_rounded() -> None:
    """`1.67e+03` rounds would hide how many there were."""
    assert str(Check("rounds", "shown", 1672, True)) == "met     rounds: 1,672 (shown)"
    assert str(Check("share", "at most 0.05", 0.07734, False)) == "MISSED  share: 0.0773 (at most 0.05)"


def test_nothing_is_learnt_beside_the_work_of_others() -> None:
    """Were it learnt, the last process would be no louder than the 200 before it that others slowed."""
    quiet, busy = {"latency/1": 1.0, "stolen": 0.0}, {"latency/1": 3.0, "stolen": 0.5}
    *_, last = loud_in_a_run([[quiet] * 200, [busy] * 200, [{**busy, "stolen": 0.0}]])
    assert last == ("latency/1",)


def test_stretches_of_several_days_add_up_to_an_idle_hour() -> None:
    """Each is judged by what was learnt in it; their rounds are counted together."""
    share, slowed, caught_too = called_loud([Stretch(20, 100, 1, 2, 1), Stretch(40, 300, 15, 3, 1)])
    assert (share.check, share.value) == ("400 rounds of an idle hour: called loud", 0.04)
    assert (slowed.value, caught_too.value) == (5, 2)


def test_an_idle_hour_that_is_kept_is_not_measured_again(tmp_path: Path) -> None:
    """What is missing is nothing, so no box is opened: there is no engine here."""
    keep(tmp_path / "idle.jsonl", {"minutes": 60.0, "rounds": 9, "loud": 1, "slowed": 3, "caught": 0})
    nowhere = Place((), LocalRunner(), "")
    found = idle_stretches(nowhere, 60, 5, tmp_path / "idle.jsonl", tmp_path / "rounds.jsonl")
    assert found == [Stretch(60.0, 9, loud=1, slowed=3, caught=0)]


def test_times_are_compared_with_those_of_the_same_work_in_the_same_box() -> None:
    """A pinned process may take another time than one that may move."""
    rounds = [Round(NONE, "one", "spin", 1.0), Round(NONE, "all", "spin", 2.0), Round(NONE, "all", "spin", 4.0)]
    assert medians(rounds) == {("one", "spin"): 1.0, ("all", "spin"): 3.0}


# ---- known answers ------------------------------------------------------------------------------------------


def test_a_statement_s_truth_follows_from_the_side_of_its_bound() -> None:
    """Below twice its idle time: true. Above it, or below half of it: false."""
    truths = {
        (predicate, times): Statement("spin", "one", predicate, times).truth
        for predicate in ("below", "above")
        for times in (0.5, 2.0)
    }
    assert truths == {("below", 2.0): True, ("below", 0.5): False, ("above", 2.0): False, ("above", 0.5): True}


def test_a_statement_becomes_a_claim_with_its_bound_in_milliseconds() -> None:
    """Ten milliseconds on the idle machine, above 1.25 times that."""
    claim = Statement("chase", "one", "above", 1.25).claim(10.0)
    assert claim.expect[0].above == "12.5 ms"
    assert claim.recorded is VerdictName.REFUTED
    assert claim.experiment is not None and claim.experiment.limits.cpus == "one"


def test_sessions_are_drawn_alike_each_time_and_beside_every_load_alike_often() -> None:
    """All works, both sides and all bounds among them."""
    drawn = [draw(number, 1) for number in range(500)]
    assert drawn == [draw(number, 1) for number in range(500)] != [draw(number, 2) for number in range(500)]
    assert all(sum(load == name for load, _ in drawn) == 100 for name in LOADS)
    assert len({(one.work, one.cpus, one.predicate) for _, one in drawn}) == 16
    assert {round(max(one.times, 1 / one.times), 3) for _, one in drawn} == set(FACTORS)
    assert 0.4 < sum(one.truth for _, one in drawn) / 500 < 0.6


@pytest.mark.parametrize(
    ("verdict", "wrong"), [("confirmed", False), ("refuted", True), ("inconclusive", False), ("depends", False)]
)
def test_only_the_other_decisive_verdict_is_wrong(verdict: str, wrong: bool) -> None:
    """An undecided one costs, and is not wrong."""
    true = Statement("spin", "one", "below", 2.0)
    assert Told(0, LOOP, true, verdict, "", 20, 9.9, "k").wrong is wrong
    false = replace(true, times=0.5)
    assert Told(0, LOOP, false, verdict, "", 20, 9.9, "k").wrong is (verdict == "confirmed")


class Sessions:
    """Sessions that take no time, each 1.1 times its idle time, and what was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self.left = 10**6
        monkeypatch.setattr(known_sessions, "idle_times", lambda lab: {one.kind: 10.0 for one in known_sessions.KINDS})
        monkeypatch.setattr(known_sessions, "tell", self.tell)
        monkeypatch.setattr(known_sessions, "time", self)

    def monotonic(self) -> float:
        return 0.0 if len(self.asked) < self.left else 1e9

    def tell(self, lab: object, number: int, name: str, statement: Statement, idle: float) -> Told:
        self.asked.append(number)
        return Told(number, name, statement, "inconclusive", "noisy", 20, 1.1 * idle, "c")


def test_each_run_adds_the_known_sessions_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Three when the time was over, the other five next time, then none; another seed's sessions are not among them."""
    sessions = Sessions(monkeypatch)
    lab, file = cast(known_sessions.Lab, None), tmp_path / "known.jsonl"
    sessions.left = 3
    assert [one.number for one in known_sessions.run_known(lab, 8, 1, 1, file).told] == [0, 1, 2]
    sessions.left = 10**6
    for _ in range(2):
        found = known_sessions.run_known(lab, 8, 1, 1, file)
        assert [one.number for one in found.told] == sessions.asked == [0, 1, 2, 3, 4, 5, 6, 7]
        assert found.drift == 1.0
    assert known_sessions.run_known(lab, 8, 2, -1, file).told == ()


def test_a_known_run_that_was_cut_has_no_drift(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A factor of one would say that the idle times were taken again and were the same."""
    Sessions(monkeypatch)
    file = tmp_path / "known.jsonl"
    assert known_sessions.run_known(cast(known_sessions.Lab, None), 8, 1, -1, file).drift is None


def test_sessions_of_another_program_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What took so long to run was something else."""
    Sessions(monkeypatch)
    lab, file = cast(known_sessions.Lab, None), tmp_path / "known.jsonl"
    assert len(known_sessions.run_known(lab, 4, 1, 1, file).told) == 4
    monkeypatch.setattr(known_sessions, "PIECES", known_sessions.PIECES + 1)
    assert known_sessions.run_known(lab, 4, 1, -1, file).told == ()


@pytest.mark.parametrize(
    ("name", "content", "same"),
    [
        ("run/host.py", '"""Says more."""\nLIMIT = 1  # so many\n', True),
        ("run/host.py", "LIMIT = 2\n", False),
        ("lab/inside/sentinel.c", "int main(void) { return 1; }\n", False),
        ("words/en.py", "LIMIT = 2\n", True),
        ("run/__pycache__/host.pyc", "other", True),
    ],
)
def test_another_lab_or_judge_is_other_code(tmp_path: Path, name: str, content: str, same: bool) -> None:
    """What is executed counts, in Python and in the boxes' own programs; words, comments and documentation do not."""
    trees = [tmp_path / "before", tmp_path / "after"]
    for tree in trees:
        for folder in ("run/__pycache__", "lab/inside", "words"):
            (tree / folder).mkdir(parents=True)
        (tree / "run" / "host.py").write_text('"""Says."""\nLIMIT = 1\n', "utf-8")
        (tree / "lab" / "inside" / "sentinel.c").write_text("int main(void) { return 0; }\n", "utf-8")
    (trees[1] / name).write_text(content, "utf-8")
    assert (code_digest(trees[0]) == code_digest(trees[1])) is same


def test_rows_are_kept_and_a_line_that_was_cut_short_is_none(tmp_path: Path) -> None:
    """So a run that was killed while it wrote goes on."""
    file = tmp_path / "deep" / "rows.jsonl"
    assert kept(file) == []
    keep(file, {"n": 1})
    keep(file, {"n": 2})
    with file.open("a", encoding="utf-8") as out:
        out.write('{"n": ')
    assert kept(file) == [{"n": 1}, {"n": 2}]


# ---- a program against itself -------------------------------------------------------------------------------


def lines(first: float, second: float) -> list[dict[str, float]]:
    return [{"first": first, "second": second}] * PAIRS


def test_pairs_change_their_order_in_every_second_turn_of_the_layouts() -> None:
    """What is first in the fifth pair is the other side of the same layout's pair."""
    seen = observed(lines(1.0, 2.0))
    assert [(one.arm, one.layout) for one in seen[:2]] == [("go", 0), ("c", 0)]
    assert [(one.arm, one.layout) for one in seen[2 * LAYOUTS : 2 * LAYOUTS + 2]] == [("c", 0), ("go", 0)]
    assert {one.layout for one in seen} == set(range(LAYOUTS))


def test_a_side_that_is_always_slower_is_called_different_and_a_slower_place_is_not() -> None:
    """Being second costs both sides alike, since they take turns at it."""
    assert not called_different(observed(lines(1.0, 1.2)))
    slower = [replace(one, readings={"time": 1.2 if one.arm == "go" else 1.0}) for one in observed(lines(1, 1))]
    assert called_different(slower)


# ---- an idle machine and a busy one ------------------------------------------------------------------------


def said(verdict: str, cell: str) -> dict[str, Said]:
    return {"a": Said(verdict, {"go1.22, default": cell})} if verdict else {}


@pytest.mark.parametrize(
    ("idle", "busy", "differing", "contradictory"),
    [
        (("confirmed", "confirmed"), ("confirmed", "confirmed"), 0, 0),
        (("confirmed", "confirmed"), ("inconclusive", "inconclusive"), 1, 0),
        (("confirmed", "confirmed"), ("refuted", "refuted"), 1, 1),
        (("depends", "confirmed"), ("depends", "refuted"), 0, 1),
        (("confirmed", "confirmed"), ("", ""), 0, 0),
    ],
)
def test_undecided_differs_and_does_not_contradict(
    idle: tuple[str, str], busy: tuple[str, str], differing: int, contradictory: int
) -> None:
    """A cell contradicts that is confirmed in one run and refuted in the other; what failed is in neither figure."""
    compared = Compared(said(*idle), said(*busy))
    assert (len(compared.differing), len(compared.contradictory)) == (differing, contradictory)


def test_a_run_and_the_feed_of_it_say_the_same(tmp_path: Path) -> None:
    """So a published `claims.json` may stand for the idle side."""
    results = catalogue(tmp_path)
    executed = {name: one for name, one in of_results(results).items() if one.cells}
    file = tmp_path / "claims.json"
    file.write_text(feed.write(feed.feed_of(results)), encoding="utf-8")
    assert of_feed(file) == executed != {}


# ---- stored results -----------------------------------------------------------------------------------------


def test_the_expected_number_of_wrong_verdicts_is_the_error_of_the_decided_cells(tmp_path: Path) -> None:
    """Each decided cell adds what it was allowed; exact and undecided ones add nothing."""
    results = catalogue(tmp_path)
    assert expected_wrong(results) == 0
    claim = results.claims["cold-start"]
    verdicts = (VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.INCONCLUSIVE)
    cells = tuple(
        replace(cell, judged=replace(cell.judged, finding=Finding(verdict, alpha=0.001)))
        for cell, verdict in zip(claim.cells, verdicts, strict=True)
    )
    measured = replace(results, claims={**results.claims, "cold-start": replace(claim, cells=cells)})
    assert expected_wrong(measured) == pytest.approx(0.002)
    (figure,) = spent(measured)
    assert figure.met and "among the 2 decided" in figure.check


def test_mutants_that_are_true_count_with_those_that_are_refuted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three, one is refuted, one confirmed since its bound is met by far, one confirmed for a fault of the claim."""
    trials = score(catalogue(tmp_path)).trials
    moved = next(one for one in trials if one.mutant.change.kind.moves_figure)
    turned = next(one for one in trials if not one.mutant.change.kind.moves_figure)
    confirmed, refuted = VerdictName.CONFIRMED, VerdictName.REFUTED
    three = (replace(moved, verdict=refuted), replace(moved, verdict=confirmed), replace(turned, verdict=confirmed))
    monkeypatch.setattr(stored, "score", lambda results: Score(three))
    share, defects, listed = mutants(catalogue(tmp_path))
    assert (share.value, share.met) == (pytest.approx(2 / 3, abs=1e-4), False)
    assert (defects.value, defects.met) == (1, False)
    assert listed.value == 1


def test_the_figures_in_the_repository_are_of_parts_that_there_are() -> None:
    """Each has what the page shows."""
    rows = json.loads((Path(__file__).parents[2] / "bench" / "verdicts.json").read_text("utf-8"))
    assert all({"check", "target", "value", "met", "part", "on", "machine"} <= set(row) for row in rows)
