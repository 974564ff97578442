"""The PRODUCER span of a relayed event: from publishing to the broker's answer, below the span that wrote the
row.
"""

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from services.chassis import telemetry
from services.chassis.relay.rows import Row


def start_span(tracer: Tracer, row: Row) -> Span:
    """Begin `publish <type>`; a row without (valid) traceparent begins a trace of its own."""
    attributes = {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "send",
        "messaging.destination.name": row.exchange,
        "messaging.rabbitmq.destination.routing_key": row.routing_key,
        "messaging.message.id": row.event_id,
    }
    parent = telemetry.context_from(row.traceparent)
    return tracer.start_span(f"publish {row.type}", parent, SpanKind.PRODUCER, attributes)


def end_span(span: Span, refused: str | None = None) -> None:
    """End it as confirmed, or as an error with the reason for which the broker did not take the message."""
    if refused is not None:
        span.set_status(Status(StatusCode.ERROR, refused))
    span.end()
