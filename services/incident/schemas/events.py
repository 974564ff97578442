"""The events about a case on the wire."""

from collections.abc import Mapping

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from services.chassis.messages import Event
from services.incident import messages
from services.incident.model.workflow import STATE_BY_NAME

WAYS = ("settled", "coordinated", "dispatched", "urgent", "approval")


CHANNELS = (
    "grid-worker", "grid-leader", "telephone", "hotline-12345", "transfer", "superior", "chat", "public-page",
    "open311", "department", "patrol", "sensor",
)  # fmt: skip
"""INC-01; `transfer` is 110 and petition. The same names as in a plan's section `channels`."""


class CaseEventV1(Schema):
    """What every event about a case tells."""

    number = fields.String(required=True, metadata={"description": "案件编号"})
    matter_code = fields.String(required=True, metadata={"description": "事项编码"})
    way = fields.String(required=True, validate=OneOf(WAYS), metadata={"description": "办理方式"})
    state = fields.String(
        required=True, validate=OneOf(tuple(STATE_BY_NAME)), metadata={"description": "事件发生后的状态"}
    )
    reporter_id = fields.String(
        required=True, allow_none=True, metadata={"description": "上报人员的标识(不含个人信息)"}
    )
    actor_id = fields.String(allow_none=True, metadata={"description": "办理人员的标识;平台自动办理的为空"})


class ReportedV1(CaseEventV1):
    """已上报:案件进入平台。"""

    channel = fields.String(required=True, validate=OneOf(CHANNELS), metadata={"description": "来源渠道"})
    first_report = fields.Boolean(required=True, metadata={"description": "是否首报"})
    settled = fields.Boolean(required=True, metadata={"description": "是否现场已处置"})


class FiledV1(CaseEventV1):
    """已立案。"""

    on_time = fields.Boolean(required=True, metadata={"description": "是否按时立案"})


class DeclinedV1(CaseEventV1):
    """不予受理。"""


class RegisteredV1(CaseEventV1):
    """自行处置事项已登记。"""

    drawn = fields.Boolean(required=True, metadata={"description": "是否被抽中核查"})


class DispatchedV1(CaseEventV1):
    """已派遣给牵头部门;协办部门各收一份。"""

    matter_name = fields.String(required=True, metadata={"description": "事项名称"})
    co_departments = fields.List(fields.String(), required=True, metadata={"description": "协办部门"})
    due_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "处理期限"})
    urgent = fields.Boolean(required=True, metadata={"description": "是否紧急"})
    automatic = fields.Boolean(required=True, metadata={"description": "是否自动派遣"})
    on_time = fields.Boolean(required=True, metadata={"description": "是否按时派遣"})


class HandedOverV1(CaseEventV1):
    """需要审批的事项已移交便民服务中心。"""

    matter_name = fields.String(required=True, metadata={"description": "事项名称"})


class AcceptedV1(CaseEventV1):
    """已接件。"""


class AnsweredV1(CaseEventV1):
    """已反馈处理结果。"""

    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    on_time = fields.Boolean(required=True, metadata={"description": "是否按时处置"})
    by_reporter = fields.Boolean(required=True, metadata={"description": "处理人是否就是上报人"})
    extended = fields.Boolean(required=True, metadata={"description": "期限是否经批准延长过"})


class LimitMovedV1(CaseEventV1):
    """工作日历调整,期限已重新计算。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    due_before = fields.AwareDateTime(required=True, metadata={"description": "原期限"})
    due_at = fields.AwareDateTime(required=True, metadata={"description": "现期限"})


class AskedV1(CaseEventV1):
    """已询问反映人,等待补充说明期间停止计时。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    answer_by = fields.AwareDateTime(required=True, metadata={"description": "最迟恢复计时的时间"})


class ResumedV1(CaseEventV1):
    """已恢复计时。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    answered = fields.Boolean(required=True, metadata={"description": "反映人是否已补充说明"})
    due_at = fields.AwareDateTime(required=True, metadata={"description": "恢复计时后的期限"})


class ExtensionAskedV1(CaseEventV1):
    """已申请延期。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    amount = fields.Float(required=True, metadata={"description": "申请延长的时长"})
    unit = fields.String(required=True, metadata={"description": "时长单位"})


