"""Every write can be repeated safely (ALL-04): the same key and body gives the first answer.

Another body gives IdempotencyMismatch, one still running StillRunning. The answer is stored in the transaction of the
command, so a refused or crashed command leaves nothing and may be tried again with the same key.
"""

import dataclasses
import hashlib
import json
from typing import Any

import sqlalchemy as sa

from .errors import IdempotencyMismatch, StillRunning
from .messages import Command
from .tables import idempotency


def fingerprint(command: Command) -> str:
    """A hash of the command's kind and content."""
    content = json.dumps(dataclasses.asdict(command), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(f"{type(command).__name__}:{content}".encode()).hexdigest()


def first_answer(connection: sa.Connection, caller: str, key: str, command: Command) -> dict[str, Any] | None:
    """Claim `key` of `caller` until the transaction ends; return the stored answer if there is one."""
    claimed = connection.scalar(
        sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"{caller}:{key}"}
    )
    if not claimed:
        raise StillRunning
    row = connection.execute(
        sa.select(idempotency.c.fingerprint, idempotency.c.reply).where(
            idempotency.c.caller == caller, idempotency.c.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != fingerprint(command):
        raise IdempotencyMismatch(key=key)
    return row.reply


def remember(connection: sa.Connection, caller: str, key: str, command: Command, reply: dict[str, Any]) -> None:
    """Store `reply` as the answer to `key`."""
    connection.execute(
        sa.insert(idempotency).values(caller=caller, key=key, fingerprint=fingerprint(command), reply=reply)
    )
