"""Which days a change of the county's own table turns (INC-07)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_calendar import published_exceptions
from services.incident.model.office_days import CalendarChange, OwnDays, span_of

MAKE_UP = date(2026, 10, 10)
FREE = date(2026, 10, 8)
NONE = OwnDays()


@pytest.mark.rule("INC-07")
def test_only_days_that_become_another_kind_are_turned() -> None:
    after = NONE.replaced(2026, {MAKE_UP: False, FREE: False, date(2026, 10, 1): False, date(2026, 10, 12): True})
    assert NONE.turned(after, 2026) == {MAKE_UP: False, FREE: False}
    assert after.turned(NONE, 2026) == {MAKE_UP: True, FREE: True}
    assert after.turned(after, 2026) == {}


@pytest.mark.rule("INC-07")
def test_a_year_that_nobody_published_is_assumed_until_the_county_enters_it_whole() -> None:
    assert published_exceptions(2031) == {}
    entered = NONE.replaced(2031, {date(2031, 1, 1): False})
    assert entered.complete == {2031} and NONE.replaced(2026, {}).complete == frozenset()
    assert NONE.turned(entered, 2031) == {date(2031, 1, 1): False}


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=20))
def test_turning_back_turns_the_same_days(days: dict[date, bool]) -> None:
    after = NONE.replaced(2026, days)
    turned, back = NONE.turned(after, 2026), after.turned(NONE, 2026)
    assert back == {day: not worked for day, worked in turned.items()}
    assert set(turned) <= set(days)


def test_the_reason_names_the_days() -> None:
    assert CalendarChange("2026-1", {MAKE_UP: False}).why == "工作日历调整:2026-10-10改为休息"
    many = {date(2026, 1, number): True for number in range(1, 9)}
    assert CalendarChange("2026-1", many).why.endswith("2026-01-05改为上班等8天")


def test_days_begin_and_end_in_the_county() -> None:
    first, last = span_of({MAKE_UP: False, FREE: False}, "Asia/Shanghai")
    assert first == datetime(2026, 10, 7, 16, tzinfo=UTC) and last == datetime(2026, 10, 10, 16, tzinfo=UTC)


def test_the_state_councils_days_of_2026_are_known_with_their_festivals() -> None:
    days = published_exceptions(2026)
    assert days[date(2026, 10, 1)] == (False, "国庆节")
    assert days[MAKE_UP][0] is True and days[date(2026, 2, 17)] == (False, "春节")
    assert date(2026, 10, 12) not in days
