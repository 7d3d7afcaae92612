"""Rules for claims that a program can check: lint warns of what breaks one, or calls it an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from macros.check.names import Complaint
from macros.check.rules import Rule, check_rules
from macros.claim.model import Claim
from tests.builders import TEXT, claim, printing_claim, with_settings
from tests.unit.test_command_line import call

RELEASES = ("go1.15", "go1.27")


def control(expected: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name or expected, "expected": expected, "because": TEXT, "run": "./y", **more}


def counting(**more: Any) -> Claim:
    """An exact claim about a count, with one control that is refuted."""
    return claim([{"metric": "m", "at_most": 1}], {"m": {"from": "json"}}, kind="inspect", **more)


def broken(made: Claim, scope: tuple[str, ...] = RELEASES) -> list[Complaint]:
    return [complaint for _, complaint in check_rules(made, scope)]


def whats(made: Claim, scope: tuple[str, ...] = RELEASES) -> list[str]:
    return [what for _, what, _ in broken(made, scope)]


@pytest.mark.parametrize(
    ("unit", "predicate", "warned"),
    [
        ("ms", {"at_most": "3 ms"}, True),
        ("ns", {"equals": "3 ns"}, True),
        ("us", {"at_least": "3 us"}, True),
        ("ms", {"below": "3 ms"}, False),
        ("KiB", {"at_most": "3 KiB"}, False),
        ("MB/s", {"at_most": "3 MB/s"}, False),
        (None, {"at_most": 3}, False),
    ],
)
def test_a_time_is_never_judged_as_exact(unit: str | None, predicate: dict[str, Any], warned: bool) -> None:
    """By its unit; sizes, counts and what is judged over many processes are as they should be."""
    made = claim([{"metric": "m", **predicate}], {"m": {"from": "json", "unit": unit}})
    (warning,) = broken(made) if warned else (None,)
    if warned:
        assert warning == (
            ("expect", 0),
            f"`{next(iter(predicate))}` takes `m`, a time in {unit}, for exact",
            "judge it over fresh processes, by `below`, `above` or `about`; or judge a count in its place",
        )
    else:
        assert whats(made) == []


def test_a_time_that_stands_in_a_file_is_exact() -> None:
    """A constant of the source does not vary from process to process."""
    more = {"kind": "inspect", "experiment": {"run": "./x", "witness": "file"}}
    assert whats(claim([{"metric": "m", "equals": "120 s"}], {"m": {"from": "json", "unit": "s"}}, **more)) == []


def test_a_case_that_is_shown_and_not_judged_has_a_reason() -> None:
    """`true` alone is still read; whoever wrote it is asked why, where it stands."""
    shown = [{"name": "default"}, {"name": "aside", "context": True}, {"name": "beside", "context": TEXT}]
    ((where, what, _),) = broken(counting(cases=shown))
    assert where == ("cases", 1, "context")
    assert what == "context needs a reason: why `aside` is shown and not judged"


def test_no_expectation_is_about_context_alone() -> None:
    """It is what the source says, so that its case is judged; one that is also about a judged case is fine."""
    shown = [{"name": "default"}, {"name": "aside", "context": TEXT}]
    for cases, said in ((["aside"], 1), (["default", "aside"], 0), (None, 0)):
        more: list[dict[str, Any]] = [{"metric": "m", "at_least": 1}, {"metric": "m", "at_most": 2, "cases": cases}]
        made = claim(more, {"m": {"from": "json"}}, kind="inspect", cases=shown)
        assert [rule for rule, _ in check_rules(made, RELEASES)] == [Rule.EXPECTATION_OF_CONTEXT] * said


TWO = [{"name": "cgo"}, {"name": "pure"}]


@pytest.mark.parametrize(
    ("recorded", "cases", "controls", "warned"),
    [
        ("confirmed", [{"name": "default"}], [control("refuted")], []),
        ("confirmed", [{"name": "default"}], [control("confirmed")], ["recorded as"]),
        ("refuted", [{"name": "default"}], [control("confirmed")], []),
        ("refuted", [{"name": "default"}], [control("refuted")], ["recorded as"]),
        ("confirmed", TWO, [control("refuted")], ["no control departs from the case `pure`"]),
        ("confirmed", TWO, [control("refuted"), control("refuted", "b", case="pure")], []),
        ("confirmed", TWO, [control("refuted"), control("confirmed", case="pure")], ["recorded as"]),
        ("confirmed", TWO, [control("refuted", also_for=["pure"])], []),
        ("confirmed", TWO, [control("confirmed", also_for=["pure"]), control("refuted")], ["recorded as"]),
        ("inconclusive", TWO, [control("refuted"), control("confirmed", case="pure")], []),
        ("confirmed", [{"name": "cgo"}, {"name": "pure", "context": TEXT}], [control("refuted")], []),
    ],
)
def test_each_judged_case_has_a_control_that_comes_out_the_other_way(
    recorded: str, cases: list[dict[str, Any]], controls: list[dict[str, Any]], warned: list[str]
) -> None:
    """A control departs from the case that it names, or the first, or stands for it; what is context needs none."""
    said = whats(counting(recorded=recorded, cases=cases, controls=controls))
    assert len(said) == len(warned)
    assert all(text.startswith(start) for text, start in zip(said, warned, strict=True))


@pytest.mark.parametrize(
    ("controls", "scope", "warned"),
    [
        (
            [control("refuted")],
            RELEASES,
            "depends, and one side of the flip lacks its control: none comes out confirmed",
        ),
        ([control("confirmed")], RELEASES, "lacks its control: none comes out refuted"),
        ([control("refuted"), control("confirmed")], RELEASES, "all of its controls run in go1.27"),
        ([control("refuted", toolchains=["go1.15"]), control("confirmed")], RELEASES, ""),
        ([control("refuted")], ("go1.27",), ""),
    ],
)
def test_a_flip_has_a_control_on_each_side(controls: list[dict[str, Any]], scope: tuple[str, ...], warned: str) -> None:
    """One that is refuted where the statement holds, one that is confirmed where it fails: in different toolchains."""
    said = whats(counting(recorded="depends", controls=controls), scope)
    assert len(said) == bool(warned)
    assert warned in "".join(said)


def test_a_claim_of_several_cases_may_depend_on_them_alone() -> None:
    """Then controls of both kinds may run in one toolchain."""
    controls = [control("refuted"), control("confirmed", case="pure")]
    assert whats(counting(recorded="depends", cases=TWO, controls=controls)) == []


def test_a_claim_that_depends_on_its_cases_has_controls_of_both_kinds_in_one_toolchain_too() -> None:
    """Some cases hold and others fail, and each of them wants to be flipped."""
    both = [control("refuted"), control("refuted", "b", case="pure")]
    (what,) = whats(counting(recorded="depends", cases=TWO, controls=both), ("go1.27",))
    assert "none comes out confirmed" in what


def test_the_next_step_names_the_controls_that_could_stand_for_a_case() -> None:
    """Those with whose changes the two cases are one experiment, and which is another one than the case itself."""
    cases = [{"name": "one", "env": {"N": "1"}}, {"name": "two", "env": {"N": "2"}}]
    for control_env, named in (({"N": "3"}, True), ({"N": "2"}, False), ({"M": "3"}, False)):
        made = {"name": "c", "expected": "refuted", "because": TEXT, "env": control_env}
        ((_, _, fix),) = broken(counting(cases=cases, controls=[made]))
        assert ("; or `also_for: [two]` in `c`, if it is a control of this case too" in fix) is named


@pytest.mark.parametrize(
    ("figures", "case", "spoken"),
    [
        (["64 cores"], {"name": "cores-64"}, True),
        (["64 cores"], {"name": "more", "env": {"CORES": "64"}}, True),
        (["64 cores"], {"name": "more", "title": {"en": "64 cores", "zh": "x"}}, True),
        (["64 cores"], {"name": "more", "env": {"THREADS": "64"}}, False),
        (["10,000 defers"], {"name": "long", "env": {"N": "10000"}}, True),
        (["10,000 defers"], {"name": "long", "env": {"N": "100000"}}, False),
        (["2 writes"], {"name": "two", "env": {"GOMAXPROCS": "2"}}, False),
        (["99.2 %"], {"name": "other", "title": {"en": "hits of 99.2 %", "zh": "x"}}, True),
        (["75.0"], {"name": "small", "env": {"FLAGS": "=75.0"}}, False),
        (["8 cores"], {"name": "other", "env": {"CORES": "8", "MODE": "b"}}, False),
        ([], {"name": "cores-64"}, False),
    ],
)
def test_a_case_that_the_source_s_figures_speak_of_is_judged(
    figures: list[str], case: dict[str, Any], spoken: bool
) -> None:
    """A large number says it alone, a small one with its word; what a judged case has as well is judged there."""
    cases = [{"name": "default", "env": {"CORES": "8"}}, {**case, "context": TEXT}]
    found = list(check_rules(counting(source={"where": "1.1", "figures": figures}, cases=cases), RELEASES))
    assert [rule for rule, _ in found] == [Rule.CONTEXT_SPOKEN_OF] * spoken
    if spoken:
        ((_, (where, what, _)),) = found
        assert where == ("cases", 1, "context")
        assert what == (
            f"the source speaks of `{case['name']}`: its figure {figures[0]} is in it, and in no case that is judged"
        )


@pytest.mark.parametrize("error", [False, True])
def test_lint_warns_with_file_and_line_or_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: bool) -> None:
    """Whoever reads CI's log finds the place and the next step; which rules are errors is one constant."""
    monkeypatch.setattr("macros.check.catalogue.AS_ERRORS", frozenset(Rule) if error else frozenset())
    claims = with_settings(tmp_path / "claims")
    file = printing_claim(claims, "two", cases=("one", "other")) / "claim.yml"
    code, printed = call("lint", "--write-schema", "--claims", str(claims))
    number = 1 + file.read_text("utf-8").splitlines().index("cases: [{name: one}, {name: other}]")
    assert code == (2 if error else 0)
    assert f"{file}:{number}:" in printed
    assert (
        f"{'' if error else 'warning: '}no control departs from the case `other`, which is judged; "
        "add a control that comes out refuted, "
        "with `case: other`; or `also_for: [other]` in `other`, if it is a control of this case too\n"
    ) in printed
    assert printed.endswith("no problem found, 1 warning\n") is not error
