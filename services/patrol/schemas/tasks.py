"""Events about tasks."""

from collections.abc import Mapping

from marshmallow import Schema, fields

from services.chassis.messages import Event
from services.patrol import messages


class _TaskEventV1(Schema):
    """What every event about a task tells."""

    patrol = fields.String(required=True, metadata={"description": "方案中的巡查标识"})
    patrol_title = fields.String(required=True, metadata={"description": "巡查名称"})
    day = fields.Date(required=True, metadata={"description": "任务日期"})
    person_id = fields.String(required=True, allow_none=True, metadata={"description": "巡查人员的标识(不含个人信息)"})


class FinishedV1(_TaskEventV1):
    """巡查任务已完成。"""

    problems = fields.Integer(required=True, metadata={"description": "发现的问题数"})
    late = fields.Boolean(required=True, metadata={"description": "是否逾期完成"})
    finished_at = fields.AwareDateTime(required=True, metadata={"description": "完成时间(设备时间)"})
    fine = fields.List(fields.String(), required=True, metadata={"description": "清单条目被认定为正常的事项的编码"})


class SignedV1(_TaskEventV1):
    """网格长已签字。"""

    signed_by = fields.String(required=True, metadata={"description": "签字人的标识"})


class SubmittedV1(_TaskEventV1):
    """已上报网格化服务中心。"""

    submitted_by = fields.String(required=True, metadata={"description": "上报人的标识"})


class SentBackV1(_TaskEventV1):
    """已退回巡查人员重新巡查。"""

    sent_back_by = fields.String(required=True, metadata={"description": "退回人的标识"})


class ExcusedV1(_TaskEventV1):
    """已免除,不用巡查。"""

    excused_by = fields.String(required=True, metadata={"description": "免除人的标识"})


class OverdueV1(_TaskEventV1):
    """最后一天已过,尚未完成;之后完成的为逾期完成。"""


class ProblemFoundV1(_TaskEventV1):
    """巡查发现问题,自动成为案件。"""

    case_id = fields.String(required=True, metadata={"description": "由此产生的案件标识"})
    item = fields.String(required=True, metadata={"description": "清单条目"})
    title = fields.String(required=True, metadata={"description": "巡查与条目名称"})
    matter_code = fields.String(required=True, metadata={"description": "事项编码"})
    sealed = fields.String(
        required=True, metadata={"description": "情况说明与发现人姓名、角色(加密,只有平台服务能解开)"}
    )
    lon = fields.Float(required=True, allow_none=True, metadata={"description": "经度(WGS 84)"})
    lat = fields.Float(required=True, allow_none=True, metadata={"description": "纬度(WGS 84)"})
    attachments = fields.List(fields.String(), required=True, metadata={"description": "附件标识"})
    found_at = fields.AwareDateTime(required=True, metadata={"description": "发现时间"})
    found_by = fields.String(required=True, metadata={"description": "发现人的标识"})
    overlooked_by = fields.String(required=True, allow_none=True, metadata={"description": "此前认定正常的巡查任务"})
    overlooked_title = fields.String(required=True, metadata={"description": "此前认定正常的巡查名称"})
    overlooked_day = fields.Date(required=True, allow_none=True, metadata={"description": "此前认定正常的巡查日期"})


class MissedV1(_TaskEventV1):
    """检查发现了此前巡查认定为正常的问题(漏报)。"""

    item = fields.String(required=True, metadata={"description": "清单条目"})
    case_id = fields.String(required=True, metadata={"description": "由此产生的案件标识"})
    missed_task = fields.String(required=True, metadata={"description": "漏报的巡查任务"})
    missed_by = fields.String(required=True, allow_none=True, metadata={"description": "漏报人员的标识"})


EVENTS: Mapping[type[Event], Schema] = {
    messages.Finished: FinishedV1(),
    messages.Signed: SignedV1(),
    messages.Submitted: SubmittedV1(),
    messages.SentBack: SentBackV1(),
    messages.Excused: ExcusedV1(),
    messages.Overdue: OverdueV1(),
    messages.ProblemFound: ProblemFoundV1(),
    messages.Missed: MissedV1(),
}
