"""The quarterly joint inspection: its leader, its people, its points, and no corner left out (PAT-06, P2)."""

from datetime import date
from typing import Any

import pytest

from services.patrol import messages
from tests.integration.patrol.conftest import GRID, MEMBER, NEIGHBOUR, OPERATOR, TOWN, WORK_AREA, County, person
from tests.integration.patrol.test_places import FACTORY, tell

pytestmark = pytest.mark.rule("PAT-06")

SECRETARY = person("secretary", "grid-leader", areas=(WORK_AREA, GRID, NEIGHBOUR))
DIRECTOR = person("director", "grid-leader", areas=(WORK_AREA, GRID, NEIGHBOUR))
HELPER = person("helper", "grid-member", areas=(WORK_AREA,))
FIRST_DAY = date(2027, 1, 1)  # nobody has told yet which days of 2027 are holidays


@pytest.fixture
def area(county: County) -> County:
    """The first quarter's inspection of the work area is there, with a factory in one of its two villages."""
    county.appoint(SECRETARY, "leader", WORK_AREA)
    county.appoint(HELPER, "member", WORK_AREA)
    tell(county, FACTORY, "", 1)
    county.clock.advance(days=(FIRST_DAY - date(2026, 11, 23)).days)
    county.run()
    return county


def inspection(county: County) -> dict[str, Any]:
    (found,) = county.tasks(patrol="quarter")
    return county.service.queries.task(found["id"], OPERATOR)


def at(county: County, spot: str, item: str = "", **more: Any) -> messages.GivenEntry:
    given = {"spot": spot, **({"answer": "fine"} if item else {"rest": "fine"}), **more}
    return county.entry(inspection(county), item, **given)


def reached(county: County) -> dict[str, bool]:
    return {each["id"]: each["reached"] for each in inspection(county)["points"]}


def test_it_has_a_leader_people_and_a_point_for_each_village_and_each_place(area: County) -> None:
    shown = inspection(area)
    assert (shown["grid"], shown["person_id"], shown["day"]) == (WORK_AREA, SECRETARY.person_id, "2027-01-01")
    assert [(each["id"], each["kind"]) for each in shown["points"]] == [
        (GRID, "grid"),
        (NEIGHBOUR, "grid"),
        (FACTORY, "place"),
    ]
    assert (shown["points_asked"], shown["points_reached"]) == (3, 0)
    people = {each["person_id"]: (each["post"], each["leads"], each["present"]) for each in shown["people"]}
    assert people == {
        SECRETARY.person_id: ("二级网格长（工作区）", True, False),
        HELPER.person_id: ("工作区网格员", False, False),
    }
    day = area.service.queries.day("2027-01-01", SECRETARY)
    assert [len(each["points"]) for each in day["tasks"] if each["patrol"] == "quarter"] == [3]


def test_one_leads_and_who_is_appointed_beside_them_takes_nothing_away(area: County) -> None:
    area.appoint(DIRECTOR, "leader", WORK_AREA)
    area.run()
    assert inspection(area)["person_id"] == SECRETARY.person_id
    assert [each["person_id"] for each in inspection(area)["people"]] != []
    area.appoint(SECRETARY, "leader", WORK_AREA, ends=FIRST_DAY, sequence=2)
    area.clock.advance(days=1)
    area.run()
    assert inspection(area)["person_id"] == DIRECTOR.person_id


def test_a_point_is_reached_by_its_result_and_none_is_left_out_without_a_reason(area: County) -> None:
    told = area.sync(at(area, GRID), at(area, FACTORY, "safety/fire-hazard"), who=SECRETARY)
    assert [each["outcome"] for each in told] == ["accepted", "accepted"]
    assert reached(area) == {GRID: True, NEIGHBOUR: False, FACTORY: True}
    (refused,) = area.sync(area.entry(inspection(area)), who=SECRETARY)
    assert (refused["outcome"], refused["code"], refused["path"]) == ("refused", "points-not-reached", "words")
    assert "网格002" in refused["zh"]
    assert area.sync(at(area, NEIGHBOUR), who=SECRETARY)[0]["outcome"] == "accepted"
    end = area.entry(inspection(area), present=(HELPER.person_id,))
    assert [area.sync(end, who=SECRETARY)[0]["outcome"] for _ in range(2)] == ["accepted", "known"]
    shown = inspection(area)
    assert (shown["state"], shown["points_reached"], shown["points_asked"]) == ("finished", 3, 3)
    assert [each["person_id"] for each in shown["people"] if each["present"]] == [HELPER.person_id]
    assert not area.tasks(patrol="quarter", states=("due",))


