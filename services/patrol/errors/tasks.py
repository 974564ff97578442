"""What the patrol service refuses, beyond the chassis errors.

NotFound ── TaskNotFound
Invalid ─── ReasonMissing, ItemUnknown, AnswerWrong, NumberMissing, MatterMissing, MatterUnknown,
            QuestionUnknown, ReplyWrong, TooManyEntries, CursorWrong
Forbidden ─ NotTheSigner
Conflict ── LookThroughOver, NotYetDue, SignedAlready, TaskOver, ProblemReported, TaskStateWrong
Unavailable ─ NoPlan
"""

from typing import Any

from services.chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Unavailable


class TaskNotFound(NotFound):
    code = "task-not-found"
    zh = "没有找到巡查任务 {id},或您无权查看"
    en = "There is no patrol task {id} that you may see"


class NoPlan(Unavailable):
    code = "no-patrol-plan"
    zh = "本县尚未启用方案,没有巡查安排({what});请先启用方案"
    en = "No plan is active yet, so nothing is to be patrolled ({what}); activate a plan first"


class InputWrong(Invalid):
    """One input is at fault; `path` says where. Subclasses give the sentences."""

    path = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault(self.path, self.code, self.sentence("zh"), self.sentence("en")),)


class ReasonMissing(InputWrong):
    code = "reason-required"
    path = "reason"
    zh = "请写明理由"
    en = "Give a reason"


class ItemUnknown(InputWrong):
    code = "item-unknown"
    path = "item"
    zh = "该任务的清单中没有条目 {value};清单以外的问题请用 other"
    en = "The task's checklist has no item {value}; enter what is found beyond it under other"


class AnswerWrong(InputWrong):
    code = "answer-wrong"
    path = "answer"
    zh = "不能回答“{value}”;可选:{possible}"
    en = 'The answer cannot be "{value}"; possible: {possible}'


class NumberMissing(InputWrong):
    code = "number-missing"
    path = "number"
    zh = "“{item}”需要填写数值({unit})"
    en = 'A number is needed for "{item}" ({unit})'


class MatterMissing(InputWrong):
    code = "matter-missing"
    path = "matter_code"
    zh = "清单没有指明该问题的事项,请从事项目录中选择"
    en = "The checklist does not say which matter this problem is; choose one of the catalogue"


class MatterUnknown(InputWrong):
    code = "matter-unknown"
    path = "matter_code"
    zh = "现行方案中没有事项 {value};请从事项目录中选择"
    en = "The active plan has no matter {value}; choose one of the catalogue"


class QuestionUnknown(InputWrong):
    code = "question-unknown"
    path = "replies"
    zh = "该事项没有问题 {value};可回答:{possible}"
    en = "The matter has no question {value}; it asks: {possible}"


class ReplyWrong(InputWrong):
    code = "reply-wrong"
    path = "replies"
    zh = "“{question}”的回答“{value}”不在可选项中:{possible}"
    en = 'The answer "{value}" to "{question}" is none of: {possible}'


class TooManyEntries(InputWrong):
    code = "too-many-entries"
    path = "entries"
    zh = "一次最多提交 {most} 条,这里有 {count} 条;请分批提交,已提交的不会重复"
    en = "At most {most} entries at once, not {count}; send them in parts, nothing is taken in twice"


class CursorWrong(InputWrong):
    code = "cursor-wrong"
    path = "cursor"
    zh = "翻页标记无效;请从第一页开始"
    en = "The cursor is not one of ours; start again from the first page"


class NotTheSigner(Forbidden):
    code = "not-the-signer"
    zh = "“{action}”由方案规定的岗位({post})办理,您在该网格没有此岗位"
    en = 'The plan gives "{action}" to the post {post}, which you do not hold in this grid'


class NotYetDue(Conflict):
    code = "not-yet-due"
    zh = "任务 {day} 起才到期,现在不能提交结果;请检查手机时间"
    en = "The task is due from {day} on, so nothing can be entered yet; check the device's clock"


class SignedAlready(Conflict):
    code = "signed-already"
    zh = "任务已是“{state}”,不能再改;如需更正请由签字人退回"
    en = 'The task is "{state}" and cannot be changed; whoever signed may send it back'


class TaskOver(Conflict):
    code = "task-over"
    zh = "任务已是“{state}”(安排或网格已变更),不再收结果;发现的问题请直接上报"
    en = 'The task is "{state}" and takes nothing more (the plan or the grid has changed); report a problem as a case'


class ProblemReported(Conflict):
    code = "problem-reported"
    zh = "该问题已立案({case_id}),请在案件中处理,不能在此改回"
    en = "The problem has become case {case_id}; go on there, it cannot be taken back here"


class LookThroughOver(Conflict):
    code = "look-through-over"
    zh = "按方案,上级网格长须在 {until} 以前查看并退回,现在不能再退回"
    en = "The plan lets leaders of grids above send it back until {until}, which is over"


class TaskStateWrong(Conflict):
    code = "task-state"
    zh = "任务当前为“{state}”,不能{action}"
    en = 'The task is "{state}"; "{action}" is not possible now'
