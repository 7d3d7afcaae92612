"""Claims' verdicts from those of their cells."""

from __future__ import annotations

import pytest

from macros.claim.fields import VerdictName
from macros.claim.model import Claim
from macros.verdict.combine import combine
from macros.verdict.finding import CellFinding, Finding, Reason
from tests.builders import TEXT, claim

PLAIN = {"m": {"from": "json"}}
TWO_CASES = claim(
    [{"metric": "m", "equals": 1}], PLAIN, cases=[{"name": "cgo"}, {"name": "pure"}, {"name": "shown", "context": True}]
)
_LETTERS = {
    "c": Finding(VerdictName.CONFIRMED, detail="It held.", alpha=0.001),
    "r": Finding(VerdictName.REFUTED, detail="It failed.", alpha=0.001),
    "i": Finding(VerdictName.INCONCLUSIVE, Reason.NOISY, "It scattered."),
    "u": Finding(VerdictName.UNTESTABLE, Reason.MISSING_MEANS, "This machine lacks counters."),
}
RELEASES = ("go1.9", "go1.15", "go1.19", "go1.21")


def combined(made: Claim = TWO_CASES, order: tuple[str, ...] | None = None, **cases: str) -> Finding:
    """One letter a toolchain, newest last; the cells are given newest first, so that order must be made."""
    cells = {
        (release, case): CellFinding(_LETTERS[letter], (), {})
        for case, letters in cases.items()
        for release, letter in reversed(list(zip(RELEASES, letters, strict=False)))
    }
    return combine(made, cells, order)


@pytest.mark.parametrize(
    ("cases", "verdict", "reason"),
    [
        ({"cgo": "cccc", "pure": "cccc"}, "confirmed", ""),
        ({"cgo": "rrrr", "pure": "rrrr"}, "refuted", ""),
        ({"cgo": "cccc", "pure": "rrrr"}, "depends", "case"),
        ({"cgo": "ccrr", "pure": "ccrr"}, "depends", "toolchain"),
        ({"cgo": "ccrr", "pure": "cccc"}, "depends", "toolchain"),
        ({"cgo": "ccir", "pure": "ccur"}, "depends", "toolchain"),
        ({"cgo": "cici", "pure": "rrui"}, "depends", "case"),
        ({"cgo": "ccic", "pure": "cccc"}, "inconclusive", "noisy"),
        ({"cgo": "uuuu", "pure": "ccic"}, "inconclusive", "noisy"),
        ({"cgo": "uuuu", "pure": "cccc"}, "untestable", "missing-means"),
        ({"cgo": "rrrr", "pure": "uuuu"}, "untestable", "missing-means"),
        ({"cgo": "cccc", "pure": "cccc", "shown": "rrrr"}, "confirmed", ""),
        ({"shown": "rrrr"}, "inconclusive", "too-few-runs"),
    ],
)
def test_the_table_of_combinations(cases: dict[str, str], verdict: str, reason: str) -> None:
    """All, none, some; open cells only matter where the others agree; context has no part."""
    finding = combined(**cases)
    assert (finding.verdict.value, finding.reason.value) == (verdict, reason)


@pytest.mark.parametrize(
    ("cases", "detail"),
    [
        ({"cgo": "ccrr"}, "Holds in go1.9 to go1.15, fails from go1.19 (it flips between go1.15 and go1.19)."),
        ({"cgo": "rccc"}, "Fails in go1.9, holds from go1.15 (it flips between go1.9 and go1.15)."),
        ({"cgo": "cccr"}, "Holds in go1.9 to go1.19, fails in go1.21 (it flips between go1.19 and go1.21)."),
        (
            {"cgo": "crcc"},
            "Holds in go1.9, fails in go1.15, holds from go1.19 "
            "(it flips between go1.9 and go1.15 and between go1.15 and go1.19).",
        ),
        ({"cgo": "cccc", "pure": "rrrr"}, "Holds in case cgo, fails in case pure."),
        (
            {"cgo": "ccrr", "pure": "cccc"},
            "Depends on the toolchain and on the case: in case cgo it holds in go1.9 to go1.15, fails from go1.19 "
            "(it flips between go1.15 and go1.19); "
            "in case pure it holds everywhere.",
        ),
        ({"cgo": "cccc"}, "Holds in all 4 cells; in go1.21, cgo: It held."),
        ({"cgo": "r"}, "It failed."),
        ({"cgo": "ciic"}, "Open in 2 of 4 cells; in go1.15, cgo: It scattered."),
    ],
)
def test_the_detail_says_where_it_holds(cases: dict[str, str], detail: str) -> None:
    """Toolchains are ordered by number (go1.9 before go1.15) and neighbours run together."""
    assert combined(**cases).detail == detail


def test_a_given_order_of_toolchains_is_kept() -> None:
    """The catalogue knows the order of its toolchains better than their names do."""
    order = ("go1.21", "go1.19", "go1.15", "go1.9")
    assert combined(order=order, cgo="ccrr").detail == (
        "Fails in go1.21 to go1.19, holds from go1.15 (it flips between go1.19 and go1.15)."
    )


def test_the_errors_of_the_cells_add_up() -> None:
    """A claim's error is at most the sum of what its cells were allowed."""
    assert combined(cgo="cccc").alpha == pytest.approx(0.004)
    assert combined(cgo="iiii").alpha is None


@pytest.mark.parametrize("kind", ["report", "plan"])
def test_reports_and_plans_are_unverifiable(kind: str) -> None:
    """With the claim's own word on what would change it."""
    made = claim([], {}, experiment=None, controls=[], kind=kind, unverifiable=TEXT)
    finding = combine(made, {})
    assert (finding.verdict, finding.detail) == (VerdictName.UNVERIFIABLE, "text")
