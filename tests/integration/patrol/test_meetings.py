"""Meetings follow the plan, their agenda fills itself, decisions become cases and tasks and are followed (PAT-09)."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.envelope import Envelope
from services.chassis.errors import Forbidden, Invalid, StaleVersion, WanggeError
from services.chassis.ids import new_id
from services.chassis.personal import Seal
from services.patrol import errors, messages, schemas
from services.patrol.queries.meetings import DecisionFilter, MeetingFilter
from tests.integration.patrol.conftest import (
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    STRANGER,
    TOWN,
    County,
    person,
)

pytestmark = pytest.mark.rule("PAT-09")

TOWN_AREA, COUNTY = TOWN[:9], "371321"
CENTRE = person("centre", "centre-operator", areas=(TOWN_AREA,))
OTHER_TOWN = person("other-town", "centre-operator", areas=("371321107",))
ENV = Principal("person-env", "env", frozenset({"department-handler"}), "env-office", (TOWN_AREA,))
POLICE_ELSEWHERE = Principal("person-p", "p", frozenset({"department-handler"}), "police-station", ("371321107",))
PLATFORM = Principal("platform", "平台", frozenset({"platform"}))


@pytest.fixture
def town(county: County) -> County:
    """The county with accounts of the centre, of a department, and of another town."""
    for who in (CENTRE, ENV, OTHER_TOWN):
        data = {"person_id": who.person_id, "roles": sorted(who.roles), "department": who.department}
        county.hear("person-changed", who.person_id, {**data, "areas": list(who.areas), "active": True})
    county.run()
    return county


def meetings(county: County, who: Principal = PLATFORM, **wanted: Any) -> list[dict[str, Any]]:
    return county.service.meetings.meetings(MeetingFilter(limit=200, **wanted), who)["items"]


def the(county: County, meeting: str, grid: str, day: str) -> dict[str, Any]:
    found = [each for each in meetings(county, meeting=meeting) if (each["grid"], each["day"]) == (grid, day)]
    assert len(found) == 1, found
    return county.service.meetings.meeting(found[0]["id"], PLATFORM)


def seen(county: County, meeting: dict[str, Any], who: Principal = PLATFORM) -> dict[str, Any]:
    return county.service.meetings.meeting(meeting["id"], who)


def do(county: County, command: messages.MeetingCommand | messages.DecisionCommand, who: Principal) -> dict[str, Any]:
    return county.service.bus.handle(command, who, new_id())


def tell(county: County, fact: str, case_id: str, state: str, sequence: int, grid: str = GRID, **more: Any) -> None:
    """Let the service hear one event of the incident service."""
    data = {"number": f"N-{case_id[-4:]}", "matter_code": "06026", "state": state, **more}
    envelope = Envelope(
        id=new_id(), source="/wangge/371321/incident", type=f"incident.{fact}.v1", subject=case_id,
        time=county.clock.now(), sequence=sequence, grid=grid, data=data,
    )  # fmt: skip
    county.service.bus.consume(schemas.read_case(envelope), "patrol.on.incident", envelope.id)


def unresolved(county: County, grid: str = GRID) -> str:
    case_id = new_id()
    tell(county, "reported", case_id, "reported", 1, grid)
    tell(county, "dispatched", case_id, "dispatched", 2, grid)
    tell(county, "consultation-asked", case_id, "handling", 3, grid)
    return case_id


def begin(county: County, **more: Any) -> dict[str, Any]:
    """The town's consultation of Friday, open, with one case on its agenda."""
    unresolved(county, **more)
    meeting = the(county, "consultation", TOWN, "2026-11-27")
    county.clock.advance(days=4)
    do(county, messages.OpenMeeting(meeting_id=meeting["id"]), CENTRE)
    return seen(county, meeting)


# --- that there are meetings ------------------------------------------------------------------------------------------


