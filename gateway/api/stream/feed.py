"""The feed: an exclusive queue of this process on every service's exchange, consumed by pika in a thread of its own.

The queue lives as long as the connection; what is published while the broker is away is in liaison's log. It holds at
most QUEUE_LIMIT messages, so that a stuck gateway cannot fill the broker. Reconnects within two seconds, for ever.
"""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pika
import pika.exceptions
import structlog
from pika.adapters.blocking_connection import BlockingChannel

from .visible import slim

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 20_000
PREFETCH = 500
RECONNECT_SECONDS = 1.0


class Feed:
    """Consumes all events of `exchanges`. The three callbacks are called in the feed's thread and must not block."""

    def __init__(
        self,
        uri: str,
        exchanges: Sequence[str],
        on_event: Callable[[dict[str, Any]], None],
        on_up: Callable[[], None],
        on_down: Callable[[], None],
    ) -> None:
        self._parameters = pika.URLParameters(uri)
        self._parameters.heartbeat = 10
        self._parameters.stack_timeout = 5
        self._exchanges = exchanges
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._stopping = threading.Event()
        self._connection: pika.BlockingConnection | None = None
        self._told = False
        self._thread = threading.Thread(target=self._run, name="stream-feed", daemon=True)

    def start(self) -> None:
        logging.getLogger("pika").setLevel(logging.CRITICAL)  # eight lines a second while the broker is away
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End the connection and the thread; blocks up to `seconds`."""
        self._stopping.set()
        connection = self._connection
        if connection is not None and connection.is_open:
            connection.add_callback_threadsafe(connection.close)
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume()
            except (pika.exceptions.AMQPError, OSError) as error:
                self._tell(error)
            finally:
                self._on_down()
            self._stopping.wait(RECONNECT_SECONDS)

    def _tell(self, error: Exception) -> None:
        """One line for each interruption, not for each attempt."""
        if not self._stopping.is_set() and not self._told:
            self._told = True
            log.warning("stream feed lost", error=type(error).__name__)

    def _consume(self) -> None:
        """Connect, bind and consume until the connection ends."""
        self._connection = pika.BlockingConnection(self._parameters)
        channel = self._connection.channel()
        queue = self._declare(channel)
        channel.basic_consume(queue, self._received, auto_ack=False)
        self._on_up()
        self._told = False
        while not self._stopping.is_set() and channel.is_open:
            self._connection.process_data_events(time_limit=1.0)

    def _declare(self, channel: BlockingChannel) -> str:
        channel.basic_qos(prefetch_count=PREFETCH)
        arguments = {"x-max-length": QUEUE_LIMIT, "x-overflow": "drop-head"}
        queue: str = channel.queue_declare("", exclusive=True, auto_delete=True, arguments=arguments).method.queue
        for exchange in self._exchanges:
            channel.exchange_declare(exchange, "topic", durable=True)
            channel.queue_bind(queue, exchange, "#")
        return queue

    def _received(self, channel: BlockingChannel, method: Any, _properties: Any, body: bytes) -> None:
        event = _parsed(body)
        if event is not None:
            self._on_event(event)
        channel.basic_ack(method.delivery_tag)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """What the stream keeps of the CloudEvent in `body`; None, and a line in the log, for anything that is not one."""
    try:
        event = json.loads(body)
        if isinstance(event, dict) and all(isinstance(event[key], str) for key in ("id", "type", "subject", "time")):
            return slim(event)
    except (ValueError, KeyError, RecursionError):
        pass
    log.warning("not a CloudEvent", bytes=len(body))
    return None
