"""Who is what to a case, and what that lets them do (INC-02, INC-14)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.chassis.auth import PLATFORM
from services.incident.model.case import Case, Place
from services.incident.model.rights import may, relations, took_part
from tests.unit.incident.fakes import GRID, MATTER, PEOPLE, person


def case(**changes: object) -> Case:
    values: dict[str, object] = {
        "id": "case",
        "number": "1",
        "matter": MATTER,
        "way": "dispatched",
        "place": Place(GRID),
        "county": "371321",
        "channel": "grid-worker",
        "description": "黑水",
        "reporter_id": "person-citizen",
        "reported_at": datetime(2026, 11, 23, tzinfo=UTC),
        "plan": "p02/1",
        "department": "env-office",
        "co_departments": ("water-station",),
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]


LED = {
    "citizen": {"reporter"},
    "member": set(),
    "operator": {"centre-operator", "missed-judge"},
    "verifier": {"verifier"},
    "far-verifier": set(),
    "handler": {"holder", "returner"},
    "head": {"holder", "returner"},
    "helper": {"co-department"},
    "officer": set(),
    "own-verifier": {"holder", "returner"},
    "everything": {"centre-operator", "verifier"},
    "auditor": set(),
}


@pytest.mark.rule("INC-02")
@pytest.mark.parametrize("name", LED)
def test_what_people_are_to_a_case_led_by_a_department(name: str) -> None:
    assert relations(case(), PEOPLE[name]) == LED[name]


@pytest.mark.rule("INC-03")
def test_a_case_without_a_department_is_held_by_its_grid() -> None:
    held = case(department=None, co_departments=(), way="coordinated")
    assert relations(held, PEOPLE["leader"]) == relations(held, PEOPLE["member"]) == {"holder"}
    assert relations(held, PEOPLE["neighbour"]) == relations(held, PEOPLE["handler"]) == frozenset()


@pytest.mark.rule("INC-03")
def test_grid_workers_follow_urgent_cases_of_their_own_grid_only() -> None:
    urgent = case(way="urgent")
    assert relations(urgent, PEOPLE["member"]) == {"grid-worker"}
    assert relations(urgent, PEOPLE["neighbour"]) == frozenset()


@pytest.mark.rule("INC-14")
@pytest.mark.parametrize("name", ["own-verifier", "handler", "helper"])
def test_who_belongs_to_a_department_that_led_or_helped_took_part(name: str) -> None:
    assert took_part(case(), PEOPLE[name])


@pytest.mark.rule("INC-14")
def test_who_handled_took_part_whatever_posts_they_hold() -> None:
    busy = case(handlers=frozenset({"person-verifier"}))
    assert took_part(busy, PEOPLE["verifier"])
    assert "pass" not in may(replace_state(busy, "answered"), PEOPLE["verifier"])
    assert may(replace_state(case(), "answered"), PEOPLE["verifier"]) == ("pass", "refuse")


def replace_state(of: Case, state: str) -> Case:
    return replace(of, state=state)


def test_a_case_whose_grid_is_unknown_is_seen_by_who_sees_the_county() -> None:
    lost = case(place=Place(None), department=None, co_departments=())
    assert relations(lost, PEOPLE["operator"]) == {"centre-operator", "missed-judge"}
    town = person("town", "centre-operator", areas=("371321106",))
    assert relations(lost, town) == relations(lost, PEOPLE["member"]) == frozenset()


def test_nobody_is_offered_what_only_the_platform_does() -> None:
    filed = replace_state(case(), "filed")
    assert "register" in may(filed, PLATFORM)
    offered = {action for each in PEOPLE.values() for action in may(filed, each)}
    assert offered == {"decline", "dispatch", "merge"}
