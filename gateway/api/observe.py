"""What surrounds every request: a server span, one line in the access log, metrics, security headers.

The log has the path without its query, the person's id and no header: neither tokens nor search words. `Trace-Id` tells
the caller under which trace the request can be found (`wangge trace ID`).
"""

import time
from collections.abc import Mapping
from typing import Any

import structlog
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.telemetry import context_from, current_trace_id, tracer

log = structlog.get_logger("gateway.access")

SECURITY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
QUIET = ("/healthz", "/readyz", "/metrics")


class Metrics:
    """The process's metrics in a registry of their own, so that several applications can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("wangge_http_requests", "Requests", labels, registry=self.registry)
        self.seconds = Histogram(
            "wangge_http_request_seconds", "Time to the answer", labels[:2], registry=self.registry, buckets=BUCKETS
        )
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.streams = Gauge("wangge_streams", "Open live streams", registry=self.registry)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. Which series it belongs to is looked up once for each kind of answer."""
        found = self._of.get((method, route, status))
        if found is None:
            series = self.requests.labels(method, route, status), self.seconds.labels(method, route)
            found = self._of[method, route, status] = series
        found[0].inc()
        found[1].observe(seconds)


class Observe:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parent = context_from(_traceparent(scope))
        with tracer().start_as_current_span(scope["method"], parent, SpanKind.SERVER) as span:
            await _Exchange(self.metrics, scope, span, send).run(self.app, receive)


def _traceparent(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)


class _Exchange:
    """One request and its answer."""

    def __init__(self, metrics: Metrics, scope: Scope, span: Span, send: Send) -> None:
        self.metrics, self.scope, self.span, self._send = metrics, scope, span, send
        self.status = 500
        self.began = time.perf_counter()

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        try:
            await app(self.scope, receive, self.send)
        finally:
            self.finish()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            if trace_id := current_trace_id():
                headers["Trace-Id"] = trace_id
        await self._send(message)

    def finish(self) -> None:
        """Name the span, count, and write the log line."""
        seconds = time.perf_counter() - self.began
        method, route = self.scope["method"], self.scope.get("wangge.route", "unmatched")
        self.metrics.note(method, route, self.status, seconds)
        self._describe(method, route)
        if route not in QUIET:
            caller = self.scope.get("wangge.caller")
            person = caller.person_id if caller else None
            path = self.scope["path"][:300]
            milliseconds = round(seconds * 1000, 1)
            log.info("request", method=method, path=path, status=self.status, ms=milliseconds, person=person)

    def _describe(self, method: str, route: str) -> None:
        attributes: dict[str, Any] = {"http.request.method": method, "http.route": route}
        self.span.update_name(f"{method} {route}")
        self.span.set_attributes({**attributes, "http.response.status_code": self.status})
        if self.status >= 500:
            self.span.set_status(Status(StatusCode.ERROR, str(self.status)))
