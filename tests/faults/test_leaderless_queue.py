"""RabbitMQ dies within a second of a queue's declaration and never elects its leader: the operator is told."""

from contextlib import closing
from uuid import uuid4

import pika
import pytest

from infra.local.status import without_leader

QUORUM = {"x-queue-type": "quorum"}
PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.mark.timeout(240)
def test_a_queue_without_a_leader_is_named_and_works_again_once_it_was_deleted(rabbitmq) -> None:
    old, new = (f"{word}-{uuid4().hex[:8]}" for word in ("old", "new"))
    with closing(_connect(rabbitmq)) as connection:
        connection.channel().queue_declare(old, durable=True, arguments=QUORUM)
    rabbitmq.until_on_disk(old)
    new = _leaderless(rabbitmq)
    assert without_leader(rabbitmq.management_uri, seconds=60) == [new]

    with closing(_connect(rabbitmq)) as connection:
        channel = connection.channel()
        channel.queue_delete(new)
        channel.queue_declare(new, durable=True, arguments=QUORUM)
        channel.confirm_delivery()
        channel.basic_publish("", new, b"again", PERSISTENT, mandatory=True)
        method, _, body = next(channel.consume(new, inactivity_timeout=30))
        assert method is not None and body == b"again"
        channel.basic_ack(method.delivery_tag)
        assert without_leader(rabbitmq.management_uri, seconds=60) == []
        for name in (old, new):
            channel.queue_delete(name)


def _leaderless(rabbitmq) -> str:
    """A queue whose directory had not reached the disk when the node was killed; nearly always the first."""
    for _ in range(5):
        name = f"new-{uuid4().hex[:8]}"
        _connect(rabbitmq).channel().queue_declare(name, durable=True, arguments=QUORUM)
        rabbitmq.kill()
        lost = not rabbitmq.is_on_disk(name)
        rabbitmq.start()
        if lost:
            return name
    raise AssertionError("the node wrote every queue's directory before it was killed")


def _connect(rabbitmq) -> pika.BlockingConnection:
    parameters = pika.URLParameters(rabbitmq.amqp_uri)
    parameters.blocked_connection_timeout = parameters.socket_timeout = 10
    return pika.BlockingConnection(parameters)
