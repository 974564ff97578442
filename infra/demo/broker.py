"""What the demo asks the broker itself: how deep a queue is at this moment, and whether it keeps strangers out."""

import logging
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from wangge_department import address


class LetIn(Exception):
    """Somebody was let in who should have been kept out."""


@dataclass(frozen=True)
class Depth:
    """Messages ready in a queue and consumers on it, counted by the broker now and not sampled before."""

    ready: int
    consumers: int


def depth(amqp_uri: str, queue: str) -> Depth:
    """Raises pika's AMQPError, ChannelClosedByBroker where there is no such queue."""
    with _channel(pika.URLParameters(amqp_uri)) as channel:
        found = channel.queue_declare(queue, passive=True).method
        return Depth(found.message_count, found.consumer_count)


def refused_reading(department_uri: str, queue: str) -> str:
    """The broker's words when the department tries to read `queue`. Raises LetIn where it does not refuse."""
    try:
        with _channel(address.parse(department_uri).parameters()) as channel:
            channel.basic_get(queue, auto_ack=False)
    except ChannelClosedByBroker as refusal:
        return f"{refusal.reply_code} {refusal.reply_text}"
    raise LetIn(f"部门竟能读取队列 {queue}")


def refused_guest(amqp_uri: str) -> str:
    """The broker's words when `guest` tries the password `guest`. Raises LetIn where it does not refuse."""
    parameters = pika.URLParameters(amqp_uri)
    parameters.credentials = pika.PlainCredentials("guest", "guest")
    try:
        with _channel(parameters):
            raise LetIn("guest/guest 竟能登录消息服务")
    except AMQPConnectionError as refusal:
        return _words(str(refusal))


def _words(text: str) -> str:
    """What the broker said, out of pika's account of it: `(403) 'ACCESS_REFUSED - …'`."""
    said = re.search(r"\((\d{3})\) '(.*)'", text)
    return f"{said[1]} {said[2]}" if said else text


@contextmanager
def _channel(parameters: pika.ConnectionParameters) -> Iterator[BlockingChannel]:
    """A channel for a moment. pika's own report of a refusal is kept off the screen: it is what is asked for."""
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    parameters.socket_timeout = parameters.stack_timeout = 5
    connection = pika.BlockingConnection(parameters)
    with closing(connection):
        yield connection.channel()
