"""Cells' verdicts: statistical and exact predicates, what is undecided and why, estimates, when to stop."""

from __future__ import annotations

import math
import random
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from macros.check.budget import check_budget
from macros.check.units import check_units
from macros.claim.fields import VerdictName
from macros.evidence.observation import Evidence, Observation
from macros.verdict import describing
from macros.verdict.causes import LikeNeighbours
from macros.verdict.details import (
    AsExpected,
    MachineLacks,
    NotAsExpected,
    OnlyContext,
    ProcessesDisagree,
    Undecided,
)
from macros.verdict.eprocess import fewest_trials
from macros.verdict.finding import CellFinding, Reason
from macros.verdict.judge import judge_cell, needs_more
from macros.verdict.parts import Measured, Predicate, Readings, Subject
from macros.verdict.policy import DEFAULT
from macros.verdict.quantities import CannotJudge, shares
from tests.builders import abba, claim, evidence

MS = {"m": {"from": "json", "unit": "ms"}}
PLAIN = {"m": {"from": "json"}}
CONFIRMED, REFUTED, INCONCLUSIVE = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.INCONCLUSIVE


def around(middle: float, spread: float, count: int = 60) -> list[float]:
    """Seeded values, half of them either side of the middle, at most `spread` away."""
    rng = random.Random(7)
    return [middle + spread * rng.uniform(-1, 1) for _ in range(count)]


def judged(values: Any, metrics: Any = MS, final: bool = True, **expectation: Any) -> CellFinding:
    made = claim([{"metric": "m", **expectation}], metrics)
    return judge_cell(made, "default", evidence(values), toolchains=9, final=final)


# ---- statistical ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("middle", "expectation", "verdict"),
    [
        (3, {"below": "5 ms"}, CONFIRMED),
        (8, {"below": "5 ms"}, REFUTED),
        (8, {"above": "5 ms"}, CONFIRMED),
        (3, {"above": "5 ms"}, REFUTED),
        (3, {"below": "5000 us"}, CONFIRMED),
        (3, {"below": "0.004 s"}, CONFIRMED),
        (5, {"about": "5 ms"}, CONFIRMED),
        (8, {"about": "5 ms"}, REFUTED),
        (2, {"about": "5 ms"}, REFUTED),
        (8, {"about": "5 ms", "within": "scale"}, CONFIRMED),
        (12, {"about": "5 ms", "within": "scale"}, REFUTED),
        (12, {"about": "5 ms", "within": "magnitude"}, CONFIRMED),
        (17, {"about": "5 ms", "within": "magnitude"}, REFUTED),
        (3, {"below": "5 ms", "quantile": 0.75}, CONFIRMED),
    ],
)
def test_a_clear_case_is_decided(middle: float, expectation: dict[str, Any], verdict: VerdictName) -> None:
    """Sixty runs well on one side of the thresholds decide, whatever unit the threshold is given in."""
    assert judged(around(middle, 0.5), **expectation).finding.verdict is verdict


@pytest.mark.parametrize(
    ("values", "expectation", "reason"),
    [
        (around(5, 0.5), {"below": "5 ms"}, Reason.NEAR_THRESHOLD),
        (around(5, 4.5), {"below": "5 ms"}, Reason.NOISY),
        (around(6.25, 0.5), {"about": "5 ms"}, Reason.NEAR_THRESHOLD),
        ([5.0] * 60, {"below": "5 ms"}, Reason.NEAR_THRESHOLD),
        ([5.0] * 60, {"above": "5 ms"}, Reason.NEAR_THRESHOLD),
        (around(3, 0.5, 5), {"below": "5 ms"}, Reason.OUT_OF_BUDGET),
        ([], {"below": "5 ms"}, Reason.OUT_OF_BUDGET),
        (around(3, 0.5, 10), {"below": "5 ms"}, Reason.TOO_FEW_RUNS),
        (around(3, 0.5), {"below": "5 ms", "quantile": 0.99}, Reason.TOO_FEW_RUNS),
    ],
)
def test_an_undecided_cell_says_why(values: list[float], expectation: dict[str, Any], reason: Reason) -> None:
    """Near the threshold, noisy, too few runs or out of budget; a value on the threshold is neither below nor above."""
    finding = judged(values, **expectation).finding
    assert (finding.verdict, finding.reason) == (INCONCLUSIVE, reason)
    assert judged(values, final=False, **expectation).finding.reason is Reason.TOO_FEW_RUNS


