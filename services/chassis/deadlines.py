"""Limits and timers are rows with a due time: claimed with SKIP LOCKED, fired once, whatever restarts (INC-08).

A deadline belongs to a subject (a case) and has a kind ("handle-yellow"). Setting it again moves it. What happens when
it passes is a message to the service's own bus, handled in the transaction that marks the row as fired.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from .ids import new_id
from .messages import DeadlinePassed
from .tables import deadline

RETRY_SECONDS = (5, 30, 120, 600)


class Deadlines:
    """Sets and cancels deadlines in the connection's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def set(self, subject: str, kind: str, due_at: datetime) -> None:
        """Make `kind` of `subject` fall due at `due_at`, in place of an open one of that kind."""
        self.cancel(subject, kind)
        self._connection.execute(
            sa.insert(deadline).values(id=new_id(), subject=subject, kind=kind, due_at=due_at, not_before=due_at)
        )

    def keep(self, subject: str, wanted: Mapping[str, datetime]) -> None:
        """Make the open deadlines of `subject` exactly `wanted` (kind to due time), touching only what differs."""
        query = sa.select(deadline.c.kind, deadline.c.due_at).where(deadline.c.subject == subject, _open())
        there = {row.kind: row.due_at for row in self._connection.execute(query)}
        if obsolete := [kind for kind in there if kind not in wanted]:
            self.cancel(subject, *obsolete)
        for kind, due_at in wanted.items():
            if there.get(kind) != due_at:
                self.set(subject, kind, due_at)

    def cancel(self, subject: str, *kinds: str) -> None:
        """Cancel the open deadlines of `subject`: those of `kinds`, or all when none is named."""
        condition = sa.and_(deadline.c.subject == subject, _open())
        if kinds:
            condition = sa.and_(condition, deadline.c.kind.in_(kinds))
        self._connection.execute(sa.update(deadline).where(condition).values(cancelled_at=sa.func.now()))


def _open() -> sa.ColumnElement[bool]:
    return sa.and_(deadline.c.fired_at.is_(None), deadline.c.cancelled_at.is_(None))


def claim(connection: sa.Connection, now: datetime) -> tuple[str, DeadlinePassed] | None:
    """Lock the earliest deadline that has passed and nobody else holds; return its id and message."""
    row = connection.execute(
        sa.select(deadline)
        .where(deadline.c.not_before <= now, _open())
        .order_by(deadline.c.not_before)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    return row.id, DeadlinePassed(subject=row.subject, kind=row.kind, due_at=row.due_at)


def fired(connection: sa.Connection, deadline_id: str, now: datetime) -> None:
    """Mark the deadline as fired."""
    connection.execute(sa.update(deadline).where(deadline.c.id == deadline_id).values(fired_at=now))


def postpone(connection: sa.Connection, deadline_id: str, now: datetime, error: str) -> None:
    """Try a deadline whose handler failed again later, so that it does not hold up the others."""
    attempts = connection.scalar(sa.select(deadline.c.attempts).where(deadline.c.id == deadline_id)) or 0
    pause = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)]
    connection.execute(
        sa.update(deadline)
        .where(deadline.c.id == deadline_id)
        .values(attempts=attempts + 1, not_before=now + timedelta(seconds=pause), last_error=error[:2000])
    )
