"""One message as it came: raw bytes, properties, and what may be told to the broker about it."""

import hashlib
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import amqp
import structlog
from amqp.serialization import dumps

from .link import FAULTS, Link
from .verdict import Dead, Retry, attempt_of, copied_headers, copied_properties

log = structlog.get_logger(__name__)


class Delivery:
    """A message of one connection. Acknowledging or giving back is done at most once, and only while that connection
    lives; when it is gone the broker delivers the message again by itself."""

    def __init__(self, message: amqp.Message, link: Link) -> None:
        self._message = message
        self._link = link
        self._settled = False

    @property
    def body(self) -> bytes:
        return bytes(self._message.body or b"")

    @property
    def properties(self) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self._message.properties
        return properties

    @property
    def headers(self) -> Mapping[str, Any]:
        return self.properties.get("application_headers") or {}

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return attempt_of(self.headers)

    @property
    def key(self) -> str:
        """The same for every delivery of the same message."""
        return self.properties.get("message_id") or hashlib.sha256(self.body).hexdigest()

    @property
    def open(self) -> bool:
        """Whether the broker still waits for us to settle the message."""
        return not self._settled and self._link.alive

    def acknowledge(self) -> None:
        self._settle(lambda channel, tag: channel.basic_ack(tag))

    def give_back(self) -> None:
        """Let the broker deliver it again, to whoever consumes."""
        self._settle(lambda channel, tag: channel.basic_reject(tag, requeue=True))

    def copy(self, verdict: Retry | Dead) -> amqp.Message:
        """A persistent message with the same body and properties, and the attempt and reason of `verdict`."""
        copied = copied_headers(self.headers, verdict, datetime.now(UTC))
        headers = {k: v for k, v in copied.items() if _writable(k, v)}
        return amqp.Message(self.body, application_headers=headers, **copied_properties(self.properties))

    def _settle(self, tell: Any) -> None:
        if not self.open:
            return
        self._settled = True
        try:
            tell(self._message.channel, self._message.delivery_tag)
        except FAULTS as error:
            self._link.drop(error)


def _writable(name: str, value: Any) -> bool:
    """Say whether py-amqp can write a header that it has read; a few numbers of the protocol it cannot."""
    try:
        dumps("F", [{name: value}])
    except (amqp.AMQPError, struct.error, ValueError, OverflowError):
        log.warning("header left out of the copy", header=name)
        return False
    return True
