"""Cases that climb, against real PostgreSQL and plan P2 itself (INC-06), and urgent ones at every level (INC-03)."""

from typing import Any

import pytest

from services.chassis.errors import Forbidden
from services.incident import messages
from services.incident.errors import CaseNotFound, ConsultationMissing
from services.incident.queries import Filter
from tests.integration.incident.conftest import GRID, TOWN, County, hear, person, square
from tests.integration.incident.test_at_once import REPORT, at_once, check_stored
from tests.integration.incident.test_loop import report

pytestmark = pytest.mark.rule("INC-06")

AREA = "371321106000002"
HEARD = "11 月 20 日会商:镇级无力处置,报县"
AREA_LEADER = person("area-leader", "grid-leader", areas=(AREA, GRID))
ENV_HEAD = person("env-head", "department-head", department="env-office")
COUNTY_HEAD = person("county-head", "department-head", department="county-ecology")
COUNTY_LEADER = person("county-leader", "county-leader", areas=("371321",))
TOWN_LEADER = person("town-leader", "grid-leader", areas=("371321106",))


@pytest.fixture
def tree(county: County) -> County:
    """The county with a work area between the town and the village."""
    for code, level, ancestors in ((AREA, 2, [TOWN]), (GRID, 3, [AREA, TOWN])):
        data = {"code": code, "name": "网格", "level": level, "ancestors": ancestors, "active": True}
        data |= {"kind": "area" if level == 3 else "work-area", "boundary": square(118.4, 35.4) if level == 3 else None}
        hear(county.service, "registry.grid-changed.v1", code, data, sequence=5)
    for level, id in (("county", "county-ecology"), ("county", "county-grid-centre"), ("town", "env-office")):
        data = {"id": id, "name": id, "level": level, "active": True}
        hear(county.service, "registry.department-changed.v1", id, data, sequence=5)
    return county


def coordinated(county: County) -> str:
    return county.do(report(matter_code="06010", replies=(), way="coordinated"), county.member)["id"]


def call(case_id: str, consultation: str = "") -> messages.Escalate:
    return messages.Escalate(case_id=case_id, reason="本级无力处置", consultation=consultation)


def to_do(county: County, who: Any) -> list[str]:
    return [each["id"] for each in county.service.queries.cases(Filter(for_me=True), who)["items"]]


def test_a_case_climbs_from_the_village_to_the_town_and_shows_each_step(tree: County) -> None:
    case_id = coordinated(tree)
    assert tree.case(case_id)["level_name"] == "村级网格" and case_id in to_do(tree, tree.leader)
    assert "escalate" in tree.case(case_id, tree.leader)["actions"]
    tree.do(call(case_id), tree.leader)
    assert case_id not in to_do(tree, tree.leader) and case_id in to_do(tree, AREA_LEADER)
    case = tree.case(case_id, AREA_LEADER)
    assert (case["level"], case["level_name"], case["held_at"]) == ("2", "工作区网格", AREA)
    assert {"accept", "escalate", "send-down"} <= set(case["actions"])
    told = tree.service.queries.messages(AREA_LEADER, True, 0, "")["items"]
    assert "本级无力处置" in next(each["text"] for each in told if each["kind"] == "escalate")
    with pytest.raises(ConsultationMissing):
        tree.do(call(case_id), AREA_LEADER)
    tree.do(call(case_id, HEARD), AREA_LEADER)
    case = tree.case(case_id)
    assert (case["level"], case["department"], case["held_at"]) == ("1", "living-environment-office", "")
    assert [(each["from_level"], each["to_level"], each["by"]) for each in case["climbs"]] == [
        ("3", "2", "leader"),
        ("2", "1", "area-leader"),
    ]
    assert case["climbs"][1]["consultation"] == HEARD
    check_stored(tree, case_id)


