"""Chinese: the words for verdicts, kinds and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.fields import Kind, VerdictName
from macros.results.weakest import Weakness
from macros.verdict.alternatives import AnalysisName
from macros.verdict.finding import Mark, Reason
from macros.verdict.premises import Relation

VERDICTS: Mapping[VerdictName, tuple[str, str]] = {
    VerdictName.CONFIRMED: ("成立", "在陈述所涉及的所有条件下都成立。"),
    VerdictName.REFUTED: ("不成立", "在陈述所涉及的所有条件下都不成立。"),
    VerdictName.DEPENDS: ("视条件而定", "在一些条件下成立，在另一些条件下不成立；页面会说明是哪些条件。"),
    VerdictName.INCONCLUSIVE: ("未能判定", "本次运行的证据不足以判定；页面会说明原因。"),
    VerdictName.UNTESTABLE: ("无法测试", "这台机器缺少实验所需的条件；页面会指明缺少什么。"),
    VerdictName.UNVERIFIABLE: ("无法验证", "原文没有给出任何可以执行的内容；页面会说明什么样的证据能改变这一点。"),
}
"""Each verdict's word, and what it says of a statement."""

KINDS: Mapping[Kind, str] = {
    Kind.INSPECT: "通过查看来判定：符号、机器码、文件或程序的输出",
    Kind.MEASURE: "通过反复测量来判定",
    Kind.COMPUTE: "用原文自己的数字推算来判定",
    Kind.REPORT: "他人的经验之谈，没有给出数据或步骤",
    Kind.PLAN: "关于未来的陈述",
}
"""How a claim of each kind is decided."""

REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.NONE: ("", ""),
    Reason.NOISY: ("机器噪声过大", "各次运行过于分散，置信区间跨过了阈值。增加运行次数会有帮助。"),
    Reason.TOO_FEW_RUNS: ("运行次数太少", "在这一错误率下，这么少的运行次数无论结果如何都无法判定。"),
    Reason.NEAR_THRESHOLD: (
        "离阈值太近",
        "置信区间很窄，且恰好落在阈值上，需要极多次运行才能分辨；或者代码布局使数值移动的幅度不小于它与阈值的距离。",
    ),
    Reason.BELOW_RESOLUTION: ("低于分辨率", "该值与空循环的值无法区分，或者机器码中的循环里没有这一操作。"),
    Reason.OUT_OF_BUDGET: ("预算用尽", "陈述为自己设定的时间在足以判定之前已经用完。"),
    Reason.BAD_SESSION: (
        "会话不可靠",
        "机器繁忙、空白对照看到了不存在的差异、数值发生漂移，或者样本来自两台机器：凡是需要安静环境的结果都不予采信。",
    ),
    Reason.DISAGREEMENT: ("进程之间不一致", "同一程序的多个新进程在本应精确的结果上不一致。"),
    Reason.CONTROL: ("对照未通过", "某个对照没有得出已知的结果，因此这项实验今天什么也证明不了。"),
    Reason.MISSING_MEANS: ("机器缺少所需条件", "这台机器缺少实验所需的条件；结论为无法测试，并指明缺少什么。"),
    Reason.TOOLCHAIN: ("取决于工具链", "该陈述在一些工具链中成立，在另一些中不成立。"),
    Reason.CASE: ("取决于情形", "在一些情形下成立，在另一些情形下不成立。"),
    Reason.MACHINE: ("取决于机器", "数值未达到要求，但差距小于事先规定的倍数，换一台机器可能就会达到。"),
    Reason.LAYOUT: ("取决于代码布局", "同样的源代码，在内存中的某些布局下成立，在另一些布局下不成立。"),
}
"""Each reason as a short phrase, and in a sentence with what would help."""

MARKS: Mapping[Mark, tuple[str, str]] = {
    Mark.NEAR_BOUND: ("临近阈值", "判定的余地很小：换一台机器，或者代码在内存中的布局不同，结论就可能翻转。"),
    Mark.IN_PART_UNTESTABLE: ("部分无法测试", "这台机器不具备其中一些条件所需的环境，只检验了其余的条件。"),
    Mark.PREMISE_REFUTED: (
        "前提不成立",
        "原文以另一个说法支撑本说法，而那个说法不成立。无论此处的结论如何，这一论证都不成立。",
    ),
    Mark.PREMISE_IN_PART: (
        "前提部分成立",
        "原文以另一个说法支撑本说法，而那个说法只在部分条件下成立，这一论证也是如此。",
    ),
}
"""Each mark as a short phrase, and in a sentence."""

