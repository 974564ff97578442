"""Visits as the interface shows them, never why a household is visited; who may see what is part of every query."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, VisitNotFound
from services.patrol.handlers.tasks import EXCUSES
from services.patrol.handlers.visits import shown
from services.patrol.model.visits import (
    DONE,
    EXCUSED,
    MET,
    NAMES,
    NOBODY_HOME,
    OPEN,
    OVERDUE,
    REFUSED,
    WITHDRAWN,
    Record,
)
from services.patrol.queries import paging
from services.patrol.repository.visits import bound, offices_of

Line = dict[str, Any]
_PLAIN = (
    "id", "household_id", "grid", "grid_name", "person_id", "day", "until", "hours", "state", "late", "reason",
    "version",
)  # fmt: skip


@dataclass(frozen=True)
class VisitFilter:
    """What a list of visits shows. Empty values do not restrict; days are ISO texts, both included."""

    mine: bool = False
    states: Sequence[str] = ()
    area: str = ""
    since: str = ""
    until: str = ""
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class VisitCoverageFilter:
    """Of which days (ISO texts, both included, today when empty) and area it is asked."""

    since: str = ""
    until: str = ""
    area: str = ""
    limit: int = 0
    cursor: str = ""


class VisitQueries:
    """The questions about visits to one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock, seal: Seal) -> None:
        self._engine, self._zone, self._clock, self._seal = engine, zone, clock, seal

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def visits(self, wanted: VisitFilter, caller: Principal) -> Line:
        """One page of visits, the latest day first. Raises CursorWrong."""
        table, most = tables.visits.c, paging.size(wanted.limit)
        place = sa.tuple_(table.day, table.id) < _place(wanted.cursor) if wanted.cursor else sa.true()
        with self._engine.connect() as connection:
            held = offices_of(connection, caller, self.today)
            conditions = [*_conditions(wanted, caller, held), place]
            found = paging.latest(tables.visits, visibility.sights_of_visits(caller, held), conditions, most + 1)
            query = _named().join(found, found.c.id == table.id)
            rows = connection.execute(query.order_by(table.day.desc(), table.id.desc())).mappings().all()
            lines = self._lines(rows[:most], caller, connection)
        last = paging.encode(lines[-1]["day"].isoformat(), lines[-1]["id"]) if len(rows) > most else ""
        return {"items": lines, "next_cursor": last}

    def visit(self, visit_id: str, caller: Principal) -> Line:
        """One visit. Raises VisitNotFound."""
        with self._engine.connect() as connection:
            seen = visibility.of_visits(caller, offices_of(connection, caller, self.today))
            row = None
            if is_id(visit_id):
                its = _named().where(tables.visits.c.id == visit_id, seen)
                row = connection.execute(its).mappings().one_or_none()
            if row is None:
                raise VisitNotFound(id=visit_id)
            return self._lines([row], caller, connection)[0]

    def day(self, day: str, caller: Principal) -> list[Line]:
        """The visits that the caller may make on a day: open ones, and those of its round that were made."""
        chosen, table = date.fromisoformat(day) if day else self.today, tables.visits.c
        there = sa.and_(table.day <= chosen, sa.or_(table.until >= chosen, table.state.in_(OPEN)))
        with self._engine.connect() as connection:
            mine = visibility.of_visiting(caller, offices_of(connection, caller, self.today))
            query = _named().where(mine, there, table.state != WITHDRAWN).order_by(table.until, table.id)
            rows = connection.execute(query.limit(paging.MOST)).mappings().all()
            return self._lines(rows, caller, connection)

    def coverage(self, wanted: VisitCoverageFilter, caller: Principal) -> Line:
        """How many visits were owed and made, by grid in the order of their codes; no household is named."""
        most = paging.size(wanted.limit)
        with self._engine.connect() as connection:
            seen = visibility.of_visits(caller, offices_of(connection, caller, self.today))
            query = _coverage(wanted, seen, self.today, most + 1)
            rows = [dict(row) for row in connection.execute(query).mappings()]
        last = paging.encode(rows[most - 1]["grid"]) if len(rows) > most else ""
        return {"items": rows[:most], "next_cursor": last}

    def _lines(self, rows: Sequence[Mapping[Any, Any]], caller: Principal, connection: sa.Connection) -> list[Line]:
        held = offices_of(connection, caller, self.today)
        return [self._line(row, caller, (row["post"], row["held_in"]) in held) for row in rows]

    def _line(self, row: Mapping[Any, Any], caller: Principal, holds: bool) -> Line:
        record = Record.read(self._seal.open(row["sealed"], bound(row["id"]))) if row["sealed"] else None
        return {
            **{name: row[name] for name in _PLAIN},
            "state_name": NAMES[row["state"]],
            "help": self._help(row),
            "record": shown(record) if record else None,
            "actions": list(_actions(row, caller, holds or row["person_id"] == caller.person_id)),
        }

    def _help(self, row: Mapping[Any, Any]) -> str:
        """Of what the registry told only the help, and only while the entry counts."""
        if not row["told"]:
            return ""
        told = json.loads(self._seal.open(row["told"], f"care.sealed:{row['entry_id']}"))
        return str(told["help"])


