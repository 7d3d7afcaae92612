"""Chinese."""

from __future__ import annotations

from typing import ClassVar

from macros.claim.fields import Kind, VerdictName
from macros.verdict import causes, details
from macros.verdict.alternatives import AnalysisName, Tried
from macros.verdict.analyses import Analyses
from macros.verdict.finding import Mark, Reason
from macros.verdict.mutants import Change, ChangeKind, Excuse
from macros.verdict.parts import Measured, Predicate, Readings, Subject
from macros.verdict.premises import Relation
from macros.words import figures, phrases, stretches, zh_labels, zh_layouts
from macros.words.figures import count
from macros.words.language import Language, LanguageName
from macros.words.zh_cells import CAME_TO, HOLDS, by_toolchain, came_to, listed
from macros.words.zh_labels import ANALYSES, KINDS, MARKS, REASONS, RELATIONS, VERDICTS

_SUMMARIES = {"p99": " P99 ", "p90": " P90 ", "max": "最大值", "min": "最小值", "mean": "平均值", "sum": "总和"}
_GROWTHS = {"linear": "线性增长", "faster": "快于线性增长", "slower": "慢于线性增长"}
_ENVIRONMENT = {"cpu": "处理器", "kernel": "内核", "cores": "核数", "engine": "容器引擎", "image": "镜像"}


