"""Grids are split and merged: open tasks follow, with what was begun, and a device that syncs late loses nothing."""

from collections import Counter
from typing import Any

import pytest

from services.patrol import messages
from services.patrol.errors import NotTheSigner
from tests.integration.patrol.conftest import (
    COLLEAGUE,
    GOVERNANCE,
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    NORTH,
    SOUTH,
    STRANGER,
    County,
    person,
)  # fmt: skip

pytestmark = pytest.mark.rule("PAT-02", "REG-04")

WATER, GARBAGE = "environment/water", "sanitation/garbage"
MERGED = "371321106245005"
HEIR = person("heir", "grid-leader", areas=(SOUTH, NORTH))


def today(county: County, **wanted: Any) -> list[tuple[str, str | None, str]]:
    found = county.tasks(patrol="daily", since="2026-11-23", until="2026-11-23", **wanted)
    return sorted((each["grid"], each["person_id"], each["state"]) for each in found)


def split(county: County, *posts: tuple[Any, str]) -> None:
    county.succeed((GRID,), SOUTH, NORTH)
    for who, grid in posts:
        county.appoint(who, "member", grid)


def problem(county: County, task: dict[str, Any], lat: float, **more: Any) -> messages.GivenEntry:
    point = messages.GivenPoint(118.405, lat)
    return county.entry(task, WATER, answer="problem", words="黑水", point=point, **more)


def test_each_goes_where_its_person_serves_from_then_on(county: County) -> None:
    before = {county.daily(who)["id"]: who for who in (MEMBER, COLLEAGUE)}
    split(county, (MEMBER, NORTH), (COLLEAGUE, SOUTH))
    county.run()
    assert today(county) == [
        (NEIGHBOUR, STRANGER.person_id, "due"), (SOUTH, COLLEAGUE.person_id, "due"), (NORTH, MEMBER.person_id, "due"),
    ]  # fmt: skip
    after = {each["id"]: each for each in county.tasks(patrol="daily") if each["day"] == "2026-11-23"}
    assert all(after[each]["from_grid"] == GRID for each in before)


def test_what_was_begun_goes_where_most_of_it_was_found_and_to_who_serves_there(county: County) -> None:
    task = county.daily()
    county.sync(problem(county, task, 35.425), county.entry(task, GARBAGE))
    heir = person("newcomer")
    split(county, (heir, NORTH))
    county.run()
    county.run()
    (moved,) = [each for each in county.tasks(patrol="daily") if each["id"] == task["id"]]
    assert (moved["grid"], moved["person_id"], moved["state"]) == (NORTH, heir.person_id, "due")
    assert sorted(each["item"] for each in moved["findings"]) == [WATER, GARBAGE]
    assert (SOUTH, None, "due") in today(county)


def test_what_was_finished_is_signed_by_who_leads_the_successor(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task))
    split(county)
    county.appoint(HEIR, "leader", SOUTH)
    county.run()
    with pytest.raises(NotTheSigner):
        county.service.bus.handle(messages.SignTask(task_id=task["id"]), person("x", "grid-leader", areas=(SOUTH,)))
    assert county.service.bus.handle(messages.SignTask(task_id=task["id"]), HEIR)["state"] == "signed"
    assert county.events("signed")[0]["grid"] == SOUTH


def test_what_was_submitted_stays_where_it_was_walked(county: County) -> None:
    task = county.daily()
    county.sync(county.entry(task))
    county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)
    county.service.bus.handle(messages.SubmitTask(task_id=task["id"]), GOVERNANCE)
    split(county)
    county.run()
    (stays,) = [each for each in county.tasks(patrol="daily") if each["id"] == task["id"]]
    assert (stays["grid"], stays["from_grid"]) == (GRID, None)


@pytest.mark.rule("PAT-11")
def test_a_device_that_knows_nothing_of_it_syncs_and_is_told_the_successor(county: County) -> None:
    task = county.daily()
    split(county, (MEMBER, NORTH))
    county.run()
    answers = county.sync(problem(county, task, 35.425), county.entry(task))
    assert [(each["outcome"], each["moved_to"], each["task_id"]) for each in answers] == [
        ("accepted", NORTH, task["id"])
    ] * 2
    assert county.events("problem-found")[0]["grid"] == county.events("finished")[0]["grid"] == NORTH


