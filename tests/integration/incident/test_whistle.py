"""The whistle against real PostgreSQL: who is called sees the case, comes and signs off by its own clock (INC-09)."""

from typing import Any

import pytest

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden, IdempotencyMismatch, NotAllowedNow
from services.chassis.rpc.convert import to_reply
from services.incident import errors, messages
from services.incident.queries import Filter
from tests.integration.incident.conftest import NEIGHBOUR, County, person
from tests.integration.incident.test_at_once import REPORT, at_once, check_stored
from wangge.incident.v1 import incident_pb2 as pb

ECOLOGY = person("ecology", "department-handler", department="county-ecology")
WATER = person("water", "department-head", department="county-water")
ENFORCEMENT = person("enforcement", "department-handler", department="county-enforcement")
COUNTY_LEADER = person("county-leader", "county-leader", areas=("371321",))
ALL = ("county-ecology", "county-water", "county-enforcement")


def reported(county: County) -> str:
    return str(county.do(REPORT, county.member)["id"])


def whistle(case_id: str, *departments: str, lead: str | None = "county-ecology") -> messages.Whistle:
    return messages.Whistle(case_id=case_id, departments=departments or ALL, lead=lead, reason="镇里权限受限")


def whistled(county: County, *departments: str) -> str:
    case_id = reported(county)
    county.do(whistle(case_id, *departments), county.operator)
    return case_id


def come(county: County, case_id: str, *people: Principal) -> None:
    for each in people:
        county.do(messages.Arrive(case_id=case_id), each)


def leave(county: County, case_id: str, *people: Principal) -> None:
    for each in people:
        county.do(messages.SignOff(case_id=case_id, result=f"{each.name}已查处", attachments=("photo",)), each)


def listed(county: County, caller: Principal, **wanted: Any) -> list[str]:
    return [each["id"] for each in county.service.queries.cases(Filter(**wanted), caller)["items"]]


def told(county: County, caller: Principal) -> list[str]:
    return [each["kind"] for each in county.service.queries.messages(caller, False, 0, "")["items"]]


def calls(county: County, case_id: str, caller: Principal | None = None) -> dict[str, Any]:
    return {each["department"]: each for each in county.case(case_id, caller)["calls"]}


@pytest.mark.rule("INC-09")
def test_the_case_shows_who_was_called_who_came_and_when(county: County) -> None:
    case_id = whistled(county)
    assert calls(county, case_id)["county-water"]["called"]["words"] == "镇里权限受限"
    come(county, case_id, ECOLOGY, WATER)
    county.clock.advance(hours=1)
    leave(county, case_id, WATER)
    case = county.case(case_id)
    shown = {each["department_name"]: (each["leading"], each["state"], each["step"]) for each in case["calls"]}
    assert shown == {
        "县生态环境分局": (True, "arrived", "act"),
        "县水利局": (False, "signed-off", ""),
        "县综合行政执法局": (False, "called", "arrive"),
    }
    water = calls(county, case_id)["county-water"]
    assert (water["arrived"]["by_name"], water["signed_off"]["words"]) == ("water", "water已查处")
    assert water["signed_off"]["attachments"] == ["photo"]
    assert water["signed_off"]["at"] > water["arrived"]["at"] > water["called"]["at"]
    assert [each["step"] for each in water["limits"]] == ["arrive", "act"]
    lines = [(each["action_name"], each["about"]) for each in case["history"]][-4:]
    assert lines == [
        ("吹哨", list(ALL)),
        ("报到", ["county-ecology"]),
        ("报到", ["county-water"]),
        ("签退", ["county-water"]),
    ]
    reply = to_reply(pb.Case, case)
    assert [(each.department, each.HasField("arrived"), each.left.unit) for each in reply.calls] == [
        ("county-ecology", True, "working-days"),
        ("county-water", True, ""),
        ("county-enforcement", False, "working-hours"),
    ]
    check_stored(county, case_id)


@pytest.mark.rule("INC-09", "REG-14")
def test_called_departments_see_the_case_from_the_call_on_and_are_told(county: County) -> None:
    case_id = reported(county)
    with pytest.raises(errors.CaseNotFound):
        county.case(case_id, WATER)
    county.do(whistle(case_id, "county-ecology", "county-water"), county.operator)
    assert calls(county, case_id, WATER)["county-water"]["state"] == "called"
    assert told(county, WATER) == ["whistle"]
    assert told(county, ENFORCEMENT) == []
    assert county.case(case_id, WATER)["actions"] == ["contribute", "arrive", "object"]
    with pytest.raises(errors.CaseNotFound):
        county.case(case_id, ENFORCEMENT)


