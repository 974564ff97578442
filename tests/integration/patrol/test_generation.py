"""The tasks of a day are made from the plan, once, whatever happens meanwhile (PAT-01, PAT-02)."""

import copy
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.patrol.repository.copies import in_force
from tests.integration.patrol.conftest import (
    COLLEAGUE,
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    OPERATOR,
    STRANGER,
    County,
    person,
)

pytestmark = pytest.mark.rule("PAT-02")


def of(tasks: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str, str]]:
    return sorted((t["patrol"], t["grid"], t["person_id"] or "", t["day"], t["state"]) for t in tasks)


def asked(day: str) -> list[tuple[str, str, str, str, str]]:
    people = ((GRID, COLLEAGUE), (GRID, MEMBER), (NEIGHBOUR, STRANGER))
    return [("daily", grid, who.person_id, day, "due") for grid, who in people]


def test_today_and_tomorrow_are_there_as_soon_as_a_plan_is_active(county: County) -> None:
    assert of(county.tasks()) == sorted([*asked("2026-11-23"), *asked("2026-11-24")])


def test_generating_again_changes_nothing(county: County) -> None:
    before = county.tasks()
    county.hear("calendar-changed", "2027", {"year": 2027, "days": [{"day": "2027-01-01", "worked": False}]})
    county.run()
    assert county.tasks() == before


@pytest.mark.parametrize("change", ["nothing", "a name", "a post of another year"])
def test_what_changes_no_task_writes_none(county: County, change: str) -> None:
    made = _generations(county)
    if change == "a name":
        county.grid(GRID, 3, "371321106000001", "371321106000101", sequence=2)
    if change == "a post of another year":
        county.appoint(person("gone"), "member", ends=date(2026, 1, 31))
    county.hear("calendar-changed", "2026", {"year": 2026, "days": []}, sequence=change.count("other") + 1)
    with county.service.bus.works(OPERATOR, county.clock.now(), None) as work:
        work.generation.make(date(2026, 11, 23))
        work.commit()
    first = _generations(county)
    county.run()
    again = _generations(county)
    assert first["inputs"][0] != made["inputs"][0], "the calendar is another"
    assert (again["tasks"], again["inputs"][0]) == (made["tasks"], first["inputs"][0])


def _generations(county: County) -> dict[str, Any]:
    """Which transaction wrote each task last, and from what today and tomorrow were made."""
    with county.service.engine.connect() as connection:
        tasks = connection.execute(sa.text("SELECT id, xmin::text FROM task ORDER BY id")).all()
        inputs = connection.execute(sa.text("SELECT inputs, xmin::text FROM generation ORDER BY day")).all()
    return {"tasks": tasks, "inputs": inputs}


def test_what_is_finished_while_its_grid_ends_stays_finished(county: County) -> None:
    """The walker hands in between the look at the open tasks and the withdrawal of those that nobody asks for."""
    task = county.daily()
    with county.service.bus.works(OPERATOR, county.clock.now(), None) as work:
        looked = work.generation._open(date(2026, 11, 23))
        county.sync(county.entry(task))
        assert task["id"] in {each.id for tasks in looked.values() for each in tasks}
        work.generation._withdraw([task["id"]])
        work.commit()
    assert county.daily()["state"] == "finished"


def test_what_is_finished_while_a_successor_comes_stays_done_and_the_successor_begins_with_the_next(
    county: County,
) -> None:
    task, heir = county.daily(), person("heir")
    with county.service.bus.works(OPERATOR, county.clock.now(), None) as work:
        county.sync(county.entry(task))
        assert not work.generation._hand_over([(task["id"], heir.person_id)])
        work.commit()
    county.appoint(MEMBER, "member", ends=date(2026, 11, 22), sequence=2)
    county.appoint(heir, "member")
    county.run()
    assert county.daily()["state"] == "finished"
    assert [task["day"] for task in county.tasks(patrol="daily") if task["person_id"] == heir.person_id] == [
        "2026-11-24"
    ]


def test_a_day_comes_and_what_was_not_done_is_overdue(county: County) -> None:
    county.clock.advance(days=1)
    county.run()
    states = Counter((task["day"], task["state"]) for task in county.tasks())
    assert states == {("2026-11-23", "overdue"): 3, ("2026-11-24", "due"): 3, ("2026-11-25", "due"): 3}


@pytest.mark.rule("PAT-01")
def test_days_that_passed_while_nothing_ran_are_made_up_for(county: County) -> None:
    county.clock.advance(days=10)
    county.run()
    days = Counter(task["day"] for task in county.tasks(patrol="daily"))
    assert days == {(date(2026, 11, 23) + timedelta(days=number)).isoformat(): 3 for number in range(12)}
    half = Counter((task["day"], task["grid"], task["person_id"]) for task in county.tasks(patrol="half-month"))
    assert half == {("2026-12-01", GRID, LEADER.person_id): 1, ("2026-12-01", NEIGHBOUR, None): 1}  # nobody leads it


