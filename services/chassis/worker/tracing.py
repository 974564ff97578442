"""The trace that began where the event was made goes on where it is handled."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opentelemetry.trace import SpanKind

from services.chassis.envelope import Envelope
from services.chassis.telemetry import context_from, tracer

Handler = Callable[[Any, Envelope], None]


def traced(handler: Handler, queue: Callable[[Any], str]) -> Handler:
    """Return `handler` in a CONSUMER span `process <type>` that continues `envelope.traceparent`.

    `queue` tells from the service which queue the message came by. An exception is recorded in the span and goes on.
    """

    @wraps(handler)
    def process(service: Any, envelope: Envelope) -> None:
        parent = context_from(envelope.traceparent)
        attributes = _attributes(envelope, queue(service))
        with tracer(service.name).start_as_current_span(
            f"process {envelope.type}", parent, SpanKind.CONSUMER, attributes
        ):
            handler(service, envelope)

    return process


def _attributes(envelope: Envelope, queue: str) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": queue,
        "messaging.message.id": envelope.id,
        "cloudevents.event_id": envelope.id,
        "cloudevents.event_source": envelope.source,
        "cloudevents.event_type": envelope.type,
        "cloudevents.event_subject": envelope.subject,
    }
