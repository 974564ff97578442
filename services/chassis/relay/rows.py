"""The outbox as the relay sees it: its statements, a row, and the AMQP properties a row is published with."""

from datetime import datetime
from typing import Any, NamedTuple

from pika import BasicProperties, DeliveryMode

CONTENT_TYPE = "application/cloudevents+json"

LISTEN = "LISTEN outbox"
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('wangge.relay'), hashtext(%(service)s))"
CLAIM = """
    SELECT id, event_id::text, exchange, routing_key, bcc, type, body, traceparent, created_at FROM outbox
    WHERE published_at IS NULL AND id <> ALL(%(held)s::bigint[]) ORDER BY id LIMIT %(limit)s"""
MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY(%(ids)s::bigint[])"
OLDEST = "SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1"
CLEAN = """
    DELETE FROM outbox WHERE id = ANY(ARRAY(
        SELECT id FROM outbox WHERE published_at < now() - %(retention)s
        ORDER BY published_at LIMIT %(limit)s)) RETURNING id"""


class Row(NamedTuple):
    """One unpublished row, in the column order of `CLAIM`."""

    id: int
    event_id: str
    exchange: str
    routing_key: str
    bcc: list[str]
    type: str
    body: bytes
    traceparent: str | None
    created_at: datetime

    @classmethod
    def of(cls, record: tuple[Any, ...]) -> "Row":
        """From a database record; psycopg2 gives `bytea` as memoryview."""
        return cls(*record)._replace(body=bytes(record[6]))


def properties_of(row: Row) -> BasicProperties:
    """Properties as docs/conventions.md says. `BCC` must be an array of long strings, which is how pika
    writes list and str.
    """
    return BasicProperties(
        content_type=CONTENT_TYPE,
        message_id=row.event_id,
        type=row.type,
        delivery_mode=DeliveryMode.Persistent.value,
        timestamp=int(row.created_at.timestamp()),
        headers={"BCC": list(row.bcc)} if row.bcc else None,
    )
