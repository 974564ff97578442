"""The county moves a holiday: the limits that it touches are counted anew, and it is said which (INC-07)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.errors import Forbidden, Invalid
from services.incident import messages
from services.incident.handlers import calendar as handler
from services.incident.repository.calendar import CalendarRepository
from tests.integration.incident.conftest import County, aside, hear, person, unreadable
from tests.integration.incident.test_loop import report

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the county; due two working days later
TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
LEADER = person("county-leader", "county-leader", areas=("371321",))
DAY = timedelta(days=1)


def tell(county: County, sequence: int, **days: bool) -> None:
    entered = [{"day": day.replace("d", "").replace("_", "-"), "worked": worked} for day, worked in days.items()]
    hear(county.service, "registry.calendar-changed.v1", "2026", {"year": 2026, "days": entered}, sequence)


def reported(county: County, **changes: object) -> str:
    county.clock.moment = MONDAY
    return str(county.do(report(**changes), county.member)["id"])


def due_of(county: County, case_id: str) -> datetime:
    due: datetime = county.case(case_id)["limits"][-1]["due_at"]
    return due


def last_change(county: County) -> dict[str, Any]:
    change: dict[str, Any] = county.service.calendar.changes(LEADER, 0, "")["items"][0]
    return change


def moved_numbers(county: County, change: dict[str, Any]) -> list[str]:
    page = county.service.calendar.moved(change["id"], LEADER, 0, "")
    return [each["case_number"] for each in page["items"]]


@pytest.mark.rule("INC-07")
def test_a_free_day_moves_the_limits_that_it_touches_and_says_which(county: County) -> None:
    touched = reported(county)
    urgent = reported(county, way="urgent")
    later = reported(county)
    county.do(messages.Accept(case_id=later), county.handler)
    county.do(messages.Answer(case_id=later, result="已处理"), county.handler)
    before, round_the_clock = due_of(county, touched), due_of(county, urgent)
    days = (messages.GivenDay(TUESDAY, False),)
    preview = county.service.calendar.preview(messages.GivenCalendar(year=2026, days=days), LEADER)
    assert preview["changed"] == [{"day": TUESDAY, "worked": False}]

    tell(county, 1, d2026_11_24=False)
    assert due_of(county, touched) == before
    county.service.bus.sweep()
    assert due_of(county, touched) == before + DAY
    assert due_of(county, urgent) == round_the_clock
    change = last_change(county)
    assert change["done_at"] is not None and change["moved"] == preview["moved"]
    assert county.case(touched)["number"] in moved_numbers(county, change)
    assert county.case(urgent)["number"] not in moved_numbers(county, change)
    line = county.case(touched)["history"][-1]
    assert (line["action_name"], line["actor_name"]) == ("期限重算", "平台")
    assert "2026-11-24改为休息" in line["reason"]
    yellow = county.rows(
        f"SELECT due_at FROM deadline WHERE subject = '{touched}' AND kind = 'handle:yellow' AND cancelled_at IS NULL"
    )
    assert [row.due_at for row in yellow] == [before + DAY]
    told = county.rows("SELECT convert_from(body,'UTF8')::json->'data' d FROM outbox WHERE type LIKE '%limit-moved%'")
    assert len(told) == change["moved"]
    assert county.service.bus.sweep() == 0


@pytest.mark.rule("INC-07")
def test_taking_the_day_back_moves_the_limit_back_and_a_new_case_counts_by_the_table_at_once(county: County) -> None:
    case_id = reported(county)
    before = due_of(county, case_id)
    tell(county, 1, d2026_11_24=False)
    county.service.bus.sweep()
    assert due_of(county, reported(county)) - MONDAY > 2 * DAY
    tell(county, 2)
    county.service.bus.sweep()
    assert due_of(county, case_id) == before
    assert [each["action"] for each in county.case(case_id)["history"]].count("recount") == 2


@pytest.mark.rule("INC-07")
def test_what_comes_late_twice_or_turns_no_day_changes_nothing(county: County) -> None:
    case_id = reported(county)
    before = due_of(county, case_id)
    tell(county, 2, d2026_11_24=True)  # it is worked anyway
    tell(county, 1, d2026_11_24=False)  # older than what is known
    county.service.bus.sweep()
    assert county.service.calendar.changes(LEADER, 0, "")["items"] == []
    assert due_of(county, case_id) == before


@pytest.mark.rule("INC-07")
def test_batches_go_on_where_they_stopped_and_count_nothing_twice(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [reported(county) for _ in range(5)]
    monkeypatch.setattr(handler, "BATCH", 2)
    tell(county, 1, d2026_11_24=False)
    assert county.service.bus.sweep(most=1) == 1
    half = last_change(county)
    assert (half["examined"], half["done_at"]) == (2, None)

    def dies(*_: object) -> None:
        raise RuntimeError("the process dies")

    with monkeypatch.context() as broken:
        broken.setattr(CalendarRepository, "reach", dies)
        assert county.service.bus.sweep(most=1) == 1  # rolled back and put off
    assert last_change(county)["examined"] == 2
    county.clock.advance(minutes=1)
    while county.service.bus.sweep():
        pass
    done = last_change(county)
    assert (done["examined"], done["moved"]) == (5, 5) and done["done_at"] is not None
    assert len(moved_numbers(county, done)) == 5
    assert all([each["action"] for each in county.case(each)["history"]].count("recount") == 1 for each in cases)


@pytest.mark.rule("INC-07")
def test_a_case_that_cannot_be_counted_holds_up_no_other_and_is_counted_later(county: County) -> None:
    cases = [reported(county) for _ in range(5)]
    bad, *good = sorted(cases)
    before = due_of(county, bad)
    with unreadable(county, bad):
        tell(county, 1, d2026_11_24=False)
        while county.service.bus.sweep():
            pass
        change = last_change(county)
        assert (change["examined"], change["moved"]) == (5, 4) and change["done_at"] is not None
        assert all(due_of(county, each) == before + DAY for each in good)
        assert aside(county) == [(f"recount-alone:{bad}", 1)]
        county.clock.advance(seconds=6)
        county.service.bus.sweep()
        assert aside(county) == [(f"recount-alone:{bad}", 2)], "tried again, and again put off"
    county.clock.advance(seconds=31)
    county.service.bus.sweep()
    assert due_of(county, bad) == before + DAY
    assert (aside(county), last_change(county)["moved"]) == ([], 5)


@pytest.mark.rule("INC-07")
def test_a_case_that_somebody_holds_is_not_waited_for(county: County) -> None:
    held, free = sorted(reported(county) for _ in range(2))
    before = due_of(county, free)
    with county.service.engine.begin() as holder:
        holder.execute(sa.text('SELECT 1 FROM "case" WHERE id = :id FOR UPDATE'), {"id": held})
        tell(county, 1, d2026_11_24=False)
        county.service.bus.sweep()
        assert due_of(county, free) == before + DAY
    county.clock.advance(seconds=6)
    county.service.bus.sweep()
    assert due_of(county, held) == before + DAY


@pytest.mark.rule("INC-07", "INC-08")
def test_a_limit_that_lies_ahead_again_is_green_again(county: County) -> None:
    case_id = reported(county)
    county.clock.moment = due_of(county, case_id) + timedelta(hours=1)
    county.service.bus.sweep()
    assert county.case(case_id)["limits"][-1]["light"] == "yellow"
    tell(county, 1, d2026_11_24=False)
    county.service.bus.sweep()
    assert county.case(case_id)["limits"][-1]["light"] == "green"
    county.clock.moment = due_of(county, case_id) + timedelta(hours=1)
    county.service.bus.sweep()
    assert county.case(case_id)["limits"][-1]["light"] == "yellow"


@pytest.mark.rule("INC-07")
def test_a_paused_limit_is_counted_by_the_new_days_when_it_goes_on(county: County) -> None:
    case_id = reported(county)
    county.do(messages.Ask(case_id=case_id, question="哪一侧?"), county.handler)
    tell(county, 1, d2026_11_24=False)
    county.service.bus.sweep()
    assert last_change(county)["moved"] == 0
    county.do(messages.Reply(case_id=case_id, note="北侧"), county.member)
    assert abs(due_of(county, case_id) - (MONDAY + 3 * DAY)) < timedelta(seconds=1)


@pytest.mark.rule("REG-14")
def test_only_who_may_change_the_calendar_tries_it_out_and_only_watchers_read_what_moved(county: County) -> None:
    wanted = messages.GivenCalendar(year=2026, days=())
    for who in (county.operator, county.member, county.handler):
        with pytest.raises(Forbidden):
            county.service.calendar.preview(wanted, who)
    for who in (county.member, county.handler):
        with pytest.raises(Forbidden):
            county.service.calendar.changes(who, 0, "")
        with pytest.raises(Forbidden):
            county.service.calendar.moved("2026-1", who, 0, "")
    with pytest.raises(Invalid) as refused:
        days = ("2026-01-01", "2025-01-01", "nonsense")
        messages.GivenCalendar(year=2026, days=tuple(messages.GivenDay(day, True) for day in days))
    assert [fault.path for fault in refused.value.faults] == ["days[1].day", "days[2].day"]


def test_the_search_for_touched_limits_uses_the_index_of_running_ones(county: County) -> None:
    with county.service.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(sa.text('EXPLAIN SELECT case_id FROM "limit" WHERE done_at IS NULL ORDER BY case_id'))
        assert "limit_running" in "\n".join(row[0] for row in plan)