class Chinese(Language):
    """Every sentence of a finding in Chinese."""

    name: ClassVar[LanguageName] = "zh"
    weaknesses = zh_labels.WEAKNESSES

    # ---- labels -----------------------------------------------------------------------------------

    def verdict(self, verdict: VerdictName) -> str:
        return VERDICTS[verdict][0]

    def verdict_meaning(self, verdict: VerdictName) -> str:
        return VERDICTS[verdict][1]

    def kind(self, kind: Kind) -> str:
        return KINDS[kind]

    def reason(self, reason: Reason) -> str:
        return REASONS[reason][0]

    def reason_meaning(self, reason: Reason) -> str:
        return REASONS[reason][1]

    def mark(self, mark: Mark) -> str:
        return MARKS[mark][0]

    def mark_meaning(self, mark: Mark) -> str:
        return MARKS[mark][1]

    def relation(self, relation: Relation) -> str:
        return RELATIONS[relation]

    def change(self, change: Change) -> str:
        by = figures.plain(change.by)
        return {
            ChangeKind.TIMES: f"数值乘以 {by}",
            ChangeKind.DIVIDED: f"数值除以 {by}",
            ChangeKind.PLUS: f"数值加 {by}",
            ChangeKind.LESS: f"数值减 {by}",
            ChangeKind.TURNED: "不等号反向",
            ChangeKind.GROWTH: f"增长方式改为{_GROWTHS.get(change.to, phrases.name(change.to))}",
            ChangeKind.PATTERN: "替换匹配模式",
            ChangeKind.WORD: "替换词语",
            ChangeKind.TRUTH: "真假值取反",
        }[change.kind]

    def witness(self, name: str) -> str:
        return zh_labels.witness(name)

    def excuse(self, excuse: Excuse) -> str:
        return f"实测值优于界限 {figures.plain(excuse.factor)} 倍以上，因此改动后的陈述同样为真"

    def analysis(self, name: AnalysisName) -> str:
        return ANALYSES[name][0]

    def analysis_meaning(self, name: AnalysisName) -> str:
        return ANALYSES[name][1]

    def analyses(self, found: Analyses) -> str:
        holds = f"该结论在 {found.of} 种其他分析中的 {found.stands_in} 种里不变"
        return f"{holds}；改变的是：{'、'.join(map(self.analysis, found.failing))}。" if found.failing else f"{holds}。"

    def tried(self, tried: Tried, unit: str) -> str:
        found = " 至 ".join(phrases.ends(tried.found, unit))
        return f"{found}，对照 {'、'.join(phrases.each(tried.ends, unit))}"

    # ---- values -----------------------------------------------------------------------------------

    def truth(self, value: bool) -> str:
        return "真" if value else "假"

    def at_least(self, number: str) -> str:
        return f"至少 {number}"

    def at_most(self, number: str) -> str:
        return f"至多 {number}"

    def layouts(self, count: int, share: float) -> str:
        return zh_layouts.layouts(count, share)

    # ---- one statistical predicate -----------------------------------------------------------------------------

    def as_expected(self, detail: details.AsExpected) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return f"{measured}，符合预期（{_expected(detail.subject, detail.predicate)}）。"

    def not_as_expected(self, detail: details.NotAsExpected) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return f"预期{_spaced(_expected(detail.subject, detail.predicate))}，但{_spaced(measured)}。"

    def missed_by_machine(self, detail: details.MissedByMachine) -> str:
        measured = self._measured(detail.subject, detail.measured)
        expected = _spaced(_expected(detail.subject, detail.predicate))
        factor = figures.plain(detail.factor)
        return f"预期{expected}，但{_spaced(measured)}：差距小于 {factor} 倍，换一台机器可能就会达到。"

    def depends_on_layout(self, detail: details.DependsOnLayout) -> str:
        measured = self._measured(detail.subject, detail.measured)
        return zh_layouts.depends(_spaced(_expected(detail.subject, detail.predicate)), measured, detail)

    def undecided(self, detail: details.Undecided) -> str:
        measured = self._measured(detail.subject, detail.measured)
        expected = _spaced(_expected(detail.subject, detail.predicate))
        return f"预期{expected}；{measured}，不足以判定：{self.cause(detail.cause)}。"

    def _measured(self, subject: Subject, measured: Measured) -> str:
        runs = f"{count(measured.n)} 对运行" if measured.paired else _runs(measured.n)
        numerals = phrases.measured(subject, measured)
        if numerals is None:
            return f"{_subject(subject)}没有测得（{runs}）"
        interval = self.interval(numerals)
        return f"{_subject(subject)}为 {numerals.text}（{f'置信区间{_spaced(interval)}，' if interval else ''}{runs}）"

    # ---- one exact predicate -----------------------------------------------------------------------------

    def read_as_expected(self, detail: details.ReadAsExpected) -> str:
        answer = "" if detail.predicate.name == "equals" else f"（{self._answer(detail.subject, detail.predicate)}）"
        return f"{phrases.name(detail.subject.metric)} {self._read(detail)}，符合预期{answer}。"

    def read_otherwise(self, detail: details.ReadOtherwise) -> str:
        return f"{self._exactly(detail.subject, detail.predicate)}，但实际{_spaced(self._read(detail))}。"

    def processes_disagree(self, detail: details.ProcessesDisagree) -> str:
        exactly = self._exactly(detail.subject, detail.predicate)
        return f"{exactly}，但各进程不一致：读数{_spaced(self._read(detail))}。"

    def too_few_readings(self, detail: details.TooFewReadings) -> str:
        return (
            f"必须一致的 {count(detail.needed)} 个进程中，只有 {count(detail.n)} 个读到了 "
            f"{phrases.name(detail.subject.metric)}。"
        )

    def _exactly(self, subject: Subject, predicate: Predicate) -> str:
        return f"预期 {phrases.name(subject.metric)} {self._answer(subject, predicate)}"

    def _answer(self, subject: Subject, predicate: Predicate) -> str:
        given = predicate.given
        match predicate.name:
            case "at_least":
                return f"至少为 {phrases.figure(given)}"
            case "at_most":
                return f"至多为 {phrases.figure(given)}"
            case "matches":
                return f"匹配 {phrases.name(str(given))}"
            case "one_of":
                return f"为{_spaced(listed([phrases.name(each) for each in phrases.options(given)], '或'))}"
        return f"等于{_spaced(phrases.exact_figure(given, subject.unit, self.truth))}"

    def _read(self, detail: details.ReadAsExpected | details.ReadOtherwise | details.ProcessesDisagree) -> str:
        return f"为{_spaced(self._values(detail.readings, detail.subject.unit))}（{count(detail.readings.n)} 个进程）"

    def _values(self, readings: Readings, unit: str) -> str:
        values = phrases.values(readings, unit, self.truth)
        those = listed(values, "和")
        return f"{'、'.join(values)} 以及另外 {count(readings.more)} 个值" if readings.more else those

    # ---- a cell -----------------------------------------------------------------------------------

    def machine_lacks(self, detail: details.MachineLacks) -> str:
        return f"这台机器缺少实验所需的条件：{phrases.said(detail.what)}。"

    def only_context(self, detail: details.OnlyContext) -> str:
        return "没有任何预期涉及这一情形；列出它只是为了提供背景。"

    def several(self, detail: details.Several) -> str:
        return "".join(self.detail(each) for each in detail.details)

    # ---- a claim -----------------------------------------------------------------------------------

    def no_evidence_there(self, detail: details.NoEvidenceThere) -> str:
        return phrases.prose(detail.why, self.name)

    def nothing_run(self, detail: details.NothingRun) -> str:
        return "该陈述还没有运行过任何单元。"

    def agreement(self, detail: details.Agreement) -> str:
        return f"在全部 {count(detail.cells)} 个单元中都{HOLDS[detail.verdict]}。{self._shown(detail.shown)}"

    def partly_missed_by_machine(self, detail: details.PartlyMissedByMachine) -> str:
        return (
            f"{count(detail.cells)} 个单元中有 {count(detail.missed)} 个未达到要求，"
            f"但差距不大，换一台机器可能就会达到。{self._shown(detail.shown)}"
        )

    def refuted_or_missed(self, detail: details.RefutedOrMissed) -> str:
        cells = "；".join(came_to(detail.cells))
        return f"在全部 {count(len(detail.cells))} 个单元中都未成立：{cells}。{self._shown(detail.shown)}"

    def partly_on_layout(self, detail: details.PartlyOnLayout) -> str:
        return zh_layouts.partly(detail) + self._shown(detail.shown)

    def open_cells(self, detail: details.OpenCells) -> str:
        open_ones = f"{count(detail.cells)} 个单元中有 {count(detail.open)} 个{CAME_TO[detail.verdict]}"
        return f"{'；'.join([open_ones, *came_to(detail.others)])}。{self._shown(detail.shown)}"

    def _shown(self, shown: details.CellShown) -> str:
        if shown.detail is None:
            return ""
        case = "" if shown.case == phrases.DEFAULT_CASE else f"、{shown.case}"
        return f"以 {shown.toolchain}{case} 为例：{self.detail(shown.detail)}"

    def dependence(self, detail: details.Dependence) -> str:
        missed = "".join(f"{part}。" for part in came_to(detail.missed))
        if detail.on == "case":
            parts = [f"在情形 {listed(stretches.cases_with(detail, v), '和')} 中{says}" for v, says in HOLDS.items()]
            return f"{'，'.join(parts)}。{missed}"
        if detail.on == "toolchain":
            return f"{by_toolchain(stretches.by_toolchain(detail))}。{missed}"
        parts = [f"情形 {case} {by_toolchain(own)}" for case, own in stretches.by_case(detail).items()]
        return f"取决于工具链和情形：{'；'.join(parts)}。{missed}"

    def control_failed(self, detail: details.ControlFailed) -> str:
        then = "" if detail.detail is None else self.detail(detail.detail)
        return (
            f"各单元的结论是“{self.verdict(detail.verdict)}”，但对照 {detail.control} 的已知结论是"
            f"“{self.verdict(detail.expected)}”，得出的却是“{self.verdict(detail.came_out)}”。{then}"
        )

    def no_control(self, detail: details.NoControl) -> str:
        return f"各单元的结论是“{self.verdict(detail.verdict)}”，但没有任何对照得出“{self.verdict(detail.missing)}”。"

    # ---- causes -----------------------------------------------------------------------------------

    def budget_before_least(self, cause: causes.BudgetBeforeLeast) -> str:
        return f"至少需要 {_runs(cause.least)}，而预算在 {_runs(cause.runs)}后用尽"

    def time_spent(self, cause: causes.TimeSpent) -> str:
        return f"{phrases.figure(cause.time)} 的时间预算在 {_runs(cause.runs)}后用尽"

    def too_few_for_interval(self, cause: causes.TooFewForInterval) -> str:
        return f"在这一错误率下，得到置信区间至少需要 {_runs(cause.least)}"

    def like_neighbours(self, cause: causes.LikeNeighbours) -> str:
        return "相邻的运行彼此相似，因此每次运行都抵不上一个独立样本"

    def near_threshold(self, cause: causes.NearThreshold) -> str:
        return f"整个置信区间都在阈值的 {figures.plain(cause.factor)} 倍以内，离阈值太近"

    def scattered(self, cause: causes.Scattered) -> str:
        return "各次运行过于分散"

    def did_not_measure(self, cause: causes.DidNotMeasure) -> str:
        return f"有 {_runs(cause.runs)}因机器条件所限，程序未能测量"

    def busy_rounds(self, cause: causes.BusyRounds) -> str:
        return f"有 {count(cause.rounds)} 轮因机器繁忙而不计入"

    def too_loud(self, cause: causes.TooLoud) -> str:
        return f"哨兵发现 {count(cause.rounds)} 轮中有 {count(cause.loud)} 轮机器繁忙"

    def null_control_fired(self, cause: causes.NullControlFired) -> str:
        return "空白对照在同一程序的两种布局之间看到了差异"

    def sessions_differ(self, cause: causes.SessionsDiffer) -> str:
        names = "、".join(_ENVIRONMENT.get(each, phrases.name(each)) for each in cause.names)
        return f"各次会话的环境不同（{names}），因此这些运行不是同一个样本"

    def drifting(self, cause: causes.Drifting) -> str:
        return "数值从第一次运行到最后一次持续漂移"

    def operation_not_in_code(self, cause: causes.OperationNotInCode) -> str:
        return f"循环的机器码中没有所要测量的操作（{phrases.name(cause.metric)}）"

    def no_empty_loop(self, cause: causes.NoEmptyLoop) -> str:
        return f"没有任何进程同时给出该值和空循环的值（{phrases.name(cause.metric)}）"

    def moved_by_layout(self, cause: causes.MovedByLayout) -> str:
        return zh_layouts.moved(cause)

    def like_empty_loop(self, cause: causes.LikeEmptyLoop) -> str:
        least = figures.plain(cause.least)
        if cause.ratio is None:
            return f"空循环的耗时为零，而比值至少须为 {least}"
        seen = f"测得的值是空循环的 {figures.plain(cause.ratio)} 倍"
        if cause.ratio < cause.least:
            return f"{seen}，而至少须为 {least} 倍"
        return f"{seen}，但这些运行不足以确定它至少为 {least} 倍"