def test_enough_runs_that_resemble_their_neighbours_are_not_called_too_few() -> None:
    """Twenty-nine would do for an interval; in slow waves they count for fewer, which is what the reader is told."""
    finding = judged([3 + 0.5 * math.sin(2 * math.pi * place / 12) for place in range(29)], below="5 ms").finding
    assert isinstance(finding.detail, Undecided)
    assert (finding.detail.measured.high, finding.detail.measured.n) == (None, 29)
    assert (finding.reason, finding.detail.cause) == (Reason.NOISY, LikeNeighbours())


def test_a_finding_keeps_what_was_expected_and_what_was_measured() -> None:
    """Subject, thresholds judged against with what lies between them, and the interval judged: a plot needs them."""
    subject = Subject("m", "ms", quantile=0.5)
    missed = judged([8.0, 9.0] * 15, below="5000 us").finding
    assert missed.detail == NotAsExpected(
        subject, Predicate("below", "5000 us", (5.0,), (CONFIRMED, REFUTED)), Measured(8.5, 8.0, 9.0, 30)
    )
    met = judged([5.5] * 30, about="5 ms").finding
    band = Predicate("about", "5 ms", (4.0, 6.25), (REFUTED, CONFIRMED, REFUTED))
    assert met.detail == AsExpected(subject, band, Measured(5.5, 5.5, 5.5, 30))
    assert band.confirmed == (4.0, 6.25)
    p99 = {"m": {"from": "json", "unit": "ms", "summary": "p99"}}
    detail = judged([0.5] * 30, p99, below="1 ms").finding.detail
    assert isinstance(detail, AsExpected)
    assert detail.subject.summary == "p99"


