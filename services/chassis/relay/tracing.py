"""The PRODUCER span of a relayed event: from publishing to the broker's answer, below the span that wrote the
row.

The library's own spans lock and check every attribute that is set, which costs as much as publishing. Here all is known
when the span ends, so it is made then, complete.
"""

import time
from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace import Tracer as Recorder
from opentelemetry.trace import (
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
)

from services.chassis import telemetry
from services.chassis.relay.rows import Row

_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_FINE = Status(StatusCode.UNSET)


@dataclass(slots=True)
class PublishSpan:
    """A span that has begun; nothing of it is recorded before `end_span`."""

    tracer: Tracer
    row: Row
    began: int


def start_span(tracer: Tracer, row: Row) -> PublishSpan:
    """Begin `publish <type>`; a row without (valid) traceparent begins a trace of its own."""
    return PublishSpan(tracer, row, time.time_ns())


def end_span(span: PublishSpan, refused: str | None = None) -> None:
    """End it as confirmed, or as an error with the reason for which the broker did not take the message."""
    tracer = span.tracer
    if not isinstance(tracer, Recorder):  # before `telemetry.configure`, as in unit tests
        return
    parent = get_current_span(telemetry.context_from(span.row.traceparent)).get_span_context()
    trace_id = parent.trace_id if parent.is_valid else tracer.id_generator.generate_trace_id()
    span_id = tracer.id_generator.generate_span_id()
    made = ReadableSpan(
        name=f"publish {span.row.type}",
        context=SpanContext(trace_id, span_id, False, _SAMPLED, parent.trace_state),
        parent=parent if parent.is_valid else None,
        resource=tracer.resource,
        attributes=_attributes(span.row),
        kind=SpanKind.PRODUCER,
        status=_FINE if refused is None else Status(StatusCode.ERROR, refused),
        start_time=span.began,
        end_time=time.time_ns(),
        instrumentation_scope=tracer._instrumentation_scope,
    )
    tracer.span_processor.on_end(made)


def _attributes(row: Row) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "send",
        "messaging.destination.name": row.exchange,
        "messaging.rabbitmq.destination.routing_key": row.routing_key,
        "messaging.message.id": row.event_id,
    }
