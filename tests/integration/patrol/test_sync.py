"""What a device kept arrives once, each entry for itself, and what a person signs is not changed behind them."""

import json
from datetime import date, timedelta

import pytest

from services.chassis.errors import Forbidden, StaleVersion, WanggeError
from services.chassis.personal import Seal
from services.patrol import messages
from services.patrol.errors import NotTheSigner, ReasonMissing, TaskNotFound, TaskStateWrong
from services.patrol.queries import CoverageFilter, TaskFilter
from tests.integration.patrol.conftest import (
    COLLEAGUE,
    GOVERNANCE,
    LEADER,
    MEMBER,
    OPERATOR,
    STRANGER,
    County,
    person,
)  # fmt: skip

WATER, GARBAGE = "environment/water", "sanitation/garbage"


@pytest.mark.rule("PAT-03", "PAT-11")
def test_a_problem_becomes_an_event_for_a_case_with_photo_place_and_item(county: County) -> None:
    task = county.daily()
    point = messages.GivenPoint(118.45, 35.45)
    given = county.entry(
        task, WATER, answer="problem", words="排水口流黑水,联系人13812345678", point=point, attachments=("a" * 64,)
    )
    first, second = county.sync(given, county.entry(task))
    assert (first["outcome"], second["outcome"]) == ("accepted", "accepted")
    (event,) = county.events("problem-found")
    data = event["data"]
    assert (event["subject"], event["grid"], data["found_by"]) == (task["id"], task["grid"], MEMBER.person_id)
    assert (data["matter_code"], data["title"], data["item"]) == ("06026", "日巡查·环境保护类·河道污染", WATER)
    assert (data["lon"], data["lat"], data["attachments"]) == (118.45, 35.45, ["a" * 64])
    assert data["case_id"] == first["case_id"]
    assert "13812345678" not in str(event)
    seal = Seal.from_file(county.service.config.field_key)
    told = json.loads(seal.open(data["sealed"], f"patrol.sealed:{data['case_id']}"))
    assert told == {"words": "排水口流黑水,联系人13812345678", "name": "member", "roles": ["grid-member"]}
    (finished,) = county.events("finished")
    assert (finished["data"]["problems"], finished["data"]["late"], finished["sequence"]) == (1, False, 2)


@pytest.mark.rule("PAT-11", "ALL-04")
def test_the_same_day_sent_again_is_known_and_says_nothing_twice(county: County) -> None:
    task = county.daily()
    entries = [
        county.entry(task, WATER, answer="problem", words="黑水"),
        county.entry(task, GARBAGE),
        county.entry(task),
    ]
    assert [each["outcome"] for each in county.sync(*entries)] == ["accepted"] * 3
    again = county.sync(*entries)
    assert [each["outcome"] for each in again] == ["known"] * 3
    assert again[0]["case_id"] == county.events("problem-found")[0]["data"]["case_id"]
    assert len(county.events("problem-found")) == len(county.events("finished")) == 1


@pytest.mark.rule("PAT-11")
def test_one_bad_entry_spoils_no_other_and_each_is_told_what_is_wrong(county: County) -> None:
    mine, tomorrow = county.daily(), county.daily(day="2026-11-24")
    theirs = county.daily(COLLEAGUE)
    answers = county.sync(
        county.entry(mine, "environment/nothing"),
        county.entry(mine, WATER, answer="perhaps"),
        county.entry(mine, "other", answer="problem", words="路面塌陷"),
        county.entry(mine, "other", answer="problem", words="路面塌陷", matter_code="99999"),
        county.entry(theirs, WATER),
        county.entry(tomorrow, WATER),
        county.entry({"id": "not-an-id"}, WATER),
        county.entry(mine, GARBAGE),
    )
    assert [(each["outcome"], each.get("code")) for each in answers] == [
        ("refused", "item-unknown"), ("refused", "answer-wrong"), ("refused", "matter-missing"),
        ("refused", "matter-unknown"),
        ("refused", "task-not-found"), ("refused", "not-yet-due"), ("refused", "task-not-found"), ("accepted", None),
    ]  # fmt: skip
    assert [each.get("path") for each in answers[:4]] == ["item", "answer", "matter_code", "matter_code"]
    (line,) = county.daily()["findings"]
    assert line["item"] == GARBAGE