@pytest.mark.rule("INC-09")
def test_departments_work_through_the_lists_of_what_they_are_called_to(county: County) -> None:
    case_id, other = whistled(county), reported(county)
    assert listed(county, WATER, calls="not-arrived") == listed(county, WATER, for_me=True) == [case_id]
    come(county, case_id, WATER)
    assert listed(county, WATER, calls="not-arrived") == []
    assert listed(county, WATER, calls="not-signed-off") == listed(county, WATER, for_me=True) == [case_id]
    leave(county, case_id, WATER)
    assert listed(county, WATER, calls="not-signed-off") == listed(county, WATER, for_me=True) == []
    assert listed(county, county.operator, calls="not-arrived") == []
    assert listed(county, ECOLOGY, for_me=True) == [case_id]
    assert other in listed(county, county.operator)


@pytest.mark.rule("INC-09")
def test_the_lead_holds_the_case_and_answers_when_everybody_has_signed_off(county: County) -> None:
    case_id = whistled(county)
    case = county.case(case_id)
    assert (case["department"], case["state"]) == ("county-ecology", "handling")
    assert case["co_departments"] == ["water-station", "env-office", "county-water", "county-enforcement"]
    answer = messages.Answer(case_id=case_id, result="已联合查处")
    with pytest.raises(Forbidden):
        county.do(answer, county.handler)
    come(county, case_id, ECOLOGY, WATER)
    with pytest.raises(errors.SignOffsMissing) as refusal:
        county.do(answer, ECOLOGY)
    assert "县水利局、县综合行政执法局" in refusal.value.sentence("zh")
    assert "answer" not in county.case(case_id, ECOLOGY)["actions"]
    leave(county, case_id, WATER)
    county.do(messages.WithdrawCall(case_id=case_id, department="county-enforcement", reason="不涉及"), county.operator)
    assert "answer" in county.case(case_id, ECOLOGY)["actions"]
    county.do(answer, ECOLOGY)
    assert calls(county, case_id)["county-ecology"]["signed_off"]["words"] == "已联合查处"
    check_stored(county, case_id)


@pytest.mark.rule("INC-09", "INC-14")
def test_what_is_refused_comes_back_to_the_lead_who_calls_again_whom_it_needs(county: County) -> None:
    case_id = whistled(county)
    come(county, case_id, ECOLOGY, WATER, ENFORCEMENT)
    leave(county, case_id, WATER, ENFORCEMENT)
    county.do(messages.Answer(case_id=case_id, result="已查处"), ECOLOGY)
    own = person("own", "department-head", "verifier", department="county-water", areas=("371321",))
    verdict = messages.Verify(case_id=case_id, passed=False, reason="河水仍黑")
    with pytest.raises(errors.OwnWork):
        county.do(verdict, own)
    county.do(verdict, county.verifier)
    assert {name: each["state"] for name, each in calls(county, case_id).items()} == {
        "county-ecology": "arrived",
        "county-water": "signed-off",
        "county-enforcement": "signed-off",
    }
    again = messages.CallAgain(case_id=case_id, departments=("county-water",), reason="闸门未关")
    with pytest.raises(Forbidden):
        county.do(again, WATER)
    county.do(again, ECOLOGY)
    assert calls(county, case_id)["county-water"]["limits"][-1]["done_at"] is None
    assert told(county, WATER)[0] == "call-again"
    leave(county, case_id, WATER)
    county.do(messages.Answer(case_id=case_id, result="已关闸清淤"), ECOLOGY)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    rounds = [row.round for row in county.rows("SELECT round FROM call_limit WHERE number = 2 AND step = 'act'")]
    assert sorted(rounds) == [1, 2]
    check_stored(county, case_id)


@pytest.mark.rule("INC-09", "INC-08")
def test_each_call_has_its_own_notices_which_go_out_once_and_in_order(county: County) -> None:
    """Called on Monday at 10:00 with two working hours to arrive: yellow at noon, red a working day later."""
    case_id = whistled(county)
    come(county, case_id, ECOLOGY)
    county.clock.advance(hours=5)
    at_once(county.service.bus.sweep, county.service.bus.sweep)
    assert told(county, WATER) == ["warned-yellow", "whistle"]
    assert told(county, ENFORCEMENT) == ["warned-yellow", "warned-none", "whistle"]
    assert "warned-yellow" not in told(county, ECOLOGY)
    late = calls(county, case_id)["county-water"]
    assert (late["light"], late["left"]["unit"], late["left"]["amount"] < 0) == ("yellow", "working-hours", True)
    come(county, case_id, WATER)
    county.clock.advance(days=1)
    county.service.bus.sweep()
    county.service.bus.sweep()
    head = person("head", "department-head", department="county-enforcement")
    assert told(county, ENFORCEMENT).count("warned-red") == told(county, head).count("warned-red") == 1
    assert told(county, COUNTY_LEADER).count("warned-red") == 1
    assert "warned-red" not in told(county, WATER)
    warned = "SELECT convert_from(body, 'UTF8')::json->'data' AS d FROM outbox WHERE type = '{}' ORDER BY id"
    sent = [row.d for row in county.rows(warned.format("incident.call-warned.v1"))]
    colours = {name: [each["colour"] for each in sent if each["called"] == name] for name in ALL}
    assert colours == {
        "county-ecology": [],
        "county-water": ["none", "yellow"],
        "county-enforcement": ["none", "yellow", "red"],
    }
    assert {each["step"] for each in sent} == {"arrive"}
    arrived = [row.d for row in county.rows(warned.format("incident.arrived.v1"))]
    assert [(each["called"], each["on_time"]) for each in arrived] == [
        ("county-ecology", True),
        ("county-water", False),
    ]


