"""A span for each received event, when OpenTelemetry is installed (`wangge-department[trace]`) and there is
where to send it (WANGGE_OTLP_ENDPOINT). Otherwise nothing happens, and nothing breaks.

The tracer provider is private: a program that traces by itself keeps its own.
"""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from wangge_department.event import Event

log = logging.getLogger("wangge_department")


class Tracing(Protocol):
    """What the department asks of it."""

    def receiving(self, event: Event) -> AbstractContextManager[Any]: ...

    def close(self) -> None: ...


def tracing_for(department: str, queue: str) -> Tracing:
    """Spans when they can be made and sent, else silence."""
    endpoint = os.environ.get("WANGGE_OTLP_ENDPOINT")
    if not endpoint:
        return Silence()
    try:
        return Spans(department, queue, endpoint)
    except ImportError as missing:
        log.info("no spans are sent: %s", missing)
        return Silence()


class Silence:
    """No tracing."""

    def receiving(self, event: Event) -> AbstractContextManager[Any]:
        return nullcontext()

    def close(self) -> None:
        """Nothing is open."""


class Spans:
    """A CONSUMER span "receive <type>" in the event's trace, service `department/<name>`; current in the
    callback.
    """

    def __init__(self, department: str, queue: str, endpoint: str) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        names = {"service.name": f"department/{department}", "service.namespace": "wangge"}
        self._queue, self._kind = queue, trace.SpanKind.CONSUMER
        self._w3c = TraceContextTextMapPropagator()
        self._provider = TracerProvider(resource=Resource.create(names))
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=3)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
        self._tracer = self._provider.get_tracer("wangge_department")

    def receiving(self, event: Event) -> AbstractContextManager[Any]:
        """The span; an exception that passes through marks it as failed."""
        from opentelemetry.context import Context

        carrier = {"traceparent": event.traceparent} if event.traceparent else {}
        return self._tracer.start_as_current_span(
            f"receive {event.type}",
            context=self._w3c.extract(carrier, Context()),
            kind=self._kind,
            attributes={
                "messaging.system": "rabbitmq",
                "messaging.destination.name": self._queue,
                "messaging.message.id": event.id,
                "cloudevents.event_subject": event.subject,
                "wangge.attempt": event.attempt,
            },
        )

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
