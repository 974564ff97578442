"""The outbox: events are rows of the transaction that made them true; the relay carries them to RabbitMQ.

`wire` turns an event into its row (docs/conventions.md, "Events on the wire"), which the unit of work writes; `Wakeup`
tells the relay after the commit that there is something to carry.
"""

import itertools
import threading
from collections.abc import Mapping
from typing import Any

import psycopg2
import structlog
from marshmallow import Schema

from .database import at_most
from .envelope import Envelope
from .ids import new_id
from .messages import Event
from .topology import exchange_name, routing_key

log = structlog.get_logger(__name__)

WAKE_SECONDS = 2
"""Everybody who commits waits for the one NOTIFY, and the relay polls anyway: a silent connection is given up soon."""

Row = Mapping[str, Any]


def wire(event: Event, schema: Schema, source: str, traceparent: str | None) -> Row:
    """Return the outbox row of `event`; `schema` dumps its data."""
    envelope = Envelope(
        id=new_id(),
        source=source,
        type=event.TYPE,
        subject=event.subject,
        time=event.at,
        sequence=event.sequence,
        grid=event.grid,
        department=event.department,
        concerned=event.concerned,
        traceparent=traceparent,
        data=schema.dump(event),
    )
    return {
        "event_id": envelope.id,
        "exchange": exchange_name(event.TYPE.partition(".")[0]),
        "routing_key": routing_key(event.TYPE, event.department, event.grid),
        "bcc": [routing_key(event.TYPE, other, event.grid) for other in event.concerned],
        "type": event.TYPE,
        "body": envelope.to_bytes(),
        "traceparent": traceparent,
    }


class Wakeup:
    """Sends NOTIFY to the relay on a connection of its own, after the commit.

    Inside the business transaction NOTIFY would serialise all databases of the server (218 commits/s against 1,743
    where an fsync takes 4 ms). It may fail: the relay polls every second as well.
    """

    def __init__(self, uri: str) -> None:
        self._dsn = uri.replace("postgresql+psycopg2://", "postgresql://", 1)
        self._lock = threading.Lock()
        self._connection: Any = None
        self._asked = itertools.count(1)
        self._covered = 0

    def send(self) -> None:
        """Wake the relay for what this thread has committed.

        One NOTIFY speaks for everybody who has committed before it is sent: who waited meanwhile need not send another.
        """
        mine = next(self._asked)
        with self._lock:
            if mine <= self._covered:
                return
            self._covered = next(self._asked)
            try:
                with at_most(WAKE_SECONDS):
                    self._notify()
            except psycopg2.Error as error:
                log.warning("relay not woken, it will poll", error=str(error))
                self._connection = None

    def close(self) -> None:
        """Give the connection back; the next `send` makes a new one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _notify(self) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(self._dsn, connect_timeout=WAKE_SECONDS)
            self._connection.autocommit = True
            with self._connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")
        with self._connection.cursor() as cursor:
            cursor.execute("NOTIFY outbox")
