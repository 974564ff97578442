"""Limits and timers are rows with a due time: claimed with SKIP LOCKED, fired once, whatever restarts (INC-08).

A deadline belongs to a subject (a case) and has a kind ("handle-yellow"). Setting it again moves it. What happens when
it passes is a message to the service's own bus, handled in the transaction that marks the row as fired.

How late: a worker looks each second (`SWEEP_SECONDS`, ± 10 %), so a deadline fires within 1.1 s of its moment by the
platform's clock, and the time that those due before it take. Looking is one question to an index on a connection that
stays open; a transaction begins only where something is due.

What fails is rolled back alone, keeps its error and is tried again after `RETRY_SECONDS`; `wangge status` shows it.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg2
import sqlalchemy as sa
import structlog

from .asked import Asked
from .faults import reason_of
from .ids import new_id
from .messages import DeadlinePassed
from .tables import deadline
from .writes import Writes

log = structlog.get_logger(__name__)

RETRY_SECONDS = (5, 30, 120, 600)


class Deadlines:
    """Sets and cancels deadlines in the connection's transaction."""

    def __init__(self, connection: sa.Connection, writes: Writes) -> None:
        self._connection = connection
        self._writes = writes

    def set(self, subject: str, kind: str, due_at: datetime) -> None:
        """Make `kind` of `subject` fall due at `due_at`, in place of an open one of that kind."""
        self.cancel(subject, kind)
        self._connection.execute(sa.insert(deadline), _rows(subject, {kind: due_at}))

    def keep(self, subject: str, wanted: Mapping[str, datetime], new: bool = False) -> None:
        """Make the open deadlines of `subject` exactly `wanted` (kind to due time), touching only what differs.

        One that is `new` in this transaction has none yet.
        """
        there = {} if new else self._there(subject)
        if obsolete := [kind for kind, due_at in there.items() if wanted.get(kind) != due_at]:
            self.cancel(subject, *obsolete)
        missing = {kind: due_at for kind, due_at in wanted.items() if there.get(kind) != due_at}
        self._writes.insert(deadline, _rows(subject, missing))

    def _there(self, subject: str) -> dict[str, datetime]:
        return {row.kind: row.due_at for row in self._connection.execute(_OPEN_OF, {"subject": subject})}

    def cancel(self, subject: str, *kinds: str) -> None:
        """Cancel the open deadlines of `subject`: those of `kinds`, or all when none is named."""
        condition = sa.and_(deadline.c.subject == subject, _open())
        if kinds:
            condition = sa.and_(condition, deadline.c.kind.in_(kinds))
        self._connection.execute(sa.update(deadline).where(condition).values(cancelled_at=sa.func.now()))

    def put_aside(self, subject: str, kind: str, now: datetime, error: Exception) -> None:
        """Set a deadline for what failed with `error` as part of a batch: from now on it is tried again alone.

        It is late from the first: it is tried after the first of `RETRY_SECONDS`, and shown with its error until it
        succeeds. It says so in the log.
        """
        log.error("put aside", subject=subject, kind=kind, exc_info=error)
        self.cancel(subject, kind)
        row = {"id": new_id(), "subject": subject, "kind": kind, "due_at": now, **_failed(0, now, reason_of(error))}
        self._connection.execute(sa.insert(deadline).values(**row))

    def awaited(self, subject: str, kind: str) -> bool:
        """Whether an open one is there that fires after this transaction's commit.

        One that fires at this moment may not see what is written here: it is waited for, and is none.
        """
        query = sa.select(deadline.c.id).where(deadline.c.subject == subject, deadline.c.kind == kind, _open())
        return self._connection.execute(query.with_for_update(read=True)).first() is not None

    def kinds(self, subject: str) -> Sequence[str]:
        """The kinds of the open deadlines of `subject`."""
        return self._connection.scalars(sa.select(deadline.c.kind).where(deadline.c.subject == subject, _open())).all()


def _rows(subject: str, due: Mapping[str, datetime]) -> list[dict[str, Any]]:
    return [
        {"id": new_id(), "subject": subject, "kind": kind, "due_at": at, "not_before": at} for kind, at in due.items()
    ]


