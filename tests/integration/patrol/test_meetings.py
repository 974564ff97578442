"""Meetings follow the plan, their agenda fills itself, decisions become cases and tasks and are followed (PAT-09)."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.personal import Seal
from services.patrol import errors, messages
from services.patrol.queries.meetings import DecisionFilter
from tests.integration.patrol.conftest import (
    CENTRE,
    ENV,
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    STRANGER,
    TOWN,
    County,
    person,
)
from tests.integration.patrol.convening import (
    POLICE_ELSEWHERE,
    begin,
    do,
    meetings,
    seen,
    tell,
    the,
    unresolved,
)

pytestmark = pytest.mark.rule("PAT-09")


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
