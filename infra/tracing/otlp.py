"""From an OTLP export request (protobuf) to our spans."""

import json
from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from infra.tracing.store import Span

_KINDS = ("", "internal", "server", "client", "producer", "consumer")
_ERROR = 2


def spans_in(body: bytes) -> list[Span]:
    """The spans of one request. Raises google.protobuf.message.DecodeError for anything else."""
    return list(_spans(ExportTraceServiceRequest.FromString(body)))


def _spans(request: Any) -> Iterator[Span]:
    for group in request.resource_spans:
        resource = _attributes(group.resource.attributes)
        service, role = resource.get("service.name", "?"), resource.get("wangge.role", "")
        for scope in group.scope_spans:
            for span in scope.spans:
                yield _span(span, str(service), str(role))


def _span(span: Any, service: str, role: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        service=service,
        role=role,
        name=span.name,
        kind=_KINDS[span.kind] if span.kind < len(_KINDS) else "",
        start_ns=min(span.start_time_unix_nano, 2**63 - 1),
        end_ns=min(span.end_time_unix_nano, 2**63 - 1),
        error=span.status.code == _ERROR,
        message=span.status.message or _exception(span),
        attributes=json.dumps(_attributes(span.attributes), ensure_ascii=False),
    )


def _exception(span: Any) -> str:
    """Type and text of the last recorded exception; empty where none was."""
    found = [_attributes(event.attributes) for event in span.events if event.name == "exception"]
    return ": ".join(str(found[-1].get(f"exception.{part}", "")) for part in ("type", "message")) if found else ""


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return getattr(value, kind) if kind else None