def test_what_could_not_be_reached_is_said_and_stays_to_be_seen(area: County) -> None:
    end = area.entry(inspection(area), words="两村因暴雪封路")
    assert area.sync(end, who=SECRETARY)[0]["outcome"] == "accepted"
    shown = inspection(area)
    assert (shown["gaps"], shown["points_reached"], shown["points_asked"]) == ("两村因暴雪封路", 0, 3)


def test_the_points_of_an_inspection_that_is_over_are_those_that_it_had(area: County) -> None:
    area.sync(area.entry(inspection(area), words="封路"), who=SECRETARY)
    area.grid(NEIGHBOUR, 3, TOWN, WORK_AREA, active=False, sequence=2)
    tell(area, FACTORY, "", 2, active=False)
    assert [each["id"] for each in inspection(area)["points"]] == [GRID, NEIGHBOUR, FACTORY]


def test_while_it_is_open_its_points_follow_the_grids_and_places_that_there_are(area: County) -> None:
    area.grid(NEIGHBOUR, 3, TOWN, WORK_AREA, active=False, sequence=2)
    assert list(reached(area)) == [GRID, FACTORY]


@pytest.mark.rule("PAT-03")
def test_a_problem_at_a_point_becomes_a_case_of_that_grid(area: County) -> None:
    problem = {"answer": "problem", "words": "消防通道堵塞"}
    entries = [at(area, spot, "safety/fire-hazard", **problem) for spot in (NEIGHBOUR, FACTORY)]
    assert [each["outcome"] for each in area.sync(*entries, who=SECRETARY)] == ["accepted", "accepted"]
    told = area.events("problem-found")
    assert [(each["grid"], each["data"]["title"]) for each in told] == [
        (NEIGHBOUR, "季度联查·网格002·安全生产类·消防隐患"),
        (GRID, "季度联查·企业1·安全生产类·消防隐患"),
    ]
    assert {each["problems"] for each in inspection(area)["points"] if each["reached"]} == {1}


@pytest.mark.rule("ALL-05")
def test_what_is_wrong_with_an_entry_at_a_point_is_named(area: County) -> None:
    task = inspection(area)
    wrong = (
        (at(area, "371321106245009"), "point-unknown", "spot"),
        (at(area, "371321106245009", "safety/fire-hazard"), "point-unknown", "spot"),
        (at(area, GRID, rest=""), "rest-wrong", "rest"),
        (at(area, GRID, "safety/nothing"), "item-unknown", "item"),
        (area.entry(task, words="封路", present=("person-nobody",)), "people-unknown", "present"),
    )
    for entry, code, path in wrong:
        (told,) = area.sync(entry, who=SECRETARY)
        assert (told["outcome"], told["code"], told["path"]) == ("refused", code, path)
    assert area.sync(at(area, GRID), who=HELPER)[0]["code"] == "task-not-found"
    assert inspection(area)["version"] == task["version"]
    mine = next(each for each in area.tasks(patrol="daily") if each["person_id"] == MEMBER.person_id)
    assert area.sync(area.entry(mine, spot=GRID))[0]["code"] == "point-unknown"


def test_two_devices_that_differ_at_a_point_are_shown_both_sides(area: County) -> None:
    assert area.sync(at(area, GRID), who=SECRETARY)[0]["outcome"] == "accepted"
    (told,) = area.sync(at(area, GRID, rest="not-applicable"), who=SECRETARY)
    assert (told["outcome"], told["stored"]["spot"], told["stored"]["answer"]) == ("conflict", GRID, "fine")
    assert area.sync(at(area, GRID, rest="not-applicable", version=2), who=SECRETARY)[0]["outcome"] == "accepted"