@pytest.mark.rule("INC-09", "INC-08")
def test_the_limit_to_act_begins_with_the_arrival_and_ends_with_the_sign_off(county: County) -> None:
    case_id = whistled(county)
    come(county, case_id, ECOLOGY, WATER, ENFORCEMENT)
    clock = calls(county, case_id)["county-water"]["limits"][-1]
    assert (clock["step"], clock["amount"], clock["unit"]) == ("act", 3, "working-days")
    leave(county, case_id, WATER)
    county.clock.advance(days=3, hours=1)
    county.service.bus.sweep()
    assert calls(county, case_id)["county-enforcement"]["light"] == "yellow"
    assert "warned-yellow" not in told(county, WATER)
    left = county.rows("SELECT kind FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL")
    assert not any(row.kind.startswith("call-2-") for row in left)
    assert any(row.kind == "call-3-1:act:red" for row in left)


@pytest.mark.rule("INC-09")
def test_a_withdrawn_call_takes_the_case_from_sight_and_stops_its_clock(county: County) -> None:
    case_id = whistled(county)
    withdraw = messages.WithdrawCall(case_id=case_id, department="county-water", reason="误召")
    with pytest.raises(Forbidden):
        county.do(withdraw, WATER)
    county.do(withdraw, COUNTY_LEADER)
    with pytest.raises(errors.CaseNotFound):
        county.case(case_id, WATER)
    assert told(county, WATER) == ["withdraw-call", "whistle"]
    with pytest.raises(errors.NotCalled):
        county.do(withdraw, county.operator)
    with pytest.raises(errors.LeadStays):
        county.do(messages.WithdrawCall(case_id=case_id, department="county-ecology", reason="误召"), county.operator)
    kinds = [row.kind for row in county.rows("SELECT kind FROM deadline WHERE cancelled_at IS NULL")]
    assert not any(kind.startswith("call-2-") for kind in kinds)
    county.do(whistle(case_id, "county-water", lead=None), county.operator)
    assert [each["state"] for each in county.case(case_id)["calls"]] == ["called", "withdrawn", "called", "called"]


@pytest.mark.rule("INC-09")
def test_a_called_department_objects_once_and_the_caller_rules(county: County) -> None:
    case_id = whistled(county)
    county.do(messages.Object(case_id=case_id, reason="不属我局职责"), WATER)
    assert calls(county, case_id)["county-water"]["state_name"] == "有异议,待裁定"
    assert told(county, county.operator)[0] == "object"
    insist = messages.Insist(case_id=case_id, department="county-water", reason="涉河道管理")
    with pytest.raises(Forbidden):
        county.do(insist, WATER)
    county.do(insist, county.operator)
    with pytest.raises(errors.AlreadyObjected):
        county.do(messages.Object(case_id=case_id, reason="仍不属"), WATER)
    with pytest.raises(errors.NoObjection):
        county.do(insist, county.operator)
    come(county, case_id, WATER)
    with pytest.raises(errors.AlreadyArrived):
        come(county, case_id, WATER)


@pytest.mark.rule("INC-09")
def test_a_second_whistle_adds_departments_and_may_change_the_lead(county: County) -> None:
    case_id = whistled(county, "county-ecology")
    come(county, case_id, ECOLOGY)
    with pytest.raises(errors.AlreadyCalled):
        county.do(whistle(case_id, "county-ecology"), county.operator)
    county.do(whistle(case_id, "county-water", lead="county-water"), county.leader)
    assert county.case(case_id)["department"] == "county-water"
    assert {name: each["leading"] for name, each in calls(county, case_id).items()} == {
        "county-ecology": False,
        "county-water": True,
    }
    leave(county, case_id, ECOLOGY)
    come(county, case_id, WATER)
    with pytest.raises(errors.LeadAnswers):
        leave(county, case_id, WATER)
    county.do(messages.Answer(case_id=case_id, result="已办"), WATER)