@pytest.mark.rule("REG-16")
def test_two_weeks_of_meetings_are_there_with_who_convenes_and_who_is_invited(town: County) -> None:
    there = {(each["meeting"], each["grid"], each["day"], each["state"]) for each in meetings(town)}
    assert there == {
        ("consultation", TOWN, "2026-11-27", "planned"),
        ("consultation", TOWN, "2026-12-04", "planned"),
        ("village-half-month", GRID, "2026-12-01", "planned"),
        ("village-half-month", NEIGHBOUR, "2026-12-01", "planned"),
    }
    consultation = the(town, "consultation", TOWN, "2026-11-27")
    assert (consultation["conveners"], consultation["lead_department"]) == ([CENTRE.person_id], "grid-centre")
    invited = {each["title"]: each for each in consultation["invited"]}
    assert invited["镇环保办"]["people"] == [ENV.person_id]
    assert invited["主要领导"]["people"] == []
    assert {"分管领导", "派出所", "相关职能部门", "镇网格化服务中心"} < invited.keys()
    village = the(town, "village-half-month", GRID, "2026-12-01")
    assert village["conveners"] == [LEADER.person_id]
    two = next(each for each in village["invited"] if each["title"] == "村“两委”成员")
    assert (two["post"], two["people"]) == ("grid-member", ["person-colleague", MEMBER.person_id])


def test_making_them_twice_or_from_many_workers_makes_nothing_twice(town: County) -> None:
    before = sorted(each["id"] for each in meetings(town))
    town.hear("grid-changed", GRID, {
        "code": GRID, "name": "临河", "kind": "area", "level": 3, "ancestors": [TOWN], "active": True,
    }, sequence=2)  # fmt: skip
    town.clock.advance(seconds=5)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: town.service.bus.sweep(), range(4)))
    assert sorted(each["id"] for each in meetings(town)) == before


def test_days_go_by_and_so_do_the_meetings(town: County) -> None:
    town.clock.advance(days=7)
    town.run()
    days = {each["day"] for each in meetings(town, meeting="consultation")}
    assert days == {"2026-11-27", "2026-12-04", "2026-12-11"}
    (late,) = [each for each in meetings(town, meeting="consultation") if each["late"]]
    assert late["day"] == "2026-11-27"


def test_what_the_plan_no_longer_asks_for_is_withdrawn_unless_somebody_prepared_it(
    town: County, plan_document: dict[str, Any]
) -> None:
    kept = the(town, "consultation", TOWN, "2026-12-04")
    do(town, messages.AddAgendaItem(meeting_id=kept["id"], words="年终总结"), CENTRE)
    changed = copy.deepcopy(plan_document)
    changed["meetings"] = [each for each in changed["meetings"] if each["id"] != "consultation"]
    town.activate(changed, version=2)
    town.run()
    assert [each["id"] for each in meetings(town, meeting="consultation")] == [kept["id"]]


def test_a_successor_convenes_and_the_predecessor_does_not(town: County) -> None:
    meeting = the(town, "village-half-month", GRID, "2026-12-01")
    heir = person("heir", "grid-leader")
    town.hear("post-changed", f"leader-leader-{GRID}", {
        "person_id": LEADER.person_id, "post": "leader", "from": "2026-01-01", "to": "2026-11-22", "state": "ended",
    }, 2, GRID)  # fmt: skip
    town.appoint(heir, "leader")
    town.run()
    assert seen(town, meeting)["conveners"] == [heir.person_id]
    with pytest.raises(errors.NotTheConvener):
        do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="修路"), LEADER)
    do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="修路"), heir)


def test_a_grid_that_is_no_more_has_no_meetings(town: County) -> None:
    town.grid(NEIGHBOUR, 3, TOWN, active=False, sequence=2)
    town.run()
    assert {each["grid"] for each in meetings(town, meeting="village-half-month")} == {GRID}


# --- the agenda -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("INC-10")
def test_cases_that_nobody_could_settle_come_by_themselves_and_go_when_they_are_settled(town: County) -> None:
    meeting = the(town, "consultation", TOWN, "2026-11-27")
    asked, contested, late, fine = new_id(), new_id(), new_id(), new_id()
    tell(town, "dispatched", fine, "dispatched", 2)
    tell(town, "consultation-asked", asked, "handling", 3)
    tell(town, "returned", contested, "arbitration", 4, arbitration=True)
    tell(town, "warned", late, "handling", 5, colour="red")
    tell(town, "warned", fine, "handling", 3, colour="yellow")
    items = {each["case_id"]: each["why_names"] for each in seen(town, meeting)["agenda"]}
    assert items == {asked: ["提请会商"], contested: ["两次退回,职责有争议"], late: ["逾期未办结"]}
    title = next(each["title"] for each in seen(town, meeting)["agenda"] if each["case_id"] == asked)
    assert title == f"N-{asked[-4:]}·河道污染·网格001"
    tell(town, "ruled", contested, "dispatched", 5)
    tell(town, "answered", asked, "answered", 4)
    assert [each["case_id"] for each in seen(town, meeting)["agenda"]] == [late]


