"""What a mark of the grid says when it is pointed at: the verdict and the values of one claim in one release."""

from __future__ import annotations

from macros.publish.rendering import without_markup
from macros.results.catalogue import CellResult
from macros.results.grid import GridCell
from macros.verdict.finding import Estimate
from macros.words import Language

MOST_CASES = 3
MOST_CHARACTERS = 60
"""Of a value that is a text."""


def tooltip(cell: GridCell, words: Language) -> str:
    """The verdict; then each case's own one with the value that its first expectation is about, up to three cases."""
    said = [_case(each, words) for each in cell.cells[:MOST_CASES]]
    more = len(cell.cells) - len(said)
    head = f"{cell.toolchain}: {words.verdict(cell.finding.verdict)}"
    return "\n".join([head, *said, *([f"… {more} more"] if more else [])])


def _case(cell: CellResult, words: Language) -> str:
    name = "" if cell.cell.case == "default" else f"{cell.cell.case}: "
    verdict = words.verdict(cell.judged.finding.verdict)
    estimate = headline(cell)
    if estimate is None:
        return f"{name}{verdict}"
    text = without_markup(words.show(estimate).plain)
    return f"{name}{verdict}, {text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + '…'}"


def headline(cell: CellResult) -> Estimate | None:
    """The first estimate that there is; the metrics are in the order in which the claim file gives them."""
    return next(iter(cell.judged.estimates.values()), None)
