"""What the assessment service refuses, beyond the chassis errors.

NotFound ──── SubjectNotFound
Invalid ───── PeriodWrong, KindWrong, CounterUnknown, CursorWrong
Forbidden ─── WholeCountyNeeded
Unavailable ─ NoScheme, LogUnavailable
"""

from typing import Any

from services.chassis.errors import Fault, Forbidden, Invalid, NotFound, Unavailable


class SubjectNotFound(NotFound):
    code = "subject-not-found"
    zh = "没有找到考核对象 {kind} {id},或您无权查看"
    en = "There is no subject {kind} {id} that you may see"


class InputWrong(Invalid):
    """One input is at fault; `path` says where. Subclasses give the sentences."""

    path = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault(self.path, self.code, self.sentence("zh"), self.sentence("en")),)


class PeriodWrong(InputWrong):
    code = "period-wrong"
    path = "period"
    zh = "考核周期“{value}”无法识别;请写作 2026-11-22、2026-11、2026-Q4 或 2026"
    en = 'The period "{value}" is not understood; write 2026-11-22, 2026-11, 2026-Q4 or 2026'


class KindWrong(InputWrong):
    code = "kind-wrong"
    path = "subject_kind"
    zh = "考核对象类别“{value}”无法识别;可选:member(网格员)、grid(网格)、department(部门)"
    en = 'There is no kind of subject "{value}"; there are member, grid and department'


class CounterUnknown(InputWrong):
    code = "counter-unknown"
    path = "counter"
    zh = "没有计数项“{value}”;可选:{possible}"
    en = 'There is no counter "{value}"; there are {possible}'


class CursorWrong(InputWrong):
    code = "cursor-wrong"
    path = "cursor"
    zh = "翻页标记无效;请从第一页开始"
    en = "The cursor is not one of ours; start again from the first page"


class WholeCountyNeeded(Forbidden):
    code = "whole-county-needed"
    zh = "重新计算需要读取全县的事件日志,您的岗位只覆盖部分区域"
    en = "Recomputing reads the whole county's event log; your posts cover a part of the county only"


class NoScheme(Unavailable):
    code = "no-scheme"
    zh = "尚无现行方案,无法计分;请先启用方案"
    en = "No plan is active yet, so there are no scores; activate a plan first"


class LogUnavailable(Unavailable):
    code = "log-unavailable"
    zh = "事件日志暂时读不到,请稍后重试"
    en = "The event log cannot be read at the moment; please try again"
