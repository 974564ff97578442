"""Rows and aggregates as the pages of the API show them: titles in Chinese, personal fields masked (PRV-02)."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.auth import Principal
from services.chassis.personal import mask_name, mask_phone, mask_text
from services.incident.model.case import Case
from services.incident.model.limits import Limit
from services.incident.model.rights import may
from services.incident.model.workflow import ACTION_BY_NAME, NOTES, STAGES, STATE_BY_NAME
from services.incident.queries.paths import path_of

WAY_NAMES = {
    "settled": "自行处置",
    "coordinated": "社区协调",
    "dispatched": "派遣办理",
    "urgent": "紧急办理",
    "approval": "转审批",
}

SPOKEN = ("ask", "reply")
"""Actions whose words come from, or go to, the reporter; masked like the description."""

WARNED = "warned-"
AUDIENCES = {
    "department": "承办部门",
    "department-handlers": "承办部门经办人",
    "department-heads": "承办部门负责人",
    "grid": "网格",
    "grid-members": "网格员",
    "grid-leaders": "网格长",
    "centre-operator": "网格化服务中心",
    "verifier": "核查员",
    "county-leader": "县领导",
}

MISSED = {"possible": "疑似漏报,待认定", "confirmed": "认定为漏报", "dismissed": "已排除漏报"}
INSIDE = ("judge-missed",)
"""Actions whose reasons stay among the people of the area."""

Values = dict[str, Any]
Row = Any


def case_page(
    case: Case, row: Row, history: Iterable[Row], notices: Iterable[Row], caller: Principal, purpose: str
) -> Values:
    """The whole case with its history, whom its limits were told to, and what `caller` may do now."""
    state = STATE_BY_NAME[case.state]
    return {
        **_plain(row),
        "state_name": state.title,
        "stage": state.stage,
        "stage_name": STAGES[state.stage],
        "version": case.sequence,
        "matter_class": case.matter.group,
        "way_name": WAY_NAMES[case.way],
        "point": _point(row),
        "grid_code": row["grid"] or "",
        "grid_name": row["grid_name"] or "",
        "department": row["department"] or "",
        "department_name": row["department_name"] or "",
        "reporter_id": row["reporter_id"] or "",
        **_reporter(case, purpose),
        "description": row["description"] if purpose else mask_text(row["description"]),
        "original_text": row["original_text"] if purpose else mask_text(row["original_text"]),
        "replies": [{"question": question, "value": value} for question, value in case.replies],
        "sampled": case.state == "spot-check" or any(each["action"] == "draw" for each in history),
        "evaluation": case.evaluation.__dict__ if case.evaluation else None,
        **path_of(case),
        "limits": [_limit(limit) for limit in case.limits],
        "inquiries": [_spoken(each.__dict__, ("question", "answer"), purpose) for each in case.inquiries],
        "extensions": [_spoken(each.__dict__, (), purpose) for each in case.extensions],
        "notices": [_notice(each) for each in notices],
        "missed": _missed(case) if caller.covers(case.area) else None,
        "history": [_change(each, purpose, caller.covers(case.area)) for each in history],
        "actions": list(may(case, caller)),
    }


_SAME = (
    "id", "number", "state", "matter_code", "matter_name", "way", "channel", "address", "co_departments", "result",
    "bottom_line", "first_report", "excused", "reworks", "attachments", "reported_at", "closed_at",
    "external_reference", "plan",
)  # fmt: skip


def _plain(row: Row) -> Values:
    return {name: row[name] for name in _SAME}


def _reporter(case: Case, purpose: str) -> Values:
    name, phone = case.reporter.name, case.reporter.phone
    if not purpose:
        name, phone = mask_name(name), mask_phone(phone)
    return {"reporter_name": name, "reporter_phone": phone}


def _point(row: Row) -> Values | None:
    return None if row["lon"] is None else {"lon": row["lon"], "lat": row["lat"]}


def _limit(limit: Limit) -> Values:
    names = ("step", "started_at", "done_at", "light", "unit", "amount", "granted", "paused_at", "resumes_at")
    due = limit.due_at if limit.paused_at is None else None
    return {**{name: getattr(limit, name) for name in names}, "due_at": due}


def _spoken(values: Values, spoken: tuple[str, ...], purpose: str) -> Values:
    """A part of the case with the fields `spoken` masked like the description."""
    said = {name: values[name] if purpose else mask_text(values[name]) for name in spoken}
    return {name: value for name, value in {**values, **said}.items() if name != "round"}


def _notice(row: Row) -> Values:
    return {
        "colour": row["kind"].removeprefix(WARNED),
        "at": row["at"],
        "to_kind": row["audience_kind"],
        "to": row["audience"],
        "to_name": AUDIENCES.get(row["audience_kind"]) or AUDIENCES.get(row["audience"]) or row["audience"],
        "text": row["text"],
    }


def _missed(case: Case) -> Values | None:
    """Who judged a possible missed report, and how: for the people of the area and the centre alone."""
    if case.missed is None:
        return None
    return {**case.missed.__dict__, "status_name": MISSED[case.missed.status]}


def _change(row: Row, purpose: str, inside: bool) -> Values:
    title = NOTES.get(row["action"]) or ACTION_BY_NAME[row["action"]].title
    said = {} if purpose or row["action"] not in SPOKEN else {"reason": mask_text(row["reason"])}
    said |= {} if inside or row["action"] not in INSIDE else {"reason": ""}
    names = (
        "sequence", "at", "action", "actor_id", "actor_name", "actor_role", "from_state", "to_state", "reason",
        "attachments", "about",
    )  # fmt: skip
    return {**{name: row[name] for name in names}, "action_name": title, **said}


def case_line(row: Row) -> Values:
    """One line of a work list."""
    state = STATE_BY_NAME[row["state"]]
    names = ("id", "number", "state", "matter_code", "matter_name", "way", "address", "light", "due_at")
    return {
        **{name: row[name] for name in names},
        "state_name": state.title,
        "stage": state.stage,
        "grid_code": row["grid"] or "",
        "grid_name": row["grid_name"] or "",
        "department": row["department"] or "",
        "point": _point(row),
        "description": mask_text(row["description"][:200]),
        "reported_at": row["reported_at"],
        "closed_at": row["closed_at"],
        "version": row["sequence"],
        "reworks": row["reworks"],
    }


def message_line(row: Row) -> Values:
    names = ("id", "case_id", "case_number", "kind", "text", "at", "read_at")
    return {name: row[name] for name in names}


def matter_line(matter: Mapping[str, Any], duties: Mapping[str, Any]) -> Values:
    """A matter with its questions and who leads it."""
    duty = duties.get(matter.get("duty") or "")
    return {
        "code": matter["code"],
        "name": matter["name"],
        "class": matter["class"],
        "standard_ref": matter.get("standard_ref") or "",
        "way": matter["way"],
        "ways": matter["ways"],
        "bottom_line": bool(matter.get("bottom_line")),
        "must_report": bool(matter.get("must_report")),
        "must_arrive": bool(matter.get("must_arrive")),
        "questions": [_question(each) for each in matter.get("questions", ())],
        "department": duty.lead if duty else "",
        "co_departments": list(duty.co_departments) if duty else [],
    }


def _question(entry: Mapping[str, Any]) -> Values:
    choices = ["是", "否"] if entry["kind"] == "yes-no" else list(entry.get("choices", ()))
    return {
        "key": entry["id"],
        "text": entry["text"],
        "kind": entry["kind"],
        "choices": choices,
        "required": bool(entry.get("required")),
    }
