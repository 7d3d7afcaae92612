"""Sentences: every code in every language, the same figures in all of them, and how the English ones read."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from macros.claim.fields import Kind, Text, VerdictName
from macros.verdict import quantities
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.analyses import Analyses
from macros.verdict.causes import Cause, DidNotMeasure, Drifting, LikeEmptyLoop, TooLoud
from macros.verdict.details import (
    Agreement,
    AsExpected,
    CellShown,
    ControlFailed,
    Dependence,
    Detail,
    MachineLacks,
    NoEvidenceThere,
    NotAsExpected,
    OpenCells,
    ProcessesDisagree,
    ReadAsExpected,
    ReadOtherwise,
    TooFewReadings,
    Undecided,
    to_numbers,
)
from macros.verdict.finding import Estimate, Finding, Reason
from macros.verdict.mutants import Change, ChangeKind, Excuse
from macros.verdict.parts import CellVerdict, Measured, Predicate, Readings, Subject
from macros.words import figures, speak
from macros.words.language import Language
from tests.unit.words_samples import NAMES, everything

CONFIRMED, REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED
ENGLISH, CHINESE = speak("en"), speak("zh")
SAMPLES = [pytest.param(sample, id=f"{code}-{number}") for number, (code, sample) in enumerate(everything())]


def said(language: Language, sample: Any) -> str:
    return language.cause(sample) if isinstance(sample, get_args(Cause)) else language.detail(sample)


def numerals(sentence: str) -> Counter[str]:
    """The numbers in a sentence that stand by themselves, not those within names."""
    return Counter(re.findall(r"(?<![\w.`])\d+(?:,\d{3})*(?:\.\d+)?", re.sub(r"`[^`]*`|go1\.\d+|P99", " ", sentence)))


def counted(sample: Any) -> list[str]:
    """The whole numbers above one that a detail itself holds: runs, cells, processes."""
    parts = [sample, *(getattr(sample, name) for name in ("measured", "readings") if hasattr(sample, name))]
    return [
        figures.count(value)
        for part in parts
        for value in vars(part).values()
        if isinstance(value, int) and not isinstance(value, bool) and value > 1
    ]


# ---- parity --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_code_is_said_in_both_languages_with_the_same_figures(sample: Any) -> None:
    """Nothing is empty, no placeholder is left, and no number gets lost on the way into a language."""
    english, chinese = said(ENGLISH, sample), said(CHINESE, sample)
    assert english.strip()
    assert chinese.strip()
    assert numerals(english) == numerals(chinese)
    for number in counted(sample):
        assert number in english
        assert number in chinese
    assert "None" not in english + chinese
    assert not re.search(r"[{}<>]", english + chinese)


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_english_is_left_in_a_chinese_sentence(sample: Any) -> None:
    """But for code, names of toolchains and cases, units, and P99."""
    rest = re.sub(r"`[^`]*`", " ", said(CHINESE, sample))
    for name in (*NAMES, "perf_event_open", "start", "P99", "ms"):
        rest = rest.replace(name, " ")
    assert re.findall(r"[A-Za-z]+", rest) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_sentences_are_whole(sample: Any) -> None:
    """A detail ends with a full stop and begins with a capital or with code; a cause is a clause without one."""
    english, chinese = said(ENGLISH, sample), said(CHINESE, sample)
    if isinstance(sample, get_args(Cause)):
        assert not english.endswith(".")
        assert not chinese.endswith("。")
        return
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert english[0].isupper() or english[0] == "`"
    assert not re.search(r"  |\.\.|。。|，，|\( ", english + chinese)


def test_every_label_exists_in_both_languages() -> None:
    """Verdicts, kinds, reasons, mutations, analyses: each has words of its own."""
    for language in (ENGLISH, CHINESE):
        verdicts = [language.verdict(each) for each in VerdictName]
        assert len(set(verdicts)) == len(VerdictName)
        assert all(language.verdict_meaning(each) for each in VerdictName)
        assert all(language.kind(each) for each in Kind)
        given = [each for each in Reason if each is not Reason.NONE]
        assert all(language.reason(each) and language.reason_meaning(each) for each in given)
        assert language.reason(Reason.NONE) == language.reason_meaning(Reason.NONE) == ""
        changes = [language.change(Change(kind, 3.0, "faster")) for kind in ChangeKind]
        assert len(set(changes)) == len(ChangeKind)
        assert "3" in language.excuse(Excuse(3.0))
        analyses = [language.analysis(each) for each in AnalysisName]
        assert len(set(analyses)) == len(AnalysisName)
        assert all(language.analysis_meaning(each) for each in AnalysisName)


@pytest.mark.parametrize(
    ("failing", "english", "chinese"),
    [
        ((), "The verdict holds in 2 of 2 other analyses.", "该结论在 2 种其他分析中的 2 种里不变。"),
        (
            (AnalysisName.TOLERANCE,),
            "The verdict holds in 2 of 3 other analyses; it does not hold in: another tolerance.",
            "该结论在 3 种其他分析中的 2 种里不变；改变的是：另一容差。",
        ),
    ],
)
def test_a_sentence_says_in_how_many_analyses_a_verdict_holds(
    failing: tuple[AnalysisName, ...], english: str, chinese: str
) -> None:
    """And names those in which it does not."""
    found = Analyses((AnalysisName.MEAN, AnalysisName.SECOND_HALF), failing)
    assert (ENGLISH.analyses(found), CHINESE.analyses(found)) == (english, chinese)


def test_what_an_analysis_found_is_given_with_what_it_was_held_against() -> None:
    """One estimate, or the ends of several; the thresholds with their unit."""
    one = Tried(AnalysisName.MEAN, 0, (5.2,), (5.0,), False)
    several = Tried(AnalysisName.LAYOUTS, 0, (5.2, 4.9, 5.4), (4.0, 6.25), False)
    said = [ENGLISH.tried(each, "ms").replace(figures.NARROW, " ") for each in (one, several)]
    assert said == ["5.2 ms, compared with 5 ms", "4.9 ms to 5.4 ms, compared with 4 ms and 6.25 ms"]
    assert CHINESE.tried(one, "ms").replace(figures.NARROW, " ") == "5.2 ms，对照 5 ms"


VERDICT = Path(inspect.getfile(quantities)).parent
LINT = "quantities.py"
"""What it says to a claim's author is a problem with a file and a line, as all problems are: in English."""


