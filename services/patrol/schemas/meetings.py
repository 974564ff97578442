"""Events about meetings and what they decided."""

from collections.abc import Mapping

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from services.chassis.messages import Event
from services.patrol import messages
from services.patrol.model.decision import CANCELLED, DONE, KINDS


class _MeetingEventV1(Schema):
    """What every event about a meeting tells."""

    meeting = fields.String(required=True, metadata={"description": "方案中的会议标识"})
    day = fields.Date(required=True, metadata={"description": "会议日期"})


class MeetingHeldV1(_MeetingEventV1):
    """会议已召开,记录已写成。"""

    late = fields.Boolean(required=True, metadata={"description": "是否晚于规定日期召开"})
    present = fields.Integer(required=True, validate=Range(0), metadata={"description": "到会人数"})
    items = fields.Integer(required=True, validate=Range(0), metadata={"description": "议题数"})
    decisions = fields.Integer(required=True, validate=Range(0), metadata={"description": "决定数"})


class MeetingCancelledV1(_MeetingEventV1):
    """会议已取消。"""


class MeetingDecidedV1(_MeetingEventV1):
    """会议对一个案件作出决定。"""

    decision_id = fields.String(required=True, metadata={"description": "决定的标识"})
    case_id = fields.String(required=True, metadata={"description": "案件标识"})
    title = fields.String(required=True, metadata={"description": "会议名称"})
    sealed = fields.String(required=True, metadata={"description": "决定内容与召集人姓名(加密,只有平台服务能解开)"})
    decided_by = fields.String(required=True, metadata={"description": "召集人的标识"})


class CaseRaisedV1(_MeetingEventV1):
    """会议决定立案,自动成为案件。"""

    decision_id = fields.String(required=True, metadata={"description": "决定的标识"})
    case_id = fields.String(required=True, metadata={"description": "由此产生的案件标识"})
    title = fields.String(required=True, metadata={"description": "会议名称"})
    matter_code = fields.String(required=True, metadata={"description": "事项编码"})
    sealed = fields.String(
        required=True, metadata={"description": "决定内容与召集人姓名、角色(加密,只有平台服务能解开)"}
    )
    decided_by = fields.String(required=True, metadata={"description": "召集人的标识"})


class DecisionEndedV1(Schema):
    """会议决定已完成或取消。subject 是决定的标识。"""

    meeting_id = fields.String(required=True, metadata={"description": "会议的标识"})
    kind = fields.String(required=True, validate=OneOf(KINDS), metadata={"description": "立案、任务、案件处理"})
    state = fields.String(required=True, validate=OneOf((DONE, CANCELLED)), metadata={"description": "完成或取消"})
    late = fields.Boolean(required=True, metadata={"description": "是否逾期"})


EVENTS: Mapping[type[Event], Schema] = {
    messages.MeetingHeld: MeetingHeldV1(),
    messages.MeetingCancelled: MeetingCancelledV1(),
    messages.MeetingDecided: MeetingDecidedV1(),
    messages.CaseRaised: CaseRaisedV1(),
    messages.DecisionEnded: DecisionEndedV1(),
}
