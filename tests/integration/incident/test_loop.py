"""The loop of one case against real PostgreSQL: reported, dispatched, handled, verified, evaluated."""

from datetime import UTC, datetime

import pytest

from services.chassis.errors import Forbidden, IdempotencyMismatch, NotAllowedNow, StaleVersion
from services.incident import messages
from services.incident.errors import (
    CaseNotFound,
    MatterUnknown,
    OutsideCounty,
    OwnWork,
    PlaceMissing,
    ReasonMissing,
    ReopenTooLate,
    ReplyMissing,
    ReplyWrong,
    ResultMissing,
    WayNotAllowed,
)
from services.incident.queries import Filter
from tests.integration.incident.conftest import GRID, INSIDE, County, person

REPLIES = (messages.GivenReply("water-colour", "黑"), messages.GivenReply("smell", "是"))


def report(**changes: object) -> messages.Report:
    values: dict[str, object] = {
        "matter_code": "06026",
        "description": "排污口流出黑水,电话13812345678",
        "channel": "grid-worker",
        "point": messages.GivenPoint(*INSIDE),
        "replies": REPLIES,
        "attachments": ("photo-1",),
    }
    return messages.Report(**{**values, **changes})  # type: ignore[arg-type]


def handled(county: County) -> str:
    """A case that was dispatched, accepted and answered."""
    case_id = county.do(report(), county.member)["id"]
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已封堵", attachments=("photo-2",)), county.handler)
    return case_id


