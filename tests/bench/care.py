# ruff: noqa: E501  (statements of SQL)
"""The lists about households and visits to them: 200 households a grid, every twentieth on the list of visits."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from services.registry.queries import care
from tests.bench import county
from tests.bench.measuring import Ask
from wangge.registry.v1 import care_pb2 as pb

EACH_GRID, LOOKS, ERASURES = 200, 200_000, 60_000
MEMBER = county.principal("grid-member", f"{county.TOWNS[4]}203001", number=5)
SECRETARY = county.principal("party-secretary", county.TOWNS[3], number=6)
LEADER = county.principal("grid-leader", *county.TOWNS[3:6], number=6)
HEAD = county.principal("department-head", department="department-03", number=9)
OPERATOR = county.principal("centre-operator", county.COUNTY)
AUDITOR = county.principal("auditor", county.COUNTY)
_SQL = (
    """
    INSERT INTO household (id, grid_code, persons, purpose, legal_basis, active, unplaced, version, sequence)
    SELECT md5(code || i)::uuid, code, i % 6, '', '', i % 50 > 0, i % 100 = 3, 1, 1
    FROM grid, generate_series(1, :each) i WHERE level = 2
    """,
    """
    INSERT INTO care_entry (id, household_id, grid_code, mark, confirmer, proposed_by, proposed_at, state, version, sequence)
    SELECT md5(id::text || 'care')::uuid, id, grid_code, id::text, 'department-' || lpad((n % 50)::text, 2, '0'),
        '00000000-0000-7000-8000-' || lpad((n % 8000)::text, 12, '0'), now(),
        (ARRAY['proposed', 'active', 'active', 'expired', 'withdrawn'])[1 + n % 5], 1, 1
    FROM (SELECT *, row_number() OVER () AS n FROM household) AS numbered WHERE n % 20 = 0
    """,
    """
    INSERT INTO household_look (id, household_id, by_id, at, purpose, fields)
    SELECT md5('look' || i)::uuid, (SELECT id FROM household ORDER BY id LIMIT 1), '00000000-0000-7000-8000-' || lpad((i % 8000)::text, 12, '0'), now(), 'care-visit', ARRAY['address']
    FROM generate_series(1, :looks) i
    """,
    """
    INSERT INTO erasure (id, kind, subject, grid_code, fields, why, at)
    SELECT md5('gone' || i)::uuid, 'care-entry', i::text, (SELECT min(code) FROM grid WHERE level = 2), ARRAY['visit'], 'expired', now()
    FROM generate_series(1, :erasures) i
    """,
)


def seed(connection: sa.Connection, whole: bool) -> None:
    """Fill the tables of households; the grids and people are there."""
    part = 1 if whole else 100
    values = {"each": max(2, EACH_GRID // part), "looks": LOOKS // part, "erasures": ERASURES // part}
    for statement in _SQL:
        connection.execute(sa.text(statement), values)


def questions(ask: Callable[..., Ask], engine: sa.Engine, files: care.Files) -> Iterator[tuple[str, Ask]]:
    """Each list as those ask it who may."""
    with engine.connect() as connection:
        looked_at = str(connection.scalar(sa.text("SELECT id::text FROM household ORDER BY id LIMIT 1")))
    today = county.NOW.date()
    roles: dict[str, Any] = {"member": MEMBER, "leader of 3 towns": LEADER, "head": HEAD, "centre": OPERATOR}
    for role, caller in roles.items():
        request = pb.ListHouseholdsRequest()
        yield f"households: {role}", ask(care.list_households, request, caller, files)
    yield "households: unplaced", ask(care.list_households, pb.ListHouseholdsRequest(unplaced=True), OPERATOR, files)
    yield "households: deep", ask(care.list_households, pb.ListHouseholdsRequest(limit=200), OPERATOR, files, then=5)
    for role, caller in {"member": MEMBER, "secretary": SECRETARY, "head": HEAD}.items():
        for name, states in {"everything": [], "to decide": ["proposed"]}.items():
            request = pb.ListCareRequest(states=states)
            yield f"care: {role}, {name}", ask(care.list_care, request, caller, files, today)
    yield "household looks: many", ask(care.list_looks, pb.ListHouseholdLooksRequest(household_id=looked_at), AUDITOR)
    yield "erasures: all", ask(care.list_erasures, pb.ListErasuresRequest(), AUDITOR)
