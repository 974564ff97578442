# ruff: noqa: E501  (statements of SQL)
"""The event log and departments' connections: two million events, those of the county's last ten months."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from psycopg2.extensions import connection as Connection

from services.chassis.auth import Principal
from services.liaison.ports import Broker, Depth
from services.liaison.queries import LogQuery, Queries
from services.liaison.repository import make_ahead
from tests.bench import county
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask
from tests.bench.seeding import filling

EVENTS_A_CASE = 2
MONTHS = timedelta(days=300)
TYPES = ("reported", "filed", "dispatched", "answered", "verified", "evaluated", "closed")
ADMINISTRATOR = county.principal("system-administrator", county.COUNTY)
_EVENTS = """
    INSERT INTO event (position, id, type, source, subject, sequence, time, grid, department, concerned, reporter_id, data, received_at)
    SELECT i, md5(i::text)::uuid,
        CASE WHEN i %% 100000 = 77 THEN 'registry.plan-activated.v1' WHEN i %% 500 = 9 THEN 'registry.person-changed.v1'
            ELSE 'incident.' || (%(types)s::text[])[1 + i %% 7] || '.v1' END,
        '/wangge/371321/incident', 'case-' || i / 7, 1 + i %% 7, at,
        (%(grids)s::text[])[1 + floor(320 * power(r, 1.8))::int],
        CASE WHEN i %% 7 > 1 THEN CASE WHEN k %% 5000 = 7 THEN %(small)s ELSE (%(departments)s::text[])[1 + k %% 17] END END,
        CASE WHEN k %% 4 = 0 THEN ARRAY[(%(departments)s::text[])[1 + k / 4 %% 17]] ELSE '{}' END,
        '00000000-0000-7000-8000-' || lpad((k %% %(people)s)::text, 12, '0'),
        jsonb_build_object('number', '371321-' || i, 'matter_code', '01001', 'way', 'dispatched', 'state', 'handling', 'reporter_id', k,
            'note', repeat('网格', 40), 'point', jsonb_build_array(118.3, 35.4)), at + interval '2 seconds'
    FROM (SELECT i, %(now)s::timestamptz - %(span)s * (1 - i::float8 / %(n)s) AS at, abs(hashint4(i / 7)) AS k,
        abs(hashint4(i / 7 + 13)) / 2147483648.0 AS r FROM generate_series(1, %(n)s) i) AS drawn
"""
_CONNECTIONS = """
    INSERT INTO connection (id, department, queue, "user", types, area, state, created_at, changed_at)
    SELECT md5('c' || i)::uuid, 'department-' || i %% 50, 'queue-' || i, 'user-' || i, ARRAY['incident.*'], '',
        CASE WHEN i <= 200 THEN 'active' ELSE 'ended' END, now(), now()
    FROM generate_series(1, 5000) i
"""


def seed(connection: Connection, engine: sa.Engine, cases: int) -> None:
    """Fill the log; its months are made as the worker makes them."""
    month = datetime(2026, 1, 1, tzinfo=UTC)
    while month < county.NOW:
        make_ahead(engine, month)
        month += timedelta(days=90)
    values = {
        "n": cases * EVENTS_A_CASE,
        "now": county.NOW,
        "span": MONTHS,
        "types": list(TYPES),
        "grids": county.GRIDS,
        "departments": county.DEPARTMENTS,
        "small": county.SMALL_OFFICE,
        "people": county.WORKERS + county.CITIZENS,
    }
    with filling(connection, "event", "connection") as cursor:
        cursor.execute(_EVENTS, values)
        cursor.execute(_CONNECTIONS, values)
        cursor.execute("SELECT setval('event_position', %(n)s)", values)


class NoDepths:
    """Stands for the broker's management interface, whose answer is not SQL and not measured."""

    def depths(self) -> Mapping[str, Depth]:
        return {}


def baseline(engine: sa.Engine) -> Ask:
    """Fifty events by their positions."""
    statement = sa.text("SELECT * FROM event WHERE position = ANY(:places)")
    with engine.connect() as connection:
        last = connection.scalar(sa.text("SELECT max(position) FROM event")) or 50
    places = [number * last // 50 for number in range(1, 51)]

    def ask() -> Any:
        with engine.connect() as connection:
            return connection.execute(statement, {"places": places}).all()

    return ask


def questions(engine: sa.Engine, cases: int) -> Iterator[tuple[str, Ask]]:
    """The log from its beginning, its middle and its end, for everybody who may ask."""
    asked = Queries(engine, cast(Broker, NoDepths()), FixedClock())
    last = cases * EVENTS_A_CASE
    places = {"from the beginning": 0, "from the middle": last // 2, "the newest": max(0, last - 50)}
    for role, caller in {"administrator": ADMINISTRATOR, **county.ROLES}.items():
        for name, after in places.items():
            yield f"events: {role}, {name}", _read(asked, caller, after_position=after)
    month = county.NOW - timedelta(days=30)
    filters: dict[str, dict[str, Any]] = {
        "1,000 on a page": {"limit": 1000},
        "of cases": {"types": ("incident.*",)},
        "of one type": {"types": ("incident.closed.v1",)},
        "of a rare type": {"types": ("registry.plan-activated.v1",)},
        "of a type that never comes": {"types": ("convenience.*",)},
        "of one case": {"subject": f"case-{last // 14}"},
        "of no case": {"subject": "case-"},
        "of a month": {"since": month},
        "of a day": {"since": month, "until": month + timedelta(days=1)},
        "of a year ago": {"until": county.NOW - timedelta(days=400)},
        "of a month, one type": {"since": month, "types": ("incident.closed.v1",)},
        "of a month, a type that never comes": {"since": month, "types": ("convenience.*",)},
    }
    for name, given in filters.items():
        for role in ("administrator", "member, quiet grid", "handler, small office"):
            caller = ADMINISTRATOR if role == "administrator" else county.ROLES[role]
            yield f"events: {role}, {name}", _read(asked, caller, **given)
    head = county.principal("department-head", department="department-7")
    for role, caller in (("administrator", ADMINISTRATOR), ("head", head)):
        yield f"connections: {role}", lambda caller=caller: asked.connections(caller)
    first = asked.connections(ADMINISTRATOR, 50)["next_cursor"]
    yield "connections: administrator, the second page", lambda: asked.connections(ADMINISTRATOR, 50, first)


def _read(asked: Queries, caller: Principal, **given: Any) -> Ask:
    return lambda: asked.read_log(LogQuery(**given), caller)
