"""The county's working days as rows, one for each year."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.unit_of_work import UnitOfWork
from services.registry.messages import CalendarDay
from services.registry.model.calendars import CalendarYear
from services.registry.tables import calendar_year


class SqlCalendars:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, year: int) -> CalendarYear:
        # An empty row first: two people who enter a new year wait for each other as for one that is there.
        empty = {"year": year, "days": [], "version": 0, "sequence": 0}
        self._work.connection.execute(insert(calendar_year).values(empty).on_conflict_do_nothing())
        query = sa.select(calendar_year).where(calendar_year.c.year == year).with_for_update()
        row = self._work.connection.execute(query).one()
        found = CalendarYear(row.year, tuple(CalendarDay(**each) for each in row.days), row.version, row.sequence)
        self._work.track(found)
        return found

    def put(self, year: CalendarYear) -> None:
        values = {"days": [asdict(each) for each in year.days], "version": year.version, "sequence": year.sequence}
        changed = sa.update(calendar_year).where(calendar_year.c.year == year.year).values(values)
        self._work.connection.execute(changed)