def test_while_a_cell_runs_no_interval_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab asks after every run, and a confidence sequence takes a hundred times as long as a verdict."""

    def forbidden(*args: object) -> None:
        raise AssertionError("an interval was computed that nobody reads")

    monkeypatch.setattr(describing, "interval", forbidden)
    made = claim([{"metric": "m", "below": "5 ms"}], MS)
    for values in ([3.0] * 40, [8.0] * 40, [5.0] * 40, [9.0] * 22 + [1.0] * 16):
        needs_more(made, "default", evidence(values), toolchains=9)
    with pytest.raises(AssertionError, match="nobody reads"):
        judge_cell(made, "default", evidence([3.0] * 40), toolchains=9)


def test_both_ends_of_a_band_share_the_error() -> None:
    """`about` looks at two thresholds, and so takes as many runs as half of the error takes."""
    alpha = DEFAULT.alpha(9)
    least = fewest_trials(0.5, alpha / 2 / 2)
    assert least > fewest_trials(0.5, alpha / 2)
    assert judged([5.0] * (least - 1), about="5 ms").finding.verdict is INCONCLUSIVE
    assert judged([5.0] * least, about="5 ms").finding.verdict is CONFIRMED


def test_the_first_crossing_stands() -> None:
    """Twenty runs below the threshold decide, though forty above it follow."""
    assert judged([1.0] * 20 + [9.0] * 40, below="5 ms").finding.verdict is CONFIRMED


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_more_runs_on_one_side_never_turn_a_verdict(length: int, low: int, high: int) -> None:
    """Lowering a run's value never makes "below" less confirmed, unless the session was not believed before.

    A session that drifts from high to low is vetoed; with its first runs lowered it drifts no more and may decide.
    """
    rank = {REFUTED: 0, INCONCLUSIVE: 1, CONFIRMED: 2}
    values = [9.0 if index < high else 1.0 for index in range(length)]
    lowered = [1.0 if index < low else value for index, value in enumerate(values)]
    before, after = (judged(each, below="5 ms").finding for each in (values, lowered))
    assume(before.reason is not Reason.BAD_SESSION)
    assert rank[after.verdict] >= rank[before.verdict]


def test_a_session_that_drifts_is_vetoed_and_no_longer_when_it_does_not() -> None:
    """Slow runs that give way to fast ones refute nothing; with a fast one at the start as well they do."""
    drifting = [9.0] * 22 + [1.0] * 16
    assert judged(drifting, below="5 ms").finding.reason is Reason.BAD_SESSION
    assert judged([1.0, *drifting[1:]], below="5 ms").finding.verdict is REFUTED


def test_a_ratio_is_judged_by_pairs_of_a_round() -> None:
    """Both arms drift tenfold together, so their medians tell nothing; the ratio of neighbours is 2 throughout."""
    metrics = {"m": {"from": "json", "unit": "ns"}}
    ratio = {"metric": "m", "of": "go", "over": "c"}
    arms = {"experiment": {"arms": {"go": "./go", "c": "./c"}}}
    c = [10.0 * 10 ** (index / 40) for index in range(40)]
    seen = abba([2 * value for value in c], c)
    for expectation, verdict in (
        ({"about": 2}, CONFIRMED),
        ({"below": 1.5}, REFUTED),
        ({"above": 1.5}, CONFIRMED),
        ({"about": 7}, REFUTED),
    ):
        made = claim([{"ratio": ratio, **expectation}], metrics, **arms)
        found = judge_cell(made, "default", seen, toolchains=2)
        assert found.finding.verdict is verdict
        assert found.estimates["m go/c"].value == 2
        assert found.estimates["m go/c"].n == 40
        assert set(found.estimates) == {"m@go", "m@c", "m go/c"}


def test_a_ratio_over_nothing_cannot_be_judged() -> None:
    """Division by a time of zero is a defect of the experiment and not a verdict."""
    made = claim(
        [{"ratio": {"metric": "m", "of": "go", "over": "c"}, "above": 1}],
        PLAIN,
        experiment={"arms": {"go": "./go", "c": "./c"}},
    )
    with pytest.raises(CannotJudge, match="says nothing"):
        judge_cell(made, "default", abba([1, 1], [0, 1]), toolchains=1)


def test_values_of_two_arms_are_no_one_population() -> None:
    """A statistical predicate needs one arm; lint says so and so does the judge."""
    made = claim([{"metric": "m", "below": "5 ms"}], MS, experiment={"arms": {"go": "./go", "c": "./c"}})
    assert [path for path, _ in check_units(made)] == [("expect", 0, "metric")]
    with pytest.raises(CannotJudge, match="printed by the arms c, go"):
        judge_cell(made, "default", abba([1, 1], [1, 1]), toolchains=1)


def test_text_cannot_be_below_anything() -> None:
    """A program that prints a word for a number has no verdict."""
    with pytest.raises(CannotJudge, match="needs numbers"):
        judged(["fast"] * 3, PLAIN, below=5)


# ---- exact ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expectation", "verdict"),
    [
        (2048, {"equals": 2048}, CONFIRMED),
        (2049, {"equals": 2048}, REFUTED),
        (0, {"equals": 0}, CONFIRMED),
        (0, {"at_least": 1}, REFUTED),
        (2, {"at_least": 2}, CONFIRMED),
        (2, {"at_most": 2}, CONFIRMED),
        (3, {"at_most": 2}, REFUTED),
        (2**60 + 1, {"equals": 2**60}, REFUTED),
        ("static", {"equals": "static"}, CONFIRMED),
        ("dynamic", {"equals": "static"}, REFUTED),
        ("heap:7", {"matches": r"^heap:\d$"}, CONFIRMED),
        ("stack", {"matches": "heap"}, REFUTED),
        ("DYN", {"one_of": ["EXEC", "DYN"]}, CONFIRMED),
        ("REL", {"one_of": ["EXEC", "DYN"]}, REFUTED),
        (4.0, {"one_of": ["4", "8"]}, CONFIRMED),
        (True, {"equals": True}, CONFIRMED),
        (False, {"equals": True}, REFUTED),
    ],
)
def test_an_exact_answer_of_three_agreeing_processes_is_a_verdict(
    value: Any, expectation: dict[str, Any], verdict: VerdictName
) -> None:
    """Each exact predicate on three equal readings; with two it is open."""
    finding = judged([value] * 3, PLAIN, **expectation).finding
    assert (finding.verdict, finding.alpha) == (verdict, None)
    open_finding = judged([value] * 2, PLAIN, **expectation).finding
    assert (open_finding.verdict, open_finding.reason) == (INCONCLUSIVE, Reason.TOO_FEW_RUNS)


@pytest.mark.parametrize("given_as", ["2 KiB", "2048 B", "0.001953125 MiB"])
def test_an_exact_figure_may_be_given_in_another_unit(given_as: str) -> None:
    """2 KiB equals 2048 B, and conversion costs no equality."""
    size = {"m": {"from": "json", "unit": "B"}}
    for predicate in ("equals", "at_least", "at_most"):
        assert judged([2048] * 3, size, **{predicate: given_as}).finding.verdict is CONFIRMED
        assert judged([0.1 + 0.2] * 3, MS, **{predicate: "0.3 ms"}).finding.verdict is CONFIRMED
        assert judged([0.3] * 3, MS, **{predicate: f"{(0.1 + 0.2) / 1000!r} s"}).finding.verdict is CONFIRMED


def test_processes_that_disagree_leave_it_open() -> None:
    """The predicate holds in one process and not in another; the detail lists what was read."""
    finding = judged([1, 1, 0], PLAIN, equals=1).finding
    assert (finding.verdict, finding.reason) == (INCONCLUSIVE, Reason.DISAGREEMENT)
    expected = Predicate("equals", 1, (1,))
    assert finding.detail == ProcessesDisagree(Subject("m"), expected, Readings((1, 0), 0, 3))


def test_what_must_agree_is_the_answer_and_not_the_figure() -> None:
    """1001, 1002 and 1003 are all at least 1000, and none of them is 5."""
    assert judged([1001, 1002, 1003], PLAIN, at_least=1000).finding.verdict is CONFIRMED
    assert judged([1001, 1002, 1003], PLAIN, equals=5).finding.verdict is REFUTED


def test_a_file_is_looked_at_once() -> None:
    """One reading is enough where the witness is a file, or where the build stage gives it."""
    file = {"run": "nm x", "witness": "file"}
    made = claim([{"metric": "m", "equals": 0}], {"m": {"from": "nm", "symbol": "x"}}, experiment=file)
    assert judge_cell(made, "default", evidence([0]), toolchains=1).finding.verdict is CONFIRMED
    built = claim([{"metric": "m", "equals": 0}], {"m": {"from": "diagnostics", "message": "x"}})
    assert judge_cell(built, "default", Evidence(built={"m": 1}), toolchains=1).finding.verdict is REFUTED


def test_a_reading_of_another_kind_cannot_be_judged() -> None:
    """A truth value is not 1, and text is no number: the claim is wrong, not the source."""
    for value, expectation in (
        (True, {"equals": 1}),
        ("0", {"equals": 0}),
        ("x", {"at_least": 1}),
        (1, {"equals": True}),
    ):
        with pytest.raises(CannotJudge):
            judged([value] * 3, PLAIN, **expectation)


# ---- cells ---------------------------------------------------------------------------------------


def _two(first: Any, second: Any) -> CellFinding:
    made = claim(
        [{"metric": "a", "equals": 1}, {"metric": "b", "equals": 1}], {"a": {"from": "json"}, "b": {"from": "json"}}
    )
    seen = tuple(Observation("run", number, 0.1, {"a": first[number], "b": second[number]}) for number in range(3))
    return judge_cell(made, "default", Evidence(seen), toolchains=1)


def test_a_cell_is_confirmed_by_all_and_refuted_by_one() -> None:
    """Refuted outweighs open, and open outweighs confirmed."""
    yes, no, torn = (1, 1, 1), (0, 0, 0), (0, 1, 1)
    assert _two(yes, yes).finding.verdict is CONFIRMED
    assert _two(yes, no).finding.verdict is REFUTED
    assert _two(torn, no).finding.verdict is REFUTED
    assert _two(yes, torn).finding.verdict is INCONCLUSIVE
    assert [each.verdict for each in _two(yes, torn).expectations] == [CONFIRMED, INCONCLUSIVE]


def test_what_the_machine_lacks_makes_a_cell_untestable() -> None:
    """The probe's word is the reason, whatever the expectations are."""
    made = claim([{"metric": "m", "below": "5 ms"}], MS)
    found = judge_cell(made, "default", Evidence(missing="hardware counters"), toolchains=9)
    assert (found.finding.verdict, found.finding.reason) == (VerdictName.UNTESTABLE, Reason.MISSING_MEANS)
    assert found.finding.detail == MachineLacks("hardware counters")
    assert found.estimates == {}