@pytest.mark.rule("INC-10")
def test_a_case_elsewhere_does_not_come_and_one_told_late_is_not_reopened(town: County) -> None:
    town.grid("371321107000001", 1)
    elsewhere, over = new_id(), new_id()
    tell(town, "consultation-asked", elsewhere, "handling", 3, "371321107000001")
    tell(town, "closed", over, "closed", 9)
    tell(town, "consultation-asked", over, "handling", 3)
    assert the(town, "consultation", TOWN, "2026-11-27")["agenda"] == []


def test_findings_that_are_not_settled_come_to_the_villages_meeting(town: County) -> None:
    task = town.daily()
    found = [
        town.entry(task, item, answer="problem", words="黑水") for item in ("environment/water", "sanitation/garbage")
    ]
    cases = [each["case_id"] for each in town.sync(*found)]
    tell(town, "reported", cases[0], "dispatched", 1)
    tell(town, "closed", cases[1], "closed", 5)
    town.clock.advance(days=7)
    town.run()
    agenda = the(town, "village-half-month", GRID, "2026-12-01")["agenda"]
    assert [(each["kind"], each["case_id"]) for each in agenda] == [("finding", cases[0]), ("heading", None)]
    assert [each["kind"] for each in the(town, "village-half-month", NEIGHBOUR, "2026-12-01")["agenda"]] == ["heading"]


def test_the_convener_adds_and_removes_and_what_was_removed_stays_away(town: County) -> None:
    case_id = unresolved(town)
    meeting = the(town, "consultation", TOWN, "2026-11-27")
    (item,) = meeting["agenda"]
    do(town, messages.RemoveAgendaItem(meeting_id=meeting["id"], item_id=item["id"], reason="已有眉目"), CENTRE)
    do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="王某某家的宅基地,13812345678"), CENTRE)
    tell(town, "warned", case_id, "handling", 4, colour="red")
    town.clock.advance(days=4)
    town.run()
    do(town, messages.OpenMeeting(meeting_id=meeting["id"]), CENTRE)
    agenda = seen(town, meeting)["agenda"]
    assert [(each["kind"], each["removed"]) for each in agenda] == [("case", "已有眉目"), ("topic", "")]
    assert agenda[1]["title"] == "王某某家的宅基地,13812345678"
    with town.service.engine.connect() as connection:
        kept = connection.scalar(sa.text("SELECT items::text FROM meeting WHERE id = CAST(:id AS uuid)"), meeting)
    assert "13812345678" not in kept and "王某某" not in kept


# --- the meeting ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("INC-10")
def test_a_decision_about_a_case_is_told_sealed_and_the_case_does_not_come_again(town: County) -> None:
    meeting = begin(town)
    (item,) = meeting["agenda"]
    decide = messages.Decide(meeting_id=meeting["id"], item_id=item["id"], kind="case", words="由环保办牵头,李某配合")
    decision = do(town, decide, CENTRE)
    (event,) = town.events("meeting-decided")
    data = event["data"]
    assert (data["case_id"], data["decision_id"], data["title"]) == (item["case_id"], decision["id"], "会商")
    assert "李某" not in str(event)
    seal = Seal.from_file(town.service.config.field_key)
    told = json.loads(seal.open(data["sealed"], f"patrol.decided:{decision['id']}"))
    assert told == {"words": "由环保办牵头,李某配合", "name": "centre"}
    assert the(town, "consultation", TOWN, "2026-12-04")["agenda"] == []
    (line,) = town.service.meetings.decisions(DecisionFilter(states=("open",)), CENTRE)["items"]
    assert (line["words"], line["state_name"], line["actions"]) == ("由环保办牵头,李某配合", "落实中", [])
    with pytest.raises(errors.DecidedCaseRunsOn):
        do(town, messages.FinishDecision(decision_id=decision["id"], result="好"), CENTRE)
    tell(town, "closed", item["case_id"], "closed", 8)
    assert seen(town, meeting)["decisions"][0]["state"] == "done"
    (ended,) = town.events("decision-ended")
    assert (ended["subject"], ended["data"]["state"]) == (decision["id"], "done")
    tell(town, "reopened", item["case_id"], "dispatched", 9)
    assert seen(town, meeting)["decisions"][0]["state"] == "open"


