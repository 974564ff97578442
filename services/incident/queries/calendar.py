"""What a change of the working days did to open limits, and what one would do (INC-07)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.working_calendar import WorkingCalendar
from services.incident import tables, visibility
from services.incident.messages import GivenCalendar
from services.incident.model.office_days import OwnDays
from services.incident.queries import paging
from services.incident.repository.calendar import from_json, own_days, spans
from services.incident.repository.plan import active_section, calendar_of

PLANNERS = ("system-administrator", "county-leader", "platform")
WATCHERS = (*PLANNERS, "centre-operator", "auditor")
STREAM = 5_000

Values = dict[str, Any]


class CalendarQueries:
    """Answers about the calendar."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def preview(self, wanted: GivenCalendar, caller: Principal) -> Values:
        """Which days `wanted` would turn and how many open limits would move. Raises Forbidden, NoPlan."""
        caller.require(*PLANNERS, action="试算工作日历")
        with self._engine.connect() as connection:
            section = active_section(connection, self._engine)
            before = own_days(connection)
            days = {date.fromisoformat(each.day): each.worked for each in wanted.days}
            after = before.replaced(wanted.year, days)
            changed = before.turned(after, wanted.year)
            if not changed:
                return {"changed": [], "examined": 0, "moved": 0}
            examined, moved = self._count(connection, section.section, changed, after)
        return {"changed": _days(changed), "examined": examined, "moved": moved}

    def _count(
        self, connection: sa.Connection, section: Mapping[str, Any], changed: dict[date, bool], after: OwnDays
    ) -> tuple[int, int]:
        calendar = calendar_of(section, after)
        examined = moved = 0
        for row in _spanning(connection, changed, section["plan"]["timezone"]):
            examined += 1
            moved += _moves(calendar, row)
        return examined, moved

    def changes(self, caller: Principal, limit: int, cursor: str) -> Values:
        """The changes that were heard, newest first. Raises Forbidden."""
        caller.require(*WATCHERS, action="查看工作日历变更")
        table, size = tables.calendar_changes, paging.size(limit)
        query = sa.select(table)
        if cursor:
            query = query.where(paging.after((table.c.at, table.c.id), True, paging.decode(cursor)))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.at.desc(), table.c.id.desc()).limit(size + 1)).all()
        last = rows[size - 1] if len(rows) > size else None
        names = ("id", "year", "at", "examined", "moved", "done_at")
        items = [
            {**{name: getattr(row, name) for name in names}, "changed": _days(from_json(row.changed))}
            for row in rows[:size]
        ]
        return {"items": items, "next_cursor": paging.encode(last.at, last.id) if last else ""}

    def moved(self, change_id: str, caller: Principal, limit: int, cursor: str) -> Values:
        """The cases whose limit the change moved, as far as the caller may see them, by case. Raises Forbidden."""
        caller.require(*WATCHERS, action="查看工作日历变更")
        table, cases, size = tables.moved_limits, tables.cases, paging.size(limit)
        query = (
            sa.select(table, cases.c.number.label("case_number"))
            .join(cases, cases.c.id == table.c.case_id)
            .where(table.c.change_id == change_id, visibility.of_cases(caller))
        )
        if cursor:
            query = query.where(table.c.case_id > paging.decode(cursor)[1])
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.case_id).limit(size + 1)).all()
        last = rows[size - 1] if len(rows) > size else None
        names = ("case_id", "case_number", "step", "due_before", "due_after")
        items = [{name: getattr(row, name) for name in names} for row in rows[:size]]
        return {"items": items, "next_cursor": paging.encode(last.due_before, last.case_id) if last else ""}


def _spanning(connection: sa.Connection, changed: dict[date, bool], timezone: str) -> Iterator[Any]:
    limits = tables.limits.c
    query = sa.select(limits.counted_from, limits.remaining, limits.unit, limits.due_at)
    streaming = connection.execution_options(yield_per=STREAM)
    yield from streaming.execute(query.where(spans(changed, timezone)))


def _moves(calendar: WorkingCalendar, row: Any) -> bool:
    due = calendar.due(row.counted_from, row.remaining, row.unit) if row.remaining > 0 else row.counted_from
    return bool(due != row.due_at)


def _days(changed: dict[date, bool]) -> list[Values]:
    return [{"day": day.isoformat(), "worked": worked} for day, worked in sorted(changed.items())]
