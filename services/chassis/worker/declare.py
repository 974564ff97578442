"""Declares a topology plan on a py-amqp channel."""

import amqp

from services.chassis.topology import Plan


def declare(channel: amqp.Channel, plan: Plan) -> None:
    """Make what `plan` says, durable. Raises amqp.PreconditionFailed where something exists differently."""
    for exchange in plan.exchanges:
        channel.exchange_declare(exchange.name, exchange.kind, durable=True, auto_delete=False)
    for queue in plan.queues:
        channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments))
    for binding in plan.bindings:
        channel.queue_bind(binding.queue, binding.exchange, binding.key)