def test_a_decision_becomes_a_case(town: County) -> None:
    meeting = begin(town)
    item_id = meeting["agenda"][0]["id"]
    words = "整治上游两家作坊"
    decide = messages.Decide(meeting_id=meeting["id"], item_id=item_id, kind="incident", words=words)
    with pytest.raises(errors.DecisionNeedsMatter):
        do(town, decide, CENTRE)
    chosen = messages.Decide(**{**decide.__dict__, "matter_code": "06026", "grid_code": GRID})
    do(town, chosen, CENTRE)
    (event,) = town.events("case-raised")
    (line,) = seen(town, meeting)["decisions"]
    assert (event["grid"], event["data"]["case_id"]) == (GRID, line["case_id"])
    seal = Seal.from_file(town.service.config.field_key)
    told = json.loads(seal.open(event["data"]["sealed"], f"patrol.sealed:{line['case_id']}"))
    assert told == {"words": words, "name": "centre", "roles": ["centre-operator"]}


def test_a_task_is_done_by_whoever_has_it_or_overdue_or_cancelled_with_a_reason(town: County) -> None:
    meeting = begin(town)
    common = {"meeting_id": meeting["id"], "item_id": meeting["agenda"][0]["id"], "kind": "task", "words": "现场核实"}
    mine = do(town, messages.Decide(**common, person_id=MEMBER.person_id, due_on="2026-11-28"), CENTRE)
    theirs = do(town, messages.Decide(**common, department="env-office", due_on="2026-12-01"), CENTRE)
    nobodys = do(town, messages.Decide(**common, department="police-station", due_on="2026-12-01"), CENTRE)
    for who in (STRANGER, POLICE_ELSEWHERE):
        with pytest.raises(errors.DecisionNotFound):
            do(town, messages.FinishDecision(decision_id=mine["id"], result="看过"), who)
    with pytest.raises(errors.NotTheAssignee):
        do(town, messages.CancelDecision(decision_id=mine["id"], reason="忙"), MEMBER)
    do(town, messages.FinishDecision(decision_id=theirs["id"], result="已清理"), ENV)
    with pytest.raises(errors.ReasonMissing):
        do(town, messages.CancelDecision(decision_id=nobodys["id"], reason=" "), CENTRE)
    do(town, messages.CancelDecision(decision_id=nobodys["id"], reason="已并入案件"), CENTRE)
    town.clock.advance(days=2)
    town.run()
    states = {each["id"]: each["state"] for each in seen(town, meeting)["decisions"]}
    assert states == {mine["id"]: "overdue", theirs["id"]: "done", nobodys["id"]: "cancelled"}
    (shown,) = town.service.meetings.decisions(DecisionFilter(mine=True), MEMBER)["items"]
    assert (shown["id"], shown["actions"]) == (mine["id"], ["finish"])
    do(town, messages.FinishDecision(decision_id=mine["id"], result="看过"), MEMBER)
    with pytest.raises(errors.DecisionStateWrong):
        do(town, messages.FinishDecision(decision_id=mine["id"], result="再看"), MEMBER)
    assert [each["data"]["late"] for each in town.events("decision-ended")] == [False, False, True]


def test_what_was_decided_and_is_not_done_is_shown_at_the_next_meeting(town: County) -> None:
    meeting = begin(town)
    common = {"meeting_id": meeting["id"], "item_id": meeting["agenda"][0]["id"], "kind": "task", "words": "现场核实"}
    task = do(town, messages.Decide(**common, department="env-office", due_on="2026-12-01"), CENTRE)
    (line,) = the(town, "consultation", TOWN, "2026-12-04")["earlier"]
    assert line["id"] == task["id"]