def test_expectations_of_other_cases_do_not_apply() -> None:
    """A case is judged by its own expectations and by those of all cases."""
    made = claim(
        [{"metric": "m", "equals": 1, "cases": ["one"]}, {"metric": "m", "equals": 2, "cases": ["two"]}],
        PLAIN,
        cases=[{"name": "one"}, {"name": "two"}, {"name": "shown", "context": True}],
    )
    verdicts = [judge_cell(made, case, evidence([1, 1, 1]), toolchains=1) for case in ("one", "two", "shown")]
    assert [each.finding.verdict for each in verdicts] == [CONFIRMED, REFUTED, INCONCLUSIVE]
    assert verdicts[2].finding.detail == OnlyContext()


def test_every_metric_has_an_estimate() -> None:
    """Judged or not, number or text; with an interval only where enough processes were run."""
    metrics = {"m": MS["m"], "where": {"from": "json"}, "built": {"from": "diagnostics", "message": "x"}}
    made = claim([{"metric": "m", "below": "5 ms"}], metrics)
    seen = [
        Observation("run", n, 0.1, {"m": 3.0 + n * 17 % 40 / 100, "where": "heap" if n else "stack"}) for n in range(40)
    ]
    found = judge_cell(made, "default", Evidence(tuple(seen), {"built": 2}), toolchains=9).estimates
    assert found["m"].value == pytest.approx(3.195)
    assert found["m"].unit == "ms"
    assert found["m"].n == 40
    assert found["m"].low is not None
    assert found["m"].high is not None
    assert found["m"].low < 3.195 < found["m"].high
    assert (found["where"].value, found["where"].low) == ("stack / heap", None)
    assert (found["built"].value, found["built"].n, found["built"].high) == (2, 1, None)