def _expected(subject: Subject, predicate: Predicate) -> str:
    """A statistical predicate as a phrase after "预期"."""
    if predicate.name == "grows":
        slopes = [figures.plain(end) for end in predicate.ends]
        return {
            "linear": f"线性增长（斜率 {' 至 '.join(slopes)}）",
            "faster": f"斜率大于 {slopes[0]}",
            "slower": f"斜率小于 {slopes[0]}",
        }[str(predicate.given)]
    figure = phrases.figure(predicate.given)
    if predicate.name != "about":
        return f"{'小于' if predicate.name == 'below' else '大于'} {figure}"
    low, high = phrases.band(predicate, subject)
    return f"约为 {figure}，即 {low} 至 {high}"


def _subject(subject: Subject) -> str:
    """What was measured."""
    metric = phrases.name(subject.metric)
    quantile = subject.quantile
    taken = "中位数" if quantile in (None, 0.5) else f" {figures.percent(quantile or 0)} 分位数"
    if subject.of:
        return f"{metric} 之比（{subject.of} 比 {subject.over}）的{taken}"
    inside = f"每个进程内{_SUMMARIES[subject.summary]}的" if subject.summary in _SUMMARIES else "的"
    return f"{metric} {inside}{taken}"


def _runs(number: int) -> str:
    return f"{count(number)} 次运行"


def _spaced(text: str) -> str:
    """With a blank between a Chinese character before it and a letter or digit at its beginning."""
    return f" {text}" if text[:1].isascii() or text[:1] == "\u2212" else text
