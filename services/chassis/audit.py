"""The audit log: who did or looked at what, chained by hash, its head anchored outside the database (PRV-03, PRV-05).

Entries are written in the transaction that they tell of, unchained, so that commands do not wait for one another.
`seal` chains them a moment later, in one process at a time, and writes the head to an anchor file outside the
database. `first_broken` names the first entry that was changed, removed or put in between.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from .tables import audit

GENESIS = "0" * 64
SEAL_LOCK = 7_301_001
BATCH = 1_000


@dataclass(frozen=True)
class Entry:
    """One line of the log; `detail` holds ids and codes, never personal data."""

    at: datetime
    actor: str
    action: str
    subject: str | None
    outcome: str
    detail: Mapping[str, Any]


def write(connection: sa.Connection, entry: Entry) -> None:
    """Add `entry` in the connection's transaction."""
    connection.execute(sa.insert(audit).values(values(entry)))


def values(entry: Entry) -> dict[str, Any]:
    """The row of `entry`."""
    return {**entry.__dict__, "detail": dict(entry.detail)}


def seal(engine: sa.Engine, anchor: Path) -> int:
    """Chain what is not chained yet and anchor the head; return how many entries were sealed."""
    with engine.begin() as connection:
        if not connection.scalar(sa.text("SELECT pg_try_advisory_xact_lock(:id)"), {"id": SEAL_LOCK}):
            return 0
        number, head = _head(connection)
        rows = connection.execute(
            sa.select(audit).where(audit.c.sealed_no.is_(None)).order_by(audit.c.id).limit(BATCH)
        ).all()
        for row in rows:
            number, head = number + 1, _seal_row(connection, row, number + 1, head)
    if rows:
        _anchor(anchor, number, head)
    return len(rows)


def _head(connection: sa.Connection) -> tuple[int, str]:
    row = connection.execute(
        sa.select(audit.c.sealed_no, audit.c.hash)
        .where(audit.c.sealed_no.is_not(None))
        .order_by(audit.c.sealed_no.desc())
        .limit(1)
    ).one_or_none()
    return (row.sealed_no, row.hash) if row else (0, GENESIS)


def _seal_row(connection: sa.Connection, row: Any, number: int, previous: str) -> str:
    digest = _digest(row, number, previous)
    connection.execute(
        sa.update(audit).where(audit.c.id == row.id).values(sealed_no=number, previous_hash=previous, hash=digest)
    )
    return digest


def _digest(row: Any, number: int, previous: str) -> str:
    content = [
        number,
        row.id,
        row.at.astimezone(UTC).isoformat(),
        row.actor,
        row.action,
        row.subject,
        row.outcome,
        row.detail,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _anchor(path: Path, number: int, head: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{number} {head}\n")


def first_broken(engine: sa.Engine, anchor: Path) -> str | None:
    """Return a sentence naming the first entry that does not hold, or None when the whole chain does."""
    anchored = _anchors(anchor)
    expected, previous = 1, GENESIS
    with engine.connect().execution_options(yield_per=BATCH) as connection:
        sealed = sa.select(audit).where(audit.c.sealed_no.is_not(None)).order_by(audit.c.sealed_no)
        for row in connection.execute(sealed):
            if row.sealed_no != expected:
                return f"entry {expected} is missing"
            if row.previous_hash != previous or row.hash != _digest(row, expected, previous):
                return f"entry {expected} was changed"
            if anchored.get(expected, row.hash) != row.hash:
                return f"entry {expected} differs from its anchor"
            expected, previous = expected + 1, row.hash
    if anchored and max(anchored) >= expected:
        return f"entry {expected} is missing: the anchor knows {max(anchored)} entries"
    return None


def _anchors(path: Path) -> dict[int, str]:
    """Number to head as first anchored: entries cut off and chained anew anchor the same number a second time."""
    found: dict[int, str] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        number, head = line.split()
        found.setdefault(int(number), head)
    return found
