"""Cases that were merged: who follows whom, and all of one family locked in one order (INC-16)."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from services.incident import tables
from services.incident.model.case import Follower, Main

LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('incident.merging', 0))")


def members(connection: sa.Connection, case_ids: Sequence[str]) -> list[str]:
    """The ids of those cases, of their main cases and of all that follow these, in the order in which to lock them.

    Nobody else merges or unmerges until the transaction ends, so that the answer stays true while the rows are locked.
    """
    connection.execute(LOCK)
    table = tables.cases.c
    asked = sa.select(sa.func.coalesce(table.main_id, table.id)).where(table.id.in_(case_ids))
    query = sa.select(table.id).where(sa.or_(table.id.in_(asked), table.main_id.in_(asked)))
    return sorted({*case_ids, *connection.scalars(query)})


def main_of(connection: sa.Connection, main_id: str | None) -> Main | None:
    """The main case with that id as it is now."""
    if main_id is None:
        return None
    table = tables.cases.c
    row = connection.execute(sa.select(table.number, table.state).where(table.id == main_id)).one()
    return Main(main_id, row.number, row.state)


def followers_of(connection: sa.Connection, case_id: str) -> tuple[Follower, ...]:
    """The cases that follow the case, in the order of their reports."""
    table = tables.cases.c
    query = sa.select(table.id, table.number, table.area, table.reporter_id).where(table.main_id == case_id)
    rows = connection.execute(query.order_by(table.reported_at, table.id))
    return tuple(Follower(row.id, row.number, row.area, row.reporter_id) for row in rows)


def rows_of(connection: sa.Connection, ids: Collection[str]) -> list[sa.RowMapping]:
    """The rows of those cases, in the order of their reports."""
    query = sa.select(tables.cases).where(tables.cases.c.id.in_(ids))
    return list(connection.execute(query.order_by(tables.cases.c.reported_at, tables.cases.c.id)).mappings())
