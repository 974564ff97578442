"""Divisions, departments and duties: public to everyone who is signed in."""

from typing import Any

import sqlalchemy as sa

from services.registry.queries.paging import Page, containing, fetch, starting
from services.registry.tables import DIVISION_GRAMS, department, division, duty

Answer = dict[str, Any]

INTERNAL = ("sequence",)


def list_divisions(connection: sa.Connection, request: Any) -> Answer:
    """Divisions by code."""
    statement = sa.select(division)
    if request.prefix:
        statement = statement.where(starting(division.c.code, request.prefix))
    if request.parent_code:
        statement = statement.where(division.c.parent_code == request.parent_code)
    if request.kind:
        statement = statement.where(division.c.kind == request.kind)
    if request.text:
        grams = DIVISION_GRAMS.contains(sa.func.text_grams(sa.func.lower(request.text)))
        statement = statement.where(grams, containing(division.c.name, request.text))
    return answer(fetch(connection, statement, [division.c.code], request.limit, request.cursor))


def list_departments(connection: sa.Connection, request: Any) -> Answer:
    """Departments by id."""
    statement = sa.select(department)
    if request.level:
        statement = statement.where(department.c.level == request.level)
    if request.text:
        statement = statement.where(containing(department.c.name, request.text))
    if request.HasField("active"):
        statement = statement.where(department.c.active == request.active)
    return answer(fetch(connection, statement, [department.c.id], request.limit, request.cursor))


def list_duties(connection: sa.Connection, request: Any) -> Answer:
    """Duties by key, with the name of the lead."""
    statement = sa.select(duty, department.c.name.label("lead_name")).join(department, department.c.id == duty.c.lead)
    if request.department:
        joins = duty.c.co.any_() == request.department
        statement = statement.where(sa.or_(duty.c.lead == request.department, joins))
    if request.text:
        statement = statement.where(containing(duty.c.name, request.text))
    page = fetch(connection, statement, [duty.c.key], request.limit, request.cursor)
    return {"items": [_duty(row) for row in page.rows], "next_cursor": page.next_cursor}


def _duty(row: sa.Row[Any]) -> Answer:
    """What holds of the grid's part, and what is not approved yet (REG-17)."""
    values = {name: value for name, value in row._mapping.items() if name not in INTERNAL}
    approved = row.approval is not None and row.approval["part"] == row.grid_part
    pending = "" if approved or row.grid_part == "none" else row.grid_part
    return {**values, "grid_part": "none" if pending else row.grid_part, "pending_part": pending}


def answer(page: Page) -> Answer:
    """The page as items without what only the repository needs."""
    items = [{name: value for name, value in row._mapping.items() if name not in INTERNAL} for row in page.rows]
    return {"items": items, "next_cursor": page.next_cursor}
