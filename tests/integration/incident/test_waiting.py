"""A question to the reporter, a longer limit, and who is told of a limit, against real PostgreSQL (INC-07, INC-08)."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import Conflict, Forbidden, Invalid, NotAllowedNow
from services.incident import messages
from services.incident.errors import (
    AskedTooOften,
    CaseNotFound,
    ExtendedTooOften,
    ExtensionTooLong,
    LimitPassed,
    NothingToActOn,
    OwnRequest,
    ReasonMissing,
)
from services.incident.queries import Filter
from tests.integration.incident.conftest import GRID, County, person
from tests.integration.incident.test_at_once import at_once
from tests.integration.incident.test_loop import report

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the county
HEAD = person("head", "department-head", department="env-office")
LEADER_OF_COUNTY = person("county-leader", "county-leader", areas=("371321",))
OPEN = "SELECT kind FROM deadline WHERE subject = '{}' AND fired_at IS NULL AND cancelled_at IS NULL ORDER BY kind"


def accepted(county: County) -> str:
    """A case that environment's handler has: two working days from Monday 10:00."""
    county.clock.moment = MONDAY
    case_id = county.do(report(), county.member)["id"]
    county.do(messages.Accept(case_id=case_id), county.handler)
    return case_id


def ask(case_id: str) -> messages.Ask:
    return messages.Ask(case_id=case_id, question="排污口在哪一侧?请打13812345678")


def open_kinds(county: County, case_id: str) -> list[str]:
    return [row.kind for row in county.rows(OPEN.format(case_id))]


def limit_of(county: County, case_id: str) -> dict:
    return county.case(case_id)["limits"][-1]


def inbox(county: County, who: object) -> list[str]:
    return [line["kind"] for line in county.service.queries.messages(who, False, 0, "")["items"]]


@pytest.mark.rule("INC-07")
def test_a_question_stops_the_clock_and_the_answer_gives_the_rest_back(county: County) -> None:
    case_id = accepted(county)
    due = limit_of(county, case_id)["due_at"]
    county.clock.moment = MONDAY + timedelta(days=1)  # half is used
    answer = county.do(ask(case_id), county.handler)
    assert {"reply", "ask"}.isdisjoint(answer["actions"]) and "answer" in answer["actions"]
    limit = limit_of(county, case_id)
    assert (limit["light"], limit["due_at"]) == ("paused", None)
    assert open_kinds(county, case_id) == ["handle:unanswered"]
    assert county.service.queries.cases(Filter(for_me=True, light="paused"), county.member)["items"][0]["id"] == case_id
    assert "ask" in inbox(county, county.member)
    with pytest.raises(NothingToActOn):
        county.do(ask(case_id), county.handler)

    county.clock.moment = MONDAY + timedelta(days=2)
    assert "reply" in county.case(case_id, county.member)["actions"]
    county.do(messages.Reply(case_id=case_id, note="北侧,电话13912345678"), county.member)
    case = county.case(case_id)
    assert abs(case["limits"][-1]["due_at"] - (due + timedelta(days=1))) < timedelta(milliseconds=1)
    assert case["limits"][-1]["light"] == "green"
    assert open_kinds(county, case_id) == ["handle:red", "handle:warning", "handle:yellow"]
    asked = case["inquiries"][0]
    assert (asked["outcome"], asked["answered_by_name"]) == ("answered", "member")
    assert "13812345678" not in str(case) and "13912345678" not in str(case)
    assert "13912345678" in str(county.case(case_id, purpose="回访"))
    assert "reply" in inbox(county, county.handler)
    with pytest.raises(NothingToActOn):
        county.do(messages.Reply(case_id=case_id, note="再说一次"), county.member)


@pytest.mark.rule("INC-07")
def test_without_an_answer_the_clock_goes_on_when_the_reporters_time_is_over(county: County) -> None:
    case_id = accepted(county)
    county.do(ask(case_id), county.handler)
    before = limit_of(county, case_id)["resumes_at"]
    county.clock.moment = before + timedelta(hours=3)  # the platform looked late
    assert county.service.bus.sweep() == 1
    limit = limit_of(county, case_id)
    assert limit["paused_at"] is None
    assert abs(limit["due_at"] - (before + timedelta(days=2))) < timedelta(milliseconds=1)
    assert county.case(case_id)["inquiries"][0]["outcome"] == "unanswered"
    assert {"go-on"} <= set(inbox(county, county.member)) & set(inbox(county, county.handler))
    assert county.service.bus.sweep() == 0


@pytest.mark.rule("INC-07")
def test_the_reporter_is_asked_only_as_often_as_the_plan_says_and_not_after_the_limit(county: County) -> None:
    case_id = accepted(county)
    for _ in range(2):
        county.do(ask(case_id), county.operator)
        county.do(messages.Reply(case_id=case_id, note="北侧"), county.operator)
    with pytest.raises(AskedTooOften):
        county.do(ask(case_id), county.handler)
    late = accepted(county)
    county.clock.advance(days=4)
    with pytest.raises(LimitPassed):
        county.do(ask(late), county.handler)


