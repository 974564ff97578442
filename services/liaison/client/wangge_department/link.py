"""The connection to the broker: one thread that reads, keeps the heartbeat, acknowledges and reconnects.

It only consumes from the department's own queue; it declares nothing. All AMQP calls happen in this thread;
others hand their acknowledgements over by a queue. What was delivered on a lost connection is delivered
again by the broker, so acknowledgements for it are dropped.
"""

import logging
import queue
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ConnectionWrongStateError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from wangge_department.address import Address
from wangge_department.errors import Refused

log = logging.getLogger("wangge_department")

_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.1, 1.5
_ACCESS_REFUSED, _NOT_FOUND, _NOT_ALLOWED = 403, 404, 530


@dataclass(frozen=True)
class Ticket:
    """What an acknowledgement needs: the channel that delivered, and the number on it."""

    channel: BlockingChannel
    number: int


class Receiver(Protocol):
    """Who hears from the link. All are called in the link's thread and must return at once."""

    def arrived(self, body: bytes, headers: dict[str, object], ticket: Ticket) -> None: ...

    def lost(self) -> None: ...

    def ended(self) -> None: ...


class Link(threading.Thread):
    """Consumes until `close()`. When it ends by itself, `refusal` tells why."""

    def __init__(self, address: Address, prefetch: int, receiver: Receiver) -> None:
        super().__init__(name="wangge-department-link", daemon=True)
        self.refusal: Exception | None = None
        self.connected = threading.Event()
        self._address, self._prefetch, self._receiver = address, prefetch, receiver
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._connection: pika.BlockingConnection | None = None
        self._consumer: tuple[BlockingChannel, str] | None = None
        self._let_in = False
        self._cancelled = threading.Event()  # by the broker: the queue moved or was deleted
        self._pausing = threading.Event()
        self._closing = threading.Event()

    def run(self) -> None:
        try:
            self._live()
        except Exception as error:
            log.error("stopped: %s", error)
            self.refusal = error
        finally:
            self._receiver.ended()

    def acknowledge(self, ticket: Ticket) -> None:
        """The event is handled."""
        self._soon(ticket, lambda: ticket.channel.basic_ack(ticket.number))

    def give_up(self, ticket: Ticket) -> None:
        """The event goes to the queue's dead letters."""
        self._soon(ticket, lambda: ticket.channel.basic_reject(ticket.number, requeue=False))

    def give_back(self, ticket: Ticket, pause: float) -> None:
        """The event is delivered again after `pause` seconds; until then it fills one place of the
        prefetch.
        """

        def requeue() -> None:
            if ticket.channel.is_open:
                ticket.channel.basic_nack(ticket.number, requeue=True)

        self._soon(ticket, lambda: ticket.channel.connection.call_later(pause, requeue))

    def pause(self) -> None:
        """No further deliveries; what was delivered can still be acknowledged, unless the connection is
        lost.
        """
        self._pausing.set()
        self._tasks.put(self._cancel)
        self._wake()

    def close(self) -> None:
        """Send the acknowledgements handed over so far, leave, and end the thread. Unacknowledged events go
        back.
        """
        self._closing.set()
        self._wake()
        self.join()

    def _live(self) -> None:
        delays, said = _delays(), ""
        while not (self._closing.is_set() or self._pausing.is_set()):
            try:
                self._consume()
            except (AMQPError, OSError) as error:
                self._judge(error)
                said = self._say(error, said)
            if self.connected.is_set():
                delays, said = _delays(), ""
                self.connected.clear()
                self._receiver.lost()
            self._closing.wait(next(delays))

    def _consume(self) -> None:
        """One connection, from its making to its loss or to `close`."""
        self._cancelled.clear()
        connection = self._connection = pika.BlockingConnection(self._address.parameters())
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=self._prefetch)
            channel.add_on_cancel_callback(lambda _frame: self._cancelled.set())
            self._consumer = channel, channel.basic_consume(self._address.queue, self._deliver)
            self._let_in = True
            self.connected.set()
            log.info("connected to queue %s", self._address.queue)
            self._pump(connection, channel)
        finally:
            self._leave(connection)

    def _pump(self, connection: pika.BlockingConnection, channel: BlockingChannel) -> None:
        while channel.is_open and not (self._closing.is_set() or self._cancelled.is_set()):
            connection.process_data_events(time_limit=1)
            self._do_tasks()
        self._do_tasks()

    def _do_tasks(self) -> None:
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            task()

    def _deliver(
        self,
        channel: BlockingChannel,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._receiver.arrived(body, properties.headers or {}, Ticket(channel, method.delivery_tag))

    def _cancel(self) -> None:
        if self._consumer and self._consumer[0].is_open:
            channel, tag = self._consumer
            channel.basic_cancel(tag)

    def _soon(self, ticket: Ticket, act: Callable[[], object]) -> None:
        def task() -> None:
            if ticket.channel.is_open:
                act()

        self._tasks.put(task)
        self._wake()

    def _wake(self) -> None:
        connection = self._connection
        try:
            if connection:
                connection.add_callback_threadsafe(lambda: None)
        except ConnectionWrongStateError:
            log.debug("the connection is gone; the broker delivers again")

    def _leave(self, connection: pika.BlockingConnection) -> None:
        try:
            if connection.is_open:
                connection.close()
        except (AMQPError, OSError) as error:
            log.debug("while leaving: %s", error)

    def _judge(self, error: Exception) -> None:
        """A refusal of somebody who was never let in ends the link; later ones may pass (the broker is
        starting).
        """
        refusal = refusal_in(error, self._address)
        if refusal and not self._let_in:
            raise refusal from error

    def _say(self, error: Exception, said: str) -> str:
        """Log a failure once, however often it repeats."""
        text = f"{type(error).__name__}: {error}"
        if text != said:
            log.warning("not connected to %s:%s, trying on: %s", self._address.host, self._address.port, text)
        return text


def refusal_in(error: Exception, address: Address) -> Refused | None:
    """The refusal that an AMQP error means, or None when trying again may help."""
    if isinstance(error, AuthenticationError) or _said_in_handshake(error, _ACCESS_REFUSED):
        return Refused("名称或口令不被接受", "name or password is not accepted")
    if _said_in_handshake(error, _NOT_ALLOWED):
        return Refused(f"不能进入 {address.vhost}", f"no access to {address.vhost}")
    if isinstance(error, ChannelClosedByBroker) and error.reply_code == _ACCESS_REFUSED:
        return Refused(f"无权读取队列 {address.queue}", f"queue {address.queue} may not be read")
    if isinstance(error, ChannelClosedByBroker) and error.reply_code == _NOT_FOUND:
        return Refused(f"没有队列 {address.queue}", f"there is no queue {address.queue}")
    return None


def _said_in_handshake(error: Exception, code: int) -> bool:
    """Whether the broker gave this code while the connection was opened; pika hands it on as text at times.

    Without a code the connection was merely lost at that moment, and trying again may help.
    """
    if isinstance(error, ConnectionClosedByBroker):
        return bool(error.reply_code == code)
    probable = isinstance(error, ProbableAuthenticationError | ProbableAccessDeniedError)
    return probable and f"({code})" in str(error)


def _delays() -> Iterator[float]:
    """Seconds between attempts: doubling, never over 1.5, a little random so that departments do not come
    at once.
    """
    delay = _FIRST_DELAY_S
    while True:
        yield delay * random.uniform(0.7, 1.0)  # noqa: S311 - spreads load, hides nothing
        delay = min(delay * 2, _LONGEST_DELAY_S)
