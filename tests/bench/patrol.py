# ruff: noqa: E501  (statements of SQL)
"""Lists of the patrol service on a year of tasks, and making the tasks of one day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json

from services.patrol.queries import CoverageFilter, Queries, TaskFilter
from tests.bench import county, diary, inspections, meetings, visits
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask, Figure
from tests.bench.report import Report
from tests.bench.seeding import filling

A_CASE, WHOLE_YEAR = 4, 1_000_000
"""Tasks for each case: a county of 3,000 grids has four million of them in a year."""
TODAY = date(2026, 11, 27)
ZONE = ZoneInfo("Asia/Shanghai")
GRIDS, PATROLS = 3_000, 4
SEEING = ("member", "grid leader", "town", "centre")
MOST = 3.0
"""Times of what the coverage of a month costs, that of a year may cost."""
_TASKS = """
    INSERT INTO task (id, patrol, name, grid, person_id, day, until, number, plan, state, rest, late, problems, finished_at)
    SELECT md5('t' || i)::uuid, 'patrol-' || i / %(grids)s %% %(patrols)s, '日巡查', grid, person, day, day, 1, 'bench/1',
        CASE WHEN k < 20 AND day > %(today)s::date - 2 THEN 'due' WHEN k < 12 THEN 'overdue' WHEN k < 14 THEN 'excused'
            WHEN k < 30 THEN 'finished' WHEN k < 40 THEN 'signed' ELSE 'submitted' END,
        'fine', k %% 50 = 3, CASE WHEN k = 77 THEN 1 ELSE 0 END, CASE WHEN k >= 14 THEN day + interval '10 hours' END
    FROM (SELECT i, %(codes)s || lpad((1 + i %% %(grids)s %% 17)::text, 3, '0') || lpad((201 + i %% %(grids)s / 17)::text, 3, '0') || '001' AS grid,
            '00000000-0000-7000-8000-' || lpad((i %% %(grids)s)::text, 12, '0') AS person,
            %(today)s::date + 1 - (i / (%(grids)s * %(patrols)s))::int AS day, abs(hashint4(i)) %% 100 AS k
        FROM generate_series(0, %(n)s - 1) i) AS drawn
"""
_SUMS = """
    INSERT INTO coverage_month (grid, month, patrol, person_id, asked, finished, late, overdue, excused, vacant, problems)
    SELECT grid, date_trunc('month', day)::date, patrol, coalesce(person_id, ''), count(*),
        count(*) FILTER (WHERE state IN ('finished', 'signed', 'submitted')), count(*) FILTER (WHERE late),
        count(*) FILTER (WHERE state = 'overdue'), count(*) FILTER (WHERE state = 'excused'),
        count(*) FILTER (WHERE person_id IS NULL), sum(problems)
    FROM task GROUP BY 1, 2, 3, 4
"""
"""No trigger follows rows that come in by bulk here."""
_GRIDS = """
    INSERT INTO grid (code, name, kind, level, ancestors, active, sequence)
    SELECT DISTINCT grid, '网格' || right(grid, 6), 'area', 3, '{}'::text[], true, 1 FROM task
"""
_POSTS = """
    INSERT INTO post (id, person_id, post, grid, starts, state, sequence)
    SELECT DISTINCT ON (grid) md5(grid), person_id, 'member', grid, DATE '2020-01-01', 'appointed', 1 FROM task ORDER BY grid
