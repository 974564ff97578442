"""Copies for the retry and dead queues, on a connection of their own, confirmed one by one.

A connection of their own, because a broker short of memory or disk blocks connections that publish, and consuming and
acknowledging must go on. One at a time, because a message that the broker cannot route is returned before its confirm
without a number; failures are not the fast path.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import amqp
import eventlet
import structlog
from amqp import spec
from eventlet.event import Event
from eventlet.semaphore import Semaphore

from .link import FAULTS, OPEN_SECONDS, Link, within

log = structlog.get_logger(__name__)


class Refused(Exception):
    """The broker did not take the copy: no such queue, or a queue that is full."""


class Publisher:
    """Publishes until confirmed. The confirm is awaited as long as the connection lives; then it tries again."""

    def __init__(
        self,
        connect: Callable[[], Link],
        declare: Callable[[amqp.Channel], None],
        spawn: Callable[..., Any],
        pause: float,
    ) -> None:
        """`declare` makes the queues on every new connection; `spawn` starts a green thread; `pause` is in seconds."""
        self._connect, self._declare, self._spawn, self._pause = connect, declare, spawn, pause
        self._turn = Semaphore()
        self._link: Link | None = None
        self._channel: amqp.Channel | None = None
        self._answer: Event | None = None
        self._returned: str | None = None

    def publish(self, message: amqp.Message, exchange: str, routing_key: str, wanted: Callable[[], bool]) -> bool:
        """Return True once the broker has confirmed `message`, False as soon as it is no longer `wanted`."""
        with self._turn:
            while wanted():
                try:
                    self._publish_once(message, exchange, routing_key)
                    return True
                except (*FAULTS, Refused) as error:
                    log.warning("copy not confirmed, trying again", to=exchange or routing_key, error=repr(error))
                    self._drop(error)
                    eventlet.sleep(self._pause)
        return False

    def close(self) -> None:
        if self._link is not None:
            self._link.close()

    def _publish_once(self, message: amqp.Message, exchange: str, routing_key: str) -> None:
        channel = self._open()
        self._answer, self._returned = Event(), None
        # Not basic_publish: it reads from the socket, which is the serving thread's.
        channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, True, False), message)
        self._answer.wait()

    def _open(self) -> amqp.Channel:
        if self._link is None or not self._link.alive or self._channel is None:
            link = self._connect()
            try:
                with within(OPEN_SECONDS, "preparing to publish"):
                    self._channel = self._prepare(link)
            except FAULTS:
                link.release()
                raise
            self._link = link
            self._spawn(partial(self._serve, link))
        return self._channel

    def _prepare(self, link: Link) -> amqp.Channel:
        channel = link.channel()
        self._declare(channel)
        channel.confirm_select()
        channel.events["basic_ack"].add(lambda *_: self._answered(None))
        channel.events["basic_nack"].add(lambda *_: self._answered(Refused("nacked by the broker")))
        channel.events["basic_return"].add(self._on_return)
        return channel

    def _on_return(self, error: Exception, *_: Any) -> None:
        self._returned = str(error)

    def _answered(self, error: Exception | None) -> None:
        if error is None and self._returned is not None:
            error = Refused(f"returned by the broker: {self._returned}")
        if self._answer is not None and not self._answer.ready():
            if error is None:
                self._answer.send()
            else:
                self._answer.send_exception(error)

    def _serve(self, link: Link) -> None:
        error: Exception = ConnectionError("the connection was closed")
        try:
            link.serve(self._spawn)
        except Exception as broken:  # a frame that cannot be read breaks the connection like any fault
            error = broken
        if self._link is link:
            self._answered(error if isinstance(error, FAULTS) else ConnectionError(repr(error)))

    def _drop(self, why: Exception) -> None:
        if self._link is not None:
            self._link.drop(why)
