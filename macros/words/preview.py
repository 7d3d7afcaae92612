"""What a preview says of itself and of its change, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from macros.words.language import LanguageName


@dataclass(frozen=True)
class PreviewWords:
    """`heads`: of the tables' columns. Braces stand for names and numbers."""

    page: str
    preview: str
    not_published: str
    against: str
    edited: str
    page_is: Mapping[str, str]
    marks: Mapping[str, str]
    before: str
    now: str
    here: str
    nothing: str
    tables: Mapping[str, str]
    heads: Mapping[str, str]
    more: str
    pages: str
    stops: str
    stops_meaning: str
    denied: str
    compared: str
    affects_none: str
    affects: str
    because: str
    together: str
    apart: str
    shared: str
    other_program: str
    other_machines: str
    lost: str
    error: str
    family: str
    chance: str
    no_chance: str


PREVIEW: Mapping[LanguageName, PreviewWords] = {
    "en": PreviewWords(
        page="What this change does",
        preview="Preview of a change.",
        not_published="This is not the published site.",
        against="It shows {head} against {base}.",
        edited="{commit} with edits that are not committed",
        page_is={"new": "This page is new.", "changed": "The change alters this page."},
        marks={"new": "new", "changed": "changed", "removed": "removed"},
        before="before:",
        now="now:",
        here="What the change does here",
        nothing="No verdict and no value differs.",
        tables={
            "flips": "Verdicts that flipped",
            "cells": "The same verdict, other cells",
            "moved": "Values that moved beyond their joint interval",
            "new": "New claims",
            "removed": "Claims that were removed",
            "undecided": "Newly undecided",
            "decided": "Newly decided",
        },
        heads={
            "claim": "claim",
            "verdict": "verdict",
            "change": "before and now",
            "cause": "cause",
            "cells": "cells",
            "where": "where",
            "value": "value",
        },
        more="There are {count} in all; the others are in claims.json.",
        pages="Pages",
        stops="What stops the published site",
        stops_meaning="The preview shows these places all the same. `make site` does not build until they are "
        "rewritten, or the claims are fixed.",
        denied="Marked on their pages as not so in this run",
        compared="How it was compared",
        affects_none="The change affects no claim, and nothing was run for it.",
        affects="Claims that the change can affect: {count}.",
        because="`{file}` affects all of them.",
        together="Measured on both sides, in the same rounds of one session: {count}. A slow minute touched both.",
        apart="Measured on both sides, but at different times: {count}. What differs there may be the minute’s.",
        shared="An experiment that is the same on both sides was run once, and both sides are judged from its result.",
        other_program="The base has another version of the program that reads and judges. Here, both sides are read "
        "and judged by the change’s own, so what the new judge alone does is not seen.",
        other_machines="The two sides’ results come from different machines. What differs may be the machine’s.",
        lost="Could not be run or read on the base’s side: {names}.",
        error="Our own error",
        family="Measured verdicts have a family-wise error of {family} over the whole catalogue: one claim’s verdict "
        "is wrong with a chance of at most {error}.",
        chance="A flip that is only noise needs a wrong verdict on one side. Of the claims that were measured on both "
        "sides ({count}), at most {flips} flips are to be expected by chance.",
        no_chance="No claim was measured on both sides, so no flip here is noise.",
    ),
    "zh": PreviewWords(
        page="此改动的影响",
        preview="改动的预览。",
        not_published="这不是正式发布的网站。",
        against="这里比较 {head} 与 {base}。",
        edited="{commit}（含未提交的修改）",
        page_is={"new": "本页是新增的。", "changed": "此改动涉及本页。"},
        marks={"new": "新增", "changed": "有改动", "removed": "已删除"},
        before="此前：",
        now="现在：",
        here="此改动在这里的影响",
        nothing="没有任何结论或数值不同。",
        tables={
            "flips": "翻转的结论",
            "cells": "结论相同，单元不同",
            "moved": "超出共同区间的数值",
            "new": "新增的陈述",
            "removed": "删除的陈述",
            "undecided": "变为未定",
            "decided": "变为已定",
        },
        heads={
            "claim": "陈述",
            "verdict": "结论",
            "change": "此前与现在",
            "cause": "原因",
            "cells": "单元",
            "where": "条件",
            "value": "数值",
        },
        more="共 {count} 项；其余见 claims.json。",
        pages="页面",
        stops="会阻止正式发布的问题",
        stops_meaning="预览仍然显示这些地方。改写它们或修正陈述之前，`make site` 不会构建。",
        denied="在各自页面上标为本次运行不成立",
        compared="比较的方法",
        affects_none="此改动不影响任何陈述，也没有为它运行任何实验。",
        affects="此改动可能影响的陈述：{count} 条。",
        because="`{file}` 影响所有陈述。",
        together="两侧在同一次测量的相同轮次中测得：{count} 条。慢的一分钟对两侧的影响相同。",
        apart="两侧都测量过，但时间不同：{count} 条。差异可能来自当时的机器状态。",
        shared="两侧相同的实验只运行一次，两侧都根据其结果判定。",
        other_program="基准版本的读取和判定程序不同。这里两侧都由改动后的程序读取和判定，因此看不出新的判定方法单独的影响。",
        other_machines="两侧的结果来自不同的机器，差异可能来自机器。",
        lost="基准一侧无法运行或读取：{names}。",
        error="我们自己的误差",
        family="在整个目录上，测得结论的总体误差为 {family}：一条陈述的结论出错的概率至多为 {error}。",
        chance="仅由噪声造成的翻转需要某一侧的结论出错。两侧都测量过的陈述有 {count} 条，"
        "预计至多有 {flips} 次偶然翻转。",
        no_chance="没有陈述在两侧都测量过，因此这里没有噪声造成的翻转。",
    ),
}