@pytest.mark.rule("PAT-11")
def test_two_devices_that_differ_are_shown_both_sides_and_a_correction_names_what_it_corrects(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task, WATER, words="水清"))
    (other,) = county.sync(county.entry(task, WATER, words="水浑"))
    assert (other["outcome"], other["stored"]["words"], other["stored"]["version"]) == ("conflict", "水清", 1)
    (corrected,) = county.sync(county.entry(task, WATER, words="水浑", version=2))
    assert corrected["outcome"] == "accepted"
    assert [each["words"] for each in county.daily()["findings"]] == ["水浑"]


@pytest.mark.rule("PAT-03")
def test_what_became_a_case_is_not_taken_back_here(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task, WATER, answer="problem", words="黑水"))
    (answer,) = county.sync(county.entry(task, WATER, version=2))
    assert (answer["outcome"], answer["code"]) == ("refused", "problem-reported")


@pytest.mark.rule("PAT-11")
def test_a_device_two_weeks_old_still_arrives_and_is_late(county: County) -> None:
    task, at = county.daily(), county.clock.now()
    county.clock.advance(days=14)
    county.run()
    answers = county.sync(county.entry(task, WATER, at=at), county.entry(task, at=at))
    assert [each["outcome"] for each in answers] == ["accepted", "accepted"]
    done = county.daily()
    assert (done["state"], done["late"], done["finished_at"]) == ("finished", True, at)


def test_a_clock_two_days_ahead_is_not_believed(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task, WATER, at=county.clock.now() + timedelta(days=2)))
    (finding,) = county.daily()["findings"]
    assert finding["at"] < (county.clock.now() + timedelta(minutes=1)).isoformat()


@pytest.mark.rule("PAT-04")
def test_the_leader_signs_and_the_governance_member_submits_in_this_order(county: County) -> None:
    task = county.daily()
    sign, submit = messages.SignTask(task_id=task["id"]), messages.SubmitTask(task_id=task["id"])
    with pytest.raises(TaskStateWrong):
        county.service.bus.handle(sign, LEADER)
    county.sync(county.entry(task))
    with pytest.raises(TaskStateWrong) as unsigned:
        county.service.bus.handle(submit, GOVERNANCE)
    assert "已完成" in unsigned.value.sentence("zh")
    for wrong in (MEMBER, GOVERNANCE, OPERATOR):
        with pytest.raises((NotTheSigner, TaskNotFound)):
            county.service.bus.handle(sign, wrong)
    assert county.service.bus.handle(sign, LEADER)["state"] == "signed"
    assert county.service.bus.handle(submit, GOVERNANCE)["state"] == "submitted"
    told = (county.events("signed")[0]["data"]["signed_by"], county.events("submitted")[0]["data"]["submitted_by"])
    assert told == (LEADER.person_id, GOVERNANCE.person_id)
    (late,) = county.sync(county.entry(task, WATER))
    assert (late["outcome"], late["code"]) == ("refused", "signed-already")


@pytest.mark.rule("PAT-04")
def test_what_is_sent_back_with_a_reason_is_open_again_and_loses_its_signature(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task))
    version = county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)["version"]
    with pytest.raises(ReasonMissing):
        county.service.bus.handle(messages.SendBackTask(task_id=task["id"], reason=" "), LEADER)
    with pytest.raises(StaleVersion):
        county.service.bus.handle(
            messages.SendBackTask(task_id=task["id"], reason="漏了", expected_version=version - 1), LEADER
        )
    county.service.bus.handle(messages.SendBackTask(task_id=task["id"], reason="河边没有看"), LEADER)
    back = county.daily()
    assert (back["state"], back["reason"], back["signed_by"]) == ("sent-back", "河边没有看", None)
    assert [each["outcome"] for each in county.sync(county.entry(task, WATER), county.entry(task))] == ["accepted"] * 2
    assert county.daily()["state"] == "finished"


