"""Protobuf messages as the JSON of the interface: nothing left out, numbers as numbers, times as texts."""

import pytest
from google.protobuf.json_format import ParseError
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.protojson import component_name, reached, schema, to_json, to_message
from wangge.assessment.v1 import assessment_pb2
from wangge.incident.v1 import incident_pb2
from wangge.liaison.v1 import liaison_pb2
from wangge.registry.v1 import registry_pb2

FREE = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=("Cs",))) | st.integers(-(2**53), 2**53),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner)
    ),
    max_leaves=10,
)


def test_every_field_is_there_and_what_is_not_set_is_null() -> None:
    line = to_json(incident_pb2.CaseLine(id="c1"))
    assert set(line) == {field.name for field in incident_pb2.CaseLine.DESCRIPTOR.fields}
    assert (line["point"], line["due_at"], line["address"], line["version"]) == (None, None, "", 0)


def test_large_numbers_are_numbers_and_times_are_texts() -> None:
    event = liaison_pb2.LoggedEvent(position=2**53)
    event.time.FromJsonString("2026-11-22T01:02:03.5Z")
    assert to_json(event)["position"] == 2**53
    assert to_json(event)["time"] == "2026-11-22T01:02:03.500Z"


@given(st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), FREE))
def test_free_objects_come_back_as_they_went(value: dict) -> None:
    struct = Struct()
    struct.update(value)
    assert to_json(struct) == value


def test_whole_numbers_of_free_objects_are_whole() -> None:
    struct = Struct()
    struct.update({"level": 2, "area": 1.5})
    assert repr(to_json(struct)["level"]) == "2"
    assert to_json(struct)["area"] == 1.5


def test_values_become_messages_and_none_means_not_set() -> None:
    request = to_message(
        registry_pb2.SetRolesRequest.DESCRIPTOR, {"person_id": "p", "department": None, "roles": ["a"]}
    )
    assert not request.HasField("department")
    assert list(request.roles) == ["a"]
    with pytest.raises(ParseError):
        to_message(registry_pb2.SetRolesRequest.DESCRIPTOR, {"nobody": 1})


def test_schemas_are_named_by_service_and_reach_what_they_hold() -> None:
    assert component_name(incident_pb2.Case.DESCRIPTOR) == "incident.Case"
    names = {found.name for found in reached(incident_pb2.Case.DESCRIPTOR)}
    assert {"Case", "Point", "Reply", "Evaluation", "Limit", "Change"} <= names
    shown = schema(assessment_pb2.Indicator.DESCRIPTOR, lambda name: name)
    assert shown["properties"]["numerator"] == {"anyOf": [{"type": "number"}, {"type": "null"}]}
    assert "numerator" in shown["required"]
