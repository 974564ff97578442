# ruff: noqa: E501  (statements of SQL)
"""Lists of visits: ten households of a grid, visited each week for a year."""

import secrets
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.personal import Seal
from services.patrol.queries.visits import VisitCoverageFilter, VisitFilter, VisitQueries
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask

EACH_GRID, WEEKS = 10, 52
SQL = """
    INSERT INTO visit (id, entry_id, household_id, grid, person_id, post, held_in, day, until, number, hours, plan, state, outcome, late)
    SELECT md5('v' || code || e || w)::uuid, md5('e' || code || e)::uuid, 'h' || e, code, person_id, 'member', code,
        %(today)s::date - 7 * w, %(today)s::date - 7 * w + 6, 1, '09:00-17:00', 'bench/1',
        CASE WHEN w = 0 THEN 'due' WHEN e = 3 THEN 'overdue' ELSE 'done' END, CASE WHEN w > 0 AND e <> 3 THEN 'met' ELSE '' END, e = 4
    FROM (SELECT DISTINCT ON (grid) grid AS code, person_id FROM post) AS held, generate_series(1, %(each)s) e, generate_series(0, %(weeks)s - 1) w
"""


def questions(engine: sa.Engine, zone: ZoneInfo, roles: dict[str, Principal], year: str) -> Iterator[tuple[str, Ask]]:
    """Visits and their coverage, as each role asks."""
    asked = VisitQueries(engine, zone, FixedClock(), Seal(secrets.token_bytes(32)))
    for role, caller in roles.items():
        for name, wanted in {"everything": VisitFilter(), "overdue": VisitFilter(states=("overdue",))}.items():
            yield f"visits: {role}, {name}", lambda caller=caller, wanted=wanted: asked.visits(wanted, caller)
    yield "visits: a day to take along", lambda: asked.day("", roles["member"])
    for role in ("grid leader", "town", "centre"):
        for span, since in (("today", ""), ("a year", year)):
            wanted = VisitCoverageFilter(since=since)
            yield (
                f"visit coverage: {role}, {span}",
                lambda role=role, wanted=wanted: asked.coverage(wanted, roles[role]),
            )
