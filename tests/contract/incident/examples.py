"""One example of each event of the incident service, fixed for ever: what the golden messages are made of."""

from datetime import UTC, datetime
from typing import Any

from services.chassis.messages import Event
from services.incident import messages, schemas

CASE = "01936f2a-7c00-7000-8000-000000000001"
AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

COMMON: dict[str, Any] = {
    "subject": CASE,
    "at": AT,
    "sequence": 3,
    "grid": "371321106245001",
    "number": "371321-20261122-000017",
    "matter_code": "06026",
    "way": "dispatched",
    "reporter_id": "01936f2a-7c00-7000-8000-00000000000a",
    "actor_id": "01936f2a-7c00-7000-8000-00000000000c",
}
LED: dict[str, Any] = {"department": "env-office", "concerned": ("water-station",)}
STEP: dict[str, Any] = {"step": "handle", "round": 1}
CALLED: dict[str, Any] = {
    "state": "handling",
    "department": "county-ecology",
    "concerned": ("water-station", "env-office", "county-water"),
}
ONE_CALL: dict[str, Any] = {**CALLED, "called": "county-water", "call": 2}

DATA: dict[type[Event], dict[str, Any]] = {
    messages.CaseReported: {"state": "reported", "channel": "grid-worker", "first_report": True, "settled": False},
    messages.CaseFiled: {"state": "filed", "on_time": True},
    messages.CaseDeclined: {"state": "declined"},
    messages.CaseRegistered: {"state": "registered", "way": "settled", "drawn": False},
    messages.CaseDispatched: {
        **LED,
        "state": "dispatched",
        "matter_name": "河道污染",
        "co_departments": ("water-station",),
        "due_at": DUE,
        "urgent": False,
        "automatic": True,
        "on_time": True,
    },
    messages.ConsultationAsked: {**LED, "state": "handling"},
    messages.CaseConsulted: {
        **LED,
        "state": "handling",
        "title": "会商",
        "decision_id": "01936f2a-7c00-7000-8000-000000000042",
    },
    messages.CaseReturned: {
        **LED,
        "state": "arbitration",
        "times": 2,
        "proposed": "water-station",
        "arbitration": True,
    },
    messages.CaseEscalated: {
        "department": "county-ecology",
        "concerned": ("env-office", "water-station"),
        "state": "dispatched",
        "from_level": "1",
        "to_level": "county",
        "automatic": False,
        "co_departments": (),
        "due_at": DUE,
    },
    messages.CaseSentDown: {
        "department": "env-office",
        "concerned": ("county-ecology", "water-station"),
        "state": "dispatched",
        "from_level": "county",
        "to_level": "1",
        "automatic": False,
        "co_departments": ("water-station",),
        "due_at": DUE,
    },
    messages.CaseRuled: {"department": "water-station", "state": "dispatched", "upheld": False},
    messages.CaseMoved: {
        **LED,
        "state": "handling",
        "from_grid": "371321106245003",
        "to_grid": "371321106245001",
        "change_id": "01936f2a-7c00-7000-8000-00000000000c",
    },
    messages.CaseHandedOver: {"state": "handed-over", "way": "approval", "matter_name": "无证建设"},
    messages.CaseAccepted: {**LED, "state": "handling"},
    messages.CaseAnswered: {
        **LED,
        "state": "answered",
        "round": 1,
        "on_time": True,
        "by_reporter": False,
        "extended": False,
    },
    messages.CaseContributed: {**LED, "state": "handling", "contributor": "water-station"},
    messages.CaseFollowed: {**LED, "state": "handling", "way": "urgent"},
    messages.CaseVerified: {**LED, "state": "verified", "rounds": 2, "spot_check": False, "on_time": True},
    messages.VerificationRefused: {**LED, "state": "handling", "round": 1},
    messages.CaseEvaluated: {
        **LED,
        "state": "closed",
        "contacted": True,
        "solved": True,
        "satisfaction": "satisfied",
    },
    messages.CaseDisputed: {**LED, "state": "handling", "round": 2},
    messages.CaseClosed: {**LED, "state": "closed", "reworks": 1, "on_time": True, "climbed": 0},
    messages.CaseReopened: {**LED, "state": "dispatched", "round": 2},
    messages.LatenessExcused: {**LED, "state": "answered"},
    messages.LimitWarned: {
        **LED,
        "state": "handling",
        "step": "handle",
        "round": 1,
        "colour": "yellow",
        "due_at": DUE,
        "to": ("handler", "department-head"),
    },
    messages.LimitMoved: {**LED, "state": "handling", **STEP, "due_before": AT, "due_at": DUE},
    messages.ReporterAsked: {**LED, "state": "handling", **STEP, "answer_by": DUE},
    messages.LimitResumed: {**LED, "state": "handling", **STEP, "answered": True, "due_at": DUE},
    messages.ExtensionAsked: {**LED, "state": "handling", **STEP, "amount": 2.0, "unit": "working-days"},
    messages.ExtensionDecided: {
        **LED,
        "state": "handling",
        **STEP,
        "outcome": "granted",
        "amount": 2.0,
        "unit": "working-days",
        "due_at": DUE,
    },
    messages.MissedReport: {
        **LED,
        "state": "handling",
        "status": "confirmed",
        "found_by": "public",
        "harm": True,
        "counts": True,
        "called_fine": True,
    },
    messages.CaseMerged: {
        **LED,
        "state": "merged",
        "main": "01936f2a-7c00-7000-8000-000000000002",
        "main_number": "371321-20261122-000016",
        "keeps_first": False,
    },
    messages.CaseUnmerged: {
        **LED,
        "state": "handling",
        "main": "01936f2a-7c00-7000-8000-000000000002",
        "main_number": "371321-20261122-000016",
        "first_report": False,
    },
    messages.CaseAbsorbed: {
        **LED,
        "state": "handling",
        "merged": ("371321-20261122-000018",),
        "first_report": True,
    },
    messages.CaseWhistled: {
        **CALLED,
        "departments": ("county-ecology", "county-water"),
        "lead": "county-ecology",
        "new_lead": True,
        "due_at": DUE,
    },
    messages.DepartmentArrived: {**ONE_CALL, "on_time": True},
    messages.DepartmentSignedOff: {**ONE_CALL, "round": 1, "on_time": True, "missing": ("county-enforcement",)},
    messages.CallObjected: {**ONE_CALL},
    messages.CallInsisted: {**ONE_CALL},
    messages.CallWithdrawn: {**ONE_CALL},
    messages.DepartmentsCalledAgain: {**CALLED, "departments": ("county-water",)},
    messages.CallWarned: {
        **ONE_CALL,
        "step": "arrive",
        "round": 1,
        "colour": "yellow",
        "due_at": DUE,
        "to": ("handler", "department-head"),
    },
}

EXAMPLES: dict[str, tuple[Event, Any]] = {
    kind.TYPE: (kind(**{**COMMON, **data}), schemas.EVENTS[kind]) for kind, data in DATA.items()
}

PRECEDENT = messages.PrecedentChanged(
    subject="01936f2a-7c00-7000-8000-0000000000b1",
    at=AT,
    sequence=1,
    grid="371321106",
    department="water-station",
    matter_code="06026",
    area="371321106",
    co_departments=(),
    case_number="371321-20261122-000017",
    state="active",
)
EXAMPLES[PRECEDENT.TYPE] = (PRECEDENT, schemas.EVENTS[messages.PrecedentChanged])
