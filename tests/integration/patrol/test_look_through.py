"""The upper level looks through what the lower level did, a check above it finds what was overlooked, and a finder
answers the matter's questions (PAT-03, PAT-05)."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.personal import Seal
from services.patrol import messages
from services.patrol.errors import LookThroughOver, NotTheSigner, TaskNotFound
from tests.integration.patrol.conftest import (
    GOVERNANCE,
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    STRANGER,
    TOWN,
    WORK_AREA,
    County,
    person,
    square,
)  # fmt: skip

WATER, GARBAGE = "environment/water", "sanitation/garbage"
AREA_LEADER = person("area-leader", "grid-leader", areas=(WORK_AREA, GRID, NEIGHBOUR))
NEXT_DOOR = person("next-door", "grid-leader", areas=(NEIGHBOUR,))


def submitted(county: County) -> dict[str, Any]:
    task = county.daily()
    county.sync(county.entry(task))
    county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)
    county.service.bus.handle(messages.SubmitTask(task_id=task["id"]), GOVERNANCE)
    return task


def send_back(county: County, task: dict[str, Any], who: Any = AREA_LEADER) -> dict[str, Any]:
    return county.service.bus.handle(messages.SendBackTask(task_id=task["id"], reason="河边没有看"), who)


@pytest.mark.rule("PAT-05")
def test_a_leader_above_sees_it_and_sends_it_back_with_a_reason_and_by_whom(county: County) -> None:
    county.appoint(AREA_LEADER, "leader", WORK_AREA)
    task = submitted(county)
    assert county.service.queries.task(task["id"], AREA_LEADER)["actions"] == ["send-back"]
    assert send_back(county, task)["state"] == "sent-back"
    shown = county.service.queries.task(task["id"], MEMBER)
    assert (shown["reason"], shown["decided_by"]) == ("河边没有看", AREA_LEADER.person_id)
    (event,) = county.events("sent-back")
    assert event["data"]["sent_back_by"] == AREA_LEADER.person_id
    assert "河边" not in str(event)


@pytest.mark.rule("PAT-05", "REG-14")
def test_a_leader_beside_it_or_a_member_above_may_not(county: County) -> None:
    county.appoint(NEXT_DOOR, "leader", NEIGHBOUR)
    above = person("area-member", "grid-leader", areas=(WORK_AREA, GRID))
    county.appoint(above, "member", WORK_AREA)
    task = submitted(county)
    with pytest.raises(TaskNotFound):
        send_back(county, task, NEXT_DOOR)
    with pytest.raises(NotTheSigner):
        send_back(county, task, above)
    assert county.service.queries.task(task["id"], above)["actions"] == []
    assert county.daily()["state"] == "submitted"


@pytest.mark.rule("PAT-05")
def test_the_plan_may_say_how_long(county: County, plan_document: dict[str, Any]) -> None:
    county.appoint(AREA_LEADER, "leader", WORK_AREA)
    changed = copy.deepcopy(plan_document)
    daily = next(each for each in changed["patrols"] if each["id"] == "daily")
    daily["look_through"] = {"amount": 3, "unit": "calendar-days"}
    county.activate(changed, version=2)
    county.clock.advance(days=1)
    county.run()
    county.clock.advance(days=1)
    county.run()
    task = county.daily(day="2026-11-25")  # made from the new version
    county.sync(county.entry(task))
    county.clock.advance(days=3)
    with pytest.raises(LookThroughOver) as over:
        send_back(county, task)
    assert "2026-11-27" in over.value.sentence("zh")
    county.clock.advance(days=-1)
    assert send_back(county, task)["state"] == "sent-back"


def above(county: County, document: dict[str, Any], who: Any) -> dict[str, Any]:
    """The quarter's inspection of the work area tests the daily patrols; both village grids have walked."""
    changed = copy.deepcopy(document)
    next(each for each in changed["patrols"] if each["id"] == "quarter")["verifies"] = "daily"
    county.grid(GRID, 3, TOWN, WORK_AREA, sequence=2, boundary=square(118.40, 35.40))
    county.grid(NEIGHBOUR, 3, TOWN, WORK_AREA, sequence=2, boundary=square(118.40, 35.42))
    county.appoint(who, "leader", WORK_AREA)
    county.activate(changed, version=2)
    county.clock.advance(days=42)  # to 4 January, the first working day of the quarter
    county.run()
    for walker, grid in ((MEMBER, GRID), (STRANGER, NEIGHBOUR)):
        days = county.tasks(patrol="daily", since="2026-12-31", until="2026-12-31")
        (task,) = [each for each in days if (each["person_id"], each["grid"]) == (walker.person_id, grid)]
        county.sync(county.entry(task), who=walker)
    (check,) = county.tasks(patrol="quarter", states=("due",))
    return check


