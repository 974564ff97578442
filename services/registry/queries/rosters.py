"""The duty roster, and who is on duty at this moment (REG-18)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.registry.model.rosters import PLANNED
from services.registry.model.values import day
from services.registry.queries.paging import fetch, starting
from services.registry.tables import duty_shift as table
from services.registry.tables import person
from services.registry.visibility import sees_shift

Answer = dict[str, Any]
_HIDDEN = ("sequence", "position")


def list_shifts(connection: sa.Connection, request: Any, caller: Principal, today: date, zone: ZoneInfo) -> Answer:
    """By their beginning, from those that are not over on the first day on."""
    since = _midnight(day("since", request.since) if request.since else today, zone)
    shifts = _shifts().where(table.c.ends > since, sees_shift(caller))
    if request.until:
        shifts = shifts.where(table.c.starts < _midnight(day("until", request.until) + timedelta(days=1), zone))
    if request.area:
        shifts = shifts.where(starting(table.c.area, request.area))
    if request.role:
        shifts = shifts.where(table.c.role == request.role)
    if request.mine:
        own = sa.or_(table.c.person_id == caller.person_id, table.c.offered_to == caller.person_id)
        shifts = shifts.where(own if is_id(caller.person_id) else sa.false())
    found = shifts.subquery("shift")
    position: Any = found.c.position
    page = fetch(connection, sa.select(found), [position], request.limit, request.cursor)
    return {"items": [_described(row) for row in page.rows], "next_cursor": page.next_cursor}


def on_duty(connection: sa.Connection, request: Any, caller: Principal, now: datetime) -> Answer:
    """The shifts that run now in what the caller sees, for those whose area is within the one asked for or holds it."""
    statement = _shifts().where(table.c.state == PLANNED, table.c.starts <= now, table.c.ends > now, sees_shift(caller))
    if request.area:
        holds = sa.literal(request.area).startswith(table.c.area)
        statement = statement.where(sa.or_(holds, starting(table.c.area, request.area)))
    if request.role:
        statement = statement.where(table.c.role == request.role)
    rows = connection.execute(statement.order_by(table.c.area, table.c.starts, table.c.id)).all()
    return {"at": now, "shifts": [_described(row) for row in rows]}


def _shifts() -> sa.Select[Any]:
    """`position` orders them by their beginning and tells those apart that begin together."""
    moment = sa.func.to_char(sa.func.timezone("UTC", table.c.starts), "YYYYMMDDHH24MI")
    position = sa.func.concat(moment, sa.cast(table.c.id, sa.Text)).label("position")
    return sa.select(table, person.c.name.label("person_name"), position).join(person, person.c.id == table.c.person_id)


def _described(row: sa.Row[Any]) -> Answer:
    return {name: value for name, value in row._mapping.items() if name not in _HIDDEN}


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=zone)
