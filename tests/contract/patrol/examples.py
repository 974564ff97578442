"""One example of each event of the patrol service, fixed for ever: what the golden messages are made of."""

from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema

from services.chassis.messages import Event
from services.patrol import messages, schemas

TASK = "01936f2a-7c00-7000-8000-000000000021"
CASE = "01936f2a-7c00-7000-8000-000000000001"
MEMBER, LEADER = "01936f2a-7c00-7000-8000-00000000000a", "01936f2a-7c00-7000-8000-00000000000b"
AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)

COMMON: dict[str, Any] = {
    "subject": TASK,
    "at": AT,
    "sequence": 2,
    "grid": "371321106245001",
    "patrol": "daily",
    "patrol_title": "日巡查",
    "day": date(2026, 11, 22),
    "person_id": MEMBER,
}
DATA: dict[type[Event], dict[str, Any]] = {
    messages.Finished: {"problems": 1, "late": False, "finished_at": AT, "fine": ("06001", "X1101")},
    messages.Signed: {"signed_by": LEADER},
    messages.Submitted: {"submitted_by": LEADER},
    messages.SentBack: {"sent_back_by": LEADER},
    messages.Excused: {"excused_by": LEADER},
    messages.Overdue: {},
    messages.ProblemFound: {
        "case_id": CASE,
        "item": "environment/water",
        "title": "日巡查·环境保护类·河道污染",
        "matter_code": "06026",
        "sealed": "v1:c2VhbGVkIGZvciB0aGUgcGxhdGZvcm0=",
        "lon": 118.45,
        "lat": 35.45,
        "attachments": ("0123456789abcdef",),
        "found_at": AT,
        "found_by": MEMBER,
        "overlooked_by": "01936f2a-7c00-7000-8000-000000000022",
        "overlooked_title": "日巡查",
        "overlooked_day": date(2026, 11, 21),
    },
    messages.Missed: {
        "patrol": "half-month",
        "patrol_title": "月排查",
        "item": "environment/water",
        "case_id": CASE,
        "missed_task": "01936f2a-7c00-7000-8000-000000000022",
        "missed_by": MEMBER,
    },
}
MEETING, DECISION = "01936f2a-7c00-7000-8000-000000000041", "01936f2a-7c00-7000-8000-000000000042"
OF_MEETING: dict[str, Any] = {
    "subject": MEETING, "at": AT, "sequence": 1, "grid": "371321106000001", "meeting": "consultation",
    "day": date(2026, 11, 20),
}  # fmt: skip
SEALED = "v1:c2VhbGVkIGZvciB0aGUgcGxhdGZvcm0="
DECIDED: dict[str, Any] = {
    "decision_id": DECISION, "case_id": CASE, "title": "会商", "sealed": SEALED, "decided_by": LEADER,
}  # fmt: skip
OF_RETURN: dict[str, Any] = {
    "subject": "01936f2a-7c00-7000-8000-000000000043", "at": AT, "sequence": 1, "grid": "371321106245001",
    "department": "grid-centre", "form": "monthly-summary", "day": date(2026, 11, 1), "person_id": LEADER,
}  # fmt: skip
RETURNS: dict[type[Event], dict[str, Any]] = {
    messages.ReturnSubmitted: {**OF_RETURN, "late": False, "nil": True},
    messages.ReturnSentBack: OF_RETURN,
    messages.ReturnAccepted: {**OF_RETURN, "late": False},
}
MEETINGS: dict[type[Event], dict[str, Any]] = {
    messages.MeetingHeld: {**OF_MEETING, "late": False, "present": 5, "items": 3, "decisions": 2},
    messages.MeetingCancelled: OF_MEETING,
    messages.MeetingDecided: {**OF_MEETING, **DECIDED},
    messages.CaseRaised: {**OF_MEETING, **DECIDED, "matter_code": "06026"},
    messages.DecisionEnded: {
        "subject": DECISION,
        "at": AT,
        "sequence": 1,
        "grid": "371321106000001",
        "department": "env-office",
        "meeting_id": MEETING,
        "kind": "task",
        "state": "done",
        "late": False,
    },
}
OF_TASKS = {kind: {**COMMON, **values} for kind, values in DATA.items()}
VISITED = messages.Visited(
    subject="01936f2a-7c00-7000-8000-000000000031", at=AT, sequence=1, grid="371321106245001", day=date(2026, 11, 16),
    person_id=MEMBER, outcome="met", late=False, visited_at=AT,
)  # fmt: skip
EXAMPLES: dict[str, tuple[Event, Schema]] = {
    kind.TYPE: (kind(**values), schemas.EVENTS[kind]) for kind, values in {**OF_TASKS, **MEETINGS, **RETURNS}.items()
} | {VISITED.TYPE: (VISITED, schemas.EVENTS[messages.Visited])}
