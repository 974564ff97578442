"""The county's working days as a copy, and the changes of them that are being carried out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.incident import messages, tables
from services.incident.model.limits import IN_OFFICE_TIME
from services.incident.model.office_days import RECOUNT, CalendarChange, OwnDays, span_of

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork

HELD = "500ms"
"""Until a case that somebody holds is put aside: a batch holds the cases that it counted."""
LATER = timedelta(days=31)
"""How long after its limit a notice may still be due: that much longer a limit spans."""


class CalendarRepository:
    """The calendar as one unit of work sees it."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def store(self, told: messages.CalendarChanged) -> CalendarChange | None:
        """Keep what the registry tells; the change to carry out, None where it is old or turns no day."""
        table = tables.calendar_years
        before = own_days(self._work.connection)
        values = {"year": told.year, "days": _to_json(told.days), "sequence": told.sequence}
        row = insert(table).values(values)
        newer = table.c.sequence < row.excluded.sequence
        kept = row.on_conflict_do_update(
            index_elements=["year"],
            set_={"days": row.excluded.days, "sequence": row.excluded.sequence},
            where=newer,
        ).returning(table.c.year)
        if self._work.connection.execute(kept).one_or_none() is None:
            return None
        changed = before.turned(before.replaced(told.year, told.days), told.year)
        return self._begin(told, changed) if changed else None

    def _begin(self, told: messages.CalendarChanged, changed: Mapping[date, bool]) -> CalendarChange:
        change = CalendarChange(f"{told.year}-{told.sequence}", changed)
        values = {"id": change.id, "year": told.year, "at": self._work.now, "changed": _to_json(changed)}
        self._work.connection.execute(sa.insert(tables.calendar_changes).values(**values, examined=0, moved=0))
        return change

    def go_on(self, change: CalendarChange) -> None:
        """Have the next batch counted as soon as this one is committed."""
        self._work.deadlines.set(change.subject, RECOUNT, self._work.now)

    def change(self, change_id: str) -> CalendarChange | None:
        """The change, locked until the end of the transaction, which then waits for no case that somebody holds."""
        table = tables.calendar_changes
        query = sa.select(table).where(table.c.id == change_id).with_for_update()
        row = self._work.connection.execute(query).one_or_none()
        self._work.connection.execute(sa.select(sa.func.set_config("lock_timeout", HELD, True)))
        return CalendarChange(row.id, from_json(row.changed), row.reached, row.done_at) if row else None

    def spanning(self, change: CalendarChange, most: int) -> Sequence[str]:
        """Cases behind the last one reached whose running limit, or a notice after it, spans a turned day, in order."""
        limits = tables.limits.c
        query = sa.select(limits.case_id).where(spans(change.changed, self._work.timezone))
        if change.reached is not None:
            query = query.where(limits.case_id > change.reached)
        return self._work.connection.scalars(query.order_by(limits.case_id).limit(most)).all()

    def note_moved(self, change: CalendarChange, case_id: str, step: str, before: datetime, after: datetime) -> None:
        """Keep of which case the limit moved, from when to when."""
        values = {"change_id": change.id, "case_id": case_id, "step": step, "due_before": before, "due_after": after}
        statement = insert(tables.moved_limits).values(values).on_conflict_do_nothing()
        self._work.connection.execute(statement)

    def reach(self, change: CalendarChange, case_id: str, examined: int) -> None:
        """Note how far the change was carried out."""
        self._note(change, reached=case_id, examined=tables.calendar_changes.c.examined + examined)

    def finish(self, change: CalendarChange) -> None:
        """Note that every limit was looked at."""
        self._note(change, done_at=self._work.now)

    def count_moved(self, change: CalendarChange, moved: int) -> None:
        """Note that `moved` more limits moved."""
        self._note(change, moved=tables.calendar_changes.c.moved + moved)

    def _note(self, change: CalendarChange, **values: Any) -> None:
        table = tables.calendar_changes
        self._work.connection.execute(sa.update(table).where(table.c.id == change.id).values(**values))


def own_days(connection: sa.Connection) -> OwnDays:
    """The county's own days of all years."""
    rows = connection.execute(sa.select(tables.calendar_years.c.year, tables.calendar_years.c.days))
    return OwnDays({row.year: from_json(row.days) for row in rows})


def spans(changed: Mapping[date, bool], timezone: str) -> sa.ColumnElement[bool]:
    """The condition on `limit` rows that run in office time and reach from before the last to after the first day."""
    first, last = span_of(changed, timezone)
    limits = tables.limits.c
    return sa.and_(
        limits.done_at.is_(None),
        limits.paused_at.is_(None),
        limits.unit.in_(IN_OFFICE_TIME),
        limits.counted_from < last,
        limits.due_at >= first - LATER,
    )


def _to_json(days: Mapping[date, bool]) -> dict[str, bool]:
    return {day.isoformat(): worked for day, worked in days.items()}


def from_json(days: Mapping[str, bool]) -> dict[date, bool]:
    """Days as they are stored: ISO text to worked or not."""
    return {date.fromisoformat(day): worked for day, worked in days.items()}
