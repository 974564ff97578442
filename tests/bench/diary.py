"""Diaries of a year: 3,000 workers, a day each."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg2.extensions import cursor as Cursor

from services.chassis.personal import Seal
from services.patrol.queries.diary import DiaryFilter, DiaryQueries
from tests.bench import county
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask

TODAY = FixedClock().now().date()
ZONE = ZoneInfo("Asia/Shanghai")
SEAL = Seal(bytes(32))
_DIARIES = "INSERT INTO diary (person_id, day, grid) SELECT person_id, day, min(grid) FROM task GROUP BY person_id, day"
_DEEDS = """
    INSERT INTO deed (id, person_id, day, at, received_at, late, kind, subject, title, grid)
    SELECT id, person_id, day, finished_at, finished_at, false, 'finished', id, name, grid
    FROM task WHERE finished_at IS NOT NULL AND day > (SELECT max(day) FROM task) - 40
"""


def seed(cursor: Cursor) -> None:
    """From the tasks that are there; single records of the last days, which are those that pages show."""
    cursor.execute(_DIARIES)
    cursor.execute(_DEEDS)


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Diaries, as each role asks."""
    asked = DiaryQueries(engine, ZONE, FixedClock(), SEAL)
    member = county.principal("grid-member", number=7)
    leader = county.principal("grid-leader", f"{county.COUNTY}001201001")
    roles = {"member": member, "grid leader": leader, "town": county.TOWN_OPERATOR, "centre": county.OPERATOR}
    week = (TODAY - timedelta(days=7)).isoformat()
    filters = {"everything": DiaryFilter(), "a week ago": DiaryFilter(until=week), "one's own": DiaryFilter(mine=True)}
    for role, caller in roles.items():
        for name, wanted in filters.items():
            yield f"diaries: {role}, {name}", lambda caller=caller, wanted=wanted: asked.days(wanted, caller)
