"""Whether each case's verdicts are borne out by a control that flips them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.report import terminal
from macros.report.verification import check
from macros.results.catalogue import Selection
from macros.verdict.finding import Finding, Reason
from macros.verdict.flips import Unflipped, unflipped, verdicts_of_cases
from tests.builders import TEXT, claim
from tests.unit import publish_sample
from tests.unit.publish_site import build_site
from tests.unit.test_publish_pages import words

CONFIRMED, REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED
FINDINGS = {"c": Finding(CONFIRMED), "r": Finding(REFUTED), "?": Finding(VerdictName.INCONCLUSIVE, Reason.NOISY)}
RELEASES = ("go1.15", "go1.22", "go1.27")


def made(*controls: dict[str, Any]) -> Claim:
    """With two cases that are judged and one that is not."""
    cases = [{"name": "one"}, {"name": "two"}, {"name": "aside", "context": TEXT}]
    whole = [{"name": f"c{place}", "because": TEXT, "env": {"X": "1"}, **each} for place, each in enumerate(controls)]
    return claim(
        [{"metric": "m", "equals": 1}], {"m": {"from": "json"}}, kind="inspect", cases=cases,
        controls=whole or [{"name": "c", "because": TEXT, "env": {"X": "1"}, "expected": "refuted", "case": "aside"}],
    )  # fmt: skip


def found(of: Claim, came_out: str = "", **cases: str) -> list[Unflipped]:
    """`cases`: a letter for each release. `came_out`: a letter for each control, by default as expected."""
    cells = {
        (toolchain, case): FINDINGS[letter]
        for case, all_ in cases.items()
        for toolchain, letter in zip(RELEASES, all_, strict=True)
    }
    controls = [
        (one, toolchain, FINDINGS[came_out[place : place + 1] or one.expected[0]])
        for place, one in enumerate(of.controls)
        for toolchain in one.toolchains or RELEASES[-1:]
    ]
    return unflipped(of, cells, controls)


REFUTES = {"expected": "refuted", "case": "one"}
CONFIRMS = {"expected": "confirmed", "case": "one"}


@pytest.mark.parametrize(
    ("controls", "verdicts", "missing"),
    [
        ([REFUTES], "ccc", None),
        ([CONFIRMS], "ccc", (CONFIRMED, RELEASES)),
        ([], "ccc", (CONFIRMED, RELEASES)),
        ([CONFIRMS], "rrr", None),
        ([{"expected": "refuted", "case": "two"}], "ccc", (CONFIRMED, RELEASES)),
        ([{"expected": "refuted", "case": "two", "also_for": ["one"]}], "ccc", None),
        ([REFUTES], "cc?", None),
        ([{**REFUTES, "toolchains": ["go1.15"]}], "crr", (REFUTED, RELEASES[1:])),
        ([REFUTES, CONFIRMS], "crr", (CONFIRMED, RELEASES[:1])),
        ([{**REFUTES, "toolchains": ["go1.15"]}, CONFIRMS], "crr", None),
        (
            [{**REFUTES, "toolchains": ["go1.15"]}, {**CONFIRMS, "toolchains": ["go1.15"]}],
            "crr",
            (REFUTED, RELEASES[1:]),
        ),
        ([REFUTES], "???", None),
    ],
)
def test_every_verdict_of_a_case_wants_a_control_of_that_case_that_flips_it(
    controls: list[dict[str, Any]], verdicts: str, missing: tuple[VerdictName, tuple[str, ...]] | None
) -> None:
    """Where the case holds in some toolchains and fails in others, on each side; what is open wants none."""
    assert found(made(*controls), one=verdicts) == ([Unflipped("one", *missing)] if missing else [])


def test_a_control_that_did_not_come_out_as_expected_flips_nothing() -> None:
    """Whatever it came out as instead."""
    assert found(made(REFUTES), "c", one="ccc") == [Unflipped("one", CONFIRMED, RELEASES)]


def test_a_control_that_came_out_open_is_named() -> None:
    """Nobody is told to add what is there. One for another side or another case is not meant."""
    assert found(made(REFUTES), "?", one="ccc") == [Unflipped("one", CONFIRMED, RELEASES, ("c0",))]
    assert found(made(CONFIRMS), "?", one="ccc") == [Unflipped("one", CONFIRMED, RELEASES)]
    assert found(made({**CONFIRMS, "toolchains": ["go1.15"]}, REFUTES), "?", one="rrc") == [
        Unflipped("one", REFUTED, RELEASES[:2], ("c0",))
    ]


def test_what_is_shown_for_context_wants_no_control() -> None:
    """It has no part in the verdict."""
    assert found(made(REFUTES), one="ccc", aside="rrr") == []


def test_a_case_has_as_many_verdicts_as_it_came_out_ways() -> None:
    """Open cells and context count for nothing."""
    cells = {("go1.15", "one"): FINDINGS["c"], ("go1.27", "one"): FINDINGS["r"], ("go1.27", "two"): FINDINGS["?"],
             ("go1.27", "aside"): FINDINGS["c"]}  # fmt: skip
    assert verdicts_of_cases(made(), cells) == 2


def test_a_run_says_what_no_control_flips_and_what_would(tmp_path: Path) -> None:
    """A line for each; none where the run was narrowed to some toolchains, and the other side was not looked at."""
    results = publish_sample.catalogue(tmp_path)
    said = (
        "arms: no control flips the case `default`, refuted in go1.27; add one with `case: default`, "
        "`expected: confirmed`, `toolchains: [go1.27]`"
    )
    for text in (terminal.results(check(results), None), terminal.verification(check(results), 80)):
        assert said in text.plain.splitlines()
    narrowed = replace(results, selection=Selection((), ("go1.27",)))
    assert "no control flips" not in terminal.results(check(narrowed), None).plain


def test_a_control_that_came_out_open_is_what_the_run_speaks_of(tmp_path: Path) -> None:
    """It is to be run again."""
    report = check(publish_sample.catalogue(tmp_path))
    one = next(one for claim_id, one in report.unflipped if claim_id == "arms")
    open_one = replace(report, unflipped=(("arms", replace(one, undecided=("slowed",))),))
    assert (
        "arms: no control flips the case `default`, refuted in go1.27: `slowed` is there to do so, but is undecided "
        "here; run it on a quieter machine"
    ) in terminal.results(open_one, None).plain.splitlines()


def test_the_page_on_trust_counts_the_verdicts_that_a_control_flips(tmp_path: Path) -> None:
    """And names the others."""
    site = build_site(tmp_path, {"trust.md": '# T\n\n{{ trust("controls") }}\n'})
    text = words((site / "trust" / "index.html").read_text("utf-8"))
    assert "1 of 3 decided verdicts of cases are flipped by a control of the same case" in text
    assert "arms: default, refuted in go1.27." in text
