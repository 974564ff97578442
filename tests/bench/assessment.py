# ruff: noqa: E501  (statements of SQL)
"""Scores, facts and the daily report of a county with 3,000 grids, 8,000 members and 50 departments.

`tally` has every month, quarter and year of three years for every subject, and the days of the last ninety for the third
of the members and two thirds of the grids that a day's 3,600 cases on the move concern. Assessment began on the first of a month. Facts are there for one department, one busy grid and one member as a million cases make them;
those of all others lie elsewhere in the index and are thinned to a million.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg2.extensions import connection as Connection

from services.assessment.model.facts import COUNTERS
from services.assessment.queries import DailyFilter, FactFilter, Queries, ScoreFilter
from services.registry import plan
from tests.bench import county
from tests.bench.lists import FixedClock
from tests.bench.measuring import WHOLE, Ask
from tests.bench.seeding import filling

GRIDS, MEMBERS, DEPARTMENTS = 3_000, 8_000, 50
BUSY_DEPARTMENT, BUSY_GRID, MEMBER = "department-03", f"{county.TOWNS[4]}201001", county.person(5)
RARE = ("reworked", "escalated", "missed")
ASSESSOR = county.principal("assessor", county.COUNTY)
INSPECTOR = county.principal("discipline-inspector")
GRID_LEADER = county.principal("grid-leader", *county.TOWNS[3:6], number=6)
HEAD = county.principal("department-head", department=BUSY_DEPARTMENT)
ROLES = {"assessor": ASSESSOR, "inspector": INSPECTOR, "leader of 3 towns": GRID_LEADER, "head": HEAD}
PERIODS = {
    "a day": "2026-11-26",
    "a month": "2026-11",
    "a quarter": "2026-Q4",
    "a year": "2026",
    "the year in which assessment began": "2024",
}
START = "2024-03-01"
_SUBJECTS = """
    CREATE UNLOGGED TABLE subject AS
    SELECT 'grid' AS kind, (%(towns)s::text[])[1 + i %% 18] || (201 + i / 18 %% 30) || lpad((1 + i / 540)::text, 3, '0') AS id, i FROM generate_series(0, %(grids)s - 1) i
    UNION ALL SELECT 'member', '00000000-0000-7000-8000-' || lpad(i::text, 12, '0'), i FROM generate_series(0, %(members)s - 1) i
    UNION ALL SELECT 'department', 'department-' || lpad(i::text, 2, '0'), i FROM generate_series(1, %(departments)s) i
"""
_COPIES = (
    "INSERT INTO grid (code, name, active, sequence) SELECT id, '网格' || i, true, 1 FROM subject WHERE kind = 'grid'",
    "INSERT INTO department (id, name, active, sequence) SELECT id, '部门' || i, true, 1 FROM subject WHERE kind = 'department'",
    "INSERT INTO plan (name, score, activated_at) VALUES ('p02/1', %(score)s, %(now)s)",
)
_AREAS = """
    INSERT INTO subject_area
    SELECT kind, id, id FROM subject WHERE kind = 'grid'
    UNION SELECT 'member', m.id, g.id FROM subject m JOIN subject g ON g.kind = 'grid' AND g.i = ANY(ARRAY[m.i %% %(grids)s, m.i * 7 %% %(grids)s, m.i * 31 %% %(grids)s]) WHERE m.kind = 'member'
    UNION SELECT 'department', d.id, g.id FROM subject d, subject g WHERE d.kind = 'department' AND g.kind = 'grid'
"""
_FACTS = """
    INSERT INTO fact (event_id, counter, subject_kind, subject_id, event_type, case_id, case_number, sequence, question, amount, at, day, area, counted, reason)
    SELECT md5(%(seed)s || c || k)::uuid, k, %(kind)s, %(subject)s, 'incident.closed.v1', 'case-' || c, '371321-' || c, 7, 'closing', (c %% 11 > 0)::int, at, at::date, %(area)s, 1, ''
    FROM (SELECT c, %(now)s::timestamptz - %(years)s * (c::float8 / %(cases)s) AS at FROM generate_series(1, %(cases)s) c) AS cases,
        unnest(%(counters)s::text[]) k
    WHERE k <> ALL(%(rare)s) OR c %% 5000 = 3
"""
_OTHERS = """
    INSERT INTO fact (event_id, counter, subject_kind, subject_id, event_type, case_id, case_number, sequence, question, amount, at, day, area, counted, reason)
    SELECT md5('o' || n.i)::uuid, (%(counters)s::text[])[1 + n.i %% 20], kind, id, 'incident.closed.v1', 'case-' || n.i, '371321-' || n.i, 7, 'closing', 1, %(now)s, %(now)s::date, '', 1, ''
    FROM generate_series(1, %(n)s) n(i) JOIN subject ON subject.i = n.i %% %(grids)s AND kind = 'grid'
