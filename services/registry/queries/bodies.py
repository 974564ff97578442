"""The bodies of the plan in force, with who has their seats today (REG-16)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from services.chassis.auth import Principal
from services.registry.model.bodies import Body, Seat, bodies_of
from services.registry.tables import grid, person, post
from services.registry.visibility import held_on, plan_in_force, sees_person

Answer = dict[str, Any]
MOST = 100
"""People that are shown of one seat."""


def list_bodies(connection: sa.Connection, request: Any, caller: Principal, today: date) -> Answer:
    """The bodies of the plan in force; none where no plan is. Only people whom the caller may see are named."""
    found = plan_in_force(connection, today, "bodies", "posts", "departments", "levels", "meetings")
    if found is None:
        return {"items": []}
    wanted = [body for body in bodies_of(found.document) if request.kind in ("", body.kind)]
    items = [_body(connection, body, request.area, caller, today) for body in wanted]
    return {"items": items, "plan_id": found.plan_id, "version": found.number}


def _body(connection: sa.Connection, body: Body, area: str, caller: Principal, today: date) -> Answer:
    return {
        **{name: getattr(body, name) for name in ("id", "name", "kind", "words", "meetings")},
        "seats": [_seat(connection, seat, area, caller, today) for seat in body.seats],
    }


def _seat(connection: sa.Connection, seat: Seat, area: str, caller: Principal, today: date) -> Answer:
    asked = _holders(seat, area, today)
    seen = sa.and_(person.c.active, sa.or_(sees_person(caller), *(_within(area) for area in caller.areas)))
    rows = [] if asked is None else connection.execute(asked.where(seen).limit(MOST + 1)).all()
    return {
        **{name: getattr(seat, name) for name in ("part", "title", "post", "department")},
        "people": [
            {"id": row.id, "name": row.name, "department": row.department or "", "grid": row.grid}
            for row in rows[:MOST]
        ],
        "more": len(rows) > MOST,
    }


def _holders(seat: Seat, area: str, today: date) -> sa.Select[Any] | None:
    """Who has the seat; None where its words name neither a post of the plan nor a department."""
    if seat.department is not None:
        return _accounts(person.c.department == seat.department, area)
    if seat.levels and seat.grid_post:
        return _in_grids(seat, area, today)
    return _accounts(person.c.roles.contains([seat.role]), area) if seat.role else None


def _accounts(condition: sa.ColumnElement[bool], area: str) -> sa.Select[Any]:
    columns = (sa.cast(person.c.id, sa.Text).label("id"), person.c.name, person.c.department)
    found = sa.select(*columns, sa.literal("").label("grid")).where(condition)
    if area:
        found = found.where(_sees(area))
    return found.order_by(person.c.name, person.c.id)


def _sees(area: str) -> sa.ColumnElement[bool]:
    """Whether an account sees all of `area`, or something within it."""
    begins = array([area[:length] for length in range(1, len(area) + 1)])
    return sa.or_(person.c.areas.overlap(begins), _within(area))


def _within(area: str) -> sa.ColumnElement[bool]:
    """Whether something that an account sees lies within `area`: who answers for an area sees who serves in it."""
    prefixes = sa.func.unnest(person.c.areas).column_valued("prefix")
    return sa.select(sa.literal(1)).where(prefixes.startswith(area, autoescape=True)).exists()


def _in_grids(seat: Seat, area: str, today: date) -> sa.Select[Any]:
    of_level = sa.or_(*(sa.and_(grid.c.level == level, grid.c.kind == kind) for level, kind in seat.levels))
    held = sa.select(post.c.person_id, post.c.grid_code).where(post.c.post == seat.grid_post, held_on(today))
    there = held.subquery("held")  # so that `sees_person`, which asks for posts too, has a table of its own
    columns = (sa.cast(person.c.id, sa.Text).label("id"), person.c.name, person.c.department)
    found = (
        sa.select(*columns, grid.c.code.label("grid"))
        .select_from(person.join(there, there.c.person_id == person.c.id).join(grid, grid.c.code == there.c.grid_code))
        .where(grid.c.state == "active", of_level)
        .order_by(grid.c.code, person.c.name, person.c.id)
    )
    return found.where(grid.c.code.startswith(area, autoescape=True)) if area else found
