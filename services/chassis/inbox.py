"""The inbox: an event that arrives twice has one effect. The row is written in the handler's transaction."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from .tables import inbox


def is_new(connection: sa.Connection, consumer: str, event_id: str) -> bool:
    """Note that `consumer` handles `event_id`; False when it did so before.

    A second delivery that runs at the same time waits for the first one's transaction to end.
    """
    statement = insert(inbox).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return connection.execute(statement).rowcount == 1