class ExtensionDecidedV1(CaseEventV1):
    """延期申请已有结果:同意、不同意,或至期限届满未批复而失效。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    outcome = fields.String(
        required=True, validate=OneOf(("granted", "refused", "lapsed")), metadata={"description": "结果"}
    )
    amount = fields.Float(required=True, metadata={"description": "申请延长的时长"})
    unit = fields.String(required=True, metadata={"description": "时长单位"})
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "现在的期限;停止计时期间为空"}
    )


class ContributedV1(CaseEventV1):
    """协办部门已提出协办意见。"""

    contributor = fields.String(required=True, allow_none=True, metadata={"description": "协办部门"})


class FollowedV1(CaseEventV1):
    """网格员已跟进紧急事项。"""


class VerifiedV1(CaseEventV1):
    """核查通过。"""

    rounds = fields.Integer(required=True, validate=Range(1), metadata={"description": "共处理几次"})
    spot_check = fields.Boolean(required=True, metadata={"description": "是否自行处置抽查"})
    on_time = fields.Boolean(required=True, metadata={"description": "是否按时核查"})


class RefusedV1(CaseEventV1):
    """核查不通过,退回处理,计返工。"""

    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次返工"})


class EvaluatedV1(CaseEventV1):
    """反映人已评价。"""

    contacted = fields.Boolean(required=True, metadata={"description": "是否联系到反映人"})
    solved = fields.Boolean(required=True, metadata={"description": "是否解决"})
    satisfaction = fields.String(
        required=True,
        validate=OneOf(("", "satisfied", "rather-satisfied", "dissatisfied")),
        metadata={"description": "满意程度"},
    )


class DisputedV1(CaseEventV1):
    """反映人表示未解决,退回处理,计返工。"""

    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次返工"})


class ClosedV1(CaseEventV1):
    """已结案。"""

    reworks = fields.Integer(required=True, validate=Range(0), metadata={"description": "返工次数"})
    on_time = fields.Boolean(required=True, metadata={"description": "是否全程按时"})
    climbed = fields.Integer(required=True, validate=Range(0), metadata={"description": "结案时比最初办理高几级"})


class ReopenedV1(CaseEventV1):
    """已结案的案件重新办理。"""

    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次返工"})


class ExcusedV1(CaseEventV1):
    """迟办已容错。"""


class ReturnedV1(CaseEventV1):
    """部门退回:不属于本单位职责。信封中的部门是退回的部门。"""

    times = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次退回"})
    proposed = fields.String(required=True, allow_none=True, metadata={"description": "建议的部门"})
    arbitration = fields.Boolean(required=True, metadata={"description": "是否进入裁定"})


class RuledV1(CaseEventV1):
    """已裁定由信封中的部门牵头;随后的派遣事件给出期限。"""

    upheld = fields.Boolean(required=True, metadata={"description": "是否裁定给退回过的部门"})


class EscalatedV1(CaseEventV1):
    """呼叫上级:信封中的部门从现在起牵头,原牵头部门收到抄送。"""

    from_level = fields.String(required=True, metadata={"description": "原层级"})
    to_level = fields.String(required=True, metadata={"description": "现层级"})
    automatic = fields.Boolean(required=True, metadata={"description": "是否逾期自动上呼"})
    co_departments = fields.List(fields.String(), required=True, metadata={"description": "协办部门"})
    due_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "处理期限"})


class SentDownV1(EscalatedV1):
    """上级退回下级:信封中的部门重新牵头。"""


class PrecedentChangedV1(Schema):
    """裁定成为先例,或先例失效。subject 是先例的标识。"""

    matter_code = fields.String(required=True, metadata={"description": "事项编码"})
    area = fields.String(required=True, metadata={"description": "适用区域的编码前缀"})
    co_departments = fields.List(fields.String(), required=True, metadata={"description": "协办部门"})
    case_number = fields.String(required=True, metadata={"description": "作出裁定的案件编号"})
    state = fields.String(
        required=True,
        validate=OneOf(("active", "replaced", "revoked")),
        metadata={"description": "有效、被取代、被撤销"},
    )


class WarnedV1(CaseEventV1):
    """期限预警(黄)或逾期督办(红)。"""

    step = fields.String(required=True, metadata={"description": "步骤"})
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "第几次处理"})
    colour = fields.String(required=True, validate=OneOf(("none", "yellow", "red")), metadata={"description": "灯色"})
    due_at = fields.AwareDateTime(required=True, metadata={"description": "期限"})
    to = fields.List(fields.String(), required=True, metadata={"description": "通知对象"})


class MergedV1(CaseEventV1):
    """已并入主案,随主案办理;本案不再单独计时、计数。"""

    main = fields.String(required=True, metadata={"description": "主案的标识"})
    main_number = fields.String(required=True, metadata={"description": "主案编号"})
    keeps_first = fields.Boolean(required=True, metadata={"description": "是否仍为该问题的首报"})


class UnmergedV1(CaseEventV1):
    """并案已撤销,恢复单独办理。"""

    main = fields.String(required=True, metadata={"description": "原主案的标识"})
    main_number = fields.String(required=True, metadata={"description": "原主案编号"})
    first_report = fields.Boolean(required=True, metadata={"description": "是否首报"})


class AbsorbedV1(CaseEventV1):
    """主案的并案情况有变:随本案办理的案件编号。"""

    merged = fields.List(fields.String(), required=True, metadata={"description": "并入本案的案件编号"})
    first_report = fields.Boolean(required=True, metadata={"description": "本案是否为该问题的首报"})


class MissedReportV1(CaseEventV1):
    """疑似漏报,或其认定:只有计入的才作为考核事实。"""

    status = fields.String(
        required=True,
        validate=OneOf(("possible", "confirmed", "dismissed")),
        metadata={"description": "疑似、确认、排除"},
    )
    found_by = fields.String(
        required=True, validate=OneOf(("public", "data", "sweep")), metadata={"description": "发现途径"}
    )
    harm = fields.Boolean(required=True, metadata={"description": "是否造成不良影响"})
    counts = fields.Boolean(required=True, metadata={"description": "是否追责,计入考核"})
    called_fine = fields.Boolean(metadata={"description": "此前的巡查是否认定为正常"})


class MovedV1(CaseEventV1):
    """所在网格已拆分、合并或撤销,未办结案件转由后继网格承接;期限不变。"""

    from_grid = fields.String(required=True, metadata={"description": "原网格编码"})
    to_grid = fields.String(required=True, metadata={"description": "后继网格编码"})
    change_id = fields.String(required=True, metadata={"description": "网格变更编号"})


class ConsultationAskedV1(CaseEventV1):
    """已提请会商,列入会议议程。"""


class ConsultedV1(CaseEventV1):
    """会议已对案件作出决定。"""

    title = fields.String(required=True, metadata={"description": "会议名称"})
    decision_id = fields.String(required=True, metadata={"description": "决定的标识"})


CASE_EVENTS: Mapping[type[Event], Schema] = {
    messages.CaseReported: ReportedV1(),
    messages.CaseFiled: FiledV1(),
    messages.CaseDeclined: DeclinedV1(),
    messages.CaseRegistered: RegisteredV1(),
    messages.CaseDispatched: DispatchedV1(),
    messages.CaseReturned: ReturnedV1(),
    messages.CaseRuled: RuledV1(),
    messages.CaseEscalated: EscalatedV1(),
    messages.CaseSentDown: SentDownV1(),
    messages.PrecedentChanged: PrecedentChangedV1(),
    messages.CaseHandedOver: HandedOverV1(),
    messages.CaseAccepted: AcceptedV1(),
    messages.CaseAnswered: AnsweredV1(),
    messages.CaseContributed: ContributedV1(),
    messages.CaseFollowed: FollowedV1(),
    messages.CaseVerified: VerifiedV1(),
    messages.VerificationRefused: RefusedV1(),
    messages.CaseEvaluated: EvaluatedV1(),
    messages.CaseDisputed: DisputedV1(),
    messages.CaseClosed: ClosedV1(),
    messages.CaseReopened: ReopenedV1(),
    messages.LatenessExcused: ExcusedV1(),
    messages.LimitWarned: WarnedV1(),
    messages.CaseMoved: MovedV1(),
    messages.LimitMoved: LimitMovedV1(),
    messages.ReporterAsked: AskedV1(),
    messages.LimitResumed: ResumedV1(),
    messages.ExtensionAsked: ExtensionAskedV1(),
    messages.ExtensionDecided: ExtensionDecidedV1(),
    messages.MissedReport: MissedReportV1(),
    messages.CaseMerged: MergedV1(),
    messages.CaseUnmerged: UnmergedV1(),
    messages.CaseAbsorbed: AbsorbedV1(),
    messages.ConsultationAsked: ConsultationAskedV1(),
    messages.CaseConsulted: ConsultedV1(),
}