"""


def section() -> dict[str, Any]:
    """Four patrols a day in every grid."""
    each = {"name": "日巡查", "who": "grid-member", "level": "village", "rule": "FREQ=DAILY"}
    return {
        "levels": [{"id": "village", "level": 3}],
        "posts": [{"id": "grid-member", "title": "网格员", "role": "grid-member"}],
        "patrols": [{"id": f"patrol-{number}", **each} for number in range(PATROLS)],
        "checklists": [],
        "matters": [],
        "meetings": [meetings.RULE],
        "returns": [meetings.RETURN],
        "departments": [meetings.DEPARTMENT],
    }


def seed(connection: Connection, cases: int) -> None:
    """A plan, and the tasks up to tomorrow."""
    values = {"n": cases * A_CASE, "grids": GRIDS, "patrols": PATROLS, "today": TODAY, "codes": county.COUNTY}
    with filling(connection, "task") as cursor:
        for statement in (_TASKS, _SUMS, _GRIDS, _POSTS):
            cursor.execute(statement, values)
        cursor.execute(
            "INSERT INTO plan (name, section, effective, activated_at) VALUES ('bench/1', %s, '2020-01-01', now())",
            (Json(section()),),
        )
        diary.seed(cursor)
        meetings.seed(cursor)
        inspections.seed(cursor)
        weeks = visits.WEEKS if cases * A_CASE > WHOLE_YEAR else 2
        cursor.execute(visits.SQL, {**values, "each": visits.EACH_GRID, "weeks": weeks})


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Tasks and coverage, as each role asks."""
    asked = Queries(engine, ZONE, FixedClock())
    member = county.principal("grid-member", number=7)
    leader = county.principal("grid-leader", f"{county.COUNTY}001201001")
    month, year = (TODAY - timedelta(days=30)).isoformat(), (TODAY - timedelta(days=340)).isoformat()
    roles = {"member": member, "grid leader": leader, "town": county.TOWN_OPERATOR, "centre": county.OPERATOR}
    for role, caller in roles.items():
        for name, wanted in _filters(month).items():
            yield f"patrol tasks: {role}, {name}", lambda caller=caller, wanted=wanted: asked.tasks(wanted, caller)
    yield "patrol tasks: a day to take along", lambda: asked.day("", member)
    for role in SEEING:
        for span, since in (("today", ""), ("a month", month), ("a year", year)):
            wanted = CoverageFilter(since=since)
            yield f"coverage: {role}, {span}", lambda role=role, wanted=wanted: asked.coverage(wanted, roles[role])
    yield from diary.questions(engine)
    yield from meetings.questions(engine)
    yield from inspections.questions(engine)
    yield from visits.questions(engine, ZONE, roles, year)


def compare(figures: Iterable[Figure], report: Report, whole: bool) -> None:
    """The coverage of a year beside that of a month, by core time."""
    core = {each.name: each.core[0] for each in figures}
    rows = []
    for role in SEEING:
        month, year = core[f"coverage: {role}, a month"], core[f"coverage: {role}, a year"]
        rows.append(f"| {role} | {month:.1f} | {year:.1f} | {year / month:.2f} |")
        if whole and year > MOST * month:
            report.failures.append(f"coverage of a year: {year / month:.1f} times a month's, {role}")
    asked = f"Medians of core time, milliseconds, the first 50 grids that each role sees. Asked: at most {MOST} times."
    report.add("Coverage of a year", asked, "", "| | a month | a year | ratio |", "|---|---|---|---|", *rows)


def _filters(month: str) -> Mapping[str, TaskFilter]:
    return {
        "everything": TaskFilter(),
        "overdue": TaskFilter(states=("overdue",)),
        "to sign": TaskFilter(states=("finished",)),
        "a patrol": TaskFilter(patrol="patrol-2"),
        "a month ago": TaskFilter(until=month),
        "a town": TaskFilter(area=f"{county.COUNTY}003"),
    }


def baseline(engine: sa.Engine) -> Ask:
    """Fifty tasks by their ids."""
    statement = sa.text("SELECT * FROM task WHERE id = ANY(CAST(:ids AS uuid[]))")
    with engine.connect() as connection:
        ids = list(connection.scalars(sa.text("SELECT id::text FROM task ORDER BY id LIMIT 50")))

    def ask() -> Any:
        with engine.connect() as connection:
            return connection.execute(statement, {"ids": ids}).all()

    return ask