@pytest.mark.rule("INC-02", "INC-05", "INC-13", "INC-14", "INC-15", "INC-19")
def test_a_case_goes_through_the_whole_loop(county: County) -> None:
    answer = county.do(report(), county.member)
    assert answer["state"] == "dispatched"
    case_id = answer["id"]

    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Contribute(case_id=case_id, note="已查看上游"), county.helper)
    county.do(messages.Answer(case_id=case_id, result="已清理", attachments=("photo-2",)), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=False, reason="水仍发黑"), county.verifier)
    county.do(messages.Answer(case_id=case_id, result="已封堵排污口"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    word = messages.Evaluate(case_id=case_id, contacted=True, solved=True, satisfaction="satisfied")
    answer = county.do(word, county.member)
    assert answer["state"] == "closed"

    case = county.case(case_id)
    assert (case["department"], case["co_departments"]) == ("env-office", ["water-station"])
    assert (case["grid_code"], case["reworks"], case["first_report"]) == (GRID, 1, True)
    assert [(each["action"], each["to_state"]) for each in case["history"]] == [
        ("report", "reported"),
        ("file", "filed"),
        ("dispatch", "dispatched"),
        ("accept", "handling"),
        ("contribute", "handling"),
        ("answer", "answered"),
        ("refuse", "handling"),
        ("answer", "answered"),
        ("pass", "verified"),
        ("confirm", "closed"),
    ]
    assert [each["sequence"] for each in case["history"]] == list(range(1, 11))
    assert case["history"][6]["reason"] == "水仍发黑"


@pytest.mark.rule("INC-02")
def test_every_event_has_the_next_sequence_and_one_routing_key(county: County) -> None:
    case_id = handled(county)
    rows = county.rows(
        "SELECT type, routing_key, bcc, convert_from(body, 'UTF8')::json AS body FROM outbox ORDER BY id"
    )
    assert [row.body["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row.body["subject"] for row in rows} == {case_id}
    dispatched = next(row for row in rows if row.type == "incident.dispatched.v1")
    assert dispatched.routing_key == "incident.dispatched.v1.env-office.371321.106.245.001"
    assert dispatched.bcc == ["incident.dispatched.v1.water-station.371321.106.245.001"]
    assert "13812345678" not in str([row.body for row in rows])


@pytest.mark.rule("ALL-04")
def test_the_same_key_gives_the_first_answer(county: County) -> None:
    first = county.do(report(), county.member, key="k1")
    assert county.do(report(), county.member, key="k1") == first
    with pytest.raises(IdempotencyMismatch):
        county.do(report(description="别的"), county.member, key="k1")
    assert county.do(report(), county.leader, key="k1")["id"] != first["id"]
    assert county.rows('SELECT count(*) FROM "case"')[0][0] == 2


@pytest.mark.rule("INC-14", "ENF-07")
def test_nobody_verifies_own_work(county: County) -> None:
    case_id = handled(county)
    both = person("handler", "department-handler", "verifier", department="env-office", areas=("371321",))
    with pytest.raises(OwnWork):
        county.do(messages.Verify(case_id=case_id, passed=True), both)
    colleague = person("colleague", "verifier", department="water-station", areas=("371321",))
    with pytest.raises(OwnWork):
        county.do(messages.Verify(case_id=case_id, passed=True), colleague)
    assert county.case(case_id)["state"] == "answered"


@pytest.mark.rule("INC-14")
def test_a_refusal_needs_a_reason(county: County) -> None:
    case_id = handled(county)
    with pytest.raises(ReasonMissing):
        county.do(messages.Verify(case_id=case_id, passed=False, reason="  "), county.verifier)


@pytest.mark.rule("INC-15")
def test_not_solved_goes_back_to_work_and_reopening_has_an_end(county: County) -> None:
    case_id = handled(county)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    unsolved = messages.Evaluate(case_id=case_id, contacted=True, solved=False, satisfaction="dissatisfied")
    assert county.do(unsolved, county.member)["state"] == "handling"
    county.do(messages.Answer(case_id=case_id, result="再次处理"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    county.do(messages.Evaluate(case_id=case_id, contacted=False, solved=False), county.operator)
    assert county.do(messages.Reopen(case_id=case_id, reason="又出现"), county.member)["state"] == "dispatched"
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="第三次"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    county.do(messages.Evaluate(case_id=case_id, contacted=False, solved=False), county.operator)
    county.clock.advance(days=8)
    with pytest.raises(ReopenTooLate):
        county.do(messages.Reopen(case_id=case_id, reason="又出现"), county.member)
    assert county.case(case_id)["reworks"] == 2


@pytest.mark.rule("INC-03")
def test_the_four_ways(county: County) -> None:
    plain = {"matter_code": "06010", "replies": ()}
    settled = county.do(report(**plain, settled=True, result="已清扫"), county.member)
    assert settled["state"] in ("registered", "spot-check")
    coordinated = county.do(report(**plain, way="coordinated"), county.member)
    assert coordinated["state"] == "dispatched"
    county.do(messages.Accept(case_id=coordinated["id"]), county.leader)
    urgent = county.do(report(way="urgent"), county.member)
    county.do(messages.FollowUp(case_id=urgent["id"], note="已到现场"), county.member)
    told = county.rows(f"SELECT audience FROM message WHERE kind = 'urgent' AND case_id = '{urgent['id']}'")
    assert [row.audience for row in told] == [GRID, "371321106000001", "county-leader"]


@pytest.mark.rule("INC-14")
def test_self_handled_matters_are_drawn_for_verification(county: County) -> None:
    command = report(matter_code="06010", replies=(), settled=True, result="已清扫")
    answers = [county.do(command, county.member) for _ in range(120)]
    drawn = [answer for answer in answers if answer["state"] == "spot-check"]
    assert 0 < len(drawn) < 60
    with pytest.raises(OwnWork):
        county.do(
            messages.Verify(case_id=drawn[0]["id"], passed=True),
            person("member", "grid-member", "verifier", areas=("371321",)),
        )
    back = county.do(messages.Verify(case_id=drawn[0]["id"], passed=False, reason="仍有垃圾"), county.verifier)
    assert back["state"] == "dispatched"
    county.do(messages.Accept(case_id=drawn[0]["id"]), county.leader)


@pytest.mark.rule("REG-14")
def test_another_area_or_department_sees_nothing(county: County) -> None:
    case_id = handled(county)
    strangers = [
        person("other-member", "grid-member", areas=("371321106245002",)),
        person("other-office", "department-head", department="police-station"),
        person("other-town", "centre-operator", areas=("371321101",)),
    ]
    for stranger in strangers:
        with pytest.raises(CaseNotFound):
            county.case(case_id, stranger)
        with pytest.raises(CaseNotFound):
            county.do(messages.Accept(case_id=case_id), stranger)
        assert county.service.queries.cases(Filter(), stranger)["items"] == []


def test_a_wrong_role_is_refused_and_recorded(county: County) -> None:
    case_id = county.do(report(), county.member)["id"]
    with pytest.raises(Forbidden):
        county.do(messages.Accept(case_id=case_id), county.member)
    with pytest.raises(Forbidden):
        county.do(messages.Accept(case_id=case_id), county.helper)
    refused = county.rows("SELECT actor FROM audit WHERE outcome = 'forbidden' ORDER BY id")
    assert [row.actor for row in refused] == ["person-member", "person-helper"]


def test_an_action_out_of_turn_names_what_is_possible(county: County) -> None:
    case_id = handled(county)
    with pytest.raises(NotAllowedNow) as refusal:
        county.do(messages.Accept(case_id=case_id), county.handler)
    assert "核查通过" in refusal.value.sentence("zh")


def test_two_people_editing_one_case(county: County) -> None:
    answer = county.do(report(), county.member)
    stale = messages.Accept(case_id=answer["id"], expected_version=answer["version"] - 1)
    with pytest.raises(StaleVersion):
        county.do(stale, county.handler)


@pytest.mark.rule("INC-01", "INC-04", "ALL-05")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"matter_code": "99999"}, MatterUnknown),
        ({"point": messages.GivenPoint(100.0, 20.0)}, OutsideCounty),
        ({"point": None}, PlaceMissing),
        ({"replies": ()}, ReplyMissing),
        ({"replies": (messages.GivenReply("water-colour", "彩虹"), REPLIES[1])}, ReplyWrong),
        ({"way": "approval"}, WayNotAllowed),
        ({"matter_code": "06010", "replies": (), "settled": True}, ResultMissing),
    ],
)
def test_bad_reports_are_refused_and_leave_nothing(county: County, changes: dict, error: type) -> None:
    with pytest.raises(error):
        county.do(report(**changes), county.member)
    assert county.rows('SELECT count(*) FROM "case"')[0][0] == 0
    assert county.rows("SELECT count(*) FROM outbox")[0][0] == 0


@pytest.mark.rule("INC-07", "INC-08")
def test_notices_go_out_once_each_and_limits_follow_the_plan(county: County) -> None:
    county.clock.moment = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in the county
    case_id = county.do(report(), county.member)["id"]
    limit = county.case(case_id)["limits"][-1]
    assert (limit["step"], limit["due_at"]) == ("handle", limit["started_at"].replace(day=25))
    assert county.service.bus.sweep() == 0
    county.clock.advance(days=5)
    assert county.service.bus.sweep() == 3
    assert county.service.bus.sweep() == 0
    warned = county.rows(
        "SELECT convert_from(body,'UTF8')::json->'data'->>'colour' c FROM outbox WHERE type LIKE '%warned%'"
    )
    assert sorted(row.c for row in warned) == ["none", "red", "yellow"]
    assert county.case(case_id)["limits"][-1]["light"] == "red"
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="迟到的处理"), county.handler)
    county.do(messages.Excuse(case_id=case_id, reason="已补救,无影响"), county.operator)
    assert county.case(case_id)["excused"] is True


