"""Applications for those who administer them, and whose key a key is (INC-21)."""

from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.registry.errors import ApplicationKeyRefused
from services.registry.model.applications import hash_of
from services.registry.queries.paging import fetch
from services.registry.tables import application

Answer = dict[str, Any]

READERS = ("security-administrator", "auditor", "platform")
ROLE = "application"
MOST_KEY = 200
_SHOWN = (
    "id", "name", "may", "per_minute", "key_hint", "created_by", "created_at", "revoked_at", "version",
)  # fmt: skip


def list_applications(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """A page of applications, newest first. Raises Forbidden."""
    caller.require(*READERS, action="查看应用")
    statement = sa.select(*(application.c[name] for name in _SHOWN))
    if request.state:
        revoked = application.c.revoked_at.is_not(None)
        statement = statement.where(revoked if request.state == "revoked" else ~revoked)
    page = fetch(connection, statement, [application.c.id], request.limit, request.cursor, descending=True)
    return {"items": [_line(row._mapping) for row in page.rows], "next_cursor": page.next_cursor}


def _line(row: Any) -> Answer:
    return {**row, "state": "revoked" if row["revoked_at"] else "active"}


def check(connection: sa.Connection, key: str) -> Answer:
    """The active application that `key` belongs to. Raises ApplicationKeyRefused for any other key, alike."""
    columns = (application.c.id, application.c.name, application.c.may, application.c.per_minute)
    mine = sa.and_(application.c.key_hash == hash_of(key[:MOST_KEY]), application.c.revoked_at.is_(None))
    row = connection.execute(sa.select(*columns).where(mine)).one_or_none()
    if row is None or len(key) > MOST_KEY:
        raise ApplicationKeyRefused
    return dict(row._mapping)


def principal_of(found: Answer) -> Principal | None:
    """Who an application is to the services: no person, no area, no department; None where it may only read."""
    if "write" not in found["may"]:
        return None
    return Principal(f"{ROLE}:{found['id']}", found["name"], frozenset({ROLE}))
