"""One AMQP connection that notices when the broker is gone, and never blocks on one that is frozen.

Guarantees: bodies arrive as the bytes that were sent (kombu's Message, which decompresses and decodes, is not used and
py-amqp's decoding is off); heartbeats go on whatever handlers do; after an error the socket is dropped, not closed,
because closing waits for an answer that a frozen broker never gives.
"""

import socket
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import Any

import amqp
import eventlet
import structlog
from amqp import spec
from eventlet.event import Event
from kombu.connection import Connection

log = structlog.get_logger(__name__)

OPEN_SECONDS = 8.0
CLOSE_SECONDS = 2.0
FAULTS = (OSError, amqp.AMQPError)
"""What a broken connection raises."""


@contextmanager
def within(seconds: float, what: str) -> Any:
    """Raise TimeoutError in the block after `seconds`; `what` says what was not done."""
    with eventlet.Timeout(seconds, TimeoutError(f"{what}: no answer within {seconds:g} s")):
        yield


class Link:
    """A connection in use. One green thread calls `serve`; after that only methods that await no answer may be sent."""

    def __init__(self, uri: str, heartbeat: int, name: str) -> None:
        """Connect. Raises one of FAULTS, after at most OPEN_SECONDS."""
        options = {"client_properties": {"connection_name": name}}
        client = Connection(  # type: ignore[no-untyped-call]
            uri, heartbeat=heartbeat, connect_timeout=OPEN_SECONDS / 2, transport_options=options
        )
        with within(OPEN_SECONDS, "connecting to the broker"):
            self._connection: amqp.Connection = client.transport.establish_connection()
        self._heartbeat = heartbeat
        self._ended = Event()
        self._dropped = False

    @property
    def alive(self) -> bool:
        return not self._dropped and bool(self._connection.connected)

    def channel(self) -> amqp.Channel:
        """Open a channel that leaves bodies alone. To be called before `serve`, within a time limit."""
        channel = self._connection.channel()
        channel.auto_decode = False
        return channel

    def serve(self, spawn: Callable[[Callable[[], None]], Any]) -> None:
        """Read until the connection ends, then release it. Raises one of FAULTS unless `close` ended it."""
        spawn(self._beat)
        try:
            while self.alive:
                self._connection.drain_events()
        finally:
            self.release()

    def release(self) -> None:
        """Give up the socket without a word to the broker. For the thread that serves, or before there is one."""
        self._dropped = True
        with suppress(Exception):
            self._connection.collect()
        if not self._ended.ready():
            self._ended.send()

    def drop(self, why: object) -> None:
        """Break the connection from any thread; the serving thread wakes up with an error."""
        if self._dropped:
            return
        self._dropped = True
        log.warning("broker connection dropped", why=str(why))
        with suppress(OSError, AttributeError):
            self._connection.transport.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye from another thread than the serving one: what was sent before has arrived when this returns."""
        if not self.alive:
            return
        try:
            with within(CLOSE_SECONDS, "closing the connection"):
                self._connection.send_method(spec.Connection.Close, "BsBB", (0, "", 0, 0))
                self._ended.wait()
        except FAULTS as error:
            self.drop(error)

    def _beat(self) -> None:
        while self.alive:
            try:
                with within(self._heartbeat, "sending a heartbeat"):
                    self._connection.heartbeat_tick()
            except Exception as error:  # py-amqp raises more than its own errors on a connection that vanished
                return self.drop(repr(error))
            with eventlet.Timeout(1, False):
                self._ended.wait()
        return None