"""


def seed(connection: Connection, cases: int) -> None:
    """Fill the assessment's tables."""
    text = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
    score = {**plan.load(text).document["score"], "start": START}
    values: dict[str, Any] = {
        "n": cases,
        "now": county.NOW,
        "years": county.YEARS,
        "towns": county.TOWNS,
        "grids": GRIDS if cases >= WHOLE else 300,
        "members": MEMBERS if cases >= WHOLE else 300,
        "departments": DEPARTMENTS,
        "score": json.dumps(score),
        "counters": list(COUNTERS),
        "rare": list(RARE),
    }
    named = {
        ("department", BUSY_DEPARTMENT, cases // 17),
        ("grid", BUSY_GRID, cases // 100),
        ("member", MEMBER, cases // 1000),
    }
    with filling(connection, "fact", "tally", "subject_area") as cursor:
        for statement in (_SUBJECTS, *_COPIES, _AREAS, _tallies(), _OTHERS):
            cursor.execute(statement, values)
        for kind, subject, count in named:
            mine = {"seed": subject, "kind": kind, "subject": subject, "area": BUSY_GRID, "cases": count}
            cursor.execute(_FACTS, values | mine)
        cursor.execute("DROP TABLE subject")


def _tallies() -> str:
    """A row for each subject and span, in the order in which time makes them, its counters by chance."""
    columns = ", ".join(COUNTERS)
    counts = ", ".join(f"floor(days * random() * {1 + number % 7})" for number, _ in enumerate(COUNTERS))
    return f"""
        INSERT INTO tally (subject_kind, span, subject_id, {columns}, updated_at)
        SELECT kind, span, id, {counts}, %(now)s FROM subject JOIN (
            SELECT to_char(day, 'YYYY-MM-DD') AS span, 1 AS days, day AS first FROM generate_series(date '2026-08-28', date '2026-11-27', '1 day') day
            UNION ALL SELECT to_char(day, 'YYYY-MM'), 30, day FROM generate_series(date '2024-01-01', date '2026-11-01', '1 month') day
            UNION ALL SELECT to_char(day, 'YYYY-"Q"Q'), 90, day FROM generate_series(date '2024-01-01', date '2026-11-01', '3 months') day
            UNION ALL SELECT to_char(day, 'YYYY'), 365, day FROM generate_series(date '2024-01-01', date '2026-11-01', '1 year') day) spans
            ON days > 1 OR CASE kind WHEN 'member' THEN i %% 3 = 0 WHEN 'grid' THEN i %% 3 > 0 ELSE true END
        ORDER BY first, kind, i
    """


def baseline(engine: sa.Engine) -> Ask:
    """Fifty facts by their keys."""
    with engine.connect() as connection:
        ids = list(connection.scalars(sa.text("SELECT event_id::text FROM fact ORDER BY case_number DESC LIMIT 50")))
    statement = sa.text("SELECT * FROM fact WHERE event_id = ANY(CAST(:ids AS uuid[]))")

    def ask() -> Any:
        with engine.connect() as connection:
            return connection.execute(statement, {"ids": ids}).all()

    return ask


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Scores of every kind and period, facts of subjects with very many, days."""
    asked = Queries(engine, ZoneInfo("Asia/Shanghai"), FixedClock())
    yield from _of_scores(asked)
    yield from _of_facts(asked)
    yield from _of_days(asked)


def _of_scores(asked: Queries) -> Iterator[tuple[str, Ask]]:
    for kind in ("member", "grid", "department"):
        for role, caller in ROLES.items():
            if kind == "member" and role in ("inspector", "head"):
                continue
            for name, period in PERIODS.items():
                wanted = ScoreFilter(kind, period)
                yield (
                    f"scores: {role}, {kind}s, {name}",
                    lambda wanted=wanted, caller=caller: asked.scores(wanted, caller),
                )
    for kind in ("member", "grid", "department"):
        inside = ScoreFilter(kind, "2026", county.TOWNS[4])
        yield f"scores: assessor, {kind}s of a town, a year", lambda inside=inside: asked.scores(inside, ASSESSOR)
        cursor = asked.scores(ScoreFilter(kind, "2026", limit=20), ASSESSOR)["next_cursor"]
        for _ in range(3):
            cursor = (
                asked.scores(ScoreFilter(kind, "2026", limit=200, cursor=cursor), ASSESSOR)["next_cursor"] or cursor
            )
        deep = ScoreFilter(kind, "2026", limit=200, cursor=cursor)
        yield f"scores: assessor, {kind}s, a year, deep, 200 on a page", lambda deep=deep: asked.scores(deep, ASSESSOR)
        first = ScoreFilter(kind, "2026", limit=50, cursor=cursor)
        yield f"scores: assessor, {kind}s, a year, deep", lambda first=first: asked.scores(first, ASSESSOR)


def _of_facts(asked: Queries) -> Iterator[tuple[str, Ask]]:
    subjects = {
        "a busy department": ("department", BUSY_DEPARTMENT, HEAD),
        "a busy grid": ("grid", BUSY_GRID, GRID_LEADER),
        "a member": ("member", MEMBER, ASSESSOR),
    }
    for name, (kind, subject, caller) in subjects.items():
        for when, period in PERIODS.items():
            for counter in ("", "closed", *RARE[:1], "merged"):
                wanted = FactFilter(kind, subject, period, counter)
                said = f"facts: {name}, {when}, {counter or 'every counter'}"
                yield said, lambda wanted=wanted, caller=caller: asked.facts(wanted, caller)
        cursor = asked.facts(FactFilter(kind, subject, "2026", limit=200), caller)["next_cursor"]
        deep = FactFilter(kind, subject, "2026", limit=200, cursor=cursor)
        yield (
            f"facts: {name}, a year, the second page of 200",
            lambda deep=deep, caller=caller: asked.facts(deep, caller),
        )


def _of_days(asked: Queries) -> Iterator[tuple[str, Ask]]:
    for role, caller in ROLES.items():
        wanted = DailyFilter("2026-11-26")
        yield f"daily report: {role}", lambda wanted=wanted, caller=caller: asked.daily_report(wanted, caller)
    town = DailyFilter("2026-11-26", county.TOWNS[4])
    yield "daily report: assessor, a town", lambda: asked.daily_report(town, ASSESSOR)
    cursor = asked.daily_report(DailyFilter("2026-11-26", limit=200), ASSESSOR)["next_cursor"]
    second = DailyFilter("2026-11-26", limit=200, cursor=cursor)
    yield "daily report: assessor, the second page of 200", lambda: asked.daily_report(second, ASSESSOR)
