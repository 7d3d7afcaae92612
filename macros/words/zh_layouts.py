"""Chinese: what is said of the layouts of the code."""

from __future__ import annotations

from macros.verdict.causes import MovedByLayout
from macros.verdict.details import DependsOnLayout, PartlyOnLayout
from macros.words import figures, phrases
from macros.words.figures import count
from macros.words.zh_cells import came_to


def layouts(number: int, share: float) -> str:
    return f"{count(number)} 种代码布局，占离散程度的 {figures.percent(share)}"


def depends(expected: str, measured: str, detail: DependsOnLayout) -> str:
    """`expected` and `measured` are the parts that all sentences on predicates have."""
    lowest, highest = phrases.layouts_ends(detail)
    return (
        f"预期{expected}；{measured}，结果取决于代码在内存中的布局：{count(detail.layouts)} 种布局得出的值从 "
        f"{lowest} 到 {highest}。"
    )


def partly(detail: PartlyOnLayout) -> str:
    first = f"{count(detail.cells)} 个单元中有 {count(detail.moved)} 个的结果取决于代码在内存中的布局"
    return "；".join([first, *came_to(detail.others)]) + "。"


def moved(cause: MovedByLayout) -> str:
    lowest, highest = (figures.plain(end) for end in (cause.lowest, cause.highest))
    return f"{count(cause.layouts)} 种代码布局得出的值从 {lowest} 到 {highest}，换一种布局可能就会越过阈值"
