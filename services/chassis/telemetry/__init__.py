"""Traces and logs of a platform process: one call each at its start, the same for gateway, api, relay and
worker.

    telemetry.configure("incident", "api")
    telemetry.configure_logging("incident", "api")

Guarantees: valid W3C trace ids exist and travel whether or not anything collects spans; a span that ended
before the interpreter's regular end has been sent, or its loss has been logged; no log line contains a line
break, a terminal escape, a token or a personal field (PRV-02).
"""

from services.chassis.telemetry.logs import configure_logging
from services.chassis.telemetry.spans import (
    configure,
    context_from,
    current_trace_id,
    current_traceparent,
    extract,
    flush,
    inject,
    shutdown,
    tracer,
)

__all__ = [
    "configure",
    "configure_logging",
    "context_from",
    "current_trace_id",
    "current_traceparent",
    "extract",
    "flush",
    "inject",
    "shutdown",
    "tracer",
]
