"""The calls of a case as its page shows them: who was called, who came, when, and how long there is (INC-09)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.chassis.working_calendar import WorkingCalendar
from services.incident.model.calls import Call, Stamp
from services.incident.model.limits import Limit

STATE_NAMES = {
    "called": "待报到",
    "objected": "有异议,待裁定",
    "arrived": "已报到,办理中",
    "signed-off": "已签退",
    "withdrawn": "已撤回",
}
STAMPS = ("called", "objected", "insisted", "arrived", "signed_off", "withdrawn")

Values = dict[str, Any]


def call_lines(calls: Iterable[Call], calendar: WorkingCalendar, now: datetime) -> list[Values]:
    """Each call with its state, lights and the time that is left, in the unit of its limit."""
    return [_line(call, calendar, now) for call in calls]


def _line(call: Call, calendar: WorkingCalendar, now: datetime) -> Values:
    limit = call.running
    return {
        "number": call.number,
        "department": call.department,
        "department_name": call.name,
        "leading": call.leading,
        "state": call.state,
        "state_name": STATE_NAMES[call.state],
        "limits": [_clock(each) for each in call.limits],
        "step": limit.step if limit else "",
        "due_at": limit.due_at if limit else None,
        "light": limit.light if limit else "",
        "left": _left(limit, calendar, now) if limit else None,
        **{name: _stamp(getattr(call, name)) for name in STAMPS},
    }


def _left(limit: Limit, calendar: WorkingCalendar, now: datetime) -> Values:
    """How much of the limit is left; below 0 how much too late it is."""
    left = calendar.elapsed(now, limit.due_at, limit.unit) - calendar.elapsed(limit.due_at, now, limit.unit)
    return {"amount": round(left, 2), "unit": limit.unit}


def _clock(limit: Limit) -> Values:
    names = ("step", "started_at", "due_at", "done_at", "light", "amount", "unit")
    return {name: getattr(limit, name) for name in names}


def _stamp(stamp: Stamp | None) -> Values | None:
    return None if stamp is None else {**stamp.__dict__, "attachments": list(stamp.attachments)}
