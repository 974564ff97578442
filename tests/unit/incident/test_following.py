"""An open case follows when its grid is no more (REG-04)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.chassis.auth import PLATFORM
from services.chassis.messages import DeadlinePassed
from services.incident import messages
from services.incident.handlers import HANDLERS
from services.incident.model import telling
from services.incident.model.case import Case, Succession
from services.incident.model.case.paths import Seat, Standing
from services.incident.model.workflow import STATES
from tests.unit.incident.fakes import GRID, INSIDE, OTHER_GRID, PEOPLE, START, FakeWork
from tests.unit.incident.test_rights import case

pytestmark = pytest.mark.rule("REG-04")

SISTER = "371321106245009"
LINE = [Succession(GRID, (OTHER_GRID, SISTER), "change-1", "split", date(2026, 12, 1))]
SUCCEEDED = messages.GridSucceeded(
    change_id="change-1",
    sequence=3,
    kind="split",
    predecessors=(GRID,),
    successors=(OTHER_GRID, SISTER),
    effective=date(2026, 12, 1),
)


def followed(**values: object) -> Case:
    it = case(**values)  # type: ignore[arg-type]
    it.place = replace(it.place, grid=GRID)
    it.follow(PLATFORM, START, {GRID: (OTHER_GRID, LINE)})
    return it


@pytest.mark.rule("INC-06")
def test_a_case_that_climbed_follows_from_the_grid_that_holds_it_and_from_those_below() -> None:
    it = case(state="handling", department=None)
    it.place = replace(it.place, grid=SISTER)
    it.standing = Standing("2", "工作区网格", GRID, below=(Seat("3", "村级网格", SISTER), Seat("3", "村级网格", GRID)))
    assert it.follow(PLATFORM, START, {SISTER: (SISTER, ()), GRID: (OTHER_GRID, LINE)})
    assert (it.grid, it.held_at, it.standing.below[1].grid) == (SISTER, OTHER_GRID, OTHER_GRID)
    assert it.new_changes[-1].reason.startswith(f"由 {GRID} 转由 {OTHER_GRID} 承接")
    assert not it.follow(PLATFORM, START, {code: (code, ()) for code in it.grids})


def told(it: Case) -> list[tuple[str, str]]:
    return [(each.audience_kind, each.audience) for each in telling.of_change(it, it.new_changes[-1], ())]


@pytest.mark.parametrize("state", [state.name for state in STATES])
def test_only_what_is_still_to_be_done_follows_and_nothing_else_changes(state: str) -> None:
    final = {each.name for each in STATES if each.final} | {"closed"}
    it = followed(state=state)
    assert it.grid == (GRID if state in final else OTHER_GRID)
    assert it.state == state
    assert len(it.collect()) == len(it.new_changes) == (0 if state in final else 1)


def test_the_history_names_the_change_from_and_to() -> None:
    (line,) = followed(state="handling").new_changes
    assert (line.actor_id, line.action, line.from_state, line.to_state) == (
        "platform",
        "succeed-grid",
        "handling",
        "handling",
    )
    assert all(word in line.reason for word in (GRID, OTHER_GRID, "change-1", "拆分", "2026-12-01"))


def test_of_a_departments_case_the_department_and_both_grids_are_told() -> None:
    assert told(followed(state="handling")) == [("department", "env-office"), ("grid", OTHER_GRID), ("grid", GRID)]


def test_of_a_grids_case_its_people_are_told_wherever_they_are_now() -> None:
    it = followed(state="handling", department=None, handlers=frozenset({"person-a"}))
    assert told(it) == [("grid", OTHER_GRID), ("grid", GRID), ("grid", SISTER), ("person", "person-a")]


def test_the_event_is_only_noted_and_the_cases_wait_for_the_deadline() -> None:
    work = FakeWork()
    HANDLERS[messages.GridSucceeded](SUCCEEDED, work)
    assert work.deadlines.due == {(GRID, "grid-succession"): START}
    HANDLERS[messages.GridSucceeded](replace(SUCCEEDED, kind="reparent", predecessors=(OTHER_GRID,)), work)
    assert list(work.successions.known) == [GRID]


def test_each_firing_moves_one_batch_and_sets_the_next_while_there_is_more() -> None:
    work = FakeWork()
    ids = [_reported(work) for _ in range(150)]
    HANDLERS[messages.GridSucceeded](SUCCEEDED, work)
    fire = DeadlinePassed(subject=GRID, kind="grid-succession", due_at=START)
    for left in (50, 0):
        work.now += timedelta(seconds=1)
        HANDLERS[DeadlinePassed](fire, work)
        assert sum(work.cases.get(each).grid == GRID for each in ids) == left
        assert (work.deadlines.due[GRID, "grid-succession"] == work.now) is (left > 0)


def _reported(work: FakeWork) -> str:
    command = messages.Report(matter_code="06026", description="黑水", channel="grid-worker", point=INSIDE)
    return str(HANDLERS[messages.Report](command, work.by(PEOPLE["member"]))["id"])  # type: ignore[index]


def test_a_report_that_names_an_ended_grid_lands_in_its_successor() -> None:
    work = FakeWork()
    HANDLERS[messages.GridSucceeded](SUCCEEDED, work)
    command = messages.Report(matter_code="06026", description="黑水", channel="grid-worker", grid_code=GRID)
    answer = HANDLERS[messages.Report](command, work.by(PEOPLE["member"]))
    assert work.cases.get(answer["id"]).grid == OTHER_GRID  # type: ignore[index]
