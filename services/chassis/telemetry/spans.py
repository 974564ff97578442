"""Spans leave the process by OTLP over HTTP, in batches, from a thread of their own.

A process may hold several services (`api all`), so each service has a tracer provider with its own
resource, and all of them share one exporter. No gRPC is imported: workers run on eventlet, which grpcio
freezes. In a worker `eventlet.monkey_patch()` must have run before `configure`; the sending thread is then
a green one. Processes must not fork after `configure`.
"""

import atexit
import os
import threading
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

NAMESPACE = "wangge"
ROLE = "wangge.role"

_QUEUE_SPANS = 16_384
_BATCH_SPANS = 512
_SEND_AFTER_MS = 500
_EXPORT_TIMEOUT_S = 5

_lock = threading.Lock()
_providers: dict[str, TracerProvider] = {}
_processor: BatchSpanProcessor | None = None
_w3c = TraceContextTextMapPropagator()


def configure(service_name: str, role: str) -> None:
    """Give `service_name` a tracer in this process; the first service becomes the process's default.

    Repeating it for the same service changes nothing. Spans go to WANGGE_OTLP_ENDPOINT; without it they are
    only counted in ids. Everything is sampled: a caller's flag cannot switch recording off.
    """
    with _lock:
        if service_name in _providers:
            return
        provider = _provider(service_name, role)
        if not _providers:
            trace.set_tracer_provider(provider)
            propagate.set_global_textmap(_w3c)
            atexit.register(shutdown)
        _providers[service_name] = provider


def tracer(service_name: str | None = None) -> trace.Tracer:
    """The tracer of a configured service; without a name that of the process's default service.

    Before any `configure` (unit tests) it is a tracer whose spans record nothing.
    """
    provider = _providers.get(service_name or "", trace.get_tracer_provider())
    return provider.get_tracer(NAMESPACE)


def current_traceparent() -> str | None:
    """W3C `traceparent` of the span that is running here, or None where none is."""
    return inject({}).get("traceparent")


def current_trace_id() -> str | None:
    """The running trace's id, 32 hexadecimal digits, or None where no span is running."""
    span = trace.get_current_span().get_span_context()
    return trace.format_trace_id(span.trace_id) if span.is_valid else None


def context_from(traceparent: str | None) -> Context:
    """The context to start a child span in. None and anything malformed give an empty one: a new trace
    begins.
    """
    return extract({"traceparent": traceparent} if traceparent else {})


def inject(carrier: dict[str, str]) -> dict[str, str]:
    """Write `traceparent` (and `tracestate`) of the running span into a mapping, and return that mapping."""
    _w3c.inject(carrier)
    return carrier


def extract(carrier: Mapping[str, str]) -> Context:
    """Read what `inject` wrote, whatever the case of the keys. Never raises and never inherits this
    thread's span.
    """
    return _w3c.extract({key.lower(): value for key, value in carrier.items()}, Context())


def flush() -> bool:
    """Send now what has ended; blocks up to the export timeout. False when the process exports nothing."""
    return _processor.force_flush() if _processor else False


def shutdown() -> None:
    """Send what is left and stop sending. Runs by itself at the interpreter's end; may be called earlier,
    or twice.
    """
    if _processor:
        _processor.shutdown()  # type: ignore[no-untyped-call]


class _Process(Resource):
    """The resource of every span of one service here. The exporter sorts spans by it, for which the library's own
    writes all attributes as JSON anew for each span; these never change."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _provider(service_name: str, role: str) -> TracerProvider:
    made = Resource.create({"service.name": service_name, "service.namespace": NAMESPACE, ROLE: role})
    resource = _Process(dict(made.attributes), made.schema_url)
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
    processor = _shared_processor()
    if processor:
        provider.add_span_processor(processor)
    return provider


def _shared_processor() -> BatchSpanProcessor | None:
    """One queue and one connection for all services of the process; None without an endpoint."""
    global _processor  # noqa: PLW0603 - one per process is the point
    endpoint = os.environ.get("WANGGE_OTLP_ENDPOINT", "")
    if endpoint and _processor is None:
        _processor = BatchSpanProcessor(
            _exporter(endpoint),
            max_queue_size=_QUEUE_SPANS,
            max_export_batch_size=_BATCH_SPANS,
            schedule_delay_millis=_SEND_AFTER_MS,
        )
    return _processor


def _exporter(endpoint: str) -> OTLPSpanExporter:
    url = urlsplit(endpoint)
    session = requests.Session()
    session.trust_env = not _is_loopback(url.hostname or "")  # a proxy cannot reach our loopback
    full = endpoint if url.path.strip("/") else url._replace(path="/v1/traces").geturl()
    return OTLPSpanExporter(endpoint=full, timeout=_EXPORT_TIMEOUT_S, compression=Compression.Gzip, session=session)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
