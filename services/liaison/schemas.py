"""What the liaison service reads of other services' events; it sends none of its own."""

from collections.abc import Mapping

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.messages import Event
from services.liaison.messages import DepartmentChanged, EventArrived

EVENTS: Mapping[type[Event], Schema] = {}

DEPARTMENT_CHANGED = "registry.department-changed.v1"


class _DepartmentV1(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True)
    name = fields.String(required=True)
    active = fields.Boolean(required=True)


_department = _DepartmentV1()


def logged(envelope: Envelope) -> EventArrived:
    """The entry of the log that `envelope` becomes, whatever its type."""
    reporter = envelope.data.get("reporter_id")
    return EventArrived(**envelope.__dict__, reporter_id=reporter if isinstance(reporter, str) else None)


def department(envelope: Envelope) -> DepartmentChanged:
    """The registry's word about a department. Raises MalformedEvent."""
    try:
        return DepartmentChanged(**_department.load(envelope.data), sequence=envelope.sequence)
    except ValidationError as error:
        raise MalformedEvent(str(error)) from error