def test_the_error_of_a_claim_is_shared_over_its_cells_and_predicates() -> None:
    """Two statistical predicates, one of them in one case only; two counted cases, nine toolchains: 27 shares."""
    made = claim(
        [
            {"metric": "m", "below": "5 ms"},
            {"metric": "m", "above": "1 ms", "cases": ["one"]},
            {"metric": "m", "at_least": "0 ms"},
        ],
        MS,
        cases=[{"name": "one"}, {"name": "two"}, {"name": "shown", "context": True}],
    )
    assert shares(made, 9) == 27
    finding = judge_cell(made, "one", evidence([3.0] * 60), toolchains=9).finding
    assert finding.alpha == pytest.approx(2 * DEFAULT.alpha(27))


# ---- when to stop --------------------------------------------------------------------------------


def _stops_after(values: list[float], **samples: int) -> int:
    made = claim([{"metric": "m", "below": "5 ms"}], MS, experiment={"run": "./x", "samples": samples})
    return next(
        runs
        for runs in range(len(values) + 1)
        if not needs_more(made, "default", evidence(values[:runs]), toolchains=9)
    )


def test_the_lab_stops_when_the_cell_is_decided() -> None:
    """Not before at_least, though it is decided; at at_most, though it is not."""
    clear, unclear = [1.0] * 100, [1.0, 9.0] * 50
    assert _stops_after(clear, at_least=8, at_most=60) == 17
    assert _stops_after(clear, at_least=30, at_most=60) == 30
    assert _stops_after(unclear, at_least=8, at_most=60) == 60


