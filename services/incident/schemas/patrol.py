"""What the incident service reads of the patrol service's events."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.incident import messages

FROM_PATROL = ("patrol.problem-found.v1",)


class _ProblemFoundV1(Schema):
    class Meta:
        unknown = EXCLUDE

    case_id = fields.UUID(required=True)
    item = fields.String(required=True)
    title = fields.String(required=True)
    matter_code = fields.String(required=True)
    sealed = fields.String(required=True)
    lon = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    attachments = fields.List(fields.String(), required=True)
    found_at = fields.AwareDateTime(required=True)
    found_by = fields.String(required=True)


_SCHEMA = _ProblemFoundV1()


def read_found(envelope: Envelope) -> messages.ProblemFound:
    """What a patrol found. Raises MalformedEvent."""
    if envelope.grid is None:
        raise MalformedEvent(f"{envelope.type}: no grid")
    try:
        data = _SCHEMA.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    values = {**data, "case_id": str(data["case_id"]), "attachments": tuple(data["attachments"])}
    return messages.ProblemFound(**values, task_id=envelope.subject, grid=envelope.grid)
