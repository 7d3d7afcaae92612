"""What is said in and about plots, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macros.words import figures
from macros.words.language import LanguageName


@dataclass(frozen=True)
class PlotWords:
    """Clauses, and patterns with places for what `str.format` puts in.

    Titles: `rows`, `shares`, `growth`. Of a region: `below` to `slope`. Of a row: `asked`, `holding`, `grew`. Of the
    key: the rest.
    """

    rows: str
    shares: str
    growth: str
    slopes: str
    below: str
    above: str
    between: str
    about: str
    slope: str
    asked: str
    holding: str
    holding_there: str
    grew: str
    dot: str
    layouts: str
    dot_of_shares: str
    dot_of_growth: str
    kept: str
    bar: str
    shaded: str
    line: str
    logarithmic: str
    both_logarithmic: str
    slopes_shaded: str
    ring: str
    joint: str
    stop: str

    def region(self, low: float | None, high: float | None, figure: float | None, unit: str) -> str:
        """Where a statement holds: below 5 ms, about 5 ms (4 ms to 6.25 ms); "" where nothing is known of it."""
        ends = [None if end is None else figures.quantity(end, unit) for end in (low, high)]
        match ends:
            case [str(least), str(most)]:
                band = self.between.format(least, most)
                return band if figure is None else self.about.format(figures.quantity(figure, unit), band)
            case [str(least), None]:
                return self.above.format(least)
            case [None, str(most)]:
                return self.below.format(most)
        return ""

    def sentence(self, clauses: Sequence[str]) -> str:
        """One sentence; empty clauses are left out."""
        return self.joint.join(clause for clause in clauses if clause) + self.stop


_ENGLISH = PlotWords(
    rows="{}: each process, the interval of the median, and what the statement asks for",
    shares="{}: the share of processes up to each value, the interval of the median, and what the statement asks for",
    growth="{}: the values by size, and the line of their slope",
    slopes="Slope in each process",
    below="below {}",
    above="above {}",
    between="{} to {}",
    about="about {} ({})",
    slope="slope {}",
    asked="{} is asked for",
    holding="{} of {} processes are",
    holding_there="{}: {} of {}",
    grew="{} at {} to {} at {}",
    dot="A dot is one fresh process",
    layouts="Layouts of its code in memory:",
    dot_of_shares="A dot is one fresh process, as high as the share of processes up to its value",
    dot_of_growth="A dot is one process’s value at one size",
    kept="of {1} processes the values of {0} were kept",
    bar="the bar is the interval of the median",
    shaded="shaded is what the statement asks for, dashed its figure",
    line="the line has the median slope of all processes",
    logarithmic="the axis is logarithmic",
    both_logarithmic="both axes are logarithmic, {} goes across",
    slopes_shaded="shaded is where the slopes lead that the statement asks for",
    ring="in a ring, others were at work meanwhile",
    joint="; ",
    stop=".",
)

_CHINESE = PlotWords(
    rows="{}：每个进程、中位数的区间，以及论断所要求的范围",
    shares="{}：不超过各个值的进程所占的比例、中位数的区间，以及论断所要求的范围",
    growth="{}：各个规模下的值，以及其斜率对应的直线",
    slopes="各进程的斜率",
    below="低于 {}",
    above="高于 {}",
    between="{} 到 {}",
    about="约 {}（{}）",
    slope="斜率{}",
    asked="要求{}",
    holding="{} / {} 个进程符合",
    holding_there="{}：{} / {}",
    grew="从 {}（规模 {}）到 {}（规模 {}）",
    dot="每个点是一个新进程",
    layouts="代码在内存中的布局：",
    dot_of_shares="每个点是一个新进程，其高度是不超过该值的进程所占的比例",
    dot_of_growth="每个点是一个进程在一个规模下的值",
    kept="{1} 个进程中保留了 {0} 个的值",
    bar="横条是中位数的区间",
    shaded="阴影是论断所要求的范围，虚线是其数值",
    line="直线的斜率是所有进程斜率的中位数",
    logarithmic="坐标轴为对数",
    both_logarithmic="两个坐标轴均为对数，横轴为 {}",
    slopes_shaded="阴影是论断所要求的斜率所通向的范围",
    ring="圆环表示当时有别的程序在运行",
    joint="；",
    stop="。",
)

PLOT_WORDS: Mapping[LanguageName, PlotWords] = {"en": _ENGLISH, "zh": _CHINESE}
