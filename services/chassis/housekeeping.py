"""Removes what the chassis keeps longer than anybody needs it, in small batches that lock nobody out.

The inbox is kept longer than the longest replay, so that a replayed event is still known; answers to idempotency keys
for a week. Published outbox rows are the relay's to remove.
"""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis import tables

INBOX_DAYS = 400
IDEMPOTENCY_DAYS = 7
DEADLINE_DAYS = 400
BATCH = 5_000

KEPT = (
    (tables.inbox, tables.inbox.c.received_at, INBOX_DAYS),
    (tables.idempotency, tables.idempotency.c.created_at, IDEMPOTENCY_DAYS),
    (tables.deadline, tables.deadline.c.fired_at, DEADLINE_DAYS),
    (tables.deadline, tables.deadline.c.cancelled_at, DEADLINE_DAYS),
)


def clean(engine: sa.Engine) -> int:
    """Remove what is older than its days; return how many rows went."""
    return sum(_clean(engine, table, moment, days) for table, moment, days in KEPT)


def _clean(engine: sa.Engine, table: sa.Table, moment: sa.Column[object], days: int) -> int:
    removed, last = 0, BATCH
    while last == BATCH:
        row: sa.ColumnClause[object] = sa.column("ctid")
        old = sa.select(row).select_from(table).where(moment < sa.func.now() - timedelta(days=days))
        with engine.begin() as connection:
            statement = sa.delete(table).where(row.in_(old.limit(BATCH)))
            last = connection.execute(statement).rowcount
        removed += last
    return removed