@pytest.mark.rule("PAT-05", "PAT-06", "INC-20")
def test_a_check_above_finds_what_the_grid_around_the_point_had_called_fine_and_blames_no_other(
    county: County, plan_document: dict[str, Any]
) -> None:
    check = above(county, plan_document, AREA_LEADER)
    point = messages.GivenPoint(118.405, 35.425)
    answers = county.sync(
        county.entry(check, WATER, answer="problem", words="黑水", point=point),
        county.entry(check, GARBAGE, answer="problem", words="不知在哪"),
        who=AREA_LEADER,
    )
    assert [each["outcome"] for each in answers] == ["accepted"] * 2
    (missed,) = county.events("missed")
    assert (missed["grid"], missed["data"]["missed_by"], missed["data"]["item"]) == (
        NEIGHBOUR,
        STRANGER.person_id,
        WATER,
    )
    assert [each["grid"] for each in county.events("problem-found")] == [NEIGHBOUR, WORK_AREA]


@pytest.mark.rule("PAT-03", "INC-04")
def test_answers_to_the_matters_questions_travel_sealed_and_wrong_ones_are_named(
    county: County, plan_document: dict[str, Any]
) -> None:
    changed = copy.deepcopy(plan_document)
    matter = next(each for each in changed["matters"] if each["code"] == "06026")
    matter["questions"] = [
        {"id": "colour", "text": "水色", "kind": "choice", "choices": ["黑", "清"], "required": True},
        {"id": "since", "text": "何时开始", "kind": "text", "choices": [], "required": False},
    ]
    county.activate(changed, version=2)
    county.clock.advance(days=2)
    county.run()
    task = county.daily(day="2026-11-25")

    def entry(*replies: tuple[str, str], **more: Any) -> messages.GivenEntry:
        given = tuple(messages.GivenReply(*each) for each in replies)
        return county.entry(task, WATER, **{"answer": "problem", "words": "油污", "replies": given, **more})

    answers = county.sync(
        entry(("colour", "绿")),
        entry(("smell", "臭")),
        entry(("colour", "黑"), answer="fine"),
        entry(("colour", "黑"), ("since", "昨天老李13812345678看到")),
    )
    assert [(each["outcome"], each.get("code"), each.get("path")) for each in answers] == [
        ("refused", "reply-wrong", "replies"),
        ("refused", "question-unknown", "replies"),
        ("refused", "question-unknown", "replies"),
        ("accepted", None, None),
    ]
    assert "黑、清" in answers[0]["zh"]
    (event,) = county.events("problem-found")
    assert "13812345678" not in str(event)
    seal = Seal.from_file(county.service.config.field_key)
    told = json.loads(seal.open(event["data"]["sealed"], f"patrol.sealed:{event['data']['case_id']}"))
    assert told["replies"] == {"colour": "黑", "since": "昨天老李13812345678看到"}
    (finding,) = county.daily(day="2026-11-25")["findings"]
    assert finding["replies"][0] == {"question": "colour", "value": "黑"}
    assert [each["outcome"] for each in county.sync(entry(("colour", "黑"), ("since", "昨天老李13812345678看到")))] == [
        "known"
    ]
    assert [each["outcome"] for each in county.sync(entry(("colour", "清")))] == ["conflict"]


@pytest.mark.rule("PAT-02")
def test_an_excuse_shows_why_and_by_whom_and_a_vacancy_shows_itself(county: County) -> None:
    task = county.daily()
    county.service.bus.handle(messages.ExcuseTask(task_id=task["id"], reason="病假"), LEADER)
    (line,) = county.tasks(states=("excused",))
    assert (line["reason"], line["decided_by"]) == ("病假", LEADER.person_id)
    county.appoint(MEMBER, "member", ends=(county.clock.now() - timedelta(days=2)).date(), sequence=3)
    county.run()
    assert county.events("excused")[0]["data"]["excused_by"] == LEADER.person_id
