"""What is said beside the values of other people's machines, in the words of each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from macros.words.language import LanguageName


@dataclass(frozen=True)
class ElsewhereWords:
    """`earlier` stands before the verdict that a file of an earlier experiment states."""

    introduction: str
    ours: str
    agrees: str
    agrees_in_part: str
    differs: str
    earlier: str
    forest: str
    forest_key: str


ELSEWHERE: Mapping[LanguageName, ElsewhereWords] = {
    "en": ElsewhereWords(
        introduction=(
            "Readers ran this claim on their own machines and sent what it showed. Their values are judged as ours "
            "are, and have no part in our verdict."
        ),
        ours="ours",
        agrees="the same verdict as ours",
        agrees_in_part="the same verdict as ours, without all releases and cases of ours",
        differs="not our verdict",
        earlier="an earlier form of this experiment, not judged; its verdict was",
        forest="one row per machine, with the interval, and the source’s figure",
        forest_key=(
            "A row is one machine: the line is its value, the bar the interval, the shaded part what the statement "
            "asks for."
        ),
    ),
    "zh": ElsewhereWords(
        introduction="读者在自己的机器上运行了这条陈述，并提交了结果。这些数值按同样的规则评判，但不影响我们的结论。",
        ours="本站",
        agrees="与我们的结论相同",
        agrees_in_part="与我们的结论相同，但没有覆盖我们的全部版本和条件",
        differs="与我们的结论不同",
        earlier="属于此实验的早期形式，不作评判；当时的结论是",
        forest="每行一台机器，附区间和原文的数字",
        forest_key="每行是一台机器：竖线是它的数值，横条是区间，阴影是陈述所要求的范围。",
    ),
}
