"""What changed from one build to another, in the words of each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macros.results.diff import Turn
from macros.results.feed_history import Cause
from macros.words.language import LanguageName


@dataclass(frozen=True)
class ChangeWords:
    """`turns`: what a verdict became. `causes`: each as a phrase that stands alone."""

    turns: Mapping[Turn, str]
    causes: Mapping[Cause, str]
    comma: str

    def because(self, causes: Sequence[Cause]) -> str:
        """All causes of a change."""
        return self.comma.join(self.causes[cause] for cause in causes)


CHANGES: Mapping[LanguageName, ChangeWords] = {
    "en": ChangeWords(
        turns={
            Turn.FALSE: "became false",
            Turn.TRUE: "became true",
            Turn.DEPENDS: "depends now",
            Turn.UNDECIDED: "undecided now",
        },
        causes={
            Cause.CLAIM: "the claim file changed",
            Cause.PROGRAM: "the claim’s programs changed",
            Cause.IMAGE: "the toolchains’ images changed",
            Cause.ENGINE: "the container engine or the sandbox changed",
            Cause.MACHINE: "it ran on another machine",
            Cause.JUDGE: "the judge changed",
            Cause.NOISE: "noise: nothing that we know of changed",
            Cause.UNKNOWN: "the cause is not known",
        },
        comma="; ",
    ),
    "zh": ChangeWords(
        turns={
            Turn.FALSE: "变为不成立",
            Turn.TRUE: "变为成立",
            Turn.DEPENDS: "变为视条件而定",
            Turn.UNDECIDED: "变为未定",
        },
        causes={
            Cause.CLAIM: "陈述文件有改动",
            Cause.PROGRAM: "陈述的程序有改动",
            Cause.IMAGE: "工具链的镜像有改动",
            Cause.ENGINE: "容器引擎或沙箱有改动",
            Cause.MACHINE: "在另一台机器上运行",
            Cause.JUDGE: "判定方法有改动",
            Cause.NOISE: "噪声：没有已知的改动",
            Cause.UNKNOWN: "原因不明",
        },
        comma="；",
    ),
}
