# ruff: noqa: E501  (statements of SQL)
"""Cards handed out and sizes of grids at the size of a county: ten deliveries and three years of figures a grid."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from services.registry.queries import boards, sizes
from tests.bench import county
from wangge.registry.v1 import boards_pb2 as pb

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
    leader = roles["leader of 3 towns"]
    yield "cards: deep", ask(boards.list_cards, pb.ListCardsRequest(limit=200), leader, then=10)
    yield "cards reached: deep", ask(boards.list_reached, pb.ListReachedRequest(limit=200), leader, then=2)
