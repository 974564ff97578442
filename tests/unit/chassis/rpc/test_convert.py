"""Between protobuf and dataclasses: every kind of field comes over, and a name that does not match raises."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.errors import Invalid
from services.chassis.rpc.convert import to_command, to_reply
from services.incident.messages import Accept, Dispatch, Report
from wangge.incident.v1 import incident_pb2 as pb
from wangge.registry.v1 import registry_pb2

AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)


def test_every_kind_of_field_comes_over() -> None:
    request = pb.ReportRequest(
        matter_code="06026",
        description="黑水",
        channel="field",
        point=pb.Point(lon=118.45, lat=35.45),
        settled=True,
        attachments=["a", "b"],
        replies=[pb.Reply(question="q", value="v")],
    )
    request.occurred_at.FromDatetime(AT)
    command = to_command(Report, request)
    assert (command.point.lon, command.point.lat) == (118.45, 35.45)  # type: ignore[union-attr]
    assert command.attachments == ("a", "b") and command.settled is True
    assert [(each.question, each.value) for each in command.replies] == [("q", "v")]
    assert command.occurred_at == AT and command.occurred_at.tzinfo is UTC


def test_what_is_absent_is_none_or_empty() -> None:
    command = to_command(Report, pb.ReportRequest(matter_code="06026"))
    assert (command.point, command.way, command.grid_code, command.reporter, command.occurred_at) == (None,) * 5
    assert (command.attachments, command.replies, command.description, command.settled) == ((), (), "", False)


def test_what_the_request_does_not_carry_is_given() -> None:
    command = to_command(Dispatch, pb.DispatchRequest(case_id="c", department="d"), expected_version=7)
    assert (command.expected_version, command.co_departments) == (7, ())


def test_a_field_that_the_request_does_not_have_raises() -> None:
    with pytest.raises(KeyError, match="expected_version"):
        to_command(Accept, pb.DispatchRequest(case_id="c"))


class Kind(StrEnum):
    FIELD = "field"


@dataclass(frozen=True)
class Choice:
    channel: Kind

    def __post_init__(self) -> None:
        if self.channel not in Kind:
            raise ValueError(self.channel)


def test_texts_become_the_enumeration_or_are_refused() -> None:
    assert to_command(Choice, pb.ReportRequest(channel="field")).channel is Kind.FIELD


@dataclass(frozen=True)
class Positive:
    description: str

    def __post_init__(self) -> None:
        if not self.description:
            raise ValueError("description must not be empty")


def test_what_the_command_refuses_is_invalid() -> None:
    with pytest.raises(Invalid) as refusal:
        to_command(Positive, pb.ReportRequest())
    assert refusal.value.faults[0].en == "description must not be empty"


def test_a_struct_becomes_a_dictionary() -> None:
    from services.chassis.rpc.convert import _value

    struct = Struct()
    struct.update({"a": {"b": [1, "zwei", None]}})
    assert _value(struct, dict[str, Any]) == {"a": {"b": [1, "zwei", None]}}


def test_plain_values_become_a_reply() -> None:
    reply = to_reply(pb.Receipt, {"id": "c", "number": "1", "state": "filed", "version": 3, "actions": ("a", "b")})
    assert (reply.version, list(reply.actions)) == (3, ["a", "b"])
    assert to_reply(pb.Receipt, {"id": "c", "state": None}).state == ""


def test_moments_leave_in_utc_and_days_as_days() -> None:
    case = to_reply(pb.Case, {"reported_at": AT.astimezone()})
    assert case.reported_at == Timestamp(seconds=int(AT.timestamp()), nanos=678901000)
    assert to_reply(pb.Receipt, {"id": date(2026, 11, 22)}).id == "2026-11-22"


def test_what_comes_out_of_a_json_document_is_understood() -> None:
    case = to_reply(pb.Case, {"reported_at": "2026-11-22T03:04:05.678901Z", "version": 3.0})
    assert case.reported_at == Timestamp(seconds=int(AT.timestamp()), nanos=678901000)
    assert case.version == 3


def test_lists_of_messages_come_over_without_what_is_none() -> None:
    lines = [{"id": "a", "point": {"lon": 118.45, "lat": 35.45}, "closed_at": AT}, {"id": "b", "point": None}]
    first, second = to_reply(pb.CaseList, {"items": lines, "next_cursor": None}).items
    assert (first.point.lon, first.closed_at.ToDatetime(tzinfo=UTC)) == (118.45, AT)
    assert not second.HasField("point") and not second.HasField("closed_at")


def test_a_struct_is_filled_from_a_dictionary() -> None:
    document = to_reply(registry_pb2.PlanVersion, {"document": {"a": [1, {"b": "zwei"}], "day": date(2026, 11, 22)}})
    assert MessageToDict(document.document) == {"a": [1, {"b": "zwei"}], "day": "2026-11-22"}


@pytest.mark.parametrize("values", [{"nonsense": 1}, {"items": [{"nonsense": 1}]}, {"items": [{"point": {"x": 1}}]}])
def test_a_name_that_the_reply_does_not_have_raises(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has no"):
        to_reply(pb.CaseList, values)


def test_a_value_of_the_wrong_kind_raises() -> None:
    with pytest.raises(TypeError):
        to_reply(pb.Receipt, {"version": "three"})