def _actions(row: Mapping[Any, Any], caller: Principal, mine: bool) -> Iterable[str]:
    if mine and row["state"] in (*OPEN, DONE):
        yield "enter"
    leads = caller.has("grid-leader") and caller.covers(row["grid"]) and row["person_id"] != caller.person_id
    if row["state"] in OPEN and (leads or caller.has(*EXCUSES)):
        yield "excuse"


def _named() -> sa.Select[Any]:
    grids, care = tables.grids, tables.care
    named = sa.select(
        tables.visits, sa.func.coalesce(grids.c.name, "").label("grid_name"), care.c.sealed.label("told")
    )  # fmt: skip
    return named.outerjoin(grids, grids.c.code == tables.visits.c.grid).outerjoin(
        care, sa.and_(care.c.id == tables.visits.c.entry_id, care.c.active)
    )


def _conditions(wanted: VisitFilter, caller: Principal, held: visibility.Held) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.visits.c
    yield table.state.in_(wanted.states) if wanted.states else table.state != WITHDRAWN
    if wanted.mine:
        yield visibility.of_visiting(caller, held)
    if wanted.area:
        yield table.grid.startswith(wanted.area, autoescape=True)
    if wanted.since:
        yield table.day >= date.fromisoformat(wanted.since)
    if wanted.until:
        yield table.day <= date.fromisoformat(wanted.until)


def _place(cursor: str) -> sa.ColumnElement[Any]:
    day, visit_id = paging.decode(cursor, 2)
    try:
        place = date.fromisoformat(day)
    except ValueError as error:
        raise CursorWrong from error
    if not is_id(visit_id):
        raise CursorWrong
    return sa.tuple_(sa.literal(place, sa.Date), sa.literal(visit_id, tables.visits.c.id.type))


def _coverage(wanted: VisitCoverageFilter, seen: sa.ColumnElement[bool], today: date, most: int) -> sa.Select[Any]:
    table, grids = tables.visits.c, tables.grids.c
    since = date.fromisoformat(wanted.since) if wanted.since else today
    until = date.fromisoformat(wanted.until) if wanted.until else max(since, today)
    owed = [table.day <= until, table.until >= since, table.state != WITHDRAWN, seen]
    page = sa.select(grids.code, grids.name).where(sa.exists().where(table.grid == grids.code, *owed))
    if wanted.area:
        page = page.where(grids.code.startswith(wanted.area, autoescape=True))
    if wanted.cursor:
        page = page.where(grids.code > paging.decode(wanted.cursor, 1)[0])
    on_page = page.order_by(grids.code).limit(most).cte("on_page").prefix_with("MATERIALIZED", dialect="postgresql")
    counted = {
        "made": table.state == DONE,
        "met": table.outcome == MET,
        "nobody_home": table.outcome == NOBODY_HOME,
        "declined": table.outcome == REFUSED,
        "late": table.late,
        "overdue": table.state == OVERDUE,
        "excused": table.state == EXCUSED,
        "vacant": table.person_id.is_(None),
    }
    return (
        sa.select(
            on_page.c.code.label("grid"),
            on_page.c.name.label("grid_name"),
            sa.func.count().label("owed"),
            *(sa.func.count().filter(condition).label(name) for name, condition in counted.items()),
        )
        .join(tables.visits, table.grid == on_page.c.code)
        .where(*owed)
        .group_by(on_page.c.code, on_page.c.name)
        .order_by(on_page.c.code)
    )
