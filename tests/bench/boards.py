# ruff: noqa: E501  (statements of SQL)
"""What grids show and promise, at the size of a county: ten deliveries, three years of figures, four letters a grid."""

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.registry.queries import boards, letters, rollouts, rosters, sizes
from tests.bench import county
from wangge.registry.v1 import boards_pb2 as pb
from wangge.registry.v1 import letters_pb2, rollouts_pb2, rosters_pb2

ZONE = ZoneInfo("Asia/Shanghai")
Ask = Callable[[], Any]
_ROWS = (
    """
    INSERT INTO card_delivery (id, grid_code, day, households, words, recorded_by, recorded_at, reason, version)
    SELECT (lpad(to_hex(1700000000000 + row_number() OVER (ORDER BY n, code) * 1000), 12, '0') || '70008000' || lpad(to_hex(row_number() OVER (ORDER BY n, code)), 12, '0'))::uuid,
        code, date '2024-01-01' + n * 60, 20 + n, '', '00000000-0000-7000-8000-000000000005', timestamptz '2024-01-01' + n * interval '60 days', '', 1
    FROM grid, generate_series(1, 10) n
    """,
    """
    INSERT INTO grid_size (grid_code, day, households, persons, source, entered_by, entered_at)
    SELECT code, date '2023-12-31' + n * 365, 250 + abs(hashtext(code || n)) % 300, 900 + abs(hashtext(code)) % 700, '年报', 'somebody', now()
    FROM grid, generate_series(1, 3) n
    """,
    """
    INSERT INTO duty_letter (id, upper_grid, upper_person_id, upper_post, lower_grid, lower_person_id, lower_post, starts, ends, tasks, drafted_by, drafted_at, upper_signed_at, lower_signed_at, reason, version)
    SELECT (lpad(to_hex(1700000000000 + row_number() OVER (ORDER BY n, code) * 1000), 12, '0') || '70008000' || lpad(to_hex(row_number() OVER (ORDER BY n, code)), 12, '0'))::uuid,
        parent_code, (SELECT id FROM person ORDER BY id LIMIT 1), 'leader', code, coalesce((SELECT person_id FROM post WHERE grid_code = code LIMIT 1), (SELECT id FROM person ORDER BY id DESC LIMIT 1)), 'leader',
        date '2023-01-01' + n * 365, date '2023-12-31' + n * 365, ARRAY['巡查'], 'somebody', now(), now(), CASE WHEN n % 2 = 0 THEN now() END, '', 1
    FROM grid, generate_series(1, 4) n WHERE parent_code IS NOT NULL
    """,
    """
    INSERT INTO duty_shift (id, area, role, department, roster, person_id, starts, ends, state, reason, version, sequence)
    SELECT gen_random_uuid(), left(code, 9), 'centre-operator', '', '', (SELECT id FROM person ORDER BY id LIMIT 1), timestamptz '2026-01-01' + n * interval '1 day',
        timestamptz '2026-01-01' + n * interval '1 day' + interval '9 hours', 'planned', '', 1, 1
    FROM (SELECT code FROM grid WHERE level = 1 ORDER BY code LIMIT 20) AS town, generate_series(0, 364) n
    """,
    """
    INSERT INTO rollout_mark (id, plan_id, phase, deliverable, count, day, words, marked_by, marked_at, reason, version)
    SELECT (lpad(to_hex(1700000000000 + i * 1000), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid, 'plan-1', 'batch-' || i % 5, '成果', 1, date '2024-01-01' + i % 700, '', 'somebody', now(), '', 1
    FROM generate_series(1, 2000) i
    """,
)


def seed(connection: sa.Connection) -> None:
    """Fill the tables for the grids that are there."""
    for statement in _ROWS:
        connection.execute(sa.text(statement))


def questions(ask: Any, roles: dict[str, Any]) -> Iterator[tuple[str, Ask]]:
    """Every list, for those who ask it, and pages deep inside."""
    today = county.NOW.date()
    for role, caller in roles.items():
        yield f"cards: {role}", ask(boards.list_cards, pb.ListCardsRequest(), caller)
        yield f"cards reached: {role}", ask(boards.list_reached, pb.ListReachedRequest(), caller)
        for verdict in ("", "outside", "unknown"):
            yield (
                f"grid sizes: {role}, {verdict or 'all'}",
                ask(sizes.list_sizes, pb.ListSizesRequest(verdict=verdict), caller, today),
            )
        for state in ("", "in-force", "superseded"):
            request = letters_pb2.ListLettersRequest(state=state)
            yield f"duty letters: {role}, {state or 'all'}", ask(letters.list_letters, request, caller, today)
        request = rosters_pb2.ListShiftsRequest()
        yield f"duty shifts: {role}", ask(rosters.list_shifts, request, caller, today, ZONE)
    yield "rollout marks: all", ask(rollouts.list_marks, rollouts_pb2.ListMarksRequest())
    yield "rollout marks: a phase", ask(rollouts.list_marks, rollouts_pb2.ListMarksRequest(phase="batch-3"))
    leader = roles["leader of 3 towns"]
    yield "cards: deep", ask(boards.list_cards, pb.ListCardsRequest(limit=200), leader, then=10)
    yield "cards reached: deep", ask(boards.list_reached, pb.ListReachedRequest(limit=200), leader, then=2)