def test_minutes_and_who_was_there_are_kept_sealed_and_end_it(town: County) -> None:
    meeting = begin(town)
    people = (CENTRE.person_id, ENV.person_id)
    do(town, messages.RecordPresent(meeting_id=meeting["id"], people=people, guests="老党员张三"), CENTRE)
    with pytest.raises(errors.MinutesMissing):
        do(town, messages.CloseMeeting(meeting_id=meeting["id"], minutes="  "), CENTRE)
    do(town, messages.CloseMeeting(meeting_id=meeting["id"], minutes="张三提议先疏通"), CENTRE)
    line = seen(town, meeting, ENV)
    assert (line["state"], line["minutes"], line["guests"]) == ("held", "张三提议先疏通", "老党员张三")
    assert (line["present"], line["actions"]) == (list(people), [])
    for who in (CENTRE, ENV):  # it is in the diary of each of them (PAT-08)
        (record,) = town.service.diary.day("2026-11-27", "", who)["records"]
        assert (record["kind_name"], record["title"], record["subject"]) == ("参加会议", line["name"], meeting["id"])
    (event,) = town.events("meeting-held")
    assert event["data"] == {
        "meeting": "consultation", "day": "2026-11-27", "late": False, "present": 2, "items": 1, "decisions": 0,
    }  # fmt: skip
    with town.service.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT minutes, guests FROM meeting WHERE state = 'held'")).one()
    assert "张三" not in f"{row.minutes}{row.guests}"
    with pytest.raises(errors.MeetingStateWrong):
        do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="补充"), CENTRE)


def test_a_meeting_is_moved_or_cancelled_only_with_a_reason(town: County) -> None:
    meeting = the(town, "consultation", TOWN, "2026-11-27")
    with pytest.raises(errors.ReasonMissing):
        do(town, messages.ArrangeMeeting(meeting_id=meeting["id"], day="2026-11-26"), CENTRE)
    for day in ("2026-11-22", "2027-03-01"):
        with pytest.raises(errors.DayOutOfRange):
            do(town, messages.ArrangeMeeting(meeting_id=meeting["id"], day=day, reason="迎检"), CENTRE)
    arrange = messages.ArrangeMeeting(
        meeting_id=meeting["id"], day="2026-11-26", starts="09:00", place="二楼", reason="迎检"
    )
    do(town, arrange, CENTRE)
    town.hear("calendar-changed", "2026", {"year": 2026, "days": []})
    town.run()
    line = seen(town, meeting)
    assert (line["day"], line["starts"], line["place"], line["reason"]) == ("2026-11-26", "09:00", "二楼", "迎检")
    assert str(line["moved_from"]) == "2026-11-27"
    with pytest.raises(errors.MeetingNotYet):
        do(town, messages.OpenMeeting(meeting_id=meeting["id"]), CENTRE)
    with pytest.raises(errors.ReasonMissing):
        do(town, messages.CancelMeeting(meeting_id=meeting["id"], reason=""), CENTRE)
    do(town, messages.CancelMeeting(meeting_id=meeting["id"], reason="台风"), CENTRE)
    town.run()
    assert seen(town, meeting)["state"] == "cancelled"
    assert len(meetings(town, meeting="consultation")) == 2


# --- who may, and what is refused -------------------------------------------------------------------------------------


@pytest.mark.rule("REG-14")
def test_who_is_neither_invited_nor_responsible_sees_nothing_and_who_is_invited_decides_nothing(town: County) -> None:
    meeting = begin(town)
    for who in (MEMBER, STRANGER, OTHER_TOWN, POLICE_ELSEWHERE):
        assert meeting["id"] not in {each["id"] for each in meetings(town, who)}
        with pytest.raises(errors.MeetingNotFound):
            seen(town, meeting, who)
        with pytest.raises(errors.MeetingNotFound):
            do(town, messages.CancelMeeting(meeting_id=meeting["id"], reason="x"), who)
    assert [each["id"] for each in meetings(town, ENV, mine=True, states=("open",))] == [meeting["id"]]
    commands = (
        messages.AddAgendaItem(meeting_id=meeting["id"], words="x"),
        messages.RecordPresent(meeting_id=meeting["id"], people=()),
        messages.CloseMeeting(meeting_id=meeting["id"], minutes="x"),
        messages.CancelMeeting(meeting_id=meeting["id"], reason="x"),
        messages.Decide(meeting_id=meeting["id"], item_id=meeting["agenda"][0]["id"], kind="case", words="x"),
    )
    for command in commands:
        with pytest.raises(Forbidden) as refused:
            do(town, command, ENV)
        assert "镇网格化服务中心" in refused.value.sentence("zh")
    assert seen(town, meeting, ENV)["actions"] == []


