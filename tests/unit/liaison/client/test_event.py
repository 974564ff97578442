"""What is an event, what is not, and what the schemas say about its data."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wangge_department import InvalidData, NotAnEvent, WrongAddress, address
from wangge_department.contracts import Contracts
from wangge_department.event import parse

TRACE = "0af7651916cd43dd8448eb211c80319c"


def body(**changed: Any) -> bytes:
    fields = {
        "specversion": "1.0",
        "id": "019abc",
        "source": "/wangge/371321/incident",
        "type": "incident.dispatched.v1",
        "subject": "case-1",
        "time": "2026-11-22T03:04:05.678901Z",
        "sequence": 3,
        "grid": "371321106201003",
        "department": "env-office",
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        "datacontenttype": "application/json",
        "data": {"matter_name": "河道污染"},
    } | changed
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def test_an_event_is_read_with_all_its_fields() -> None:
    event = parse(body())
    assert (event.id, event.type, event.subject, event.sequence) == ("019abc", "incident.dispatched.v1", "case-1", 3)
    assert event.time == datetime(2026, 11, 22, 3, 4, 5, 678901, UTC)
    assert (event.grid, event.department, event.trace_id) == ("371321106201003", "env-office", TRACE)
    assert event.data["matter_name"] == "河道污染"


def test_grid_department_and_trace_may_be_absent_and_new_fields_are_ignored() -> None:
    event = parse(body(grid=..., department=..., traceparent=..., later="x"))
    assert (event.grid, event.department, event.trace_id) == (None, None, None)


def test_a_malformed_traceparent_loses_the_trace_and_not_the_event() -> None:
    assert parse(body(traceparent="nonsense")).trace_id is None


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"null", b"{}", b"[" * 100_000, b'{"specversion": "2.0"}'])
def test_other_messages_are_no_events(raw: bytes) -> None:
    with pytest.raises(NotAnEvent):
        parse(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": 7},
        {"type": ...},
        {"subject": None},
        {"time": "yesterday"},
        {"time": "2026-11-22T03:04:05"},
        {"sequence": 0},
        {"sequence": "3"},
        {"sequence": True},
        {"grid": 5},
        {"data": []},
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAnEvent, match=next(iter(wrong))):
        parse(body(**wrong))


@pytest.fixture
def contracts(tmp_path: Path) -> Contracts:
    schema = {"type": "object", "required": ["matter_name"], "properties": {"matter_name": {"type": "string"}}}
    (tmp_path / "incident.dispatched.v1.json").write_text(json.dumps(schema), encoding="utf-8")
    return Contracts(tmp_path)


@pytest.mark.rule("XCH-06")
def test_data_are_checked_against_the_schema_of_their_type(contracts: Contracts) -> None:
    assert contracts.types == ["incident.dispatched.v1"]
    assert contracts.check(parse(body())) is True
    assert contracts.check(parse(body(type="incident.newer.v1", data={}))) is False
    with pytest.raises(InvalidData, match=r"\$\.matter_name"):
        contracts.check(parse(body(data={"matter_name": 7})))


def test_the_shipped_schemas_can_be_read() -> None:
    assert isinstance(Contracts().types, list)


SECRET = "s3/cr@t"
URI = "amqp://env-office:s3%2Fcr%40t@broker.example:5673/%2F?queue=department.env-office"


def test_the_address_is_taken_apart_and_hides_its_password() -> None:
    where = address.parse(URI)
    assert (where.host, where.port, where.vhost, where.user) == ("broker.example", 5673, "/", "env-office")
    assert (where.password, where.queue, where.department) == (SECRET, "department.env-office", "env-office")
    assert SECRET not in repr(where)


def test_the_address_may_name_department_heartbeat_and_tls() -> None:
    where = address.parse("amqps://u:p@h/wangge?queue=q&department=env-office&heartbeat=5")
    assert (where.port, where.vhost, where.tls, where.heartbeat) == (5671, "wangge", True, 5)
    assert where.department == "env-office"


@pytest.mark.parametrize(
    "wrong",
    [
        URI.replace("amqp:", "http:"),
        URI.replace("?queue=department.env-office", ""),
        URI.replace("5673", "port"),
        URI.replace("env-office:", ":", 1),
        "amqp://u@h/?queue=q",
        "",
        URI + "&heartbeat=x",
    ],
)
def test_a_wrong_address_is_refused_without_showing_the_password(wrong: str) -> None:
    with pytest.raises(WrongAddress) as refusal:
        address.parse(wrong)
    assert "s3" not in str(refusal.value)


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(address.VARIABLE, raising=False)
    with pytest.raises(WrongAddress, match=address.VARIABLE):
        address.from_environment()
