"""The envelope: what goes out comes back, and what is wrong is refused with a reason and nothing else."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.envelope import CONTENT_TYPE, Envelope, MalformedEvent
from services.chassis.ids import new_id

WIRE = {
    "specversion": "1.0",
    "id": new_id(),
    "source": "/wangge/371321/incident",
    "type": "incident.dispatched.v1",
    "subject": "case-1",
    "time": "2026-11-22T03:04:05.678901Z",
    "sequence": 3,
    "grid": "371321106201003",
    "department": "env-office",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "datacontenttype": "application/json",
    "data": {"matter": "06026", "名": "河道污染"},
}


def body(**changes):
    wire = {**WIRE, **changes}
    return json.dumps({name: value for name, value in wire.items() if value is not ...}).encode()


def test_parse_reads_every_attribute():
    event = Envelope.parse(body(), CONTENT_TYPE)
    assert event.time == datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
    assert (event.sequence, event.grid, event.department) == (3, "371321106201003", "env-office")
    assert event.data == WIRE["data"]
    assert event.traceparent == WIRE["traceparent"]


def test_what_goes_out_is_the_wire_format_and_comes_back():
    event = Envelope.parse(body(), CONTENT_TYPE + "; charset=UTF-8")
    assert json.loads(event.to_bytes()) == WIRE
    assert Envelope.parse(event.to_bytes(), CONTENT_TYPE) == event


def test_absent_attributes_stay_absent():
    event = Envelope.parse(body(grid=..., department=..., traceparent=...), CONTENT_TYPE)
    assert not {"grid", "department", "traceparent"} & json.loads(event.to_bytes()).keys()


def test_other_zones_become_utc_and_unknown_extensions_are_ignored():
    event = Envelope.parse(body(time="2026-11-22T11:04:05+08:00", later="new"), CONTENT_TYPE)
    assert event.time == datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
    abroad = datetime(2026, 11, 22, 11, 4, 5, tzinfo=timezone(timedelta(hours=8)))
    assert json.loads(Envelope(**{**vars(event), "time": abroad}).to_bytes())["time"] == "2026-11-22T03:04:05.000000Z"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": ...}, "specversion"),
        ({"id": ...}, "id is missing"),
        ({"id": "1"}, "UUID"),
        ({"id": 7}, "id"),
        ({"source": ""}, "source"),
        ({"type": "dispatched"}, "type"),
        ({"type": None}, "type"),
        ({"subject": ...}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": 4}, "subject"),
        ({"time": ...}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-11-22T03:04:05"}, "zone"),
        ({"time": 5}, "time"),
        ({"sequence": ...}, "sequence"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": "3"}, "sequence"),
        ({"grid": "12"}, "grid"),
        ({"grid": 371321}, "grid"),
        ({"department": "环保局"}, "department"),
        ({"traceparent": 1}, "traceparent"),
        ({"data": ...}, "data"),
        ({"data": []}, "data"),
        ({"Bad_Name": "x"}, "Bad_Name"),
    ],
)
def test_wrong_attributes_are_refused_by_name(changes, reason):
    with pytest.raises(MalformedEvent, match=reason):
        Envelope.parse(body(**changes), CONTENT_TYPE)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{", b'"x"', b"[" * 100_000, b'{"id": NaN}', b'{"id": "1", "id": "2"}', b"9" * 5000],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_bytes_that_are_no_event_are_refused(content):
    with pytest.raises(MalformedEvent):
        Envelope.parse(content, CONTENT_TYPE)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/json", "application/x-python-serialize", CONTENT_TYPE + "; charset=gbk"],
)
def test_other_content_types_are_refused(content_type):
    with pytest.raises(MalformedEvent, match="content type"):
        Envelope.parse(body(), content_type)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(content):
    with pytest.raises(MalformedEvent):
        Envelope.parse(content, CONTENT_TYPE)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=4),
        max_leaves=8,
    ),
    st.sampled_from(sorted(WIRE)),
)
def test_no_json_value_in_any_place_raises_anything_else(value, name):
    with contextlib.suppress(MalformedEvent):
        Envelope.parse(body(**{name: value}), CONTENT_TYPE)


def test_an_event_that_breaks_the_rules_does_not_go_out():
    good = Envelope.parse(body(), CONTENT_TYPE)
    for changes in ({"sequence": 0}, {"data": {"x": float("nan")}}, {"data": {"x": object()}}, {"id": "x"}):
        with pytest.raises(MalformedEvent):
            Envelope(**{**vars(good), **changes}).to_bytes()
