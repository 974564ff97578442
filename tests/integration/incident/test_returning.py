"""Returns, rulings and precedents against real PostgreSQL (INC-05)."""

from typing import Any

import pytest

from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from services.incident import messages
from services.incident.errors import CaseNotFound, PrecedentNotFound
from services.incident.queries import Filter
from services.incident.queries.precedents import PrecedentFilter, precedents
from tests.integration.incident.conftest import County, person
from tests.integration.incident.test_at_once import REPORT, at_once, check_stored

pytestmark = pytest.mark.rule("INC-05")

FAR = person("far", "centre-operator", areas=("371321101",))
REASON = "该河段排污由水利站主管"


def contested(county: County) -> str:
    case_id = county.do(REPORT, county.member)["id"]
    county.do(messages.Return(case_id=case_id, reason="不属我办职责", proposed="water-station"), county.handler)
    county.do(messages.Dispatch(case_id=case_id, department="water-station"), county.operator)
    county.do(messages.Contest(case_id=case_id, reason="也不属我站职责"), county.helper)
    return case_id


def rule(case_id: str, department: str = "water-station") -> messages.Rule:
    return messages.Rule(case_id=case_id, department=department, reason=REASON)


def listed(county: County, caller: Any = None, **wanted: Any) -> list[dict[str, Any]]:
    return precedents(county.service.engine, PrecedentFilter(**wanted), caller or county.operator)["items"]


def test_returned_dispatched_again_ruled_and_the_next_case_follows(county: County) -> None:
    case_id = contested(county)
    case = county.case(case_id)
    assert case["state"] == "arbitration" and case["limits"][-1]["step"] == "rule"
    assert [(each["department"], each["proposed"]) for each in case["returns"]] == [
        ("env-office", "water-station"),
        ("water-station", ""),
    ]
    todo = county.service.queries.cases(Filter(for_me=True), county.operator)["items"]
    assert [each["id"] for each in todo] == [case_id]
    with pytest.raises(CaseNotFound):
        county.case(case_id, county.handler)
    county.do(rule(case_id), county.operator)
    ruled = county.case(case_id)
    assert (ruled["department"], ruled["ruled"], ruled["routed_by"]["kind"]) == ("water-station", True, "ruling")
    offered = county.case(case_id, county.helper)["actions"]
    assert "accept" in offered and not {"return", "contest", "rule"} & set(offered)
    check_stored(county, case_id)

    later = county.case(county.do(REPORT, county.member)["id"])
    routed = later["routed_by"]
    assert (later["department"], routed["kind"], routed["number"]) == ("water-station", "precedent", case["number"])
    assert (routed["by"], routed["reason"], routed["kind_name"]) == ("operator", REASON, "按先例派遣")
    assert routed["ruled_at"] == ruled["routed_by"]["at"]


def test_precedents_are_listed_filtered_and_paged_within_ones_area(county: County) -> None:
    county.do(rule(contested(county)), county.operator)
    found = listed(county)[0]
    assert (found["matter_code"], found["matter_name"], found["area"]) == ("06026", "河道污染", "371321106")
    assert (found["department"], found["department_name"], found["state"]) == ("water-station", "水利站", "active")
    assert listed(county, matters=("06026",), area="371321106245", department="water-station", state="active")
    assert not listed(county, state="revoked") and not listed(county, area="371321101")
    assert not listed(county, matters=("06027",)) and not listed(county, department="env-office")
    assert not listed(county, FAR)
    assert listed(county, county.helper) and not listed(county, county.handler)
    later = county.do(REPORT, county.member)["id"]
    county.do(messages.Return(case_id=later, reason="不属我站"), county.helper)
    county.do(messages.Dispatch(case_id=later, department="env-office"), county.operator)
    county.do(messages.Contest(case_id=later, reason="不属我办"), county.handler)
    county.do(rule(later, "env-office"), county.operator)
    page = precedents(county.service.engine, PrecedentFilter(limit=1), county.operator)
    rest = precedents(county.service.engine, PrecedentFilter(limit=1, cursor=page["next_cursor"]), county.operator)
    assert [each["state"] for each in page["items"] + rest["items"]] == ["active", "replaced"]
    assert rest["next_cursor"] == ""
    with pytest.raises(Invalid):
        listed(county, cursor="nonsense")


def test_two_rule_on_one_case_at_once_and_one_ruling_holds(county: County) -> None:
    case_id = contested(county)
    results = at_once(
        lambda: county.do(rule(case_id, "water-station"), county.operator),
        lambda: county.do(rule(case_id, "env-office"), county.operator),
    )
    assert sorted(type(each).__name__ for each in results) == ["NotAllowedNow", "dict"]
    assert [each["department"] for each in listed(county)] == [county.case(case_id)["department"]]
    check_stored(county, case_id)


def test_two_rulings_for_the_same_matter_and_area_at_once_leave_one_that_holds(county: County) -> None:
    first, second = contested(county), contested(county)
    results = at_once(
        lambda: county.do(rule(first, "water-station"), county.operator),
        lambda: county.do(rule(second, "env-office"), county.operator),
    )
    assert all(isinstance(each, dict) for each in results), results
    assert sorted(each["state"] for each in listed(county)) == ["active", "replaced"]


def test_two_return_at_once_and_it_counts_once(county: County) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    back = messages.Return(case_id=case_id, reason="不属我办职责")
    results = at_once(*[lambda: county.do(back, county.handler)] * 3)
    assert sum(isinstance(each, dict) for each in results) == 1
    assert len(county.case(case_id)["returns"]) == 1
    check_stored(county, case_id)


@pytest.mark.rule("ALL-04")
def test_the_same_ruling_sent_twice_is_one(county: County) -> None:
    case_id = contested(county)
    assert county.do(rule(case_id), county.operator, key="k") == county.do(rule(case_id), county.operator, key="k")
    assert len(listed(county)) == 1


def test_a_precedent_is_revoked_once_by_who_may_rule_there(county: County) -> None:
    county.do(rule(contested(county)), county.operator)
    precedent = listed(county)[0]["id"]
    revoke = messages.RevokePrecedent(precedent_id=precedent, reason="职责已调整")
    with pytest.raises(PrecedentNotFound):
        county.do(revoke, FAR)
    with pytest.raises(Forbidden):
        county.do(revoke, county.helper)
    for unknown in ("none", new_id()):
        with pytest.raises(PrecedentNotFound):
            county.do(messages.RevokePrecedent(precedent_id=unknown, reason="x"), county.operator)
    results = at_once(*[lambda: county.do(revoke, county.operator)] * 2)
    assert sorted(type(each).__name__ for each in results) == ["PrecedentOver", "dict"]
    found = listed(county)[0]
    assert (found["state"], found["ended_by"], found["end_reason"]) == ("revoked", "operator", "职责已调整")
    assert county.case(county.do(REPORT, county.member)["id"])["routed_by"]["kind"] == "duty"
    told = county.rows("SELECT type, routing_key FROM outbox WHERE type LIKE '%precedent%' ORDER BY id")
    assert [row.routing_key for row in told] == ["incident.precedent-changed.v1.water-station.371321.106.-.-"] * 2