@pytest.mark.rule("PAT-02")
def test_a_task_is_excused_with_reason_and_by_whom(county: County) -> None:
    task = county.daily()
    with pytest.raises(Forbidden):
        county.service.bus.handle(messages.ExcuseTask(task_id=task["id"], reason="病假"), MEMBER)
    county.service.bus.handle(messages.ExcuseTask(task_id=task["id"], reason="暴雪封路"), OPERATOR)
    excused = county.daily()
    assert (excused["state"], excused["reason"]) == ("excused", "暴雪封路")
    county.clock.advance(days=2)
    county.run()
    assert county.daily()["state"] == "excused"


@pytest.mark.rule("PAT-05", "INC-20")
def test_the_check_says_what_the_daily_patrols_called_fine(county: County) -> None:
    county.clock.advance(days=8)  # to 1 December
    county.run()
    last = county.daily(day="2026-11-30")
    county.sync(county.entry(last, GARBAGE, answer="problem", words="垃圾"), county.entry(last))
    (check,) = [task for task in county.tasks(patrol="half-month") if task["person_id"] == LEADER.person_id]
    county.sync(
        county.entry(check, WATER, answer="problem", words="黑水"),
        county.entry(check, GARBAGE, answer="problem", words="垃圾"),
        who=LEADER,
    )
    (missed,) = county.events("missed")
    data = missed["data"]
    assert (data["item"], data["missed_task"], data["missed_by"]) == (WATER, last["id"], MEMBER.person_id)


@pytest.mark.rule("PAT-10", "REG-14")
def test_who_sees_whose_tasks(county: County) -> None:
    mine = county.service.queries
    own = {task["person_id"] for task in mine.tasks(TaskFilter(), MEMBER)["items"]}
    assert own == {MEMBER.person_id}  # not what a colleague of the same grid does
    led = {task["grid"] for task in mine.tasks(TaskFilter(), LEADER)["items"]}
    assert led == {county.daily()["grid"]}
    with pytest.raises(TaskNotFound):
        mine.task(county.daily()["id"], STRANGER)
    assert mine.task(county.daily()["id"], LEADER)["items"][0]["class_name"] == "安保维稳类"


@pytest.mark.rule("PAT-11")
def test_a_day_is_taken_along_with_its_checklists(county: County) -> None:
    day = county.service.queries.day("", MEMBER)
    assert (day["day"], [task["person_id"] for task in day["tasks"]]) == (date(2026, 11, 23), [MEMBER.person_id])
    (checklist,) = day["checklists"]
    assert len(checklist["items"]) == 18
    assert county.service.queries.day("", person("nobody")) == {
        "day": date(2026, 11, 23),
        "tasks": [],
        "checklists": [],
    }


@pytest.mark.rule("PAT-06")
def test_coverage_tells_by_grid_what_was_looked_at_and_what_was_not(county: County) -> None:
    county.sync(county.entry(county.daily(), WATER, answer="problem", words="黑水"), county.entry(county.daily()))
    lines = county.service.queries.coverage(CoverageFilter(), OPERATOR)["items"]
    told = [
        (line["grid"][-3:], line["asked"], line["finished"], line["problems"], line["last_looked"]) for line in lines
    ]
    assert told == [("001", 2, 1, 1, date(2026, 11, 23)), ("002", 1, 0, 0, None)]


def test_five_thousand_entries_are_more_than_a_batch(county: County) -> None:
    task = county.daily()
    with pytest.raises(WanggeError) as refused:
        county.sync(*[county.entry(task, WATER)] * 5000)
    assert refused.value.code == "too-many-entries"
