"""Stored plans, what changes between two, and the matters of the one in force (REG-12, INC-04)."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.errors import NoPlanInForce, PlanNotFound
from services.registry.plan import Problem, Report, difference
from services.registry.queries.paging import fetch
from services.registry.tables import plan_activation, plan_version
from services.registry.visibility import plan_in_force

Answer = dict[str, Any]

_LINE = ("plan_id", "number", "title", "effective", "digest", "stored_at")


def list_plans(connection: sa.Connection, request: Any, today: date) -> Answer:
    """Stored versions by id and number."""
    current = plan_in_force(connection, today)
    state = _state(current).label("state")
    statement = _lines(state)
    if request.plan_id:
        statement = statement.where(plan_version.c.plan_id == request.plan_id)
    if request.state:
        statement = statement.where(_state(current) == request.state)
    keys = [plan_version.c.plan_id, plan_version.c.number]
    page = fetch(connection, statement, keys, request.limit, request.cursor)
    return {"items": [_line(row) for row in page.rows], "next_cursor": page.next_cursor}


def _newest_activation() -> Any:
    return (
        sa.select(
            plan_activation.c.effective.label("activated_for"),
            plan_activation.c.activated_by,
            plan_activation.c.activated_at,
        )
        .where(
            plan_activation.c.plan_id == plan_version.c.plan_id,
            plan_activation.c.number == plan_version.c.number,
        )
        .order_by(plan_activation.c.id.desc())
        .limit(1)
        .lateral("newest")
    )


_NEWEST = _newest_activation()


def _lines(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    columns = [plan_version.c[name] for name in _LINE]
    return sa.select(*columns, _NEWEST, *more).outerjoin(_NEWEST, sa.true())


def _state(current: sa.Row[Any] | None) -> sa.ColumnElement[str]:
    activated = _NEWEST.c.activated_at.is_not(None)
    if current is None:
        return sa.case((activated, "activated"), else_="draft")
    in_force = sa.and_(plan_version.c.plan_id == current.plan_id, plan_version.c.number == current.number)
    return sa.case((in_force, "in-force"), (activated, "activated"), else_="draft")


def _line(row: sa.Row[Any]) -> Answer:
    return {
        "plan_id": row.plan_id,
        "version": row.number,
        "title": row.title,
        "state": row.state,
        "effective": row.activated_for or row.effective,
        "digest": row.digest,
        "stored_at": row.stored_at,
        "activated_at": row.activated_at,
        "activated_by": row.activated_by,
    }


def get_plan(connection: sa.Connection, plan_id: str, number: int, today: date) -> tuple[Answer, Mapping[str, Any]]:
    """One version (0: the newest; without an id the one in force) and its document. Raises NotFound."""
    current = plan_in_force(connection, today)
    if not plan_id:
        if current is None:
            raise NoPlanInForce
        plan_id, number = current.plan_id, current.number
    statement = _lines(_state(current).label("state"), plan_version.c.text, plan_version.c.document)
    statement = statement.where(plan_version.c.plan_id == plan_id)
    if number:
        statement = statement.where(plan_version.c.number == number)
    row = connection.execute(statement.order_by(plan_version.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        raise PlanNotFound(id=plan_id, version=number or "…")
    return {"plan": _line(row), "text": row.text}, row.document


def compare(connection: sa.Connection, request: Any, today: date) -> Answer:
    """What changes from the first version to the other. Raises NotFound."""
    _, before = get_plan(connection, request.plan_id, request.version, today)
    _, after = get_plan(connection, request.other_id or request.plan_id, request.other_version, today)
    changes = [
        {"kind": change.kind, "path": change.path, "before": _json(change.before), "after": _json(change.after)}
        for change in difference(before, after)
    ]
    return {"changes": changes}


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def matters(connection: sa.Connection, text: str, kind: str, today: date) -> Answer:
    """The matters of the plan in force, by code; none where no plan is."""
    found = plan_in_force(connection, today, "matters")
    if found is None:
        return {"items": []}
    wanted = [
        _matter(each)
        for each in found.document["matters"]
        if text in each["name"] + each["code"] and kind in ("", each["class"])
    ]
    return {"items": wanted, "plan_id": found.plan_id, "version": found.number}


def _matter(matter: Mapping[str, Any]) -> Answer:
    names = ("code", "name", "class", "way", "ways", "bottom_line", "must_report", "must_arrive", "standard_ref")
    return {
        **{name: matter.get(name) for name in names},
        "department": matter.get("lead"),
        "co_departments": matter.get("with", []),
        "questions": [_question(each) for each in matter.get("questions", ())],
    }


def _question(question: Mapping[str, Any]) -> Answer:
    names = ("text", "kind", "choices", "required")
    return {"key": question["id"], **{name: question.get(name) for name in names}}


def report(found: Report) -> Answer:
    """The outcome of a check, errors first."""
    severities = {"error": found.errors, "warning": found.warnings}
    issues = [_issue(severity, each) for severity, problems in severities.items() for each in problems]
    plan = found.plan
    named = {"plan_id": plan.id, "version": plan.version, "digest": plan.digest} if plan else {}
    return {"valid": plan is not None, "issues": issues, **named}


def _issue(severity: str, problem: Problem) -> Answer:
    return {
        "severity": severity,
        "code": problem.code,
        "path": problem.path,
        "line": problem.line,
        "zh": f"{problem.zh};{problem.remedy_zh}",
        "en": f"{problem.en}; {problem.remedy_en}",
    }
