"""What the patrol service reads of other services' events."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from services.chassis.envelope import Envelope, MalformedEvent
from services.patrol import messages


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
    boundary = fields.Dict(allow_none=True, load_default=None)


class _GridSucceededV1(_Reader):
    kind = fields.String(required=True)
    predecessors = fields.List(fields.String(), required=True)
    successors = fields.List(fields.String(), required=True)
    effective = fields.Date(required=True)


class _PostV1(_Reader):
    person_id = fields.String(required=True)
    post = fields.String(required=True)
    starts = fields.Date(required=True, data_key="from")
    ends = fields.Date(required=True, allow_none=True, data_key="to")
    state = fields.String(required=True)


class _PlaceV1(_Reader):
    kind = fields.String(required=True)
    name = fields.String(required=True)
    grade = fields.String(required=True)
    key = fields.Boolean(required=True)
    pollution_source = fields.Boolean(required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    active = fields.Boolean(required=True)


class _CareV1(_Reader):
    household_id = fields.String(required=True)
    active = fields.Boolean(required=True)
    expires = fields.Date(required=True, allow_none=True)
    sealed = fields.String(required=True, allow_none=True)


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


class _PersonV1(_Reader):
    roles = fields.List(fields.String(), required=True)
    department = fields.String(required=True, allow_none=True)
    areas = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)


def _grid(data: dict[str, Any], envelope: Envelope) -> messages.GridChanged:
    return messages.GridChanged(**{**data, "ancestors": tuple(data["ancestors"])}, sequence=envelope.sequence)


def _succeeded(data: dict[str, Any], envelope: Envelope) -> messages.GridSucceeded:
    codes = {name: tuple(data[name]) for name in ("predecessors", "successors")}
    return messages.GridSucceeded(**{**data, **codes})


def _post(data: dict[str, Any], envelope: Envelope) -> messages.PostChanged:
    return messages.PostChanged(**data, id=envelope.subject, grid=_grid_of(envelope), sequence=envelope.sequence)


def _place(data: dict[str, Any], envelope: Envelope) -> messages.PlaceChanged:
    return messages.PlaceChanged(**data, id=envelope.subject, grid=_grid_of(envelope), sequence=envelope.sequence)


def _care(data: dict[str, Any], envelope: Envelope) -> messages.CareChanged:
    return messages.CareChanged(**data, id=envelope.subject, grid=_grid_of(envelope), sequence=envelope.sequence)


def _grid_of(envelope: Envelope) -> str:
    if envelope.grid is None:
        raise MalformedEvent(f"{envelope.type}: no grid")
    return envelope.grid


def _person(data: dict[str, Any], envelope: Envelope) -> messages.OfficerChanged:
    values = {**data, "roles": tuple(data["roles"]), "areas": tuple(data["areas"])}
    return messages.OfficerChanged(**values, id=envelope.subject, sequence=envelope.sequence)


def _calendar(data: dict[str, Any], envelope: Envelope) -> messages.CalendarChanged:
    return messages.CalendarChanged(**data, sequence=envelope.sequence)


def _plan(data: dict[str, Any], envelope: Envelope) -> messages.PlanActivated:
    return messages.PlanActivated(**data, at=envelope.time)


_CONSUMED: Mapping[str, tuple[Schema, Callable[[dict[str, Any], Envelope], Any]]] = {
    "registry.grid-changed.v1": (_GridV1(), _grid),
    "registry.grid-succeeded.v1": (_GridSucceededV1(), _succeeded),
    "registry.post-changed.v1": (_PostV1(), _post),
    "registry.place-changed.v1": (_PlaceV1(), _place),
    "registry.person-changed.v1": (_PersonV1(), _person),
    "registry.care-changed.v1": (_CareV1(), _care),
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
