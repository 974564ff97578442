"""The events of the whistle on the wire (INC-09)."""

from collections.abc import Mapping

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from services.chassis.messages import Event
from services.incident import messages
from services.incident.schemas.events import CaseEventV1


class WhistledV1(CaseEventV1):
    """吹哨:召集部门共同处理,其中一个牵头;被召集的部门各收一份。"""

    departments = fields.List(fields.String(), required=True, metadata={"description": "本次召集的部门"})
    lead = fields.String(required=True, allow_none=True, metadata={"description": "牵头部门"})
    new_lead = fields.Boolean(required=True, metadata={"description": "牵头部门是否因此变更"})
    due_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "报到期限"})


class CallEventV1(CaseEventV1):
    """What every event about the call of one department tells."""

    called = fields.String(required=True, metadata={"description": "被召集的部门"})
    call = fields.Integer(required=True, validate=Range(1), metadata={"description": "本案第几次召集"})


class ArrivedV1(CallEventV1):
    """被召集的部门已报到。"""

    on_time = fields.Boolean(required=True, metadata={"description": "是否按时报到"})


class SignedOffV1(CallEventV1):
    """被召集的部门已签退;牵头部门以处理反馈签退。"""

    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "该部门第几次办理"})
    on_time = fields.Boolean(required=True, metadata={"description": "是否按时办结"})
    missing = fields.List(fields.String(), required=True, metadata={"description": "尚未签退的部门(牵头部门除外)"})


class CallObjectedV1(CallEventV1):
    """被召集的部门提出异议,等待召集方裁定。"""


class CallInsistedV1(CallEventV1):
    """召集方维持召集。"""


class CallWithdrawnV1(CallEventV1):
    """召集已撤回。"""


class CalledAgainV1(CaseEventV1):
    """已签退的部门再次被召集。"""

    departments = fields.List(fields.String(), required=True, metadata={"description": "再次召集的部门"})


class CallWarnedV1(CallEventV1):
    """被召集部门的报到或办结期限预警(黄)或逾期督办(红)。"""

    step = fields.String(
        required=True, validate=OneOf(("arrive", "act")), metadata={"description": "报到(arrive)或办结(act)"}
    )
    round = fields.Integer(required=True, validate=Range(1), metadata={"description": "该部门第几次办理"})
    colour = fields.String(required=True, validate=OneOf(("none", "yellow", "red")), metadata={"description": "灯色"})
    due_at = fields.AwareDateTime(required=True, metadata={"description": "期限"})
    to = fields.List(fields.String(), required=True, metadata={"description": "通知对象"})


WHISTLE_EVENTS: Mapping[type[Event], Schema] = {
    messages.CaseWhistled: WhistledV1(),
    messages.DepartmentArrived: ArrivedV1(),
    messages.DepartmentSignedOff: SignedOffV1(),
    messages.CallObjected: CallObjectedV1(),
    messages.CallInsisted: CallInsistedV1(),
    messages.CallWithdrawn: CallWithdrawnV1(),
    messages.DepartmentsCalledAgain: CalledAgainV1(),
    messages.CallWarned: CallWarnedV1(),
}