def test_the_town_calls_the_countys_department_of_the_duty_and_gets_the_case_back(tree: County) -> None:
    case_id = tree.do(REPORT, tree.member)["id"]
    with pytest.raises(Forbidden):
        tree.do(call(case_id, HEARD), tree.handler)
    tree.do(call(case_id, HEARD), ENV_HEAD)
    case = tree.case(case_id)
    assert (case["level"], case["level_name"], case["department"]) == ("county", "县", "county-ecology")
    assert case_id in to_do(tree, COUNTY_HEAD)
    routed = tree.rows("SELECT routing_key, bcc FROM outbox WHERE type = 'incident.escalated.v1'")[0]
    assert routed.routing_key == "incident.escalated.v1.county-ecology.371321.106.245.001"
    assert {key.split(".")[3] for key in routed.bcc} == {"env-office", "water-station"}
    tree.do(messages.SendDown(case_id=case_id, reason="镇级可以处置"), COUNTY_HEAD)
    back = tree.case(case_id, tree.handler)
    assert (back["department"], back["co_departments"]) == ("env-office", ["water-station"])
    assert [each["action"] for each in back["climbs"]] == ["escalate", "send-down"]
    check_stored(tree, case_id)


def test_a_matter_without_a_county_department_goes_to_the_countys_centre(tree: County) -> None:
    case_id = tree.do(report(matter_code="06027", replies=()), tree.member)["id"]
    lead = tree.case(case_id)["department"]
    tree.do(call(case_id, HEARD), person("head", "department-head", department=lead))
    assert tree.case(case_id)["department"] == "county-grid-centre"


def test_two_call_at_once_and_the_case_climbs_once(tree: County) -> None:
    case_id = coordinated(tree)
    results = at_once(*[lambda: tree.do(call(case_id), tree.leader)] * 3)
    assert sum(isinstance(each, dict) for each in results) == 1
    assert len(tree.case(case_id)["climbs"]) == 1
    check_stored(tree, case_id)


@pytest.mark.rule("ALL-04", "REG-14")
def test_the_same_call_twice_is_one_and_a_stranger_sees_nothing_to_call_about(tree: County) -> None:
    case_id = coordinated(tree)
    assert tree.do(call(case_id), tree.leader, key="k") == tree.do(call(case_id), tree.leader, key="k")
    assert len(tree.case(case_id)["climbs"]) == 1
    stranger = person("far", "grid-leader", areas=("371321106245002",))
    for command in (call(case_id), messages.SendDown(case_id=case_id, reason="x")):
        with pytest.raises(CaseNotFound):
            tree.do(command, stranger)


@pytest.mark.rule("INC-07", "INC-08")
def test_a_late_case_climbs_by_itself_after_its_notices_and_only_once_each_level(tree: County) -> None:
    case_id = coordinated(tree)
    tree.clock.moment = tree.case(case_id)["limits"][-1]["due_at"]
    tree.clock.advance(seconds=1)
    while tree.service.bus.sweep():
        pass
    case = tree.case(case_id)
    assert [(each["to_level"], each["automatic"]) for each in case["climbs"]] == [("2", True)]
    warned = tree.rows("SELECT 1 FROM outbox WHERE type = 'incident.warned.v1'")
    assert len(warned) == 2, "the warning and the yellow notice went out before"
    assert case["limits"][-1]["light"] == "green"
    assert tree.service.bus.sweep() == 0
    check_stored(tree, case_id)


@pytest.mark.rule("INC-03")
def test_an_urgent_matter_is_known_at_every_level_at_once(tree: County) -> None:
    case_id = tree.do(report(way="urgent"), tree.member)["id"]
    for who in (tree.member, tree.leader, AREA_LEADER, TOWN_LEADER, COUNTY_LEADER):
        heard = tree.service.queries.messages(who, True, 0, "")["items"]
        assert [each["case_id"] for each in heard if each["kind"] == "urgent"][:1] == [case_id], who.name
    filed = next(each for each in tree.case(case_id)["history"] if each["action"] == "file")
    told = tree.rows(f"SELECT DISTINCT at FROM message WHERE kind = 'urgent' AND case_id = '{case_id}'")
    assert [row.at for row in told] == [filed["at"]]
