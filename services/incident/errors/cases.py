"""What the incident service refuses, beyond the chassis errors.

NotFound ── CaseNotFound, MessageNotFound, PrecedentNotFound, TokenNotFound
Invalid ─── ReasonMissing, MatterUnknown, GridUnknown, OutsideCounty, PlaceMissing, DepartmentUnknown,
            WayNotAllowed, RepliesWrong, ResultMissing, InTheFuture, ExtensionTooLong, MergeWithItself, MergedTwice,
            DispatchedBefore, HarmWithoutMissed, HarmWordsMissing, ConsultationMissing
Forbidden ─ OwnWork, OwnRequest
Conflict ── ReopenTooLate, NothingToExcuse, LimitPassed, NotInPlan, AskedTooOften, ExtendedTooOften,
            MergedAlready, NotMergeable, NotMerged, ReturnedBefore, NotReturnedYet, RulingBinds, PrecedentOver,
            NothingToActOn ── NoOpenQuestion, NoOpenRequest, CannotAsk, NotSuspected, NobodyAbove, NobodyBelow
Unavailable ─ NoPlan, SuccessorUnknown
"""

from typing import Any

from services.chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Unavailable


class CaseNotFound(NotFound):
    code = "case-not-found"
    zh = "没有找到案件 {id}"
    en = "There is no case {id}"


class MessageNotFound(NotFound):
    code = "message-not-found"
    zh = "没有找到消息 {id}"
    en = "There is no message {id}"


class TokenNotFound(NotFound):
    code = "token-not-found"
    zh = "没有找到凭证 {id}"
    en = "There is no token {id}"


class ReasonMissing(Invalid):
    code = "reason-missing"
    zh = "“{action}”需要写明理由"
    en = 'A reason is needed for "{action}"'


class InputWrong(Invalid):
    """One input is at fault; `path` says where. Subclasses give the sentences."""

    path = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault(self.path, self.code, self.sentence("zh"), self.sentence("en")),)


class MatterUnknown(InputWrong):
    code = "matter-unknown"
    path = "matter_code"
    zh = "现行方案中没有事项 {value};请从事项目录中选择"
    en = "The active plan has no matter {value}; choose one of the catalogue"


class GridUnknown(InputWrong):
    code = "grid-unknown"
    path = "grid_code"
    zh = "没有网格 {value};请从网格列表中选择"
    en = "There is no grid {value}; choose one from the list of grids"


class OutsideCounty(InputWrong):
    code = "outside-county"
    path = "point"
    zh = "该位置(经度 {lon},纬度 {lat})不在本县任何网格内;请检查定位或选择网格"
    en = "This point (longitude {lon}, latitude {lat}) lies in no grid of the county; check it or choose a grid"


class PlaceMissing(InputWrong):
    code = "place-missing"
    path = "point"
    zh = "请提供位置或网格"
    en = "Give a point or a grid"


class DepartmentUnknown(InputWrong):
    code = "department-unknown"
    path = "department"
    zh = "没有部门 {value},或该部门已停用;请先在基础信息中登记"
    en = "There is no department {value}, or it was closed; enter it in the registry first"


class WayNotAllowed(InputWrong):
    code = "way-not-allowed"
    path = "way"
    zh = "事项 {matter} 不能按“{value}”办理;可选:{possible}"
    en = "Matter {matter} cannot go the way {value}; possible are: {possible}"


class ReplyMissing(InputWrong):
    code = "reply-missing"
    path = "replies"
    zh = "请回答:{question}"
    en = "Please answer: {question}"


class ReplyWrong(InputWrong):
    code = "reply-wrong"
    path = "replies"
    zh = "“{question}”的回答“{value}”不在可选项中:{possible}"
    en = 'The answer "{value}" to "{question}" is none of: {possible}'


class ResultMissing(InputWrong):
    code = "result-missing"
    path = "result"
    zh = "现场处置的事项请写明处置结果"
    en = "Say how the matter was settled"


class InTheFuture(InputWrong):
    code = "in-the-future"
    path = "occurred_at"
    zh = "发生时间 {value} 晚于当前时间;请检查"
    en = "The time {value} lies in the future; check it"


class SatisfactionMissing(InputWrong):
    code = "satisfaction-missing"
    path = "satisfaction"
    zh = "已联系到反映人时,请选择满意程度"
    en = "Choose how satisfied the reporter is"


class PrecedentNotFound(NotFound):
    code = "precedent-not-found"
    zh = "没有找到先例 {id}"
    en = "There is no precedent {id}"


class DispatchedBefore(InputWrong):
    code = "dispatched-before"
    path = "reason"
    zh = "部门 {value} 已退回过此案;仍派给该部门的,请写明理由"
    en = "Department {value} returned this case before; say why it gets it again, or choose another one"


class OwnWork(Forbidden):
    code = "own-work"
    zh = "您或您的部门处理、牵头或协办过此案,不能核查自己的工作"
    en = "You or your department handled, led or helped with this case; nobody verifies own work"


class OwnRequest(Forbidden):
    code = "own-request"
    zh = "不能批复自己提出的延期申请;请由其他有权批准的人办理"
    en = "Nobody decides on an own request for an extension; another person who may approve has to"


class NothingToActOn(Conflict):
    code = "nothing-to-act-on"
    zh = "现在没有可以“{action}”的内容;请刷新案件"
    en = 'There is nothing for "{action}" to act on; look at the case again'


class NoOpenQuestion(NothingToActOn):
    code = "no-open-question"
    zh = "不能“{action}”:没有等待反映人答复的问题"
    en = '"{action}" is not possible: no question waits for the reporter'


class NoOpenRequest(NothingToActOn):
    code = "no-open-request"
    zh = "不能“{action}”:没有待批复的延期申请"
    en = '"{action}" is not possible: no request for an extension waits for a decision'


