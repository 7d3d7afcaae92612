"""Chinese: where statements hold and fail, by toolchain and case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from macros.claim.fields import VerdictName
from macros.verdict.parts import CellVerdict
from macros.words import phrases, stretches
from macros.words.figures import count

HOLDS = {VerdictName.CONFIRMED: "成立", VerdictName.REFUTED: "不成立"}
CAME_TO = {
    VerdictName.REFUTED: "不成立",
    VerdictName.DEPENDS: "未达到要求但换一台机器可能就会达到",
    VerdictName.INCONCLUSIVE: "未能判定",
    VerdictName.UNTESTABLE: "无法测试",
    VerdictName.CONFIRMED: "成立",
}
_NAMED = (VerdictName.REFUTED, VerdictName.DEPENDS)


def by_toolchain(verdicts: Mapping[str, VerdictName]) -> str:
    found = stretches.stretches(verdicts)
    if len(found) == 1:
        return f"在所有工具链中都{HOLDS[found[0].verdict]}"
    flips = "、".join(f"{before} 与 {after} 之间" for before, after in stretches.flips(verdicts))
    return f"{'，'.join(_stretch(each) for each in found)}（结论在 {flips}翻转）"


def _stretch(stretch: stretches.Stretch) -> str:
    says = HOLDS[stretch.verdict]
    if stretch.first == stretch.last:
        return f"在 {stretch.first} 中{says}"
    return f"从 {stretch.first} 起{says}" if stretch.ends else f"在 {stretch.first} 至 {stretch.last} 中{says}"


def came_to(cells: Sequence[CellVerdict]) -> list[str]:
    """What several cells came to. Those that do not hold are named, the others counted."""
    parts = []
    for verdict, says in CAME_TO.items():
        by_case = stretches.toolchains_by_case(cells, verdict)
        if by_case and verdict in _NAMED:
            parts.append(f"在 {'、'.join(_place(case, names) for case, names in by_case.items())} 中{says}")
        elif by_case:
            parts.append(f"有 {count(sum(map(len, by_case.values())))} 个{says}")
    return parts


def _place(case: str, toolchains: Sequence[str]) -> str:
    names = "、".join(toolchains)
    return names if case == phrases.DEFAULT_CASE else f"{names}（{case}）"


def listed(names: Sequence[str], last: str) -> str:
    """a、b 和 c."""
    return names[0] if len(names) == 1 else f"{'、'.join(names[:-1])} {last} {names[-1]}"
