"""The relay's side of RabbitMQ: one connection for all services, one channel with publisher confirms for
each.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from pika import SelectConnection, URLParameters
from pika.adapters.select_connection import IOLoop
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker
from pika.exchange_type import ExchangeType
from pika.spec import Basic

from services.chassis.relay.rows import Row, properties_of

log = structlog.get_logger(__name__)


def parameters_of(uri: str) -> URLParameters:
    """Connection parameters: heartbeat 10 s and stack_timeout 5 s unless the URI says otherwise, no
    blocked_connection_timeout.
    """
    parts = urlsplit(uri)
    query = {"heartbeat": "10", "stack_timeout": "5", **dict(parse_qsl(parts.query))}
    return URLParameters(urlunsplit(parts._replace(query=urlencode(query))))


class PublisherOwner(Protocol):
    """Who publishes through a channel and hears what becomes of it."""

    def channel_ready(self) -> None:
        """The exchange exists, confirms are on; delivery tags count from 1."""

    def channel_lost(self, reason: str, refused: bool) -> None:
        """What was not confirmed may be lost. `refused`: the broker closed the channel for something sent on
        it.
        """

    def message_returned(self, event_id: str, reason: str) -> None:
        """No queue is bound for the message; its confirm follows."""

    def messages_settled(self, tag: int, multiple: bool, taken: bool) -> None:
        """The broker confirmed (`taken`) or refused `tag`, or all up to it."""


class Publisher:
    """One service's channel. Opened again by itself as long as the connection lives."""

    def __init__(self, loop: IOLoop, exchange: str, reconnect: float, owner: PublisherOwner) -> None:
        self._loop, self._exchange, self._reconnect, self._owner = loop, exchange, reconnect, owner
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._ready = False

    @property
    def is_open(self) -> bool:
        """Ready for messages."""
        return self._ready and self._channel is not None and self._channel.is_open

    def open(self, connection: SelectConnection) -> None:
        """Open a channel on this connection, declare the exchange, turn confirms on; `channel_ready`
        follows.
        """
        self._connection = connection
        connection.channel(on_open_callback=self._opened)

    def publish(self, row: Row) -> None:
        """Send the row's message, mandatory. Raises AMQPError or ValueError where it cannot be written as
        AMQP; nothing is sent then.
        """
        assert self._channel is not None
        self._channel.basic_publish(row.exchange, row.routing_key, row.body, properties_of(row), mandatory=True)

    def connection_lost(self, reason: str) -> None:
        """The connection went away under the channel."""
        self._connection, self._channel, self._ready = None, None, False
        self._owner.channel_lost(reason, refused=False)

    def _opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._closed)
        channel.add_on_return_callback(self._returned)
        channel.exchange_declare(
            self._exchange, ExchangeType.topic, durable=True, callback=lambda _: self._confirm(channel)
        )

    def _confirm(self, channel: Channel) -> None:
        channel.confirm_delivery(self._settled, callback=self._selected)

    def _selected(self, _: object) -> None:
        self._ready = True
        self._owner.channel_ready()

    def _returned(self, _: Channel, method: Basic.Return, properties: Any, __: bytes) -> None:
        self._owner.message_returned(properties.message_id, f"{method.reply_text} {method.routing_key}")

    def _settled(self, frame: Any) -> None:
        taken = isinstance(frame.method, Basic.Ack)
        self._owner.messages_settled(frame.method.delivery_tag, frame.method.multiple, taken)

    def _closed(self, _: Channel, reason: Exception) -> None:
        """The channel alone went; when the whole connection goes, `connection_lost` says so."""
        if not isinstance(reason, ChannelClosedByBroker):
            return
        self._channel, self._ready = None, False
        self._owner.channel_lost(str(reason), refused=True)
        connection = self._connection
        self._loop.call_later(self._reconnect, lambda: self._open_again(connection))

    def _open_again(self, connection: SelectConnection | None) -> None:
        if connection is self._connection and connection is not None and connection.is_open:
            self.open(connection)


class Broker:
    """The AMQP connection under all publishers; tried again for ever, `reconnect` seconds after each loss
    or failure.
    """

    def __init__(self, loop: IOLoop, uri: str, reconnect: float, publishers: Sequence[Publisher]) -> None:
        self._loop, self._reconnect, self._publishers = loop, reconnect, publishers
        self._parameters = parameters_of(uri)
        self._connection: SelectConnection | None = None
        self._on_closed: Callable[[], None] | None = None

    def open(self) -> None:
        """Begin to connect."""
        if self._on_closed is None:
            self._connection = SelectConnection(
                self._parameters, self._opened, self._lost, self._lost, custom_ioloop=self._loop
            )

    def close(self, on_closed: Callable[[], None]) -> None:
        """End for good; `on_closed` is called once the broker has answered, or at once where there is no
        connection.
        """
        self._on_closed = on_closed
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        else:
            on_closed()

    def _opened(self, connection: SelectConnection) -> None:
        log.info("connected to the broker", host=self._parameters.host, port=self._parameters.port)
        for publisher in self._publishers:
            publisher.open(connection)

    def _lost(self, _: SelectConnection, reason: BaseException) -> None:
        self._connection = None
        if self._on_closed is not None:
            self._on_closed()
            return
        for publisher in self._publishers:
            publisher.connection_lost(f"broker: {reason!r}")
        self._loop.call_later(self._reconnect, self.open)
