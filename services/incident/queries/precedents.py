"""Rulings that route the next such case: the list (INC-05, ALL-02)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.incident import tables, visibility
from services.incident.queries import paging

TABLE = tables.precedents.c
Values = dict[str, Any]


@dataclass(frozen=True)
class PrecedentFilter:
    """What the list shows; empty values do not restrict."""

    matters: tuple[str, ...] = ()
    area: str = ""
    department: str = ""
    state: str = ""
    limit: int = 0
    cursor: str = ""


def precedents(engine: sa.Engine, wanted: PrecedentFilter, caller: Principal) -> Values:
    """A page of the precedents that the caller may see, newest first. Raises Invalid for a wrong cursor."""
    order = (TABLE.ruled_at, TABLE.id)
    query = _named().where(visibility.of_precedents(caller), *_conditions(wanted))
    if wanted.cursor:
        query = query.where(paging.after(order, True, paging.decode(wanted.cursor)))
    limit = paging.size(wanted.limit)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(*(each.desc() for each in order)).limit(limit + 1)).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [_line(row) for row in rows[:limit]],
        "next_cursor": paging.encode(last["ruled_at"], last["id"]) if last else "",
    }


def _named() -> sa.Select[Any]:
    cases, departments = tables.cases.c, tables.departments.c
    return (
        sa.select(tables.precedents, cases.matter_name, departments.name.label("department_name"))
        .join(tables.cases, cases.id == TABLE.case_id)
        .outerjoin(tables.departments, departments.id == TABLE.lead)
    )


def _conditions(wanted: PrecedentFilter) -> list[sa.ColumnElement[bool]]:
    within = sa.or_(TABLE.area.startswith(wanted.area, autoescape=True), sa.literal(wanted.area).startswith(TABLE.area))
    possible = [
        (wanted.matters, TABLE.matter_code.in_(wanted.matters)),
        (wanted.area, within),
        (wanted.department, TABLE.lead == wanted.department),
        (wanted.state, TABLE.state == wanted.state),
    ]
    return [condition for given, condition in possible if given]


def _line(row: Any) -> Values:
    same = (
        "id", "matter_code", "matter_name", "area", "co_departments", "case_number", "reason", "ruled_at", "state",
        "ended_at", "end_reason",
    )  # fmt: skip
    return {
        **{name: row[name] for name in same},
        "department": row["lead"],
        "department_name": row["department_name"] or "",
        "ruled_by": row["ruled_by_name"],
        "ended_by": row["ended_by_name"],
    }