class CannotAsk(NothingToActOn):
    code = "cannot-ask"
    zh = "不能“{action}”:本步骤没有时限,或已有等待答复的问题、待批复的申请"
    en = '"{action}" is not possible: the step has no limit, or a question or a request is open already'


class NobodyAbove(NothingToActOn):
    code = "nobody-above"
    zh = "不能“{action}”:方案没有规定更高一级,或上级没有可承办的网格或部门"
    en = '"{action}" is not possible: the plan has no level above, or nobody there can take the case'


class NobodyBelow(NothingToActOn):
    code = "nobody-below"
    zh = "不能“{action}”:此案不是由下级呼叫上来的"
    en = '"{action}" is not possible: no lower level called with this case'


class LimitPassed(Conflict):
    code = "limit-passed"
    zh = "期限已于 {due} 届满,不能再“{action}”;请尽快办理并反馈结果"
    en = 'The limit passed at {due}, so "{action}" is not possible any more; answer as soon as you can'


class NotInPlan(Conflict):
    code = "not-in-plan"
    zh = "现行方案没有规定“{action}”"
    en = 'The active plan does not provide for "{action}"'


class AskedTooOften(Conflict):
    code = "asked-too-often"
    zh = "本步骤已询问反映人 {times} 次,方案最多允许 {times} 次;请直接办理"
    en = "The reporter was asked {times} times in this step, which is all that the plan allows; go on without"


class ExtendedTooOften(Conflict):
    code = "extended-too-often"
    zh = "本步骤已延期 {times} 次,方案最多允许 {times} 次"
    en = "This step was extended {times} times, which is all that the plan allows"


class ExtensionTooLong(InputWrong):
    code = "extension-too-long"
    path = "amount"
    zh = "申请延期的时长应大于 0,延后的期限不得晚于 {latest}(方案:最多 {most})"
    en = "The extension must be above 0 and end not later than {latest} (the plan: {most} at most)"


class ReopenTooLate(Conflict):
    code = "reopen-too-late"
    zh = "重新办理的期限 {until} 已过;如问题再次出现,请重新上报"
    en = "The time to reopen ended at {until}; if the problem is there again, report it anew"


class NothingToExcuse(Conflict):
    code = "nothing-to-excuse"
    zh = "该案没有逾期,或已容错"
    en = "The case was not late, or is excused already"


class MergeWithItself(InputWrong):
    code = "merge-with-itself"
    path = "duplicates"
    zh = "案件 {number} 不能并入自身;请选择另一案件"
    en = "Case {number} cannot be merged with itself; choose another one"


class MergedTwice(InputWrong):
    code = "merged-twice"
    path = "duplicates"
    zh = "同一案件列出了两次;请每案只列一次"
    en = "A case stands there twice; name each once"


class MergedAlready(Conflict):
    code = "merged-already"
    zh = "案件 {number} 已并入 {main};请以 {main} 为主案,或先撤销并案"
    en = "Case {number} was merged into {main}; use {main} as the main case, or unmerge it first"


class NotMergeable(Conflict):
    code = "not-mergeable"
    zh = "案件 {number} 当前状态为“{state}”,不能并入其他案件;只有在办或已结案的案件可以并案"
    en = 'Case {number} is in state "{state}" and cannot be merged; only open or closed cases can'


class NotMerged(Conflict):
    code = "not-merged"
    zh = "案件 {number} 没有并入其他案件,无需撤销"
    en = "Case {number} was not merged, so there is nothing to undo"


class ConsultationMissing(InputWrong):
    code = "consultation-missing"
    path = "consultation"
    zh = "按方案呼叫上级前须经“{meeting}”;请写明会商时间和意见"
    en = 'The plan wants "{meeting}" before the level above is called; say when it met and what it decided'


class ReturnedBefore(Conflict):
    code = "returned-before"
    zh = "此案已退回过一次;再次退回将提请裁定,请用“再次退回”"
    en = "This case was returned once; a second return (contest) goes to arbitration"


class NotReturnedYet(Conflict):
    code = "not-returned-yet"
    zh = "此案还没有退回过;请先用“退回”,由中心重新派遣"
    en = "This case was not returned before; return it first, the centre dispatches it again"


class RulingBinds(Conflict):
    code = "ruling-binds"
    zh = "此案已经裁定由您单位牵头,应当执行,不能再退回"
    en = "It was ruled that your department leads this case; a ruling is obeyed, the case cannot be returned again"


class PrecedentOver(Conflict):
    code = "precedent-over"
    zh = "该先例已经失效:{reason}"
    en = "This precedent has ended already: {reason}"


class NotSuspected(NothingToActOn):
    code = "not-suspected"
    zh = "该案没有被标为疑似漏报,无需认定"
    en = "The case is not marked as possibly missed, so there is nothing to judge"


class HarmWithoutMissed(InputWrong):
    code = "harm-without-missed"
    path = "harm"
    zh = "排除漏报时不能同时认定造成不良影响"
    en = "Where nothing was missed, no harm can have followed from it"


class HarmWordsMissing(InputWrong):
    code = "harm-words-missing"
    path = "harm_words"
    zh = "认定造成不良影响的,请写明是什么影响"
    en = "Say which harm followed"


class NoPlan(Unavailable):
    code = "no-plan"
    zh = "尚无现行方案,无法受理;请先启用方案"
    en = "No plan is active yet, so nothing can be taken in; activate a plan first"


class SuccessorUnknown(Unavailable):
    code = "successor-unknown"
    zh = "网格 {grid} 已变更,后继网格的资料尚未送达;请稍后重试"
    en = "Grid {grid} was changed and its successor is not known here yet; try again shortly"
