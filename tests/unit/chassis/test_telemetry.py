"""Trace contexts travel as W3C text, and log lines are safe to write, keep and read."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from services.chassis import telemetry
from services.chassis.telemetry.logs import drop_private, render

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def line(**entry: object) -> str:
    return str(render(None, "info", dict(drop_private(None, "info", entry))))


def test_there_is_no_traceparent_without_a_span() -> None:
    assert telemetry.current_traceparent() is None
    assert telemetry.current_trace_id() is None


def test_a_traceparent_comes_back_from_the_context_made_of_it() -> None:
    span = trace.get_current_span(telemetry.context_from(PARENT))
    with trace.use_span(span):
        assert telemetry.current_traceparent() == PARENT
        assert telemetry.current_trace_id() == TRACE


@pytest.mark.parametrize("wrong", [None, "", "00-0-0-01", f"00-{'0' * 32}-{'0' * 16}-01", "\n" + PARENT * 99])
def test_what_is_no_traceparent_begins_a_new_trace(wrong: str | None) -> None:
    assert not trace.get_current_span(telemetry.context_from(wrong)).get_span_context().is_valid


def test_a_context_from_nothing_does_not_inherit_the_span_that_is_running() -> None:
    running = NonRecordingSpan(SpanContext(1, 2, is_remote=False, trace_flags=TraceFlags(1)))
    with trace.use_span(running):
        assert not trace.get_current_span(telemetry.context_from(None)).get_span_context().is_valid


def test_inject_and_extract_are_each_others_reverse_whatever_the_case_of_keys() -> None:
    with trace.use_span(trace.get_current_span(telemetry.context_from(PARENT))):
        carrier = telemetry.inject({"other": "kept"})
    assert carrier == {"other": "kept", "traceparent": PARENT}
    found = trace.get_current_span(telemetry.extract({"TraceParent": PARENT})).get_span_context()
    assert trace.format_trace_id(found.trace_id) == TRACE


def test_ids_are_valid_without_an_endpoint_and_each_service_keeps_its_name() -> None:
    program = """
import os; os.environ.pop("WANGGE_OTLP_ENDPOINT", None)
from services.chassis import telemetry
for service in ("incident", "registry", "incident"):
    telemetry.configure(service, "api")
one, two = telemetry.tracer(), telemetry.tracer("registry")
with one.start_as_current_span("a") as a, two.start_as_current_span("b") as b:
    print(a.resource.attributes["service.name"], b.resource.attributes["service.name"],
          a.resource.attributes["wangge.role"], a.resource.attributes["service.namespace"],
          telemetry.current_traceparent(), b.parent.span_id == a.context.span_id)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, second, role, namespace, parent, linked = done.stdout.split()
    assert (first, second, role, namespace, linked) == ("incident", "registry", "api", "wangge", "True")
    assert trace.get_current_span(telemetry.context_from(parent)).get_span_context().is_valid


def test_workers_and_gateway_get_no_grpc_from_telemetry() -> None:
    program = "import sys, services.chassis.telemetry; print('grpc' in sys.modules, 'eventlet' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize(
    "key",
    [
        "authorization",
        "Authorization",
        "password",
        "access_token",
        "refreshToken",
        "phone",
        "reporter-phone",
        "id_number",
        "set-cookie",
        "api_key",
        "http.request.header.authorization",
        "phones",
        "client_secret",
    ],
)
def test_secret_and_personal_keys_are_dropped_at_any_depth(key: str) -> None:
    entry = json.loads(line(event="x", **{key: "v"}, deep=[{"in": {key: "v", "kept": 1}}]))
    assert entry == {"event": "x", "deep": [{"in": {"kept": 1}}]}


@pytest.mark.parametrize("key", ["idempotency_key", "grid", "matter_name", "address", "grpc_address", "tokens_left"])
def test_ordinary_keys_stay(key: str) -> None:
    assert json.loads(line(**{key: "v"})) == {key: "v"}


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("amqp://env:s3cret@127.0.0.1:5672/%2F", "amqp://env:***@127.0.0.1:5672/%2F"),
        ("Bearer eyJhbGciOi.J9-_x", "Bearer ***"),
        ("call 13812345678!", "call 138****5678!"),
        ("身份证37132119800101123X,", "身份证371321************,"),
        ("grid 371321106201003", "grid 371321106201003"),
        (TRACE, TRACE),
    ],
)
def test_secrets_inside_texts_are_masked_and_codes_are_not(text: str, shown: str) -> None:
    assert json.loads(line(event=text))["event"] == shown


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x1b[2J", "\x9b2J", "\u202e", "\ud800"])
def test_a_value_cannot_break_or_forge_a_line(breaker: str) -> None:
    text = f'x{breaker}{{"event": "forged"}}'
    written = line(event=text)
    assert len(written.splitlines()) == 1
    assert breaker not in written
    assert json.loads(written)["event"] == text


def test_objects_show_no_more_than_their_type() -> None:
    class Person:
        def __repr__(self) -> str:
            return "Person(phone='13812345678')"

    assert json.loads(line(who=Person(), at=datetime(2026, 1, 2, tzinfo=UTC))) == {
        "who": "<Person>",
        "at": "2026-01-02T00:00:00+00:00",
    }


def test_endless_nesting_ends() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert "<list>" in line(loop=loop)


@pytest.fixture
def captured(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield capsys
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_both_kinds_of_logger_write_json_lines_to_stderr(captured: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("incident", "api")
    with trace.use_span(trace.get_current_span(telemetry.context_from(PARENT))):
        structlog.get_logger("a").info("派遣 %s", "河道", case_id=7, password="x")
        logging.getLogger("b").warning("slow %s", "query")
    out, err = captured.readouterr()
    first, second = (json.loads(text) for text in err.splitlines())
    assert out == ""
    assert first.items() >= {"event": "派遣 河道", "case_id": 7, "service": "incident", "role": "api"}.items()
    assert second.items() >= {"event": "slow query", "level": "warning", "trace_id": TRACE, "logger": "b"}.items()
    assert "password" not in first
    assert datetime.fromisoformat(first["time"]).utcoffset() is not None


def test_a_failure_is_one_line_with_its_traceback_and_a_bound_service_wins(
    captured: pytest.CaptureFixture[str],
) -> None:
    telemetry.configure_logging("incident", "api")
    try:
        raise ValueError("no\nbreak")
    except ValueError:
        structlog.get_logger("a").bind(service="registry").exception("failed")
    entry = json.loads(captured.readouterr().err)
    assert entry["service"] == "registry"
    assert "ValueError: no\nbreak" in entry["exception"]