RELATIONS: Mapping[Relation, str] = {
    Relation.RESTS_ON: "本说法的前提",
    Relation.PREMISE_OF: "以本说法为前提",
    Relation.CARRIES_NOTHING: "它不成立，因此无论以它为前提的说法结论如何，原文对它们的论证都不成立。",
    Relation.CARRIES_IN_PART: "它只在部分条件下成立，原文对以它为前提的说法的论证也是如此。",
}
"""What is said of other claims: two labels, and two sentences on the page of a premise that fails."""

WITNESSES: Mapping[str, str] = {
    "latency": "探针：乘法链",
    "throughput": "探针：相互独立的加法",
    "loads": "探针：相互依赖的读取",
    "bandwidth": "探针：对内存求和",
    "stretch": "探针：长于一个调度时间片的工作，在进程之前",
    "stretch_after": "探针：长于一个调度时间片的工作，在进程之后",
    "others_here": "进程自身的处理器被其他程序占用的时间",
    "others_elsewhere": "其余处理器被其他程序占用的时间",
    "stolen": "被虚拟机管理程序分给别处的时间",
    "stalled": "因内存或设备而等待的时间",
    "unwatched": "哨兵未能完成监视的进程",
}
"""哨兵的每个见证量的含义。"""


ANALYSES: Mapping[AnalysisName, tuple[str, str]] = {
    AnalysisName.MEAN: ("平均值", "用平均值代替中位数；所有数值都大于零时用几何平均值。"),
    AnalysisName.HODGES_LEHMANN: (
        "霍奇斯–莱曼估计",
        "所有两两平均值的中位数：用到每一个数值，又不受离群值左右。",
    ),
    AnalysisName.HARRELL_DAVIS: (
        "哈雷尔–戴维斯估计",
        "用排序后所有数值的加权平均来估计分位数，而不是只取其位置上的一两个数值。",
    ),
    AnalysisName.MINIMUM: (
        "受干扰最小的值",
        "最短的时间或最高的速率，因为机器上的其他工作只会增加时间；对于比值，取两者之商。"
        "必然成立之处不计入：中位数低于某个界限时，最短的时间也一定低于它。",
    ),
    AnalysisName.UNPAIRED: ("不配对", "用两个中位数之商代替各对之商的中位数。"),
    AnalysisName.WITHOUT_FIRST: ("去掉开头部分", "不计会话开头的那些运行。"),
    AnalysisName.SECOND_HALF: ("后半部分", "只计后一半运行。"),
    AnalysisName.FIXED_SAMPLE: (
        "固定样本区间",
        "教科书式的中位数区间，不考虑停止规则，以轮次而不是单次运行为单位。轮次太少而得不出区间时不计入。",
    ),
    AnalysisName.TOLERANCE: ("另一容差", "把判定所用的数值朝不利于结论的方向移动。"),
    AnalysisName.QUIET_ONLY: ("只计安静的运行", "不计机器繁忙时的运行。没有这样的运行时不计入。"),
    AnalysisName.LAYOUTS: ("逐一去掉一种布局", "依次去掉代码在内存中的每一种布局。只有一种布局时不计入。"),
}
"""Each other analysis as a short phrase, and what it does in a sentence."""


def witness(name: str) -> str:
    """A probe's name ends with the number of processors that it runs on."""
    name, _, processors = name.partition("/")
    what = WITNESSES.get(name, name)
    return f"{what}（{processors} 个处理器）" if processors else what


WEAKNESSES: Mapping[Weakness, str] = {
    Weakness.NEAR_BOUND: "数值临近阈值。换一台机器、换一天，或者代码在内存中的布局不同，结论都可能相反。",
    Weakness.ANALYSES: "同样的样本若用另一种同样站得住脚的方法分析，得不出这一结论。",
    Weakness.UNFLIPPED: "并非每个结论都有对照得出相反的结果；对其余的结论，没有证明实验也可能得出相反的结果。",
    Weakness.IN_PART: "陈述所涉及的条件中，有一部分在这台机器上无法运行。",
    Weakness.READING: "我们对原文的理解，见“我们的假设”；换一种理解，结论可能不同。",
    Weakness.ONE_MACHINE: "机器。所有时间都在同一型号的处理器上测得，换一种处理器可能不同。",
    Weakness.ONE_BUILD: "平台。每个版本只查看了一种架构的一次构建；其他平台的编译结果可能不同。",
}
"""Each reason to doubt a verdict, in a sentence."""