@pytest.mark.rule("PAT-01")
def test_a_change_that_is_heard_after_days_of_silence_leaves_none_of_them_out(county: County) -> None:
    county.clock.advance(days=10)
    county.appoint(person("heir"), "member")
    county.run()
    days = Counter(task["day"] for task in county.tasks(patrol="daily", since="2026-11-25"))
    assert days == {(date(2026, 11, 25) + timedelta(days=number)).isoformat(): 4 for number in range(10)}


@pytest.mark.rule("PAT-01")
def test_a_task_that_a_holiday_moved_says_from_which_day_and_why(county: County) -> None:
    county.appoint(person("wang"), "leader", "371321106000101")
    county.hear("calendar-changed", "2027", {"year": 2027, "days": [{"day": "2027-01-01", "worked": False}]})
    county.clock.advance(days=41)  # to the day before it
    county.run()
    (quarter,) = county.tasks(patrol="quarter")
    assert (quarter["day"], quarter["moved_from"], quarter["person_id"]) == (
        "2027-01-04",
        date(2027, 1, 1),
        "person-wang",
    )
    assert "顺延" in quarter["moved_why"]


def test_a_successor_takes_over_what_is_open(county: County) -> None:
    heir = person("heir")
    county.appoint(MEMBER, "member", ends=date(2026, 11, 22), sequence=2)
    county.appoint(heir, "member")
    county.run()
    people = Counter(task["person_id"] for task in county.tasks() if task["grid"] == GRID)
    assert people == {heir.person_id: 2, COLLEAGUE.person_id: 2}


def test_a_grid_that_ends_leaves_no_task_and_its_successors_have_theirs(county: County) -> None:
    county.grid(GRID, 3, active=False, sequence=2)
    for code in ("371321106245003", "371321106245004"):
        county.grid(code, 3)
    county.appoint(MEMBER, "member", "371321106245003")
    county.run()
    today = {(task["grid"], task["person_id"]) for task in county.tasks(since="2026-11-23", until="2026-11-23")}
    assert today == {
        (NEIGHBOUR, STRANGER.person_id), ("371321106245003", MEMBER.person_id), ("371321106245004", None),
    }  # fmt: skip


def test_a_new_version_of_the_plan_in_the_middle_keeps_what_both_ask_for(
    county: County, plan_document: dict[str, Any]
) -> None:
    before = {task["id"]: task["grid"] for task in county.tasks(patrol="daily")}
    changed = copy.deepcopy(plan_document)
    next(each for each in changed["patrols"] if each["id"] == "half-month")["rule"] = "FREQ=WEEKLY;BYDAY=TU"
    county.activate(changed, version=2)
    county.run()
    assert {task["id"]: task["grid"] for task in county.tasks(patrol="daily")} == before
    assert {task["day"] for task in county.tasks(patrol="half-month")} == {"2026-11-24"}


def test_a_plan_that_no_longer_asks_withdraws_what_nobody_has_begun(
    county: County, plan_document: dict[str, Any]
) -> None:
    county.sync(county.entry(county.daily(), "environment/water"))
    changed = copy.deepcopy(plan_document)
    changed["patrols"] = [
        each for each in changed["patrols"] if each["id"] != "daily" and each.get("verifies") != "daily"
    ]
    county.activate(changed, version=2)
    county.run()
    (left,) = county.tasks()
    assert (left["person_id"], left["day"]) == (MEMBER.person_id, "2026-11-23")
    assert len(county.tasks(states=("withdrawn",))) == 5


def test_two_workers_at_once_make_each_task_once(bare: County, plan_document: dict[str, Any]) -> None:
    for number in range(40):
        bare.grid(f"371321106245{number:03d}", 3)
    bare.activate(plan_document)
    bare.clock.advance(seconds=5)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bare.service.bus.sweep(), range(4)))
    bare.run()
    assert len(bare.tasks()) == 80


def test_a_post_holds_from_its_first_to_its_last_day(county: County) -> None:
    county.appoint(MEMBER, "member", ends=date(2026, 11, 30), sequence=2)
    with county.service.engine.connect() as connection:
        held = [
            connection.scalar(
                sa.select(sa.func.count()).where(in_force(day), sa.literal_column("person_id") == MEMBER.person_id)
            )
            for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 30), date(2026, 12, 1))
        ]
    assert held == [0, 1, 1, 0]