def _open() -> sa.ColumnElement[bool]:
    return sa.and_(deadline.c.fired_at.is_(None), deadline.c.cancelled_at.is_(None))


_OPEN_OF = sa.select(deadline.c.kind, deadline.c.due_at).where(deadline.c.subject == sa.bindparam("subject"), _open())


class Lookout:
    """Sees whether deadlines have passed, on a connection of its own that commits nothing and stays open.

    A unit of work would cost several times as much, each second, to learn that there is nothing to do.
    """

    _DUE = (
        "SELECT count(*) FROM (SELECT FROM deadline WHERE not_before <= %s AND fired_at IS NULL "
        "AND cancelled_at IS NULL ORDER BY not_before LIMIT %s) AS due"
    )

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None

    def due(self, now: datetime, most: int) -> int:
        """How many deadlines have passed at `now`, at most `most`. Raises psycopg2's or SQLAlchemy's error."""
        with self._lock:
            if self._connection is not None:
                try:
                    return self._ask(now, most)
                except (psycopg2.OperationalError, psycopg2.InterfaceError):
                    self._drop()  # it was cut while it lay idle
            self._connection = self._open()
            return self._ask(now, most)

    def close(self) -> None:
        """Give the connection back; the next question makes a new one."""
        with self._lock:
            self._drop()

    def _ask(self, now: datetime, most: int) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(self._DUE, (now, most))
            return int(cursor.fetchone()[0])

    def _open(self) -> Any:
        """A connection as the engine makes them, that its pool no longer counts."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@dataclass(frozen=True)
class Claimed:
    """A deadline that this transaction holds, with its message and how often it failed."""

    id: str
    message: DeadlinePassed
    attempts: int


def claim(connection: sa.Connection, now: datetime) -> Claimed | None:
    """Lock the earliest deadline that has passed and nobody else holds.

    Those of one subject come one after the other: while another sweeper fires the first, the second waits for it.
    """
    row = _CLAIM.of(connection, now=now).one_or_none()
    if row is None:
        return None
    return Claimed(row.id, DeadlinePassed(subject=row.subject, kind=row.kind, due_at=row.due_at), row.attempts)


def _earlier_of_subject() -> sa.ColumnElement[bool]:
    """Whether an open deadline of the same subject comes first. One that failed comes later, and holds nobody up."""
    other = deadline.alias("earlier")
    before = sa.tuple_(other.c.not_before, other.c.id) < sa.tuple_(deadline.c.not_before, deadline.c.id)
    still_open = sa.and_(other.c.fired_at.is_(None), other.c.cancelled_at.is_(None))
    return sa.exists().where(other.c.subject == deadline.c.subject, still_open, before)


_CLAIM = Asked(
    sa.select(
        sa.cast(deadline.c.id, sa.Text), deadline.c.subject, deadline.c.kind, deadline.c.due_at, deadline.c.attempts
    )
    .where(deadline.c.not_before <= sa.bindparam("now"), _open(), ~_earlier_of_subject())
    .order_by(deadline.c.not_before, deadline.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=deadline)
)
_FIRED = "UPDATE deadline SET fired_at = %s WHERE id = %s::uuid"


def fired(connection: sa.Connection, claimed: Claimed, now: datetime) -> None:
    """Mark the deadline as fired."""
    connection.exec_driver_sql(_FIRED, (now, claimed.id))


def postpone(connection: sa.Connection, claimed: Claimed, now: datetime, error: str) -> None:
    """Try a deadline whose handler failed again later, unless somebody else fired or tried it meanwhile."""
    same = sa.and_(deadline.c.id == claimed.id, deadline.c.attempts == claimed.attempts, _open())
    connection.execute(sa.update(deadline).where(same).values(**_failed(claimed.attempts, now, error)))


def _failed(attempts: int, now: datetime, error: str) -> dict[str, Any]:
    pause = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)]
    return {"attempts": attempts + 1, "not_before": now + timedelta(seconds=pause), "last_error": error[:2000]}
