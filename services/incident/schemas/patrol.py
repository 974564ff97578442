"""What the incident service reads of the patrol service's events."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.incident import messages

FOUND, DECIDED, RAISED = "patrol.problem-found.v1", "patrol.meeting-decided.v1", "patrol.case-raised.v1"
FINISHED = "patrol.finished.v1"
FROM_PATROL = (FOUND, FINISHED, DECIDED, RAISED)


class _Reader(Schema):
    class Meta:
        unknown = EXCLUDE


class _ProblemFoundV1(_Reader):
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
    overlooked_by = fields.String(allow_none=True, load_default=None)
    overlooked_title = fields.String(load_default="")
    overlooked_day = fields.Date(allow_none=True, load_default=None)


class _FinishedV1(_Reader):
    patrol = fields.String(required=True)
    title = fields.String(required=True, data_key="patrol_title")
    day = fields.Date(required=True)
    finished_at = fields.AwareDateTime(required=True)
    fine = fields.List(fields.String(), required=True)


class _MeetingDecidedV1(_Reader):
    decision_id = fields.String(required=True)
    case_id = fields.UUID(required=True)
    title = fields.String(required=True)
    day = fields.Date(required=True)
    sealed = fields.String(required=True)
    decided_by = fields.String(required=True)


class _CaseRaisedV1(_Reader):
    decision_id = fields.String(required=True)
    case_id = fields.UUID(required=True)
    title = fields.String(required=True)
    matter_code = fields.String(required=True)
    sealed = fields.String(required=True)
    decided_by = fields.String(required=True)


_SCHEMAS: Mapping[str, Schema] = {
    FOUND: _ProblemFoundV1(),
    FINISHED: _FinishedV1(),
    DECIDED: _MeetingDecidedV1(),
    RAISED: _CaseRaisedV1(),
}


def read_patrol(envelope: Envelope) -> Any:
    """What a patrol found, or a meeting decided. Raises MalformedEvent."""
    if envelope.grid is None:
        raise MalformedEvent(f"{envelope.type}: no grid")
    try:
        data: dict[str, Any] = _SCHEMAS[envelope.type].load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    if envelope.type == FINISHED:
        fine = tuple(data.pop("fine"))
        return messages.PatrolFinished(**data, fine=fine, task_id=envelope.subject, grid=envelope.grid)
    values = {**data, "case_id": str(data["case_id"])}
    if envelope.type == FOUND:
        values["attachments"] = tuple(data["attachments"])
        return messages.ProblemFound(**values, task_id=envelope.subject, grid=envelope.grid)
    if envelope.type == DECIDED:
        return messages.MeetingDecided(**values, meeting_id=envelope.subject, at=envelope.time)
    return messages.CaseRaised(**values, meeting_id=envelope.subject, grid=envelope.grid)