@pytest.mark.rule("INC-07")
def test_an_answer_while_the_question_is_open_ends_both_in_time(county: County) -> None:
    case_id = accepted(county)
    county.do(ask(case_id), county.handler)
    county.clock.advance(hours=30)
    county.do(messages.Answer(case_id=case_id, result="已查明并封堵"), county.handler)
    case = county.case(case_id)
    assert case["inquiries"][0]["outcome"] == "withdrawn"
    assert not any(kind.startswith("handle") for kind in open_kinds(county, case_id))
    answered = county.rows("SELECT convert_from(body,'UTF8')::json->'data' d FROM outbox WHERE type LIKE '%answered%'")
    assert answered[0].d["on_time"] is True and answered[0].d["extended"] is False


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("who", "error"),
    [("helper", Forbidden), ("verifier", Forbidden), ("leader", Forbidden)],
)
def test_only_the_holder_or_the_centre_asks(county: County, who: str, error: type[Exception]) -> None:
    case_id = accepted(county)
    with pytest.raises(error):
        county.do(ask(case_id), getattr(county, who))
    with pytest.raises(CaseNotFound):
        county.do(ask(case_id), person("far", "department-handler", department="police-station"))
    with pytest.raises(ReasonMissing):
        county.do(messages.Ask(case_id=case_id, question=" "), county.handler)


def extension(case_id: str, amount: float = 2) -> messages.AskExtension:
    return messages.AskExtension(case_id=case_id, amount=amount, reason="连日降雨")


@pytest.mark.rule("INC-07", "ASM-03")
def test_an_extension_is_granted_by_the_head_once_and_seen_by_the_assessment(county: County) -> None:
    case_id = accepted(county)
    due = limit_of(county, case_id)["due_at"]
    answer = county.do(extension(case_id), county.handler)
    assert "ask-extension" not in answer["actions"]
    assert "ask-extension" in inbox(county, HEAD) and "ask-extension" not in inbox(county, county.helper)
    assert {"grant-extension", "refuse-extension"} <= set(county.case(case_id, HEAD)["actions"])
    assert "handle:extension-lapses" in open_kinds(county, case_id)
    with pytest.raises(NothingToActOn):
        county.do(extension(case_id), county.handler)
    with pytest.raises(OwnRequest):
        county.do(messages.GrantExtension(case_id=case_id), county.handler)
    county.do(messages.GrantExtension(case_id=case_id), HEAD, key="grant")
    county.do(messages.GrantExtension(case_id=case_id), HEAD, key="grant")
    case = county.case(case_id)
    assert case["limits"][-1]["due_at"] == due + timedelta(days=2)
    assert [(each["outcome"], each["decided_by_name"]) for each in case["extensions"]] == [("granted", "head")]
    assert "grant-extension" in inbox(county, county.handler)
    assert "handle:extension-lapses" not in open_kinds(county, case_id)
    with pytest.raises(ExtendedTooOften):
        county.do(extension(case_id), county.handler)
    with pytest.raises(NothingToActOn):
        county.do(messages.GrantExtension(case_id=case_id), HEAD)

    county.clock.moment = due + timedelta(days=1)
    assert county.service.bus.sweep() == 0 or limit_of(county, case_id)["light"] == "green"
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    answered = county.rows("SELECT convert_from(body,'UTF8')::json->'data' d FROM outbox WHERE type LIKE '%answered%'")
    assert answered[0].d["on_time"] is True and answered[0].d["extended"] is True


@pytest.mark.rule("INC-07")
def test_nobody_decides_on_an_own_request(county: County) -> None:
    case_id = accepted(county)
    county.do(extension(case_id), HEAD)
    assert "grant-extension" not in county.case(case_id, HEAD)["actions"]
    for decision in (messages.GrantExtension(case_id=case_id), messages.RefuseExtension(case_id=case_id, reason="无")):
        with pytest.raises(OwnRequest):
            county.do(decision, HEAD)
    deputy = person("deputy", "department-head", department="env-office")
    with pytest.raises(ReasonMissing):
        county.do(messages.RefuseExtension(case_id=case_id, reason=" "), deputy)
    county.do(messages.RefuseExtension(case_id=case_id, reason="可先临时封堵"), deputy)
    asked = county.case(case_id)["extensions"][0]
    assert (asked["outcome"], asked["answer"]) == ("refused", "可先临时封堵")
    assert "refuse-extension" in inbox(county, HEAD)


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize("amount", [-1.0, 0.0, 5.5, 9999.0])
def test_no_extension_beyond_what_the_plan_allows(county: County, amount: float) -> None:
    case_id = accepted(county)
    with pytest.raises(ExtensionTooLong) as refusal:
        county.do(extension(case_id, amount), county.handler)
    assert isinstance(refusal.value, Invalid) and refusal.value.faults[0].path == "amount"
    assert "5 working-days" in refusal.value.sentence("zh")


