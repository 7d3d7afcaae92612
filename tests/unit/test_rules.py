"""Rules for claims that a program can check: lint warns of what breaks one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from macros.check.rules import check_rules
from macros.claim.model import Claim
from tests.builders import TEXT, claim, printing_claim, with_settings
from tests.unit.test_command_line import call

RELEASES = ("go1.15", "go1.27")


def control(expected: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name or expected, "expected": expected, "because": TEXT, "run": "./y", **more}


def counting(**more: Any) -> Claim:
    """An exact claim about a count, with one control that is refuted."""
    return claim([{"metric": "m", "at_most": 1}], {"m": {"from": "json"}}, kind="inspect", **more)


def whats(made: Claim, scope: tuple[str, ...] = RELEASES) -> list[str]:
    return [what for _, what, _ in check_rules(made, scope)]


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
    (warning,) = check_rules(made, RELEASES) if warned else (None,)
    if warned:
        assert warning == (
            ("expect", 0),
            f"`{next(iter(predicate))}` takes `m`, a time in {unit}, for exact",
            "judge it over fresh processes, by `below`, `above` or `about`",
        )
    else:
        assert whats(made) == []


def test_a_case_that_is_shown_and_not_judged_has_a_reason() -> None:
    """`true` alone is still read; whoever wrote it is asked why, where it stands."""
    shown = [{"name": "default"}, {"name": "aside", "context": True}, {"name": "beside", "context": TEXT}]
    ((where, what, _),) = check_rules(counting(cases=shown), RELEASES)
    assert where == ("cases", 1, "context")
    assert what == "context needs a reason: why `aside` is shown and not judged"


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
        ("inconclusive", TWO, [control("refuted"), control("confirmed", case="pure")], []),
        ("confirmed", [{"name": "cgo"}, {"name": "pure", "context": TEXT}], [control("refuted")], []),
    ],
)
def test_each_judged_case_has_a_control_that_comes_out_the_other_way(
    recorded: str, cases: list[dict[str, Any]], controls: list[dict[str, Any]], warned: list[str]
) -> None:
    """A control departs from the case that it names, or the first; what is shown for context needs none."""
    said = whats(counting(recorded=recorded, cases=cases, controls=controls))
    assert len(said) == len(warned)
    assert all(text.startswith(start) for text, start in zip(said, warned, strict=True))


@pytest.mark.parametrize(
    ("controls", "scope", "warned"),
    [
        ([control("refuted")], RELEASES, "lacks its control: none comes out confirmed"),
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


def test_lint_warns_with_file_and_line_and_ends_with_0(tmp_path: Path) -> None:
    """Whoever reads CI's log finds the place and the next step; nothing is red for it yet."""
    claims = with_settings(tmp_path / "claims")
    file = printing_claim(claims, "two", cases=("one", "other")) / "claim.yml"
    code, printed = call("lint", "--write-schema", "--claims", str(claims))
    number = 1 + file.read_text("utf-8").splitlines().index("cases: [{name: one}, {name: other}]")
    assert code == 0
    assert f"{file}:{number}:" in printed
    assert (
        "warning: no control departs from the case `other`, which is judged; add a control that comes out refuted, "
        "with `case: other`\n"
    ) in printed
    assert printed.endswith("no problem found, 1 warning\n")
