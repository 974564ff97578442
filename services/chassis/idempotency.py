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
from .writes import Writes

_CLAIM = """
    SELECT set_config('wangge.claimed', pg_try_advisory_xact_lock(hashtextextended(%s, 0))::text, true);
    SELECT current_setting('wangge.claimed') AS claimed, fingerprint, reply
    FROM (VALUES (0)) AS always LEFT JOIN idempotency ON caller = %s AND key = %s"""
"""Two statements in one trip: the second sees what was committed until the lock was had; a single one would not."""


def fingerprint(command: Command) -> str:
    """A hash of the command's kind and content."""
    content = json.dumps(vars(command), sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(f"{type(command).__name__}:{content}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    return vars(value) if dataclasses.is_dataclass(value) else str(value)


def first_answer(connection: sa.Connection, caller: str, key: str, command: Command) -> dict[str, Any] | None:
    """Claim `key` of `caller` until the transaction ends; return the stored answer if there is one."""
    row = connection.exec_driver_sql(_CLAIM, (f"{caller}:{key}", caller, key)).one()
    if row.claimed != "true":
        raise StillRunning
    if row.fingerprint is None:
        return None
    if row.fingerprint != fingerprint(command):
        raise IdempotencyMismatch(key=key)
    return row.reply


def remember(writes: Writes, caller: str, key: str, command: Command, reply: dict[str, Any]) -> None:
    """Store `reply` as the answer to `key`, with the transaction's other rows."""
    row = {"caller": caller, "key": key, "fingerprint": fingerprint(command), "reply": reply}
    writes.insert(idempotency, [row])