def test_wrong_input_says_what_and_where_and_changes_nothing(town: County) -> None:
    meeting = begin(town)
    topic = do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="修路"), CENTRE)
    assert topic["version"] > 0
    case, words = seen(town, meeting)["agenda"]
    common = {"meeting_id": meeting["id"], "item_id": case["id"], "words": "x"}
    wrong = {
        "item_id": messages.Decide(**{**common, "item_id": new_id()}, kind="case"),
        "kind": messages.Decide(**{**common, "item_id": words["id"]}, kind="case"),
        "matter_code": messages.Decide(**common, kind="incident", matter_code="X9"),
        "grid_code": messages.Decide(**common, kind="incident", matter_code="06026", grid_code="371321107000001"),
        "person_id": messages.Decide(**common, kind="task", person_id="nobody", due_on="2026-12-01"),
        "department": messages.Decide(**common, kind="task", department="nowhere", due_on="2026-12-01"),
        "due_on": messages.Decide(**common, kind="task", department="env-office", due_on="2026-11-26"),
        "people": messages.RecordPresent(meeting_id=meeting["id"], people=(MEMBER.person_id, "nobody")),
        "case_id": messages.AddAgendaItem(meeting_id=meeting["id"], case_id=case["case_id"]),
        "words": messages.AddAgendaItem(meeting_id=meeting["id"], words="  "),
    }
    before = seen(town, meeting)
    for path, command in wrong.items():
        with pytest.raises(Invalid) as refused:
            do(town, command, CENTRE)
        assert [fault.path for fault in refused.value.faults] == [path], path
    with pytest.raises(errors.DecisionIncomplete):
        do(town, messages.Decide(**common, kind="task", due_on="2026-12-01"), CENTRE)
    with pytest.raises(errors.CaseNotInArea):
        do(town, messages.AddAgendaItem(meeting_id=meeting["id"], case_id="no-such-case"), CENTRE)
    with pytest.raises(StaleVersion):
        do(town, messages.CloseMeeting(meeting_id=meeting["id"], minutes="x", expected_version=1), CENTRE)
    with pytest.raises(errors.MeetingNotFound):
        do(town, messages.OpenMeeting(meeting_id="not-an-id"), CENTRE)
    assert seen(town, meeting) == before
    assert town.events("case-raised") == town.events("meeting-decided") == []


@pytest.mark.rule("ALL-04")
def test_two_at_once_and_twice_with_the_same_key_decide_once(town: County) -> None:
    meeting = begin(town)
    decide = messages.Decide(
        meeting_id=meeting["id"], item_id=meeting["agenda"][0]["id"], kind="case", words="x",
        expected_version=meeting["version"],
    )  # fmt: skip

    def attempt(key: str) -> str:
        try:
            return str(town.service.bus.handle(decide, CENTRE, key)["id"])
        except WanggeError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(attempt, ("one", "other"))
    assert {first, second} & {"stale-version"}
    assert town.service.bus.handle(decide, CENTRE, "one" if second == "stale-version" else "other")["id"] in (
        first, second,
    )  # fmt: skip
    assert len(seen(town, meeting)["decisions"]) == 1


def test_lists_come_by_pages_and_a_wrong_cursor_is_refused(town: County) -> None:
    found, cursor = [], ""
    while True:
        page = town.service.meetings.meetings(MeetingFilter(limit=1, cursor=cursor), PLATFORM)
        found += [each["id"] for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert found == [each["id"] for each in meetings(town)] and len(found) == 4
    for cursor in ("x", "WyJ4IiwieSJd", "bnVsbA"):
        with pytest.raises(errors.CursorWrong):
            town.service.meetings.meetings(MeetingFilter(cursor=cursor), PLATFORM)
        with pytest.raises(errors.CursorWrong):
            town.service.meetings.decisions(DecisionFilter(cursor=cursor), PLATFORM)
