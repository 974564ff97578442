"""What the assessment service reads of other services' events: tolerant readers, one schema for each version.

Only what is counted is required; whatever else an event carries is ignored, so a new optional field keeps the version.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.assessment import messages
from services.chassis.envelope import Envelope, MalformedEvent


class _Reader(Schema):
    class Meta:
        unknown = EXCLUDE


class _CaseV1(_Reader):
    number = fields.String(required=True)
    matter_code = fields.String(required=True)
    way = fields.String(required=True)
    reporter_id = fields.String(allow_none=True, load_default=None)


class _ReportedV1(_CaseV1):
    channel = fields.String(required=True)
    first_report = fields.Boolean(required=True)


class _AnsweredV1(_CaseV1):
    round = fields.Integer(required=True)
    on_time = fields.Boolean(required=True)
    by_reporter = fields.Boolean(load_default=False)
    extended = fields.Boolean(load_default=False)


class _SentBackV1(_CaseV1):
    round = fields.Integer(required=True)


class _EvaluatedV1(_CaseV1):
    contacted = fields.Boolean(required=True)
    solved = fields.Boolean(required=True)
    satisfaction = fields.String(required=True)


class _ClosedV1(_CaseV1):
    climbed = fields.Integer(load_default=0)


class _WarnedV1(_CaseV1):
    step = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True)
    round = fields.Integer(load_default=None)


class _MergedV1(_CaseV1):
    keeps_first = fields.Boolean(required=True)


class _MissedV1(_CaseV1):
    counts = fields.Boolean(required=True)


class _FirstV1(_CaseV1):
    first_report = fields.Boolean(required=True)


class _WhistledV1(_CaseV1):
    new_lead = fields.Boolean(required=True)


class _CallV1(_CaseV1):
    called = fields.String(required=True)
    call = fields.Integer(required=True)


class _ArrivedV1(_CallV1):
    on_time = fields.Boolean(required=True)


class _SignedOffV1(_CallV1):
    round = fields.Integer(required=True)
    on_time = fields.Boolean(required=True)


class _CallWarnedV1(_CallV1):
    step = fields.String(required=True)
    round = fields.Integer(required=True)
    due_at = fields.AwareDateTime(required=True)


_OF_CASES: Mapping[str, Schema] = {
    "incident.reported.v1": _ReportedV1(),
    "incident.filed.v1": _CaseV1(),
    "incident.declined.v1": _CaseV1(),
    "incident.registered.v1": _CaseV1(),
    "incident.dispatched.v1": _CaseV1(),
    "incident.returned.v1": _CaseV1(),
    "incident.escalated.v1": _CaseV1(),
    "incident.answered.v1": _AnsweredV1(),
    "incident.warned.v1": _WarnedV1(),
    "incident.refused.v1": _SentBackV1(),
    "incident.disputed.v1": _SentBackV1(),
    "incident.verified.v1": _CaseV1(),
    "incident.evaluated.v1": _EvaluatedV1(),
    "incident.closed.v1": _ClosedV1(),
    "incident.reopened.v1": _CaseV1(),
    "incident.excused.v1": _CaseV1(),
    "incident.missed-report.v1": _MissedV1(),
    "incident.merged.v1": _MergedV1(),
    "incident.unmerged.v1": _FirstV1(),
    "incident.absorbed.v1": _FirstV1(),
    "incident.whistled.v1": _WhistledV1(),
    "incident.arrived.v1": _ArrivedV1(),
    "incident.signed-off.v1": _SignedOffV1(),
    "incident.call-warned.v1": _CallWarnedV1(),
    "incident.call-withdrawn.v1": _CallV1(),
}


class _TaskV1(_Reader):
    title = fields.String(required=True, data_key="patrol_title")
    day = fields.Date(required=True)
    person_id = fields.String(required=True, allow_none=True)


class _FinishedV1(_TaskV1):
    late = fields.Boolean(required=True)


class _OverlookedV1(_TaskV1):
    """Its subject is the check's task, the person is who had called the item fine."""

    person_id = fields.String(required=True, allow_none=True, data_key="missed_by")
    item = fields.String(required=True)


_OF_TASKS: Mapping[str, Schema] = {
    "patrol.finished.v1": _FinishedV1(),
    "patrol.sent-back.v1": _TaskV1(),
    "patrol.overdue.v1": _TaskV1(),
    "patrol.excused.v1": _TaskV1(),
    "patrol.missed.v1": _OverlookedV1(),
}


class _GridV1(_Reader):
    code = fields.String(required=True)
    name = fields.String(required=True)
    active = fields.Boolean(load_default=True)


class _DepartmentV1(_Reader):
    id = fields.String(required=True)
    name = fields.String(required=True)
    active = fields.Boolean(load_default=True)


class _PlanV1(_Reader):
    plan_id = fields.String(required=True)
    version = fields.Integer(required=True)
    document = fields.Dict(required=True)


def _grid(data: dict[str, Any], envelope: Envelope) -> messages.GridChanged:
    return messages.GridChanged(**data, sequence=envelope.sequence)


def _department(data: dict[str, Any], envelope: Envelope) -> messages.DepartmentChanged:
    return messages.DepartmentChanged(**data, sequence=envelope.sequence)


def _plan(data: dict[str, Any], envelope: Envelope) -> messages.PlanActivated:
    return messages.PlanActivated(**data, at=envelope.time)


_OF_REGISTRY: Mapping[str, tuple[Schema, Callable[[dict[str, Any], Envelope], Any]]] = {
    "registry.grid-changed.v1": (_GridV1(), _grid),
    "registry.department-changed.v1": (_DepartmentV1(), _department),
    "registry.plan-activated.v1": (_PlanV1(), _plan),
}

FROM_INCIDENT = tuple(_OF_CASES)
FROM_PATROL = tuple(_OF_TASKS)
COUNTED = (*FROM_INCIDENT, *FROM_PATROL)
"""The events that facts are made of."""
FROM_REGISTRY = tuple(_OF_REGISTRY)


def read(envelope: Envelope) -> Any:
    """The message that an event of another service is to this one. Raises MalformedEvent."""
    if envelope.type in _OF_CASES:
        return _case(_load(_OF_CASES[envelope.type], envelope), envelope)
    if envelope.type in _OF_TASKS:
        return _task(_load(_OF_TASKS[envelope.type], envelope), envelope)
    schema, make = _OF_REGISTRY[envelope.type]
    return make(_load(schema, envelope), envelope)


def _case(data: dict[str, Any], envelope: Envelope) -> messages.CaseHappened:
    return messages.CaseHappened(
        event_id=envelope.id,
        type=envelope.type,
        case_id=envelope.subject,
        sequence=envelope.sequence,
        at=envelope.time,
        grid=envelope.grid,
        department=envelope.department,
        **data,
    )


def _task(data: dict[str, Any], envelope: Envelope) -> messages.TaskHappened:
    return messages.TaskHappened(
        event_id=envelope.id,
        type=envelope.type,
        task_id=envelope.subject,
        sequence=envelope.sequence,
        at=envelope.time,
        grid=envelope.grid,
        **data,
    )


def _load(schema: Schema, envelope: Envelope) -> dict[str, Any]:
    try:
        data: dict[str, Any] = schema.load(envelope.data)
    except ValidationError as error:
        raise MalformedEvent(f"{envelope.type}: {error}") from error
    return data
