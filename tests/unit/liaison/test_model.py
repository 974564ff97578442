"""What a connection may receive, how it is called on the broker, and how it lives."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.auth import Principal
from services.chassis.topology import Binding, routing_key
from services.liaison.errors import AreaWrong, ConnectionEnded, TypeWrong
from services.liaison.model import Connection, binding_key, may_connect

ID = "019aabcd-0000-7000-8000-0123456789ab"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def made(**asked: Any) -> Connection:
    given = {"department": "env-office", "types": (), "area": "", "county": "371321"} | asked
    return Connection.make(ID, **given, now=NOW)


@pytest.mark.rule("XCH-01")
@pytest.mark.parametrize(
    ("type", "area", "key"),
    [
        ("incident.*", "", "incident.*.*.env-office.#"),
        ("incident.dispatched.*", "", "incident.dispatched.*.env-office.#"),
        ("incident.dispatched.v1", "371321", "incident.dispatched.v1.env-office.371321.#"),
        ("incident.*", "371321106", "incident.*.*.env-office.371321.106.#"),
        ("incident.*", "371321106201", "incident.*.*.env-office.371321.106.201.#"),
        ("incident.*", "371321106201003", "incident.*.*.env-office.371321.106.201.003"),
    ],
)
def test_bindings_go_by_position(type: str, area: str, key: str):
    assert binding_key(type, "env-office", area) == key
    assert made(types=(type,), area=area).bindings() == (
        Binding("department.env-office.0123456789ab", "incident.events", key),
    )


def matches(pattern: str, key: str) -> bool:
    """What a topic exchange does."""
    words, wanted = key.split("."), pattern.split(".")
    if wanted[-1] == "#":
        words, wanted = words[: len(wanted) - 1], wanted[:-1]
    return len(words) == len(wanted) and all(want in ("*", word) for word, want in zip(words, wanted, strict=True))


@pytest.mark.rule("XCH-01")
@given(
    grid=st.sampled_from([None, "371321", "371321106", "371321106201", "371321106201003", "371321107201001"]),
    department=st.sampled_from([None, "env-office", "env", "office"]),
    area=st.sampled_from(["", "371321", "371321106", "371321106201", "371321106201003"]),
)
def test_a_key_is_received_where_department_and_area_are_the_own(grid: str | None, department: str | None, area: str):
    received = matches(
        binding_key("incident.*", "env-office", area), routing_key("incident.closed.v1", department, grid)
    )
    assert received == (department == "env-office" and (grid or "").startswith(area))


def test_names_are_of_the_department_and_not_to_be_guessed():
    connection = made()
    assert connection.queue == "department.env-office.0123456789ab"
    assert connection.user == "department-env-office-0123456789ab"
    assert connection.types == ("incident.*",)


@pytest.mark.parametrize(
    "type",
    [
        "*",
        "#",
        "incident",
        "incident.#",
        "incident.disp*",
        "incident.*.*",
        "incident.*.v1",
        "patrol.*",
        "",
        "incident.a.v1.x",
    ],
)
def test_a_type_that_cannot_be_bound_is_refused(type: str):
    with pytest.raises(TypeWrong) as refused:
        made(types=("incident.*", type))
    assert refused.value.faults[0].path == "types"
    assert f"“{type}”" in refused.value.sentence("zh")


@pytest.mark.parametrize("area", ["3713", "371322", "37132110", "371321106201003001", "*", "371321.106"])
def test_an_area_outside_the_county_is_refused(area: str):
    with pytest.raises(AreaWrong):
        made(area=area)


def test_a_connection_lives_from_making_to_ended():
    connection = made()
    states = [connection.state]
    for step in (connection.confirm, connection.confirm, connection.abandon, connection.removed, connection.end):
        step()
        states.append(connection.state)
    assert states == ["making", "active", "active", "active", "active", "ending"]
    with pytest.raises(ConnectionEnded):
        connection.confirm()
    for step in (connection.removed, connection.end, connection.abandon):
        step()
        assert connection.state == "ended"


def test_what_was_not_finished_is_given_up():
    connection = made()
    connection.abandon()
    assert connection.state == "ending"
    with pytest.raises(ConnectionEnded):
        connection.confirm()


@pytest.mark.rule("XCH-01")
@pytest.mark.parametrize(
    ("role", "department", "may"),
    [
        ("platform", None, True),
        ("system-administrator", None, True),
        ("department-head", "env-office", True),
        ("department-head", "water-station", False),
        ("department-handler", "env-office", False),
        ("security-administrator", None, False),
        ("county-leader", None, False),
    ],
)
def test_administrators_and_the_own_head_may_connect(role: str, department: str | None, may: bool):
    assert may_connect(Principal("p", "p", frozenset({role}), department), "env-office") is may
