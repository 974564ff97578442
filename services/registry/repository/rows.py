"""Rows in and out by SQLAlchemy Core: locked loads, inserts and updates of many at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

Values = Mapping[str, Any]


def load(connection: sa.Connection, column: sa.Column[Any], keys: Collection[str]) -> Sequence[sa.Row[Any]]:
    """The rows whose `column` is one of `keys`, locked, in the order of the column so that two loads never deadlock."""
    if not keys:
        return []
    statement = sa.select(column.table).where(column.in_(sorted(set(keys)))).order_by(column)
    return connection.execute(statement.with_for_update()).all()


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert all rows."""
    if rows:
        connection.execute(sa.insert(table), [dict(row) for row in rows])


def update(connection: sa.Connection, key: sa.Column[Any], rows: Sequence[Values]) -> None:
    """Update all rows by their key."""
    if not rows:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != key.name}
    statement = sa.update(key.table).where(key == sa.bindparam("its_key")).values(values)
    given = [{"its_key" if name == key.name else f"new_{name}": row[name] for name in row} for row in rows]
    connection.execute(statement, given)
