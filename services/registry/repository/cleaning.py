"""Removes sessions that are over and forgotten failures, in the database's own time."""

from datetime import datetime

import sqlalchemy as sa

from services.registry.model.accounts import FORGET_FAILURES, SESSION_LIFETIME
from services.registry.tables import guard, session


def clean(engine: sa.Engine, now: datetime) -> int:
    """Remove sessions that can no longer be refreshed (with their tokens) and guards of old failures; return how many.

    A session that ended early is kept until its tokens would have expired, so that their reuse is still noticed.
    """
    over = sa.delete(session).where(session.c.created_at < now - SESSION_LIFETIME)
    unlocked = sa.or_(guard.c.locked_until.is_(None), guard.c.locked_until < now)
    old = sa.or_(guard.c.failed_at.is_(None), guard.c.failed_at < now - FORGET_FAILURES)
    with engine.begin() as connection:
        sessions = connection.execute(over).rowcount
        return sessions + connection.execute(sa.delete(guard).where(unlocked, old)).rowcount
