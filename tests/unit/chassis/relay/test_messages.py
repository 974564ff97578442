"""From a row to AMQP properties and a span; from the configuration to connection parameters."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pika import BasicProperties

from services.chassis.relay.publisher import parameters_of
from services.chassis.relay.rows import Row, properties_of
from services.chassis.relay.settings import Settings
from services.chassis.relay.state import StateFile
from services.chassis.relay.tracing import end_span, start_span

TRACE, PARENT = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331
AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
ROW = Row(7, "0190", "incident.events", "incident.closed.v1.-.371321.-.-.-", [], "incident.closed.v1", b"{}", None, AT)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return provider.get_tracer("test")


def test_properties_say_what_the_conventions_say() -> None:
    properties = properties_of(ROW)
    assert properties.message_id == "0190"
    assert properties.type == "incident.closed.v1"
    assert properties.content_type == "application/cloudevents+json"
    assert properties.delivery_mode == 2
    assert properties.timestamp == AT.timestamp()
    assert properties.headers is None


def test_bcc_is_an_array_of_long_strings() -> None:
    encoded = b"".join(properties_of(ROW._replace(bcc=["a.b", "c"])).encode())
    assert b"\x03BCCA\x00\x00\x00\x0eS\x00\x00\x00\x03a.bS\x00\x00\x00\x01c" in encoded
    decoded = BasicProperties()
    decoded.decode(encoded)
    assert decoded.headers == {"BCC": ["a.b", "c"]}


def test_a_record_becomes_a_row_with_bytes() -> None:
    assert Row.of((*ROW[:6], memoryview(b"{}"), *ROW[7:])) == ROW


def test_the_span_is_a_producer_below_the_row_s_traceparent(tracer, spans: InMemorySpanExporter) -> None:
    end_span(start_span(tracer, ROW._replace(traceparent=f"00-{TRACE:032x}-{PARENT:016x}-01")))
    [span] = spans.get_finished_spans()
    assert (span.name, span.kind) == ("publish incident.closed.v1", SpanKind.PRODUCER)
    assert (span.context.trace_id, span.parent.span_id) == (TRACE, PARENT)
    assert span.attributes["messaging.message.id"] == "0190"
    assert span.status.status_code is StatusCode.UNSET


def test_a_refused_message_is_an_error_in_a_trace_of_its_own(tracer, spans: InMemorySpanExporter) -> None:
    end_span(start_span(tracer, ROW), "NO_ROUTE")
    [span] = spans.get_finished_spans()
    assert span.parent is None
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "NO_ROUTE")


def test_connection_parameters_keep_what_the_uri_says_and_add_what_it_does_not() -> None:
    parameters = parameters_of("amqp://platform:p%2Fw@broker:5673/%2Fcounty?heartbeat=30")
    assert (parameters.host, parameters.port, parameters.virtual_host) == ("broker", 5673, "/county")
    assert (parameters.credentials.username, parameters.credentials.password) == ("platform", "p/w")
    assert (parameters.heartbeat, parameters.stack_timeout) == (30, 5)
    assert parameters.blocked_connection_timeout is None
    assert parameters_of("amqp://broker").heartbeat == 10


def test_retention_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_env().retention == timedelta(days=7)
    monkeypatch.setenv("WANGGE_OUTBOX_RETENTION_HOURS", "36")
    assert Settings.from_env().retention == timedelta(hours=36)


def test_the_state_file_is_replaced_only_when_it_changes(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "run", "incident")
    state.write({"leader": False})
    path = tmp_path / "run" / "relay-incident.json"
    first = path.stat()
    state.write({"leader": False})
    assert path.stat().st_ino == first.st_ino
    state.write({"leader": True})
    assert json.loads(path.read_text()) == {"leader": True}
    assert list(path.parent.iterdir()) == [path]
