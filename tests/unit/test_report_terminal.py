"""What the terminal shows: values whole, lines that fit, and nothing of a claim or a program that acts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text

from macros.claim.cell import Cell
from macros.claim.fields import VerdictName
from macros.evidence.observation import Evidence, Observation
from macros.report import terminal
from macros.report.layout import aligned, paragraph
from macros.report.screen import Screen
from macros.report.verification import check
from macros.report.why import reasons
from macros.results.catalogue import CatalogueResult
from macros.results.mutants import score
from macros.run.explain import Explained
from macros.verdict.finding import Finding
from macros.words import speak
from tests.unit import publish_sample, terminal_sample

ACTING = ("\x1b", "\x07", "\x9b", "\r", "\x00", "\u202e", "\ud800")


def printed(text: Text, width: int = 80) -> list[str]:
    """The lines as a pipe gets them."""
    file = io.StringIO()
    Screen(file=file, width=width).say(text)
    return file.getvalue().splitlines()


def test_show_fits_80_columns_and_breaks_no_value(tmp_path: Path) -> None:
    """Whatever the names, the texts and the values are; all numbers stand whole on one line."""
    result = terminal_sample.long_values(tmp_path)
    lines = printed(terminal.claim(result, 80))
    assert max(map(cell_len, lines)) <= 80
    for name, estimate in result.cells[0].judged.estimates.items():
        if not isinstance(estimate.value, str):
            value = speak("en").show(estimate).plain.replace("\u202f", " ")
            assert sum(value in line.replace("\u202f", " ") for line in lines) == len(result.cells), name


def test_show_tells_in_how_many_analyses_the_verdict_holds(tmp_path: Path) -> None:
    """And nothing of them where there are none."""
    results = publish_sample.catalogue(tmp_path)
    again = publish_sample.judged_again(results).claims["cold-start"]
    sentence = "The verdict holds in 2 of 3 other analyses; it does not hold in: the mean."
    assert sentence in printed(terminal.claim(again, 80))
    assert "analyses" not in "\n".join(printed(terminal.claim(results.claims["cold-start"], 80)))


def test_show_tells_all_of_a_claim(tmp_path: Path) -> None:
    """The statement, each cell with its verdict and values, each control and whether it came out as it must."""
    results = publish_sample.catalogue(tmp_path)
    text = "\n".join(printed(terminal.claim(results.claims["cold-start"], 80)))
    for told in (
        "cold-start (1.1)",
        "What the source says",
        "✓ confirmed",
        "go1.15, default",
        "start  3.2",
        "as it must",
    ):
        assert told in text
    control = results.claims["cold-start"].controls[0]
    other = replace(control, control=control.control.model_copy(update={"expected": "confirmed"}))
    wrong = replace(results.claims["cold-start"], controls=(other,))
    assert "but must be confirmed" in "\n".join(printed(terminal.claim(wrong, 80)))


def test_run_prints_one_line_for_each_claim(tmp_path: Path) -> None:
    """Whole in a pipe, so that it can be searched; cut only in its sentence by a terminal, whatever its width."""
    results = terminal_sample.mixed(tmp_path)
    lines = printed(terminal.results(check(results), None))
    assert len(lines) == len(results.claims)
    assert all(name in line for name, line in zip(results.claims, lines, strict=True))
    assert max(map(cell_len, lines)) > 120
    narrow = printed(terminal.results(check(results), 60), 60)
    assert len(narrow) == len(results.claims)
    assert max(map(cell_len, narrow)) <= 60
    assert all(name in line for name, line in zip(results.claims, narrow, strict=True))


def test_verify_prints_contradictions_then_undecided_claims_then_one_line_that_counts(tmp_path: Path) -> None:
    """Claims that agree are counted and not listed: among a hundred of them nobody finds the one that does not."""
    lines = printed(terminal.verification(check(terminal_sample.mixed(tmp_path)), 80))
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        "contradicted (1.1) contradicts its recorded verdict",
        "undecided (1.1) is undecided here",
        "untestable-here (1.1) is undecided here",
        "decided-now (1.1) differs from its recorded verdict",
        "6 claims: 1 contradicted, 2 undecided, 1 with another verdict, 2 agree with their recorded verdict",
    ]
    assert "recorded confirmed, measured ✗ refuted" in lines[1]


def test_a_catalogue_that_agrees_is_one_line(tmp_path: Path) -> None:
    """Nothing is said that nobody needs."""
    agreeing = terminal_sample.mixed(tmp_path).claims["agreeing"]
    lines = printed(terminal.verification(check(terminal_sample.catalogue(agreeing)), 80))
    assert lines == ["1 claim: 0 contradicted, 1 agrees with its recorded verdict"]


def test_timings_name_the_most_expensive_claims_and_count_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest sum first, with its rounds; all that is not named is in the last lines."""
    results = terminal_sample.mixed(tmp_path)
    everything = printed(terminal.timings(results, 1.0))
    assert [word for word in everything[0].split() if word != "s"] == [
        "cells", "rounds", "processes", "probe", "build", "run", "lab", "sum", "claim"
    ]  # fmt: skip
    sums = [float(line.split()[7]) for line in everything[1:-1]]
    assert len(sums) == len(results.claims) and sums == sorted(sums, reverse=True)
    monkeypatch.setattr(terminal, "MOST_EXPENSIVE", 2)
    lines = printed(terminal.timings(results, 1.0))
    assert lines[:3] == everything[:3]
    assert lines[3] == f"{len(sums) - 2} other claims took {sum(sums[2:]):.1f} s"
    assert lines[4:] == [f"the cells' own time {sum(sums):.1f} s, this run 1.0 s"]


