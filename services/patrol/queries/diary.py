"""Diaries as the interface shows them; who may see what is part of every query (PAT-08, REG-14)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, DiaryNotFound
from services.patrol.handlers.diary import day_of
from services.patrol.model.diary import NAMES, closes_at, is_closed
from services.patrol.queries import paging
from services.patrol.repository.diary import bound_note, bound_words

Line = dict[str, Any]
MOST_RECORDS = 500
"""Of one day: a centre may sign off a county's patrols in one; how many there are is told by kind."""
_DAY = ("person_id", "day")


@dataclass(frozen=True)
class DiaryFilter:
    """What a list of diaries shows. Empty values do not restrict; days are ISO texts, both included."""

    mine: bool = False
    person_id: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    limit: int = 0
    cursor: str = ""


class DiaryQueries:
    """The questions about diaries of one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock, seal: Seal) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._seal = seal

    def days(self, wanted: DiaryFilter, caller: Principal) -> Line:
        """One page of days, the latest first, without their single records. Raises CursorWrong."""
        table, most = tables.diaries.c, paging.size(wanted.limit)
        query = _named().where(visibility.of_diaries(caller), *_conditions(wanted, caller))
        if wanted.cursor:
            query = query.where(sa.tuple_(table.day, table.person_id) < _place(wanted.cursor))
        with self._engine.connect() as connection:
            ordered = query.order_by(table.day.desc(), table.person_id.desc()).limit(most + 1)
            rows = connection.execute(ordered).mappings().all()
            lines = self._lines(rows[:most], caller, connection)
        last = paging.encode(lines[-1]["day"], lines[-1]["person_id"]) if len(rows) > most else ""
        return {"items": lines, "next_cursor": last}

    def day(self, day: str, person_id: str, caller: Principal) -> Line:
        """One day with its records and notes; one's own is there also where nothing was done.

        Raises DayWrong, DiaryNotFound.
        """
        chosen, whose = day_of(day), person_id or caller.person_id
        table = tables.diaries.c
        query = _named().where(table.person_id == whose, table.day == chosen, visibility.of_diaries(caller))
        with self._engine.connect() as connection:
            row: Mapping[Any, Any] | None = connection.execute(query).mappings().one_or_none()
            if row is None and whose != caller.person_id:
                raise DiaryNotFound(day=chosen.isoformat())
            line = self._lines([row or _empty(whose, chosen)], caller, connection)[0]
            records = connection.execute(_records(whose, chosen)).mappings().all()
            notes = connection.execute(_notes(whose, chosen)).mappings().all()
        return {**line, "records": [_record(each) for each in records], "notes": [self._note(each) for each in notes]}

    def _lines(self, rows: Sequence[Mapping[Any, Any]], caller: Principal, connection: sa.Connection) -> list[Line]:
        counts, today = _counts(rows, connection), self._clock.now().astimezone(self._zone).date()
        return [self._line(row, counts[row["person_id"], row["day"]], today, caller) for row in rows]

    def _line(self, row: Mapping[Any, Any], counts: Sequence[Line], today: date, caller: Principal) -> Line:
        person_id, day = row["person_id"], row["day"]
        closed, own = is_closed(day, today), person_id == caller.person_id and day <= today
        words = self._seal.open(row["words"], bound_words(person_id, day)) if row["words"] else ""
        return {
            "person_id": person_id,
            "day": day.isoformat(),
            "grid": row["grid"],
            "grid_name": row["grid_name"],
            "closed": closed,
            "closes_at": closes_at(day, self._zone),
            "words": words,
            "written_at": row["written_at"],
            "version": row["version"],
            "counts": counts,
            "late": sum(each.pop("late") for each in counts),
            "actions": [("note" if closed else "write")] if own else [],
        }

    def _note(self, row: Mapping[Any, Any]) -> Line:
        return {"words": self._seal.open(row["words"], bound_note(row["id"])), "at": row["at"]}


def _named() -> sa.Select[Any]:
    named = sa.func.coalesce(tables.grids.c.name, "").label("grid_name")
    query = sa.select(tables.diaries, named)
    return query.outerjoin(tables.grids, tables.grids.c.code == tables.diaries.c.grid)


def _conditions(wanted: DiaryFilter, caller: Principal) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.diaries.c
    if wanted.mine:
        yield table.person_id == caller.person_id
    if wanted.person_id:
        yield table.person_id == wanted.person_id
    if wanted.area:
        yield table.grid.startswith(wanted.area, autoescape=True)
    if wanted.since:
        yield table.day >= date.fromisoformat(wanted.since)
    if wanted.until:
        yield table.day <= date.fromisoformat(wanted.until)


def _place(cursor: str) -> sa.ColumnElement[Any]:
    day, person_id = paging.decode(cursor, 2)
    try:
        return sa.tuple_(sa.literal(date.fromisoformat(day), sa.Date), sa.literal(person_id, sa.Text))
    except ValueError as error:
        raise CursorWrong from error


def _empty(person_id: str, day: date) -> Line:
    nothing = {"grid": "", "grid_name": "", "words": "", "version": 0, "written_at": None}
    return {"person_id": person_id, "day": day, **nothing}


def _counts(rows: Sequence[Mapping[Any, Any]], connection: sa.Connection) -> Mapping[tuple[str, date], list[Line]]:
    """How many records of each kind each day has, and how many of them came late."""
    table = tables.deeds.c
    late = sa.func.count().filter(table.late)
    days = [(row["person_id"], row["day"]) for row in rows]
    query = sa.select(table.person_id, table.day, table.kind, sa.func.count(), late)
    query = query.where(sa.tuple_(table.person_id, table.day).in_(days))
    found: dict[tuple[str, date], list[Line]] = defaultdict(list)
    grouped = query.group_by(table.person_id, table.day, table.kind).order_by(table.kind)
    for person_id, day, kind, count, came_late in connection.execute(grouped) if days else ():
        line = {"kind": kind, "kind_name": NAMES.get(kind, kind), "count": count, "late": came_late}
        found[person_id, day].append(line)
    return found


def _records(person_id: str, day: date) -> sa.Select[Any]:
    table, grids = tables.deeds.c, tables.grids.c
    query = sa.select(tables.deeds, sa.func.coalesce(grids.name, "").label("grid_name"))
    query = query.outerjoin(tables.grids, grids.code == table.grid)
    its = query.where(table.person_id == person_id, table.day == day)
    return its.order_by(table.at, table.id).limit(MOST_RECORDS)


def _notes(person_id: str, day: date) -> sa.Select[Any]:
    table = tables.notes.c
    query = sa.select(tables.notes).where(table.person_id == person_id, table.day == day)
    return query.order_by(table.at, table.id).limit(MOST_RECORDS)


def _record(row: Mapping[Any, Any]) -> Line:
    names = ("at", "kind", "title", "subject", "grid", "grid_name", "late", "received_at")
    return {**{name: row[name] for name in names}, "kind_name": NAMES.get(row["kind"], row["kind"])}