@pytest.mark.rule("INC-09", "ALL-05")
def test_refusals_of_a_whistle_say_what_would_be_right(county: County) -> None:
    case_id = reported(county)
    far = person("far", "centre-operator", areas=("371321101",))
    with pytest.raises(errors.CaseNotFound):
        county.do(whistle(case_id), far)
    neighbour = person("neighbour", "grid-leader", areas=(NEIGHBOUR,))
    with pytest.raises(errors.CaseNotFound):
        county.do(whistle(case_id), neighbour)
    for nobody in (county.member, county.handler, county.verifier):
        with pytest.raises(Forbidden):
            county.do(whistle(case_id), nobody)
    with pytest.raises(errors.NotCallable) as refusal:
        county.do(whistle(case_id, "police-station"), county.operator)
    assert "county-water" in refusal.value.sentence("zh")
    with pytest.raises(errors.LeadMissing):
        county.do(whistle(case_id, lead=None), county.operator)
    with pytest.raises(errors.LeadNotCalled):
        county.do(whistle(case_id, "county-water"), county.operator)
    with pytest.raises(errors.NobodyCalled):
        empty = messages.Whistle(case_id=case_id, departments=(), lead=None, reason="权限受限")
        county.do(empty, county.operator)
    with pytest.raises(errors.ReasonMissing):
        county.do(messages.Whistle(case_id=case_id, departments=ALL, lead=ALL[0], reason=" "), county.operator)
    with pytest.raises(NotAllowedNow):
        county.do(messages.Arrive(case_id=case_id), county.handler)
    assert county.case(case_id)["calls"] == []
    check_stored(county, case_id)


@pytest.mark.rule("INC-09", "ALL-04")
def test_a_repeated_whistle_or_sign_off_is_carried_out_once(county: County) -> None:
    case_id = reported(county)
    first = county.do(whistle(case_id), county.operator, "key-1")
    assert county.do(whistle(case_id), county.operator, "key-1") == first
    with pytest.raises(IdempotencyMismatch):
        county.do(whistle(case_id, "county-water", lead="county-water"), county.operator, "key-1")
    come(county, case_id, WATER)
    sign_off = messages.SignOff(case_id=case_id, result="已办")
    assert county.do(sign_off, WATER, "key-2") == county.do(sign_off, WATER, "key-2")
    with pytest.raises(errors.AlreadySignedOff):
        county.do(sign_off, WATER, "key-3")
    assert len(calls(county, case_id)) == 3


@pytest.mark.rule("INC-09")
def test_two_departments_that_sign_off_at_once_both_have(county: County) -> None:
    case_id = whistled(county)
    come(county, case_id, ECOLOGY, WATER, ENFORCEMENT)
    results = at_once(lambda: leave(county, case_id, WATER), lambda: leave(county, case_id, ENFORCEMENT))
    assert results == [None, None]
    assert [each["state"] for each in county.case(case_id)["calls"]] == ["arrived", "signed-off", "signed-off"]
    check_stored(county, case_id)


@pytest.mark.rule("INC-09")
def test_an_answer_sent_while_the_last_signs_off_waits_or_counts_it(county: County) -> None:
    case_id = whistled(county, "county-ecology", "county-water")
    come(county, case_id, ECOLOGY, WATER)
    answer = messages.Answer(case_id=case_id, result="已办结")
    signed, answered = at_once(lambda: leave(county, case_id, WATER), lambda: county.do(answer, ECOLOGY))
    assert signed is None
    assert isinstance(answered, dict | errors.SignOffsMissing)
    if not isinstance(answered, dict):
        county.do(answer, ECOLOGY)
    assert county.case(case_id)["state"] == "answered"
    assert all(each["state"] == "signed-off" for each in county.case(case_id)["calls"])
    check_stored(county, case_id)


@pytest.mark.rule("INC-09")
def test_two_whistles_at_once_call_a_department_once(county: County) -> None:
    case_id = reported(county)
    results = at_once(*[lambda: county.do(whistle(case_id), county.operator)] * 3)
    assert sum(isinstance(each, dict) for each in results) == 1
    assert sum(isinstance(each, errors.AlreadyCalled) for each in results) == 2
    assert len(county.case(case_id)["calls"]) == 3


@pytest.mark.rule("INC-09", "XCH-01")
def test_every_called_department_receives_the_events(county: County) -> None:
    case_id = whistled(county)
    county.do(messages.WithdrawCall(case_id=case_id, department="county-water", reason="误召"), county.operator)
    rows = county.rows("SELECT type, routing_key, bcc FROM outbox WHERE type ~ 'whistled|withdrawn' ORDER BY id")
    for row in rows:
        receivers = {key.split(".")[3] for key in [row.routing_key, *row.bcc]}
        assert receivers >= set(ALL), row.type
    assert [row.type for row in rows] == ["incident.whistled.v1", "incident.call-withdrawn.v1"]
