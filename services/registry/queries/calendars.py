"""The working calendar of a year as people see it: the State Council's exceptions and the county's own (INC-07)."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.working_calendar import is_published, published_exceptions
from services.registry.tables import calendar_year

Answer = dict[str, Any]


def calendar(connection: sa.Connection, year: int) -> Answer:
    """The days of `year` that do not follow the week, in order; `known` says who says so.

    `known` is `county` where the county entered a year that is not published, `state-council` for published years,
    `assumed` where nobody knows and Monday to Friday are taken as worked.
    """
    row = connection.execute(sa.select(calendar_year).where(calendar_year.c.year == year)).one_or_none()
    entered = row.days if row is not None and row.version else []
    days = {
        day: {"day": day.isoformat(), "worked": worked, "name": name, "own": False}
        for day, (worked, name) in published_exceptions(year).items()
    }
    days |= {date.fromisoformat(each["day"]): {**each, "own": True} for each in entered}
    known = "state-council" if is_published(year) else "county" if row is not None and row.version else "assumed"
    version = row.version if row is not None else 0
    return {"year": year, "known": known, "version": version, "days": [days[day] for day in sorted(days)]}