@pytest.mark.rule("INC-15")
def test_a_case_without_the_reporters_word_closes_by_itself(county: County) -> None:
    case_id = handled(county)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    county.clock.advance(days=8)
    county.service.bus.sweep()
    assert county.case(case_id)["state"] == "closed"


@pytest.mark.rule("PRV-02", "PRV-03")
def test_the_callers_data_are_sealed_masked_and_looks_recorded(county: County) -> None:
    caller = messages.GivenReporter("张三丰", "13912345678")
    case_id = county.do(report(reporter=caller, channel="telephone"), county.operator)["id"]
    stored = county.rows('SELECT reporter_name, reporter_phone FROM "case"')[0]
    assert "张三丰" not in stored.reporter_name and "13912345678" not in stored.reporter_phone
    assert county.case(case_id)["reporter_phone"] == "139****5678"
    assert county.case(case_id)["reporter_name"] == "张**"
    assert "13812345678" not in county.case(case_id)["description"]
    assert county.case(case_id, purpose="回访")["reporter_phone"] == "13912345678"
    looks = county.rows("SELECT actor, detail->>'purpose' AS purpose FROM audit WHERE action = 'look' ORDER BY id")
    assert [row.purpose for row in looks][-1] == "回访"


@pytest.mark.rule("ALL-02")
def test_lists_page_filter_and_sort(county: County) -> None:
    ids = [county.do(report(), county.member)["id"] for _ in range(5)]
    first = county.service.queries.cases(Filter(limit=2), county.operator)
    second = county.service.queries.cases(Filter(limit=2, cursor=first["next_cursor"]), county.operator)
    third = county.service.queries.cases(Filter(limit=2, cursor=second["next_cursor"]), county.operator)
    seen = [line["id"] for page in (first, second, third) for line in page["items"]]
    assert seen == ids[::-1] and third["next_cursor"] == ""
    todo = county.service.queries.cases(Filter(for_me=True, sort="due_at"), county.handler)["items"]
    assert [line["id"] for line in todo] == ids
    assert county.service.queries.cases(Filter(for_me=True), county.verifier)["items"] == []
    found = county.service.queries.cases(Filter(text="100%"), county.operator)["items"]
    assert found == []


@pytest.mark.rule("INC-13")
def test_messages_reach_whom_they_concern_and_are_read_once(county: County) -> None:
    case_id = handled(county)
    mine = county.service.queries.messages(county.member, True, 0, "")["items"]
    assert [line["kind"] for line in mine] == ["answer"]
    assert county.service.queries.messages(county.handler, True, 0, "")["items"][0]["case_id"] == case_id
    county.do(messages.ReadMessage(message_id=mine[0]["id"]), county.member)
    assert len(county.service.queries.messages(county.member, True, 0, "")["items"]) == len(mine) - 1
