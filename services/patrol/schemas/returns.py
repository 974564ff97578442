"""Events about returns."""

from collections.abc import Mapping

from marshmallow import Schema, fields

from services.chassis.messages import Event
from services.patrol import messages


class _ReturnEventV1(Schema):
    """What every event about a return tells."""

    form = fields.String(required=True, metadata={"description": "方案中的报表标识"})
    day = fields.Date(required=True, metadata={"description": "报表日期"})
    person_id = fields.String(required=True, allow_none=True, metadata={"description": "报送人员的标识"})


class ReturnSubmittedV1(_ReturnEventV1):
    """报表已报送;信封中的部门是接收单位。"""

    late = fields.Boolean(required=True, metadata={"description": "是否逾期报送"})
    nil = fields.Boolean(required=True, metadata={"description": "是否零报告"})


class ReturnSentBackV1(_ReturnEventV1):
    """接收单位已退回报表。"""


class ReturnAcceptedV1(_ReturnEventV1):
    """接收单位已接收报表。"""

    late = fields.Boolean(required=True, metadata={"description": "是否逾期报送"})


EVENTS: Mapping[type[Event], Schema] = {
    messages.ReturnSubmitted: ReturnSubmittedV1(),
    messages.ReturnSentBack: ReturnSentBackV1(),
    messages.ReturnAccepted: ReturnAcceptedV1(),
}
