"""The rows of one transaction, collected and written together: one text, one trip to the database.

An INSERT of its own costs 0.3 ms of this process and a trip; a report writes ten tables. Values travel as parameters,
never in the text: errors carry the text, and values may be personal. Statements run in the order in which they were
added, so a row may refer to one added before it. What is collected exists only after `send`; the unit of work sends
before it commits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

Values = Mapping[str, Any]
_DIALECT = PGDialect_psycopg2()  # type: ignore[no-untyped-call]
_UNCLEAR = (postgresql.UUID, postgresql.JSONB, sa.ARRAY)
"""Types that psycopg2 writes as texts and lists, which the server would have to guess."""


@dataclass(frozen=True)
class _Cell:
    """How the values of one column travel."""

    name: str
    place: str
    convert: Callable[[Any], Any] | None

    def of(self, values: Values) -> Any:
        value = values[self.name]
        return value if self.convert is None else self.convert(value)


class Writes:
    """What one transaction is going to write."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._texts: list[str] = []
        self._values: list[Any] = []

    def insert(self, table: sa.Table, rows: Sequence[Values]) -> None:
        """Insert `rows`, which all name the same columns; the others have the server's defaults."""
        self._add(table, rows, "")

    def upsert(self, table: sa.Table, rows: Sequence[Values], key: Sequence[str], changed: Iterable[str]) -> None:
        """Insert `rows`; where one with the `key` is there already, update its columns `changed`."""
        self._add(table, rows, _on_conflict(tuple(key), tuple(changed)))

    def update(self, table: sa.Table, key: Values, values: Values) -> None:
        """Set `values` in the row whose columns equal `key`."""
        cells, keys = _cells(table, tuple(values)), _cells(table, tuple(key))
        self._texts.append(_update(table, tuple(values), tuple(key)))
        self._values += [cell.of(values) for cell in cells]
        self._values += [cell.of(key) for cell in keys]

    def forget(self) -> None:
        """Drop what was collected and not sent."""
        self._texts.clear()
        self._values.clear()

    def send(self) -> None:
        """Write everything that was collected. Raises what the database refuses, as SQLAlchemy's errors."""
        if self._texts:
            text, values = ";\n".join(self._texts), tuple(self._values)
            self.forget()
            self._connection.exec_driver_sql(text, values)

    def _add(self, table: sa.Table, rows: Sequence[Values], tail: str) -> None:
        if not rows:
            return
        names = tuple(rows[0])
        head, places = _insert(table, names)
        cells = _cells(table, names)
        self._texts.append(head + ", ".join([places] * len(rows)) + tail)
        for row in rows:
            self._values += [cell.of(row) for cell in cells]


@lru_cache(maxsize=256)
def _cells(table: sa.Table, names: tuple[str, ...]) -> tuple[_Cell, ...]:
    return tuple(_cell(table.c[name]) for name in names)


def _cell(column: sa.Column[Any]) -> _Cell:
    implemented = column.type.dialect_impl(_DIALECT)
    cast = f"::{column.type.compile(_DIALECT)}" if isinstance(column.type, _UNCLEAR) else ""
    return _Cell(column.name, f"%s{cast}", implemented.bind_processor(_DIALECT))


@lru_cache(maxsize=256)
def _insert(table: sa.Table, names: tuple[str, ...]) -> tuple[str, str]:
    columns = ", ".join(map(_quoted, names))
    places = ", ".join(cell.place for cell in _cells(table, names))
    return f"INSERT INTO {_quoted(table.name)} ({columns}) VALUES ", f"({places})"  # noqa: S608 (our own names)


@lru_cache(maxsize=256)
def _update(table: sa.Table, names: tuple[str, ...], key: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(cell.name)} = {cell.place}" for cell in _cells(table, names))
    where = " AND ".join(f"{_quoted(cell.name)} = {cell.place}" for cell in _cells(table, key))
    return f"UPDATE {_quoted(table.name)} SET {changes} WHERE {where}"  # noqa: S608 (our own names)


@lru_cache(maxsize=64)
def _on_conflict(key: tuple[str, ...], changed: tuple[str, ...]) -> str:
    new = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in changed)
    return f" ON CONFLICT ({', '.join(map(_quoted, key))}) DO UPDATE SET {new}"


def _quoted(name: str) -> str:
    return f'"{name}"'
