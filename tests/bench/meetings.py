# ruff: noqa: E501  (statements of SQL)
"""Meetings of a year: 3,000 grids, twice a month each, and what every third of them decided; and as many returns."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from services.chassis.ids import new_id
from services.chassis.personal import Seal
from services.patrol.queries.meetings import DecisionFilter, MeetingFilter, MeetingQueries
from services.patrol.queries.returns import ReturnFilter, ReturnQueries
from tests.bench import county
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask

TODAY = FixedClock().now().date()
ZONE = ZoneInfo("Asia/Shanghai")
SEAL = Seal(bytes(32))
RULE = {
    "id": "village",
    "name": "半月研判会",
    "rule": "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "lead_post": "grid-member",
    "agenda": ["situation"],
}
"""What the plan says of them."""
_MEETINGS = """
    INSERT INTO meeting (id, meeting, name, plan, grid, round, day, state, conveners, people, items)
    SELECT md5('m' || p.grid || r)::uuid, 'village', '半月研判会', 'bench/1', p.grid, %(today)s::date + 14 - 15 * r,
        %(today)s::date + 14 - 15 * r, CASE WHEN r = 0 THEN 'planned' WHEN r %% 9 = 4 THEN 'cancelled' ELSE 'held' END,
        ARRAY[p.person_id], ARRAY[p.person_id, md5(p.grid)],
        '[{"id": "i", "number": 1, "kind": "heading", "title": "民情分析", "case_id": null, "why": [], "added_by": null, "removed": "", "decided": 1}]'
    FROM post p, generate_series(0, 24) r
"""
RETURN = {
    "id": "summary",
    "name": "月报",
    "from": "grid-member",
    "to": "centre",
    "rule": "FREQ=MONTHLY;BYMONTHDAY=1",
    "fields": ["网格数"],
}
DEPARTMENT = {"id": "centre", "name": "网格化服务中心", "level": "town"}
_RETURNS = """
    INSERT INTO return (id, form, name, plan, grid, person_id, department, since, day, until, state, late)
    SELECT md5('r' || p.grid || r)::uuid, 'summary', '月报', 'bench/1', p.grid, p.person_id, 'centre', day - 30, day, day + 5,
        CASE WHEN r = 0 THEN 'asked' WHEN r = 1 AND abs(hashtext(p.grid)) %% 9 = 0 THEN 'overdue' ELSE 'accepted' END, false
    FROM post p, generate_series(0, 24) r, LATERAL (SELECT %(today)s::date - 15 * r AS day) d
"""
_DECISIONS = "INSERT INTO decision (id, meeting_id, item_id, kind, grid, words, person_id, department, due_on, state, decided_by, decided_at) VALUES %s"


def seed(cursor: Cursor) -> None:
    """In the grids that have a post; words are sealed as the service seals them."""
    cursor.execute(_MEETINGS, {"today": TODAY})
    cursor.execute(_RETURNS, {"today": TODAY})
    cursor.execute("SELECT id::text, grid, day, conveners[1] FROM meeting WHERE state = 'held' ORDER BY day, id")
    rows = [_decision(number, row) for number, row in enumerate(cursor.fetchall()) if number % 3 == 0]
    execute_values(cursor, _DECISIONS, rows, page_size=1000)


def _decision(number: int, row: tuple[str, str, Any, str]) -> tuple[Any, ...]:
    meeting_id, grid, day, person = row
    decision_id, state = new_id(), ("done", "done", "done", "overdue")[number // 3 % 4]
    words = SEAL.close("现场核实后一周内报结果", f"decision.words:{decision_id}")
    department = county.DEPARTMENTS[number % 17] if number % 2 else None
    due_on = day + timedelta(days=7)
    return (
        decision_id, meeting_id, "i", "task", grid, words, None if department else person, department, due_on, state,
        person, day,
    )  # fmt: skip


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Meetings and decisions, as each role asks."""
    asked = MeetingQueries(engine, ZONE, FixedClock(), SEAL)
    member = county.principal("grid-member", number=7)
    leader = county.principal("grid-leader", f"{county.COUNTY}001201001")
    roles = {"member": member, "grid leader": leader, "town": county.TOWN_OPERATOR, "centre": county.OPERATOR}
    handler = county.principal("department-handler", county.COUNTY, department=county.DEPARTMENTS[2])
    month = (TODAY - timedelta(days=30)).isoformat()
    filters = {
        "everything": MeetingFilter(),
        "to hold": MeetingFilter(states=("planned", "open")),
        "a month ago": MeetingFilter(until=month),
        "one's own": MeetingFilter(mine=True),
    }
    for role, caller in roles.items():
        for name, wanted in filters.items():
            yield f"meetings: {role}, {name}", lambda caller=caller, wanted=wanted: asked.meetings(wanted, caller)
    owed = ReturnQueries(engine, ZONE, SEAL)
    receiver = county.principal("department-handler", county.COUNTY, department="centre")
    of_returns = {
        "everything": ReturnFilter(),
        "owed": ReturnFilter(states=("asked", "overdue")),
        "received": ReturnFilter(received=True),
        "one's own": ReturnFilter(mine=True),
    }
    for role, caller in {**roles, "receiver": receiver}.items():
        for name, looked in of_returns.items():
            yield f"returns: {role}, {name}", lambda caller=caller, looked=looked: owed.returns(looked, caller)
    of_decisions = {
        "everything": DecisionFilter(),
        "to do": DecisionFilter(states=("open", "overdue")),
        "one's own": DecisionFilter(mine=True),
    }
    for role, caller in {**roles, "handler": handler}.items():
        for name, chosen in of_decisions.items():
            yield f"decisions: {role}, {name}", lambda caller=caller, chosen=chosen: asked.decisions(chosen, caller)
