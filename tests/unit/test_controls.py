"""No verdict without controls that came out as they were known to."""

from __future__ import annotations

from typing import Any

import pytest

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.verdict.controls import checked_by_controls
from macros.verdict.details import ControlFailed, NoControl
from macros.verdict.finding import Finding, Reason
from tests.builders import TEXT, claim

CONFIRMED, REFUTED = Finding(VerdictName.CONFIRMED), Finding(VerdictName.REFUTED)
UNTESTABLE, OPEN = Finding(VerdictName.UNTESTABLE), Finding(VerdictName.INCONCLUSIVE, Reason.NOISY)
DEPENDS = Finding(VerdictName.DEPENDS, Reason.MACHINE)


def made(*controls: dict[str, Any]) -> Claim:
    """With a case that runs anywhere and one that needs what not every machine has."""
    every = [{"name": f"c{place}", "because": TEXT, "env": {"X": "1"}, **one} for place, one in enumerate(controls)]
    return claim(
        [{"metric": "m", "equals": 1}], {"m": {"from": "json"}}, kind="inspect",
        cases=[{"name": "anywhere"}, {"name": "special"}], controls=every,
    )  # fmt: skip


def checked(of: Claim, verdict: Finding, cells: tuple[Finding, Finding], *came_out: Finding) -> Finding:
    places = dict(zip([("go1.22", "anywhere"), ("go1.22", "special")], cells, strict=True))
    return checked_by_controls(of, verdict, places, list(zip(of.controls, came_out, strict=True)))


FLIPS = {"expected": "refuted", "case": "anywhere"}
SPECIAL = {"expected": "refuted", "case": "special"}


def test_a_verdict_stands_if_every_control_came_out_as_it_was_known_to() -> None:
    """And one of them the other way."""
    assert checked(made(FLIPS, SPECIAL), CONFIRMED, (CONFIRMED, CONFIRMED), REFUTED, REFUTED) is CONFIRMED


@pytest.mark.parametrize("came_out", [CONFIRMED, OPEN, DEPENDS, UNTESTABLE])
def test_it_is_withheld_if_one_did_not(came_out: Finding) -> None:
    """Whatever it came out as, also if it lacks means that the case that it is for had."""
    finding = checked(made(FLIPS, SPECIAL), CONFIRMED, (CONFIRMED, CONFIRMED), REFUTED, came_out)
    assert (finding.verdict, finding.reason) == (VerdictName.INCONCLUSIVE, Reason.CONTROL)
    assert isinstance(finding.detail, ControlFailed)
    assert finding.detail.control == "c1"


def test_a_control_that_cannot_run_has_no_say_where_its_case_cannot_run_either() -> None:
    """The other cases keep their verdict, and it is in part untestable."""
    whole = made(FLIPS, SPECIAL)
    assert checked(whole, DEPENDS, (DEPENDS, UNTESTABLE), REFUTED, UNTESTABLE) is DEPENDS
    # It stands for a case that did run: something is missing there.
    both = made(FLIPS, {**SPECIAL, "also_for": ["anywhere"]})
    assert checked(both, DEPENDS, (DEPENDS, UNTESTABLE), REFUTED, UNTESTABLE).reason is Reason.CONTROL
    # It did run, although its case did not, and came out wrong.
    assert checked(whole, DEPENDS, (DEPENDS, UNTESTABLE), REFUTED, CONFIRMED).reason is Reason.CONTROL


def test_nor_does_it_bear_anything_out() -> None:
    """A confirmed claim needs a control that was refuted."""
    finding = checked(made(SPECIAL), CONFIRMED, (CONFIRMED, UNTESTABLE), UNTESTABLE)
    assert isinstance(finding.detail, NoControl)
    assert finding.detail.missing is VerdictName.REFUTED


def test_an_open_claim_is_open_whatever_its_controls_say() -> None:
    """There is nothing to withhold."""
    assert checked(made(FLIPS), OPEN, (OPEN, OPEN), CONFIRMED) is OPEN
