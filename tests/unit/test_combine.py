"""Claims' verdicts from those of their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pytest

from macros.claim.fields import Text, VerdictName
from macros.claim.model import Claim
from macros.verdict.combine import combine
from macros.verdict.details import (
    Agreement,
    CellShown,
    Dependence,
    Detail,
    MachineLacks,
    NoEvidenceThere,
    OpenCells,
    PartlyMissedByMachine,
    RefutedOrMissed,
    TooFewReadings,
)
from macros.verdict.finding import CellFinding, Finding, Mark, Reason
from macros.verdict.parts import CellVerdict, Subject
from tests.builders import TEXT, claim

PLAIN = {"m": {"from": "json"}}
TWO_CASES = claim(
    [{"metric": "m", "equals": 1}], PLAIN, cases=[{"name": "cgo"}, {"name": "pure"}, {"name": "shown", "context": True}]
)
HELD, FAILED, SCATTERED = TooFewReadings(Subject("held"), 1, 2), MachineLacks("failed"), MachineLacks("scattered")
"""Three details that differ; combining looks at none of them."""

LACKING = MachineLacks("counters")
_LETTERS = {
    "c": Finding(VerdictName.CONFIRMED, detail=HELD, alpha=0.001),
    "r": Finding(VerdictName.REFUTED, detail=FAILED, alpha=0.001),
    "i": Finding(VerdictName.INCONCLUSIVE, Reason.NOISY, SCATTERED),
    "u": Finding(VerdictName.UNTESTABLE, Reason.MISSING_MEANS, LACKING),
    "m": Finding(VerdictName.DEPENDS, Reason.MACHINE, MachineLacks("missed"), alpha=0.001),
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
        ({"cgo": "mmmm", "pure": "mmmm"}, "depends", "machine"),
        ({"cgo": "cccc", "pure": "ccmm"}, "depends", "machine"),
        ({"cgo": "cccc", "pure": "iumm"}, "depends", "machine"),
        ({"cgo": "ccrm", "pure": "ccrm"}, "depends", "toolchain"),
        ({"cgo": "mmmm", "pure": "mmmr"}, "refuted", ""),
        ({"cgo": "mmmm", "pure": "mmir"}, "inconclusive", "noisy"),
        ({"cgo": "mmmm", "pure": "mmmi"}, "inconclusive", "noisy"),
        ({"cgo": "mmmm", "pure": "uuuu"}, "untestable", "missing-means"),
        ({"cgo": "cccc", "pure": "cccc", "shown": "rrrr"}, "confirmed", ""),
        ({"shown": "rrrr"}, "inconclusive", "too-few-runs"),
    ],
)
def test_the_table_of_combinations(cases: dict[str, str], verdict: str, reason: str) -> None:
    """All, none, some; open cells only matter where the others agree; context has no part."""
    finding = combined(**cases)
    assert (finding.verdict.value, finding.reason.value) == (verdict, reason)


CONFIRMED, REFUTED = VerdictName.CONFIRMED, VerdictName.REFUTED
INCONCLUSIVE, UNTESTABLE = VerdictName.INCONCLUSIVE, VerdictName.UNTESTABLE


def told(made: Mapping[str, str], order: Sequence[str] = RELEASES) -> tuple[CellVerdict, ...]:
    """The decided cells, as a dependence holds them."""
    verdicts = {"c": CONFIRMED, "r": REFUTED}
    return tuple(
        CellVerdict(release, case, verdicts[by_release[release]])
        for case, letters in made.items()
        for by_release in [dict(zip(RELEASES, letters, strict=False))]
        for release in order
        if by_release.get(release) in verdicts
    )


@pytest.mark.parametrize(
    ("cases", "on"),
    [
        ({"cgo": "ccrr"}, "toolchain"),
        ({"cgo": "crcc"}, "toolchain"),
        ({"cgo": "ccir", "pure": "ccur"}, "toolchain"),
        ({"cgo": "cccc", "pure": "rrrr"}, "case"),
        ({"cgo": "ccrr", "pure": "cccc"}, "both"),
    ],
)
def test_a_dependence_holds_the_decided_cells_in_order(cases: dict[str, str], on: str) -> None:
    """By case as in the claim, then by toolchain by number (go1.9 before go1.15); open cells have no say."""
    detail = combined(**cases).detail
    assert isinstance(detail, Dependence)
    assert (detail.on, detail.cells) == (on, told(cases))
    assert detail.toolchains == tuple(name for name in RELEASES if name in {cell.toolchain for cell in detail.cells})


@pytest.mark.parametrize(
    ("cases", "detail"),
    [
        ({"cgo": "cccc"}, Agreement(CONFIRMED, 4, CellShown("go1.21", "cgo", HELD))),
        ({"cgo": "r"}, FAILED),
        ({"cgo": "iiii"}, OpenCells(INCONCLUSIVE, 4, 4, CellShown("go1.9", "cgo", SCATTERED))),
        (
            {"cgo": "uuc"},
            OpenCells(UNTESTABLE, 2, 3, CellShown("go1.9", "cgo", LACKING), (CellVerdict("go1.19", "cgo", CONFIRMED),)),
        ),
        ({"cgo": "i"}, SCATTERED),
    ],
)
def test_where_cells_agree_or_are_open_one_of_them_is_shown(cases: dict[str, str], detail: Detail) -> None:
    """The newest of those that agree, the first of those that are open; a single cell speaks for itself."""
    assert combined(**cases).detail == detail


VERDICTS = {letter: finding.verdict for letter, finding in _LETTERS.items()}


def came_to(letters: str, wanted: str) -> tuple[CellVerdict, ...]:
    """The cells of one case that have one of the `wanted` letters."""
    return tuple(
        CellVerdict(release, "cgo", VERDICTS[letter])
        for release, letter in zip(RELEASES, letters, strict=False)
        if letter in wanted
    )


def test_open_cells_tell_what_the_others_came_to() -> None:
    """What was refuted is named beside what is open."""
    shown = CellShown("go1.15", "cgo", SCATTERED)
    assert combined(cgo="rimu").detail == OpenCells(INCONCLUSIVE, 1, 4, shown, came_to("rimu", "rmu"))


def test_a_dependence_tells_what_the_machine_may_make_up_for() -> None:
    """Confirmed and refuted cells decide; a missed one is mentioned apart from them."""
    detail = combined(cgo="cmrm").detail
    assert detail == Dependence("toolchain", came_to("cmrm", "cr"), ("go1.9", "go1.19"), came_to("cmrm", "m"))


def test_cells_that_are_missed_hide_no_refuted_one() -> None:
    """No cell holds, so the claim is refuted; which cells another machine may make up for is told."""
    detail = RefutedOrMissed(came_to("mrmr", "mr"), CellShown("go1.15", "cgo", FAILED))
    assert combined(cgo="mrmr").detail == detail
    assert combined(cgo="mmmm").detail == PartlyMissedByMachine(4, 4, CellShown("go1.9", "cgo", _LETTERS["m"].detail))


@pytest.mark.parametrize(
    "letters", ["".join(cells) for count in (1, 2, 3, 4) for cells in product("crmiu", repeat=count)]
)
def test_every_combination_of_cells(letters: str) -> None:
    """A verdict is given where no open cell could change it; a refuted cell is never passed over."""
    kinds = set(letters)
    if kinds >= {"c", "r"}:
        expected = VerdictName.DEPENDS, Reason.TOOLCHAIN
    elif kinds == {"c"}:
        expected = VerdictName.CONFIRMED, Reason.NONE
    elif kinds in ({"r"}, {"r", "m"}):
        expected = VerdictName.REFUTED, Reason.NONE
    elif kinds == {"m"} or kinds >= {"c", "m"}:
        expected = VerdictName.DEPENDS, Reason.MACHINE
    else:
        expected = _LETTERS["i" if "i" in kinds else "u"].verdict, _LETTERS["i" if "i" in kinds else "u"].reason
    finding = combined(cgo=letters)
    assert (finding.verdict, finding.reason) == expected
    if "r" in kinds and finding.verdict is not REFUTED:
        assert isinstance(finding.detail, (OpenCells, Dependence))
        named = finding.detail.others if isinstance(finding.detail, OpenCells) else finding.detail.cells
        assert set(came_to(letters, "r")) <= set(named)


@pytest.mark.parametrize(
    ("letters", "marked"),
    [("ccuc", True), ("cruu", True), ("iuuu", True), ("uuuu", False), ("cccc", False), ("ccic", False)],
)
def test_a_claim_that_could_be_tried_in_part_is_marked(letters: str, marked: bool) -> None:
    """Some cells cannot run here, and others could, whatever those came to."""
    assert (Mark.IN_PART_UNTESTABLE in combined(cgo=letters).marks) is marked


def test_what_is_shown_for_context_marks_no_claim() -> None:
    """Nothing of it is part of the statement."""
    assert combined(cgo="cccc", pure="cccc", shown="uuuu").marks == ()


def test_a_given_order_of_toolchains_is_kept() -> None:
    """The catalogue knows the order of its toolchains better than their names do."""
    order = ("go1.21", "go1.19", "go1.15", "go1.9")
    assert combined(order=order, cgo="ccrr").detail == Dependence("toolchain", told({"cgo": "ccrr"}, order), order)


def test_the_errors_of_the_cells_add_up() -> None:
    """A claim's error is at most the sum of what its cells were allowed."""
    assert combined(cgo="cccc").alpha == pytest.approx(0.004)
    assert combined(cgo="iiii").alpha is None


@pytest.mark.parametrize("kind", ["report", "plan"])
def test_reports_and_plans_are_unverifiable(kind: str) -> None:
    """With the claim's own word on what would change it."""
    made = claim([], {}, experiment=None, controls=[], kind=kind, unverifiable=TEXT)
    finding = combine(made, {})
    assert (finding.verdict, finding.detail) == (VerdictName.UNVERIFIABLE, NoEvidenceThere(Text(**TEXT)))
