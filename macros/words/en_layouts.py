"""English: what is said of the layouts of the code."""

from __future__ import annotations

from macros.verdict.causes import MovedByLayout
from macros.verdict.details import DependsOnLayout, PartlyOnLayout
from macros.words import figures, phrases
from macros.words.en_cells import came_to
from macros.words.figures import count


def layouts(number: int, share: float) -> str:
    return f"{count(number)} layouts, which account for {figures.percent(share)} of the scatter"


def depends(expected: str, measured: str, detail: DependsOnLayout) -> str:
    """`expected` and `measured` are the parts that all sentences on predicates have."""
    lowest, highest = phrases.layouts_ends(detail)
    return (
        f"Expected {expected}; {measured}, and it depends on the layout of the code in memory: {count(detail.layouts)} "
        f"of them gave from {lowest} to {highest}."
    )


def partly(detail: PartlyOnLayout) -> str:
    cells = f"{count(detail.moved)} of {count(detail.cells)} cells"
    first = f"In {cells}, whether it holds depends on the layout of the code in memory"
    return "; ".join([first, *came_to(detail.others)]) + "."


def moved(cause: MovedByLayout) -> str:
    lowest, highest = (figures.plain(end) for end in (cause.lowest, cause.highest))
    return (
        f"{count(cause.layouts)} layouts of the code in memory gave from {lowest} to {highest}, so another one may lie "
        "beyond the threshold"
    )