@pytest.mark.rule("INC-07")
def test_never_after_the_limit_has_passed(county: County) -> None:
    case_id = accepted(county)
    county.do(extension(case_id), county.handler)
    county.clock.moment = limit_of(county, case_id)["due_at"] + timedelta(seconds=1)
    with pytest.raises(LimitPassed):
        county.do(messages.GrantExtension(case_id=case_id), HEAD)
    assert county.service.bus.sweep() == 3  # warning, yellow, and the request
    assert county.case(case_id)["extensions"][0]["outcome"] == "lapsed"
    assert "lapse-extension" in inbox(county, county.handler)
    with pytest.raises(LimitPassed):
        county.do(extension(case_id), county.handler)
    with pytest.raises(NothingToActOn):
        county.do(messages.GrantExtension(case_id=case_id), HEAD)


@pytest.mark.rule("INC-07")
def test_two_heads_at_the_same_moment_decide_once(county: County) -> None:
    case_id = accepted(county)
    county.do(extension(case_id), county.handler)
    deputy = person("deputy", "department-head", department="env-office")
    results = at_once(
        lambda: county.do(messages.GrantExtension(case_id=case_id), HEAD),
        lambda: county.do(messages.RefuseExtension(case_id=case_id, reason="不必"), deputy),
    )
    assert sorted(isinstance(each, Conflict) for each in results) == [False, True]
    assert len([each for each in county.case(case_id)["extensions"] if each["outcome"]]) == 1


@pytest.mark.rule("INC-07")
def test_a_question_out_of_turn_is_refused(county: County) -> None:
    county.clock.moment = MONDAY
    case_id = accepted(county)
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    for command in (ask(case_id), extension(case_id)):
        with pytest.raises(NotAllowedNow):
            county.do(command, county.handler)


@pytest.mark.rule("INC-08")
def test_each_notice_is_in_the_inbox_of_exactly_those_whom_the_plan_names_and_on_the_case(county: County) -> None:
    case_id = accepted(county)
    everybody = {
        "handler": county.handler,
        "head": HEAD,
        "county-leader": LEADER_OF_COUNTY,
        "helper": county.helper,
        "member": county.member,
        "operator": county.operator,
    }

    def warned() -> dict[str, list[str]]:
        return {
            name: found
            for name, who in everybody.items()
            if (found := sorted(kind for kind in inbox(county, who) if kind.startswith("warned")))
        }

    due = limit_of(county, case_id)["due_at"]
    county.clock.moment = due - timedelta(hours=2)
    county.service.bus.sweep()
    assert warned() == {"handler": ["warned-none"]}
    county.clock.moment = due + timedelta(seconds=1)
    county.service.bus.sweep()
    assert warned() == {"handler": ["warned-none", "warned-yellow"], "head": ["warned-yellow"]}
    county.clock.moment = due + timedelta(days=1, seconds=1)
    county.service.bus.sweep()
    county.service.bus.sweep()
    assert warned() == {
        "handler": ["warned-none", "warned-red", "warned-yellow"],
        "head": ["warned-red", "warned-yellow"],
        "county-leader": ["warned-red"],
    }
    notices = county.case(case_id)["notices"]
    assert [(each["colour"], each["to_name"]) for each in notices] == [
        ("none", "承办部门经办人"),
        ("yellow", "承办部门经办人"),
        ("yellow", "承办部门负责人"),
        ("red", "承办部门经办人"),
        ("red", "承办部门负责人"),
        ("red", "县领导"),
    ]
    assert all(each["at"] >= due - timedelta(hours=2) for each in notices)


@pytest.mark.rule("INC-08")
def test_of_a_case_that_a_grid_holds_its_members_and_its_leader_are_told(county: County) -> None:
    county.clock.moment = MONDAY
    plain = {"matter_code": "06010", "replies": (), "way": "coordinated"}
    case_id = county.do(report(**plain), county.operator)["id"]
    county.clock.moment = limit_of(county, case_id)["due_at"] + timedelta(seconds=1)
    county.service.bus.sweep()
    assert [kind for kind in inbox(county, county.member) if kind.startswith("warned")] == [
        "warned-yellow",
        "warned-none",
    ]
    assert [kind for kind in inbox(county, county.leader) if kind.startswith("warned")] == ["warned-yellow"]
    neighbour = person("neighbour", "grid-member", areas=("371321106245002",))
    assert not any(kind.startswith("warned") for who in (neighbour, county.operator) for kind in inbox(county, who))
    assert {each["to"] for each in county.case(case_id)["notices"]} == {GRID}