def sentences_of(tree: ast.AST) -> list[str]:
    """The texts of two words or more that some code makes, but for docstrings and what it raises."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            silent.update(id(each) for each in ast.walk(node))
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]
    return [text for text in texts if re.search(r"[A-Za-z]+ [A-Za-z]+", text)]


@pytest.mark.parametrize("path", sorted(VERDICT.glob("*.py")), ids=lambda path: path.name)
def test_no_sentence_is_made_by_a_judge(path: Path) -> None:
    """Findings are numbers and codes, so that a language, a plot or a comparison can have them."""
    if path.name != LINT:
        assert sentences_of(ast.parse(path.read_text("utf-8"))) == []


def test_a_sentence_of_a_judge_would_be_found() -> None:
    """In a plain string and in parts of another."""
    found = sentences_of(ast.parse('"""Said here."""\nx = f"the {n} runs scatter"\nraise ValueError("no good at all")'))
    assert found == [" runs scatter"]


def test_codes_are_published_and_each_is_given_once() -> None:
    """A code stands for one class; a reader of the feed needs no other key."""
    codes = [kind.code for kind in (*get_args(Detail), *get_args(Cause))]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("sample", SAMPLES)
def test_numbers_are_plain_data(sample: Any) -> None:
    """What the feed gets is JSON without infinities, and holds every field."""
    numbers = to_numbers(sample)
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers
    assert set(numbers) == set(vars(sample))


def test_numbers_of_strange_readings_are_plain_data_too() -> None:
    """An infinite ratio becomes null, a lone surrogate is spelt out, and a long text is cut."""
    odd = ReadOtherwise(Subject("m"), Predicate("equals", 1), Readings((float("inf"), "\ud800", "x" * 99_999), 0, 3))
    text = json.dumps(to_numbers(odd), allow_nan=False, ensure_ascii=False)
    assert len(text.encode("utf-8")) < 3_000
    assert '[null, "\\\\ud800", "xxx' in text


# ---- how English reads ---------------------------------------------------------------------------

MS = Subject("start", "ms", quantile=0.5)
BELOW = Predicate("below", "5 ms", (5.0,), (CONFIRMED, REFUTED))
ABOUT = Predicate("about", "5 ms", (4.0, 6.25), (REFUTED, CONFIRMED, REFUTED))
SLOW = Measured(8.5, 8.0, 9.0, 30)


def reads(detail: Detail) -> str:
    return ENGLISH.detail(detail).replace(figures.NARROW, " ")


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        (
            NotAsExpected(MS, BELOW, SLOW),
            "Expected below 5 ms, but the median of `start` is 8.5 ms (8.0–9.0, 30 runs).",
        ),
        (
            AsExpected(MS, ABOUT, Measured(5.5, 5.5, 5.5, 30)),
            "The median of `start` is 5.5 ms (30 runs), as expected (about 5 ms, from 4 ms to 6.25 ms).",
        ),
        (
            Undecided(MS, BELOW, Measured(5.0, 4.0, 6.0, 1), TooLoud(70, 120)),
            "Expected below 5 ms; the median of `start` is 5.0 ms (4.0–6.0, 1 run), which does not decide it: the "
            "sentinel found the machine busy in 70 of 120 rounds.",
        ),
        (
            Undecided(MS, BELOW, Measured(None, None, None, 0), DidNotMeasure(1)),
            "Expected below 5 ms; the median of `start` was not measured (0 runs), which does not decide it: in 1 run "
            "the machine did not allow the program to measure.",
        ),
        (
            AsExpected(
                Subject("m", "", "go", "c", 0.9),
                Predicate("above", 1.5, (1.5,), (REFUTED, CONFIRMED)),
                Measured(2, 1.9, 2.1, 40, paired=True),
            ),
            "The 90 % quantile of the ratio of `m` (go over c) is 2.00 (1.90–2.10, 40 pairs of runs), as expected "
            "(above 1.5).",
        ),
        (
            NotAsExpected(Subject("m", "ms", quantile=0.5, summary="p99"), BELOW, SLOW),
            "Expected below 5 ms, but the median of the per-process P99 of `m` is 8.5 ms (8.0–9.0, 30 runs).",
        ),
        (
            NotAsExpected(
                Subject("slope", quantile=0.5),
                Predicate("grows", "linear", (0.9, 1.1), (REFUTED, CONFIRMED, REFUTED)),
                Measured(2.0, 1.97, 2.02, 20),
            ),
            "Expected linear growth (a slope of 0.9 to 1.1), but the median of `slope` is 2.00 (1.97–2.02, 20 runs).",
        ),
        (
            ProcessesDisagree(Subject("m"), Predicate("equals", 1, (1,)), Readings((1, 0), 0, 3)),
            "Expected `m` to equal 1, but processes disagree: they read 1 and 0 (3 processes).",
        ),
        (
            ReadAsExpected(Subject("m"), Predicate("at_least", 1000, (1000,)), Readings((1001, 1002), 3, 9)),
            "`m` is 1,001, 1,002 and 3 more (9 processes), as expected (at least 1,000).",
        ),
        (
            ReadOtherwise(Subject("m"), Predicate("one_of", ("EXEC", "DYN")), Readings(("REL",), 0, 1)),
            "Expected `m` to be `EXEC` or `DYN`, but it is `REL` (1 process).",
        ),
        (TooFewReadings(Subject("m"), 2, 3), "`m` was read in 2 of the 3 processes that must agree."),
        (MachineLacks("hardware counters."), "This machine lacks what the experiment needs: hardware counters."),
        (
            Agreement(CONFIRMED, 4, CellShown("go1.21", "cgo", TooFewReadings(Subject("m"), 2, 3))),
            "Holds in all 4 cells. In go1.21, cgo: `m` was read in 2 of the 3 processes that must agree.",
        ),
        (
            OpenCells(
                VerdictName.UNTESTABLE,
                2,
                3,
                CellShown("go1.21", "cgo", MachineLacks("four cores")),
                (CellVerdict("go1.22", "cgo", CONFIRMED),),
            ),
            "Untestable in 2 of 3 cells; confirmed in 1. In go1.21, cgo: This machine lacks what the experiment needs: "
            "four cores.",
        ),
        (
            ControlFailed(CONFIRMED, "sleeps", REFUTED, CONFIRMED, None),
            "The cells say confirmed, but the control sleeps was known to be refuted and came out confirmed.",
        ),
        (NoEvidenceThere(Text(en="No procedure.", zh="没有步骤。")), "No procedure."),
    ],
)
def test_a_sentence_gives_what_was_expected_and_what_was_measured(detail: Detail, sentence: str) -> None:
    """With the figures, their units, the number of runs and the cause; in the singular where there is one."""
    assert reads(detail) == sentence


@pytest.mark.parametrize(
    ("ratio", "english", "chinese"),
    [
        (
            1.2,
            "the value is 1.2 times that of the empty loop, and at least 1.5 is needed",
            "测得的值是空循环的 1.2 倍，而至少须为 1.5 倍",
        ),
        (
            4.9,
            "the value is 4.9 times that of the empty loop, but the runs do not show for certain that it is at least "
            "1.5",
            "测得的值是空循环的 4.9 倍，但这些运行不足以确定它至少为 1.5 倍",
        ),
    ],
)
def test_a_figure_below_resolution_is_called_too_low_only_where_it_is(ratio: float, english: str, chinese: str) -> None:
    """A median beyond the limit is not enough where the runs leave it open; why they do is not for this sentence."""
    cause = LikeEmptyLoop(ratio, 1.5)
    assert speak("en").cause(cause) == english
    assert speak("zh").cause(cause) == chinese


RELEASES = ("go1.9", "go1.15", "go1.19", "go1.21")


@pytest.mark.parametrize(
    ("on", "cases", "sentence"),
    [
        (
            "toolchain",
            {"cgo": "ccrr"},
            "Holds in go1.9 to go1.15, fails from go1.19 on (it flips between go1.15 and go1.19).",
        ),
        (
            "toolchain",
            {"cgo": "rccc"},
            "Fails in go1.9, holds from go1.15 on (it flips between go1.9 and go1.15).",
        ),
        (
            "toolchain",
            {"cgo": "cccr"},
            "Holds in go1.9 to go1.19, fails in go1.21 (it flips between go1.19 and go1.21).",
        ),
        (
            "toolchain",
            {"cgo": "crcc"},
            "Holds in go1.9, fails in go1.15, holds from go1.19 on "
            "(it flips between go1.9 and go1.15 and between go1.15 and go1.19).",
        ),
        ("case", {"cgo": "cccc", "pure": "rrrr"}, "Holds in case cgo, fails in case pure."),
        (
            "both",
            {"cgo": "ccrr", "pure": "cccc"},
            "Depends on the toolchain and on the case: in case cgo it holds in go1.9 to go1.15, fails from go1.19 on "
            "(it flips between go1.15 and go1.19); in case pure it holds everywhere.",
        ),
    ],
)
def test_a_dependence_says_where_it_holds(on: Any, cases: dict[str, str], sentence: str) -> None:
    """Neighbouring toolchains run together; the places where it flips are named."""
    verdicts = {"c": CONFIRMED, "r": REFUTED}
    cells = tuple(
        CellVerdict(release, case, verdicts[letter])
        for case, letters in cases.items()
        for release, letter in zip(RELEASES, letters, strict=True)
    )
    assert reads(Dependence(on, cells, RELEASES)) == sentence


def test_a_finding_without_a_detail_says_nothing() -> None:
    """While a cell runs nobody reads it."""
    assert ENGLISH.finding(Finding(VerdictName.INCONCLUSIVE, Reason.TOO_FEW_RUNS)) == ""
    assert CHINESE.cause(Drifting()) == "数值从第一次运行到最后一次持续漂移"


# ---- one value, one way to write it ----------------------------------------------------------------


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize(
    ("value", "low", "high", "unit"),
    [
        (3.2187, 3.0421, 3.3977, "ms"),
        (0.4, 0.0, 4.0, "ms"),
        (2_684_354_560.5, 2.6e9, 2.7e9, "B"),
        (7.0, 5.5, None, "us"),
    ],
)
def test_a_value_has_the_same_digits_on_the_page_and_in_its_sentence(
    language: Language, value: float, low: float | None, high: float | None, unit: str
) -> None:
    """Number, unit and interval, letter by letter."""
    shown = language.show(Estimate(value, low, high, unit, 18))
    sentence = language.detail(NotAsExpected(Subject("m", unit, quantile=0.5), BELOW, Measured(value, low, high, 18)))
    assert shown.text in sentence
    assert shown.interval in sentence


def test_what_a_program_printed_cannot_end_its_code_span_or_fill_the_page() -> None:
    """Backquotes, line ends and escape sequences are shown as signs, and a megabyte as its beginning."""
    hostile = "a`b\n\x1b[31m<script>" + "x" * 1_000_000
    readings = Readings((hostile,), 0, 3)
    sentence = ENGLISH.detail(ReadOtherwise(Subject("m"), Predicate("equals", "a"), readings))
    assert "`aˋb⟨LF⟩⟨ESC⟩[31m<script>xx" in sentence
    assert len(sentence) < 250
    assert ENGLISH.show(Estimate(hostile, None, None, "", 3)).code
    assert len(ENGLISH.show(Estimate(hostile, None, None, "", 3)).text) <= 200
    assert "\x1b" not in ENGLISH.detail(MachineLacks(hostile))
    assert len(ENGLISH.detail(MachineLacks(hostile))) < 400
