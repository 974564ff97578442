"""Questions that are asked all the time, made and compiled once.

SQLAlchemy finds the text of a statement that it has compiled before, but looks for it and sorts the parameters anew
each time, which for a question of one row costs more than psycopg2 and the server together.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2


class Asked:
    """A SELECT whose parameters are all `bindparam`s; raises ValueError for columns that need more than psycopg2."""

    def __init__(self, statement: sa.SelectBase) -> None:
        dialect = PGDialect_psycopg2()  # type: ignore[no-untyped-call]
        if any(isinstance(column.type, UUID) for column in statement.selected_columns):
            raise ValueError("psycopg2 gives UUIDs as objects, our rows have them as text")
        compiled = statement.compile(dialect=dialect)
        self._given = {name: value for name, value in compiled.params.items() if value is not None}
        self._text = str(compiled)

    def of(self, connection: sa.Connection, **values: Any) -> sa.CursorResult[Any]:
        """Ask it with `values` for its parameters."""
        return connection.exec_driver_sql(self._text, {**self._given, **values})