@pytest.mark.parametrize(("shared", "told"), [(0, "1.0"), (19, "1.0"), (21, "2.0"), (38, "2.0"), (40, "1.0")])
def test_timings_tell_whether_the_cores_were_idle(tmp_path: Path, shared: int, told: str) -> None:
    """By the probe that another thread on the core slows; in so many of 40 processes it took twice its quickest.

    Where no process ever had a core to itself, nothing shows it.
    """
    processes = [watched(3.6e-5 if number < shared else 1.8e-5) for number in range(40)]
    *_, last = printed(terminal.timings(of_processes(tmp_path, processes), 1.0))
    assert last.startswith(f"independent additions took {told} times their quickest")


def test_timings_tell_nothing_of_the_cores_by_a_few_processes(tmp_path: Path) -> None:
    """All of them may have run beside others."""
    *_, last = printed(terminal.timings(of_processes(tmp_path, [watched(1.8e-5)] * 29), 1.0))
    assert last.endswith("this run 1.0 s")


def watched(seconds: float) -> Observation:
    return Observation("", 0, 0.1, {}, witnesses={"throughput/2": seconds, "latency/2": 6e-5})


def of_processes(folder: Path, processes: Sequence[Observation]) -> CatalogueResult:
    """A catalogue of one claim with these processes."""
    made = terminal_sample.claim_result(folder, "agreeing", "confirmed", Finding(VerdictName.CONFIRMED))
    (cell,) = made.cells
    record = cell.record.model_copy(update={"evidence": Evidence(tuple(processes))})
    return terminal_sample.catalogue(replace(made, cells=(replace(cell, record=record),)))


def test_nothing_of_a_claim_or_a_program_acts_on_the_terminal(tmp_path: Path) -> None:
    """No escape sequence, no carriage return, no reversed text; and `[/]` is two brackets and a slash, not markup."""
    results = terminal_sample.mixed(tmp_path)
    mutants = score(publish_sample.catalogue(tmp_path))
    texts = [
        terminal.claim(terminal_sample.long_values(tmp_path), 80),
        terminal.results(check(results), None),
        terminal.verification(check(results), 80),
        terminal.timings(results, 1.0),
        terminal.mutants(mutants, None),
    ]
    for text in texts:
        lines = "\n".join(printed(text))
        assert not any(sign in lines for sign in ACTING)
    assert "[/]" in "\n".join(printed(texts[0])) and "[/] [bold]x[/bold]" in "\n".join(printed(texts[1]))


@pytest.mark.parametrize(
    ("explained", "said"),
    [
        ({"because": "kept", "processes": 3, "key": "ab" * 32}, "would not run: the ledger has it (3 processes, "),
        ({"because": "undecided", "processes": 1}, "would continue: 1 process did not decide it"),
        ({"because": "never-ran"}, "would run: it never ran"),
        ({"because": "elsewhere"}, "would run: only other machines have a result for it"),
        ({"because": "removed"}, "the record is gone"),
        ({"because": "no-image"}, "`claims images` builds it"),
        (
            {"because": "changed", "experiment": ("the program files",)},
            "the experiment has changed (the program files)",
        ),
        ({"because": "changed", "machine": ("the kernel",)}, "the machine has changed (the kernel)"),
        (
            {"because": "changed", "experiment": ("a", "b"), "machine": ("c",)},
            "the experiment has changed (a, b) and the machine has changed (c)",
        ),
    ],
)
def test_why_names_the_part_that_changed_and_its_half(explained: dict[str, object], said: str) -> None:
    """Of each cell, on lines that fit."""
    cell = Cell("cold-start", "go1.22", "default")
    lines = printed(reasons([Explained(cell=cell, **explained)], 80))  # type: ignore[arg-type]
    assert lines[0] == "cold-start [go1.22, default]"
    assert said in " ".join(line.strip() for line in lines[1:])
    assert max(map(len, lines)) <= 80


def test_a_message_is_no_markup_and_stays_on_its_lines() -> None:
    """A title `[/]` in a problem is printed, not obeyed; a long line stays whole for whoever searches it."""
    file = io.StringIO()
    long = "more " * 20 + "words"
    Screen(file=file, width=20).note(f"[/] [bold]x[/bold] :smile: \x1b[31m\n{long}")
    assert file.getvalue().splitlines() == ["[/] [bold]x[/bold] :smile: ⟨ESC⟩[31m", long]


# ---- layout ------------------------------------------------------------------------------------------


def test_columns_are_aligned_and_only_the_last_one_is_cut() -> None:
    """Wide characters count as two; a line has no blanks at its end."""
    lines = printed(aligned([["a", "1.1", "short"], ["中文", "1.10", "a long sentence at the end"], ["b", "", ""]], 20))
    assert lines == ["a     1.1   short", "中文  1.10  a long …", "b"]
    assert printed(aligned([["a" * 30, "b" * 30]], 20)) == ["a" * 30 + "  …"]


def test_paragraphs_break_at_spaces_only() -> None:
    """Not between a number and its unit, nor inside a value; Chinese, which has no spaces, anywhere."""
    assert paragraph("it takes 3.2\u202fms now", 14).split("\n") == ["it takes", "3.2 ms now"]
    assert paragraph("a\nb", 80, "  ") == "  a\n  b"
    assert [cell_len(line) for line in paragraph("中" * 30, 21, " ").split("\n")] == [21, 21, 21]
