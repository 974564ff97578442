"""Declares a topology plan on a py-amqp channel."""

from collections.abc import Callable

import amqp

from services.chassis.topology import Plan, Queue


def declare(channel: amqp.Channel, plan: Plan) -> None:
    """Make what `plan` says, durable. Raises amqp.PreconditionFailed where something exists differently."""
    make_queues(channel, plan)
    bind(channel, plan)


def make_queues(channel: amqp.Channel, plan: Plan) -> None:
    """Exchanges and queues of `plan`. Raises amqp.PreconditionFailed where something exists differently."""
    for exchange in plan.exchanges:
        channel.exchange_declare(exchange.name, exchange.kind, durable=True, auto_delete=False)
    for queue in plan.queues:
        channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments))


def bind(channel: amqp.Channel, plan: Plan) -> None:
    """The bindings of `plan`, between what exists."""
    for binding in plan.bindings:
        channel.queue_bind(binding.queue, binding.exchange, binding.key)


def all_exist(open_channel: Callable[[], amqp.Channel], plan: Plan) -> bool:
    """Say whether the broker has every queue of `plan`; on a channel of its own, which the question may close."""
    channel = open_channel()
    try:
        for queue in plan.queues:
            _ask(channel, queue)
    except amqp.NotFound:
        return False
    channel.close()
    return True


def _ask(channel: amqp.Channel, queue: Queue) -> None:
    channel.queue_declare(queue.name, passive=True)
