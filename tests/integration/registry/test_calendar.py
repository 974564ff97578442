"""The county's own working days: entered, read with the State Council's, announced (INC-07)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from wangge.registry.v1 import registry_pb2 as pb

from .conftest import Refused, Registry

MOVED = (pb.CalendarDay(day="2026-10-10", worked=False, name="本县调整"), pb.CalendarDay(day="2026-10-11", worked=True))


@pytest.mark.rule("INC-07")
def test_own_days_go_before_the_state_councils_and_are_announced(registry: Registry) -> None:
    leader = registry.with_roles("county-leader")
    before = leader("GetCalendar", year=2026)
    days = {each.day: each for each in before.days}
    assert (before.known, before.version) == ("state-council", 0)
    assert (days["2026-10-01"].worked, days["2026-10-01"].name, days["2026-10-01"].own) == (False, "国庆节", False)
    assert days["2026-10-10"].worked is True and "2026-10-12" not in days

    stored = leader("SetCalendar", year=2026, days=MOVED, key="once")
    assert (stored.id, stored.version) == ("2026", 1)
    assert leader("SetCalendar", year=2026, days=MOVED, key="once") == stored
    assert leader("SetCalendar", year=2026, days=reversed(MOVED)).version == 1
    after = {each.day: each for each in leader("GetCalendar", year=2026).days}
    assert (after["2026-10-10"].worked, after["2026-10-10"].own, after["2026-10-10"].name) == (False, True, "本县调整")
    (event,) = registry.events("calendar-changed")
    assert (event.subject, event.sequence, event.data["year"]) == ("2026", 1, 2026)
    assert event.data["days"] == [{"day": "2026-10-10", "worked": False}, {"day": "2026-10-11", "worked": True}]


@pytest.mark.rule("INC-07")
def test_a_year_that_nobody_published_is_shown_as_assumed_until_it_is_entered(registry: Registry) -> None:
    administrator = registry.with_roles("system-administrator")
    assert administrator("GetCalendar", year=2031).known == "assumed"
    administrator("SetCalendar", year=2031, days=[pb.CalendarDay(day="2031-01-01", worked=False, name="元旦")])
    entered = administrator("GetCalendar", year=2031)
    assert (entered.known, [each.day for each in entered.days]) == ("county", ["2031-01-01"])


@pytest.mark.rule("ALL-05")
def test_wrong_days_are_refused_each_with_its_place(registry: Registry) -> None:
    days = [
        pb.CalendarDay(day="2026-10-10"),
        pb.CalendarDay(day="2026-10-10"),
        pb.CalendarDay(day="2025-10-10"),
        pb.CalendarDay(day="20261011"),
        pb.CalendarDay(day="2026-02-30"),
        pb.CalendarDay(day="2026-10-12", name="长" * 41),
    ]
    with pytest.raises(Refused) as refused:
        registry.operator("SetCalendar", year=2026, days=days)
    assert refused.value.faults == {
        "days[1].day": "repeated",
        "days[2].day": "other-year",
        "days[3].day": "not-a-day",
        "days[4].day": "not-a-day",
        "days[5].name": "name-too-long",
    }
    with pytest.raises(Refused) as refused:
        registry.operator("SetCalendar", year=1999, days=[])
    assert refused.value.faults == {"year": "year-out-of-range"}
    assert registry.events("calendar-changed") == []


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("role", ["centre-operator", "grid-leader", "auditor", "department-head"])
def test_others_read_the_calendar_and_do_not_change_it(registry: Registry, role: str) -> None:
    caller = registry.with_roles(role)
    assert caller("GetCalendar", year=2026).days
    with pytest.raises(Refused) as refused:
        caller("SetCalendar", year=2026, days=MOVED)
    assert refused.value.code == "forbidden"


def test_two_who_change_the_same_year_do_not_overwrite_each_other(registry: Registry) -> None:
    def change(number: int) -> str:
        try:
            day = pb.CalendarDay(day=f"2026-10-{10 + number}", worked=False)
            registry.operator("SetCalendar", year=2026, days=[day], if_match=0)
            return "stored"
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(change, range(2))) == ["stale-version", "stored"]
    assert len(registry.events("calendar-changed")) == 1
