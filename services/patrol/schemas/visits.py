"""Events about visits."""

from collections.abc import Mapping

from marshmallow import Schema, fields

from services.chassis.messages import Event
from services.patrol import messages


class VisitedV1(Schema):
    """已走访名单上的一户(不说明是哪一户、为何列入)。"""

    day = fields.Date(required=True, metadata={"description": "走访任务的首日"})
    person_id = fields.String(required=True, metadata={"description": "走访人的标识"})
    outcome = fields.String(required=True, metadata={"description": "结果:met、nobody-home、declined"})
    late = fields.Boolean(required=True, metadata={"description": "是否逾期"})
    visited_at = fields.AwareDateTime(required=True, metadata={"description": "走访时间(设备时间)"})


EVENTS: Mapping[type[Event], Schema] = {messages.Visited: VisitedV1()}
