"""What the liaison service reads of other services' events; it sends none of its own."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.messages import Event
from services.liaison.messages import DepartmentChanged, EventArrived

EVENTS: Mapping[type[Event], Schema] = {}

DEPARTMENT_CHANGED = "registry.department-changed.v1"
CONCERNED = ("co_departments", "concerned")
"""Members of data that name further departments; the header BCC is stripped on delivery."""


class _DepartmentV1(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True)
    name = fields.String(required=True)
    active = fields.Boolean(required=True)


_department = _DepartmentV1()


def logged(envelope: Envelope) -> EventArrived:
    """The entry of the log that `envelope` becomes, whatever its type."""
    values = dict(envelope.__dict__)
    reporter = envelope.data.get("reporter_id")
    return EventArrived(
        **values,
        concerned=_concerned(envelope.data),
        reporter_id=reporter if isinstance(reporter, str) else None,
    )


def department(envelope: Envelope) -> DepartmentChanged:
    """The registry's word about a department. Raises MalformedEvent."""
    try:
        return DepartmentChanged(**_department.load(envelope.data), sequence=envelope.sequence)
    except ValidationError as error:
        raise MalformedEvent(str(error)) from error


def _concerned(data: Mapping[str, Any]) -> tuple[str, ...]:
    named = [name for key in CONCERNED for name in _texts(data.get(key))]
    return tuple(dict.fromkeys(named))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]
