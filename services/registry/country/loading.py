"""Divisions into the registry's table: COPY into a temporary table, then only what is new or different is written.

One transaction: stopped or failed midway, nothing is written, and the next run begins anew. What is so already is not
touched, so that a second run writes nothing. Divisions that the package does not know stay.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis import audit
from services.registry.country.rows import Placed
from services.registry.repository.imports import LOCKS

ROWS_AT_ONCE = 5_000
SHOWN = 20


@dataclass
class Loaded:
    """What one run did; `repeated` are codes that stood in the villages' file more than once."""

    read: int = 0
    created: int = 0
    changed: int = 0
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.read - len(self.repeated) - self.created - self.changed


class CopyLines:
    """A file for COPY whose lines are made while the database reads them; `tell` hears how many rows passed."""

    def __init__(self, rows: Iterable[Placed], tell: Callable[[int], None]) -> None:
        self._lines = self._made(rows)
        self._tell = tell
        self.count = 0
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, all that is left for a negative size; nothing at the end."""
        parts, length = [self._rest], len(self._rest)
        while (size < 0 or length < size) and (line := next(self._lines, b"")):
            parts.append(line)
            length += len(line)
        content = b"".join(parts)
        self._rest = content[size:] if size >= 0 else b""
        return content[:size] if size >= 0 else content

    def _made(self, rows: Iterable[Placed]) -> Iterator[bytes]:
        for placed in rows:
            self.count += 1
            if self.count % ROWS_AT_ONCE == 0:
                self._tell(self.count)
            row = placed.row
            cells = (str(self.count), row.code, row.name, row.parent_code, row.kind, placed.path_name)
            yield ("\t".join(map(_escaped, cells)) + "\n").encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def load(
    engine: sa.Engine, rows: Iterable[Placed], now: datetime, tell: Callable[[str, int], None], dry_run: bool = False
) -> Loaded:
    """Write `rows`; `tell` hears the step and how many rows it has done. Raises SQLAlchemy's errors."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(_LOCK, {"space": LOCKS})
        loaded = Loaded(read=_staged(connection, rows, lambda count: tell("read", count)))
        tell("write", 0)
        loaded.repeated = list(connection.scalars(_REPEATED))
        connection.execute(_DROP_REPEATED)
        loaded.renamed = [(row.code, row.old, row.new) for row in connection.execute(_RENAMED, {"most": SHOWN})]
        loaded.changed = connection.execute(_UPDATE).rowcount
        loaded.created = connection.execute(_INSERT).rowcount
        tell("write", loaded.read)
        counts = {"created": loaded.created, "changed": loaded.changed}
        audit.write(connection, audit.Entry(now, "operator", "ImportCountry", None, "done", counts))
        if dry_run:
            transaction.rollback()
    return loaded


def _staged(connection: sa.Connection, rows: Iterable[Placed], tell: Callable[[int], None]) -> int:
    connection.execute(_STAGE)
    lines = CopyLines(rows, tell)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.copy_expert("COPY country (line, code, name, parent_code, kind, path_name) FROM STDIN", lines)
    connection.execute(sa.text("CREATE INDEX ON country (code)"))
    connection.execute(sa.text("ANALYZE country"))
    return lines.count


_LOCK = sa.text("SELECT pg_advisory_xact_lock(:space, hashtext('divisions'))")
_STAGE = sa.text(
    "CREATE TEMPORARY TABLE country"
    " (line integer, code text, name text, parent_code text, kind text, path_name text) ON COMMIT DROP"
)
_REPEATED = sa.text("SELECT code FROM country GROUP BY code HAVING count(*) > 1 ORDER BY code")
_DROP_REPEATED = sa.text(
    "DELETE FROM country AS later USING country AS first WHERE later.code = first.code AND later.line > first.line"
)
_RENAMED = sa.text(
    "SELECT division.code, division.name AS old, country.name AS new FROM division JOIN country USING (code)"
    " WHERE division.name <> country.name ORDER BY division.code LIMIT :most"
)
_UPDATE = sa.text(
    "UPDATE division SET name = country.name, parent_code = country.parent_code, kind = country.kind,"
    " path_name = country.path_name FROM country WHERE country.code = division.code"
    " AND (division.name, division.parent_code, division.kind, division.path_name)"
    " IS DISTINCT FROM (country.name, country.parent_code, country.kind, country.path_name)"
)
_INSERT = sa.text(
    "INSERT INTO division (code, name, parent_code, kind, path_name)"
    " SELECT code, name, parent_code, kind, path_name FROM country"
    " WHERE NOT EXISTS (SELECT FROM division WHERE division.code = country.code) ORDER BY code"
)