@pytest.mark.rule("PAT-11")
@pytest.mark.parametrize("serves", [True, False])
def test_a_task_that_was_withdrawn_before_the_succession_was_told_takes_nothing_away(
    county: County, serves: bool
) -> None:
    task = county.daily()
    county.grid(GRID, 3, active=False, sequence=2)
    for code in (SOUTH, NORTH):
        county.grid(code, 3)
    if serves:
        county.appoint(MEMBER, "member", NORTH)
    county.run()  # the task is withdrawn, and asked for again where the member serves
    county.succeed((GRID,), SOUTH, NORTH)
    county.run()
    entries = [county.entry(task, WATER, answer="problem", words="黑水"), county.entry(task)]
    answers = county.sync(*entries)
    assert [each["outcome"] for each in answers] == ["accepted"] * 2
    assert {each["moved_to"] for each in answers} == {NORTH if serves else SOUTH}
    assert [each["outcome"] for each in county.sync(*entries)] == ["known"] * 2
    assert len(county.events("problem-found")) == 1
    done = [each for each in county.tasks(patrol="daily") if each["state"] == "finished"]
    assert [(each["id"] != task["id"], each["person_id"]) for each in done] == [(serves, MEMBER.person_id)]


def test_two_grids_become_one_and_a_person_of_both_has_one_task_unless_both_were_begun(county: County) -> None:
    county.appoint(MEMBER, "member", NEIGHBOUR)
    county.run()
    mine = {each["grid"]: each for each in county.tasks(patrol="daily") if each["person_id"] == MEMBER.person_id}
    county.sync(county.entry(mine[NEIGHBOUR], WATER))
    county.succeed((GRID, NEIGHBOUR), MERGED, kind="merge")
    for who in (MEMBER, COLLEAGUE, STRANGER):
        county.appoint(who, "member", MERGED)
    county.run()
    found = Counter((grid, who) for grid, who, _ in today(county))
    assert found == {(MERGED, who.person_id): 1 for who in (MEMBER, COLLEAGUE, STRANGER)}
    (kept,) = [
        each for each in county.tasks(patrol="daily", since="2026-11-23", until="2026-11-23") if each["findings"]
    ]
    assert kept["findings"][0]["item"] == WATER


def test_what_was_begun_in_both_is_kept_in_both(county: County) -> None:
    county.appoint(MEMBER, "member", NEIGHBOUR)
    county.run()
    mine = [
        each for each in county.tasks(patrol="daily", since="2026-11-23", until="2026-11-23")
        if each["person_id"] == MEMBER.person_id
    ]  # fmt: skip
    county.sync(county.entry(mine[0], WATER), county.entry(mine[1], GARBAGE))
    county.succeed((GRID, NEIGHBOUR), MERGED, kind="merge")
    county.appoint(MEMBER, "member", MERGED)
    county.run()
    kept = {each["id"]: each for each in county.tasks(patrol="daily") if each["findings"]}
    assert set(kept) == {each["id"] for each in mine}
    assert {each["grid"] for each in kept.values()} == {MERGED}
    answers = county.sync(*(county.entry(each) for each in mine))
    assert [each["outcome"] for each in answers] == ["accepted"] * 2


def test_it_is_followed_as_soon_as_the_successors_are_known_and_once(county: County) -> None:
    data = {"predecessors": [GRID], "successors": [SOUTH], "effective": "2026-11-23", "change_id": "x", "kind": "merge"}
    county.hear("grid-succeeded", GRID, data)
    county.run()
    assert {grid for grid, _, _ in today(county)} == {GRID, NEIGHBOUR}
    county.grid(SOUTH, 3)
    county.grid(GRID, 3, active=False, sequence=2)
    county.appoint(MEMBER, "member", SOUTH)
    county.run()
    county.run()
    assert (SOUTH, MEMBER.person_id, "due") in today(county)
    before = county.tasks()
    county.hear("grid-succeeded", GRID, data)
    county.run()
    assert county.tasks() == before


def test_a_grid_that_hangs_below_another_parent_keeps_its_tasks(county: County) -> None:
    before = county.tasks()
    data = {"predecessors": [GRID], "successors": [GRID], "effective": "2026-11-23", "change_id": "x"}
    county.hear("grid-succeeded", GRID, {**data, "kind": "reparent"})
    county.run()
    assert county.tasks() == before
