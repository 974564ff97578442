"""Partitions of the event log: one for each month (UTC) of the events' time, made ahead of time.

Events of a month that has none go to the default partition and lose nothing by it; only that month can then no longer
be dropped alone, and making its partition is refused with MonthNotMade.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.liaison.errors import MonthNotMade

AHEAD = 3
MAKE_LOCK = 7_301_102

Month = tuple[int, int]


def make_ahead(engine: sa.Engine, now: datetime) -> list[str]:
    """Have the partitions of this month and the three after it; return the names of those made just now.

    Two at once wait for each other. Raises MonthNotMade after the other months are made.
    """
    made: list[str] = []
    failed: list[str] = []
    for month in _months(now):
        try:
            made += _make(engine, month)
        except IntegrityError:
            failed.append(name_of(month))
    if failed:
        raise MonthNotMade(month="、".join(failed))
    return made


def name_of(month: Month) -> str:
    """event_2026_11"""
    return f"event_{month[0]:04d}_{month[1]:02d}"


def _make(engine: sa.Engine, month: Month) -> list[str]:
    name = name_of(month)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": MAKE_LOCK})
        if connection.scalar(sa.text("SELECT to_regclass(:name)"), {"name": name}) is not None:
            return []
        begin, end = _first_day(month), _first_day(_next(month))
        connection.exec_driver_sql(f"CREATE TABLE {name} PARTITION OF event FOR VALUES FROM ('{begin}') TO ('{end}')")
    return [name]


def _months(now: datetime) -> Iterator[Month]:
    day = now.astimezone(UTC)
    month = (day.year, day.month)
    for _ in range(AHEAD + 1):
        yield month
        month = _next(month)


def _next(month: Month) -> Month:
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)


def _first_day(month: Month) -> str:
    return datetime(*month, 1, tzinfo=UTC).isoformat()
