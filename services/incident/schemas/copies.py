"""What the incident service reads of the registry's events."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from services.chassis.envelope import Envelope, MalformedEvent
from services.incident import messages


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
    boundary = fields.Dict(required=True, allow_none=True)
    active = fields.Boolean(required=True)


class _GridSucceededV1(_Reader):
    change_id = fields.String(required=True)
    kind = fields.String(required=True)
    predecessors = fields.List(fields.String(), required=True)
    successors = fields.List(fields.String(), required=True)
    effective = fields.Date(required=True)


class _DepartmentV1(_Reader):
    id = fields.String(required=True)
    level = fields.String(load_default="town")
    name = fields.String(required=True)
    active = fields.Boolean(required=True)


class _DutyV1(_Reader):
    key = fields.String(required=True)
    lead = fields.String(required=True)
    co_departments = fields.List(fields.String(), required=True)
    grid_part = fields.String(required=True)


class _DutyRosterV1(_Reader):
    shift_id = fields.String(required=True)
    area = fields.String(required=True)
    role = fields.String(required=True)
    person_id = fields.String(required=True)
    starts = fields.AwareDateTime(required=True, format="iso")
    ends = fields.AwareDateTime(required=True, format="iso")
    active = fields.Boolean(required=True)


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
    document = fields.Dict(required=True)


_CONSUMED: Mapping[str, tuple[Schema, Callable[..., Any]]] = {
    "registry.grid-changed.v1": (_GridV1(), messages.GridChanged),
    "registry.grid-succeeded.v1": (_GridSucceededV1(), messages.GridSucceeded),
    "registry.department-changed.v1": (_DepartmentV1(), messages.DepartmentChanged),
    "registry.duty-changed.v1": (_DutyV1(), messages.DutyChanged),
    "registry.duty-roster-changed.v1": (_DutyRosterV1(), messages.DutyRosterChanged),
    "registry.calendar-changed.v1": (_CalendarV1(), messages.CalendarChanged),
    "registry.plan-activated.v1": (_PlanV1(), messages.PlanActivated),
}
CONSUMED = tuple(_CONSUMED)


def read(envelope: Envelope) -> Any:
    """The message that an event of the registry is to this service. Raises MalformedEvent."""
    schema, message = _CONSUMED[envelope.type]
    try:
        data = schema.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(str(error)) from error
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return message(**values, **_when(message, envelope))


def _when(message: Callable[..., Any], envelope: Envelope) -> dict[str, Any]:
    """What tells newer from older: plans by the time of activation, since each counts its own sequence."""
    if message is messages.PlanActivated:
        return {"activated_at": envelope.time}
    return {"sequence": envelope.sequence}
