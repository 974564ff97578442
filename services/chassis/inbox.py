"""The inbox: an event that arrives twice has one effect. The row is written in the handler's transaction."""

import sqlalchemy as sa

_NOTE = "INSERT INTO inbox (consumer, event_id) VALUES (%s, %s::uuid) ON CONFLICT DO NOTHING"


def is_new(connection: sa.Connection, consumer: str, event_id: str) -> bool:
    """Note that `consumer` handles `event_id`; False when it did so before.

    A second delivery that runs at the same time waits for the first one's transaction to end.
    """
    return connection.exec_driver_sql(_NOTE, (consumer, event_id)).rowcount == 1
