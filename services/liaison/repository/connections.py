"""Loads and saves departments' connections. No password is ever among the values."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.liaison import visibility
from services.liaison.errors import ConnectionNotFound
from services.liaison.model import Connection
from services.liaison.tables import connections

if TYPE_CHECKING:
    from services.liaison.repository.work import LiaisonWork

COUNT_LOCK = "connection:"


class ConnectionRepository:
    """The connections that the caller may see."""

    def __init__(self, work: "LiaisonWork") -> None:
        self._work = work

    def add(self, connection: Connection) -> None:
        names = {"queue": connection.queue, "user": connection.user, "changed_at": self._work.now}
        row = sa.insert(connections).values(**_values(connection), **names)
        self._work.connection.execute(row)

    def get(self, connection_id: str) -> Connection:
        mine = visibility.of_connections(self._work.caller)
        query = sa.select(connections).where(connections.c.id == connection_id, mine).with_for_update()
        row = self._work.connection.execute(query).one_or_none() if is_id(connection_id) else None
        if row is None:
            raise ConnectionNotFound(id=connection_id)
        return restored(row)

    def save(self, connection: Connection) -> None:
        changed = sa.and_(connections.c.id == connection.id, connections.c.state != connection.state)
        values = {"state": connection.state, "changed_at": self._work.now}
        self._work.connection.execute(sa.update(connections).where(changed).values(values))

    def count_open(self, department: str) -> int:
        """Two that count for the same department wait for each other until the transaction ends."""
        self._work.connection.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": COUNT_LOCK + department}
        )
        open_ones = sa.and_(connections.c.department == department, connections.c.state != "ended")
        return self._work.connection.scalar(sa.select(sa.func.count()).where(open_ones)) or 0


def restored(row: Any) -> Connection:
    """The connection of a row."""
    return Connection(row.id, row.department, tuple(row.types), row.area, row.state, row.created_at)


def _values(connection: Connection) -> dict[str, Any]:
    return {**connection.__dict__, "types": list(connection.types)}
