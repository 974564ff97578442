"""What the patrol service reads of the incident service's events: the state of each case and who did what."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.chassis.envelope import Envelope, MalformedEvent
from services.patrol import messages
from services.patrol.model.unresolved import ASKED, CONTESTED, ESCALATED, OVERDUE

FROM_INCIDENT = tuple(
    f"incident.{fact}.v1"
    for fact in (
        "reported", "filed", "declined", "registered", "dispatched", "returned", "ruled", "escalated", "sent-down",
        "handed-over", "accepted", "answered", "verified", "refused", "disputed", "closed", "reopened", "warned",
        "moved", "merged", "unmerged", "consultation-asked",
    )
)  # fmt: skip


class _CaseV1(Schema):
    class Meta:
        unknown = EXCLUDE

    number = fields.String(required=True)
    matter_code = fields.String(required=True)
    state = fields.String(required=True)
    arbitration = fields.Boolean(load_default=False)
    colour = fields.String(load_default="")
    channel = fields.String(load_default="")
    reporter_id = fields.String(allow_none=True, load_default=None)
    actor_id = fields.String(allow_none=True, load_default=None)


_SCHEMA = _CaseV1()
_WHY: Mapping[str, str] = {"escalated": ESCALATED, "consultation-asked": ASKED}


def read_case(envelope: Envelope) -> messages.CaseChanged:
    """What happened to a case. Raises MalformedEvent."""
    if envelope.grid is None:
        raise MalformedEvent(f"{envelope.type}: no grid")
    try:
        data: dict[str, Any] = _SCHEMA.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    fact = envelope.type.split(".")[1]
    return messages.CaseChanged(
        case_id=envelope.subject,
        sequence=envelope.sequence,
        at=envelope.time,
        fact=fact,
        number=data["number"],
        matter_code=data["matter_code"],
        state=data["state"],
        grid=envelope.grid,
        department=envelope.department,
        why=_why(fact, data),
        acted=_acted(fact, data, envelope),
    )


def _acted(fact: str, data: Mapping[str, Any], envelope: Envelope) -> messages.CaseActed | None:
    """Who did it; None where nobody with an account did."""
    person_id = data["reporter_id"] if fact == "reported" else data["actor_id"]
    if person_id is None:
        return None
    told = {"number": data["number"], "channel": data["channel"], "person_id": person_id, "fact": fact}
    return messages.CaseActed(case_id=envelope.subject, grid=envelope.grid, at=envelope.time, **told)


def _why(fact: str, data: Mapping[str, Any]) -> str:
    if fact == "returned" and data["arbitration"]:
        return CONTESTED
    if fact == "warned" and data["colour"] == "red":
        return OVERDUE
    return _WHY.get(fact, "")
