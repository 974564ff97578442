"""What the patrol service reads of the incident service's events."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.patrol import messages

FROM_INCIDENT = ("incident.reported.v1",)


class _ReportedV1(Schema):
    class Meta:
        unknown = EXCLUDE

    number = fields.String(required=True)
    channel = fields.String(required=True)
    reporter_id = fields.String(allow_none=True, load_default=None)


_SCHEMA = _ReportedV1()


def read_case(envelope: Envelope) -> messages.CaseReported | None:
    """Who reported a case; None where nobody with an account did. Raises MalformedEvent."""
    try:
        data = _SCHEMA.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    if data["reporter_id"] is None:
        return None
    told = {"number": data["number"], "channel": data["channel"], "person_id": data["reporter_id"]}
    return messages.CaseReported(case_id=envelope.subject, grid=envelope.grid, at=envelope.time, **told)