def test_exact_claims_run_as_many_processes_as_must_agree() -> None:
    """Three for a program, one for a file, none where the machine lacks the means."""
    program = claim([{"metric": "m", "equals": 1}], PLAIN)
    file = claim([{"metric": "m", "equals": 1}], PLAIN, experiment={"run": "nm x", "witness": "file"})
    assert [needs_more(program, "default", evidence([1] * runs), toolchains=1) for runs in (1, 2, 3)] == [
        True,
        True,
        False,
    ]
    assert [needs_more(file, "default", evidence([1] * runs), toolchains=1) for runs in (0, 1)] == [True, False]
    assert not needs_more(program, "default", Evidence(missing="x"), toolchains=1)


# ---- lint ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "expectation", "path", "message"),
    [
        ({"from": "json", "unit": "ms"}, {"below": "5 KiB"}, ("expect", 0, "below"), "cannot convert KiB to ms"),
        ({"from": "json", "unit": "ms"}, {"below": 5}, ("expect", 0, "below"), "cannot convert a plain number to ms"),
        ({"from": "json"}, {"below": "5 ms"}, ("expect", 0, "below"), "cannot convert ms to a plain number"),
        ({"from": "json", "unit": "ms"}, {"equals": "fast"}, ("expect", 0, "equals"), "not a quantity"),
        ({"from": "json", "unit": "ms"}, {"about": "0 ms"}, ("expect", 0, "about"), "needs a figure above zero"),
        ({"from": "nm", "symbol": "x"}, {"equals": "none"}, ("expect", 0, "equals"), "not a quantity"),
        ({"from": "nm", "symbol": "x", "unit": "B"}, {"equals": "0 B"}, ("metrics", "m"), "it is a count"),
        ({"from": "ldd", "gives": "linkage"}, {"below": 3}, ("expect", 0, "below"), "is text"),
        ({"from": "gctrace", "field": "pause"}, {"below": 3}, ("metrics", "m"), "the output gives ms"),
        (
            {"from": "gctrace", "field": "pause", "unit": "B"},
            {"below": "3 B"},
            ("metrics", "m"),
            "cannot convert ms to B",
        ),
        ({"from": "regex", "pattern": "x", "unit": "ms"}, {"below": "3 ms"}, ("metrics", "m"), "value_unit: ms"),
        (
            {"from": "regex", "pattern": "x", "type": "text", "unit": "ms"},
            {"matches": "3"},
            ("metrics", "m"),
            "is text",
        ),
    ],
)
def test_lint_finds_what_no_evidence_could_repair(
    metric: dict[str, Any], expectation: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    """Figures that do not convert and predicates that do not go with their metric, with the place in the claim file."""
    problems = check_units(claim([{"metric": "m", **expectation}], {"m": metric}))
    assert [found for found, _ in problems] == [path]
    assert message.replace("is text", "text") in problems[0][1]


def test_lint_passes_what_can_be_judged() -> None:
    """Convertible units, counts, texts."""
    for metric, expectation in (
        ({"from": "json", "unit": "ms"}, {"below": "5 us"}),
        ({"from": "json"}, {"equals": "heap"}),
        ({"from": "json"}, {"equals": True}),
        ({"from": "nm", "symbol": "x"}, {"equals": 0}),
        ({"from": "ldd", "gives": "linkage"}, {"equals": "static"}),
        ({"from": "go-bench", "benchmark": "x", "unit": "ns"}, {"about": "3 ns"}),
    ):
        assert check_units(claim([{"metric": "m", **expectation}], {"m": metric})) == []


def test_lint_finds_budgets_that_cannot_decide() -> None:
    """Sixty processes cannot refute that a 99 % quantile is below anything; for a median they can."""
    assert check_budget(claim([{"metric": "m", "below": "5 ms"}], MS), 9) == []
    ((path, message),) = check_budget(claim([{"metric": "m", "below": "5 ms", "quantile": 0.99}], MS), 9)
    assert path == ("expect", 0)
    assert message.startswith("60 processes cannot decide this either way")


def test_the_whole_catalogue_is_judged_in_a_moment() -> None:
    """Three hundred cells of sixty samples take well below a second."""
    made = claim([{"metric": "m", "below": "5 ms"}, {"metric": "m", "about": "3 ms"}], MS)
    cells = [evidence(around(3 + number / 100, 0.5)) for number in range(300)]
    begun = time.process_time()
    for cell in cells:
        judge_cell(made, "default", cell, toolchains=9)
    assert time.process_time() - begun < 1
