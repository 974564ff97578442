"""Events of the patrol service on the wire, and what it reads of the registry's; one schema for each version.

A new optional field keeps the version; anything else is a v2, sent beside v1 until consumers have moved.
`proto/events/*.json` holds a golden message of each.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.messages import Event
from services.patrol import messages


class _TaskEventV1(Schema):
    """What every event about a task tells."""

    patrol = fields.String(required=True, metadata={"description": "方案中的巡查标识"})
    day = fields.Date(required=True, metadata={"description": "任务日期"})
    person_id = fields.String(required=True, allow_none=True, metadata={"description": "巡查人员的标识(不含个人信息)"})


class FinishedV1(_TaskEventV1):
    """巡查任务已完成。"""

    problems = fields.Integer(required=True, metadata={"description": "发现的问题数"})
    late = fields.Boolean(required=True, metadata={"description": "是否逾期完成"})


class SignedV1(_TaskEventV1):
    """网格长已签字。"""

    signed_by = fields.String(required=True, metadata={"description": "签字人的标识"})


class SubmittedV1(_TaskEventV1):
    """已上报网格化服务中心。"""

    submitted_by = fields.String(required=True, metadata={"description": "上报人的标识"})


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
    messages.ProblemFound: ProblemFoundV1(),
    messages.Missed: MissedV1(),
}


class _Reader(Schema):
    """Reads what this service needs and leaves the rest, so that the registry may add fields."""

    class Meta:
        unknown = EXCLUDE


class _GridV1(_Reader):
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.Integer(required=True)
    ancestors = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)


class _PostV1(_Reader):
    person_id = fields.String(required=True)
    post = fields.String(required=True)
    starts = fields.Date(required=True, data_key="from")
    ends = fields.Date(required=True, allow_none=True, data_key="to")
    state = fields.String(required=True)


class _CalendarDayV1(_Reader):
    day = fields.Date(required=True)
    worked = fields.Boolean(required=True)


class _CalendarV1(_Reader):
    year = fields.Integer(required=True)
    days = fields.List(fields.Nested(_CalendarDayV1), required=True)

    @post_load
    def by_day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "days": {each["day"]: each["worked"] for each in data["days"]}}


class _PlanV1(_Reader):
    plan_id = fields.String(required=True)
    version = fields.Integer(required=True)
    effective = fields.Date(required=True)
    document = fields.Dict(required=True)


def _grid(data: dict[str, Any], envelope: Envelope) -> messages.GridChanged:
    return messages.GridChanged(**{**data, "ancestors": tuple(data["ancestors"])}, sequence=envelope.sequence)


def _post(data: dict[str, Any], envelope: Envelope) -> messages.PostChanged:
    if envelope.grid is None:
        raise MalformedEvent(f"{envelope.type}: no grid")
    return messages.PostChanged(**data, id=envelope.subject, grid=envelope.grid, sequence=envelope.sequence)


def _calendar(data: dict[str, Any], envelope: Envelope) -> messages.CalendarChanged:
    return messages.CalendarChanged(**data, sequence=envelope.sequence)


def _plan(data: dict[str, Any], envelope: Envelope) -> messages.PlanActivated:
    return messages.PlanActivated(**data, at=envelope.time)


_CONSUMED: Mapping[str, tuple[Schema, Callable[[dict[str, Any], Envelope], Any]]] = {
    "registry.grid-changed.v1": (_GridV1(), _grid),
    "registry.post-changed.v1": (_PostV1(), _post),
    "registry.calendar-changed.v1": (_CalendarV1(), _calendar),
    "registry.plan-activated.v1": (_PlanV1(), _plan),
}
CONSUMED = tuple(_CONSUMED)


def read(envelope: Envelope) -> Any:
    """The message that an event of the registry is to this service. Raises MalformedEvent."""
    schema, make = _CONSUMED[envelope.type]
    try:
        data: dict[str, Any] = schema.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    return make(data, envelope)
