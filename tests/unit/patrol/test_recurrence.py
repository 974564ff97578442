"""When a patrol is due: the plan's rules, the county's calendar, and only such moves as the plan allows."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_calendar import FESTIVALS as FESTIVALS_IN_CHINESE
from services.chassis.working_calendar import WorkingCalendar
from services.patrol.model.festivals import FESTIVALS, festival
from services.patrol.model.recurrence import Cadence, Occurrence, Window, occurrences
from services.patrol.repository.copies import ALL_DAY

pytestmark = pytest.mark.rule("PAT-01")

CALENDAR = WorkingCalendar("Asia/Shanghai", ALL_DAY, assume_weekends=True)
NEW_YEAR = date(2026, 1, 1)
DAY = timedelta(days=1)


def days(cadence: Cadence, first: date, last: date) -> list[date]:
    return [each.day for each in occurrences(cadence, first, last, CALENDAR)]


def test_daily_is_every_day_of_the_new_year_holiday_too() -> None:
    daily = Cadence(NEW_YEAR, "FREQ=DAILY")
    assert days(daily, date(2026, 2, 14), date(2026, 2, 20)) == [date(2026, 2, day) for day in range(14, 21)]


def test_half_monthly_is_the_first_and_the_fifteenth_and_is_not_moved_off_a_sunday() -> None:
    half = Cadence(NEW_YEAR, "FREQ=MONTHLY;BYMONTHDAY=1,15")
    assert days(half, date(2026, 2, 1), date(2026, 3, 31)) == [
        date(2026, 2, 1), date(2026, 2, 15), date(2026, 3, 1), date(2026, 3, 15),
    ]  # fmt: skip


def test_first_days_of_the_quarter_are_five_working_days_from_the_first_one_on() -> None:
    quarter = Cadence(
        NEW_YEAR,
        "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1",
        shift="next-working-day",
        window=Window(5, "working-days"),
    )
    found = occurrences(quarter, date(2026, 1, 1), date(2026, 12, 31), CALENDAR)
    assert found == [
        Occurrence(date(2026, 1, 4), date(2026, 1, 8), moved_from=date(2026, 1, 1)),  # 4 January is a make-up Sunday
        Occurrence(date(2026, 4, 1), date(2026, 4, 8)),  # the 4th to the 6th are the Qingming holiday
        Occurrence(date(2026, 7, 1), date(2026, 7, 7)),
        Occurrence(date(2026, 10, 8), date(2026, 10, 13), moved_from=date(2026, 10, 1)),  # 10 October is worked
    ]


def test_the_working_day_before_stands_in_where_the_plan_says_so() -> None:
    friday = Cadence(NEW_YEAR, "FREQ=WEEKLY;BYDAY=FR", shift="previous-working-day")
    found = occurrences(friday, date(2026, 4, 27), date(2026, 5, 3), CALENDAR)
    assert found == [Occurrence(date(2026, 4, 30), date(2026, 4, 30), moved_from=date(2026, 5, 1))]


def test_four_times_a_year_are_four_tasks_with_the_whole_year_for_each() -> None:
    health = Cadence(date(2026, 3, 10), times=4, per="year")
    found = occurrences(health, date(2026, 6, 1), date(2026, 6, 1), CALENDAR)
    assert found == [Occurrence(date(2026, 3, 10), date(2026, 12, 31), number) for number in (1, 2, 3, 4)]
    following = occurrences(health, date(2027, 1, 1), date(2027, 1, 1), CALENDAR)
    assert [(each.day, each.until) for each in following] == [(date(2027, 1, 1), date(2027, 12, 31))] * 4


def test_nothing_is_due_before_the_plan_holds() -> None:
    daily = Cadence(date(2026, 3, 1), "FREQ=DAILY")
    assert days(daily, date(2026, 2, 25), date(2026, 3, 2)) == [date(2026, 3, 1), date(2026, 3, 2)]


def test_a_calendar_without_working_days_moves_nothing_and_ends() -> None:
    class Never:
        def is_workday(self, _: date) -> bool:
            return False

    cadence = Cadence(NEW_YEAR, "FREQ=MONTHLY;BYMONTHDAY=1", shift="next-working-day")
    found = occurrences(cadence, date(2026, 5, 1), date(2026, 5, 31), Never())
    assert [each.day for each in found] == [date(2026, 5, 1)]


def test_festivals_are_due_in_the_days_before_them_whatever_calendar_they_follow() -> None:
    visits = Cadence(
        NEW_YEAR, festivals=("spring-festival", "mid-autumn", "double-ninth"), window=Window(7, "calendar-days")
    )
    found = occurrences(visits, date(2026, 1, 1), date(2028, 12, 31), CALENDAR)
    assert [(each.day, each.until) for each in found] == [
        (date(2026, 2, 11), date(2026, 2, 17)),  # 丙午年正月初一
        (date(2026, 9, 19), date(2026, 9, 25)),
        (date(2026, 10, 12), date(2026, 10, 18)),
        (date(2027, 1, 31), date(2027, 2, 6)),
        (date(2027, 9, 9), date(2027, 9, 15)),
        (date(2027, 10, 2), date(2027, 10, 8)),
        (date(2028, 1, 20), date(2028, 1, 26)),
        (date(2028, 9, 27), date(2028, 10, 3)),
        (date(2028, 10, 20), date(2028, 10, 26)),
    ]


def test_a_festival_in_working_days_looks_over_the_weekend_and_a_new_year_reaches_into_the_old_one() -> None:
    feast = Cadence(NEW_YEAR, festivals=("new-year", "labour-day"), window=Window(3, "working-days"))
    found = occurrences(feast, date(2026, 4, 1), date(2026, 12, 31), CALENDAR)
    assert [(each.day, each.until) for each in found] == [
        (date(2026, 4, 28), date(2026, 5, 1)),  # 28, 29, 30 April; the feast itself is no working day
        (date(2026, 12, 30), date(2027, 1, 1)),  # nobody knows 2027 yet: its first day counts as a Friday
    ]


def test_a_festival_that_the_plan_begins_in_the_middle_of_is_due_from_the_plan_on_and_one_before_it_is_not() -> None:
    visits = Cadence(date(2026, 9, 22), festivals=("spring-festival", "mid-autumn"), window=Window(7, "calendar-days"))
    found = occurrences(visits, date(2026, 1, 1), date(2026, 12, 31), CALENDAR)
    assert [(each.day, each.until) for each in found] == [(date(2026, 9, 22), date(2026, 9, 25))]


@pytest.mark.parametrize("year", range(2010, 2027))
def test_the_festivals_fall_into_the_holidays_that_the_state_council_gave_them(year: int) -> None:
    statutory = {"new-year": "元旦", "spring-festival": "春节", "tomb-sweeping": "清明节", "labour-day": "劳动节",
                 "dragon-boat": "端午节", "mid-autumn": "中秋节", "national-day": "国庆节"}  # fmt: skip
    for name, called in statutory.items():
        off, english = chinese_calendar.get_holiday_detail(festival(name, year))
        assert off
        # where it falls on a Saturday the table names none; National Day and the Mid-Autumn may fall together
        assert english is None or FESTIVALS_IN_CHINESE[english] in (called, "国庆节", "中秋节")


CADENCES = st.builds(
    Cadence,
    begins=st.dates(NEW_YEAR, date(2026, 6, 30)),
    rule=st.sampled_from(
        ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY;INTERVAL=3",
         "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=-1FR"]
    ),
    shift=st.sampled_from(["none", "next-working-day", "previous-working-day"]),
    window=st.builds(Window, st.integers(1, 8), st.sampled_from(["working-days", "calendar-days"])),
) | st.builds(
    Cadence,
    begins=st.dates(NEW_YEAR, date(2026, 6, 30)),
    festivals=st.lists(st.sampled_from(sorted(FESTIVALS)), min_size=1, unique=True).map(tuple),
    window=st.builds(Window, st.integers(1, 8), st.sampled_from(["working-days", "calendar-days"])),
)  # fmt: skip


@given(cadence=CADENCES, first=st.dates(date(2026, 2, 1), date(2026, 12, 1)), length=st.integers(0, 60))
def test_a_span_of_days_is_the_days_one_by_one(cadence: Cadence, first: date, length: int) -> None:
    whole = occurrences(cadence, first, first + length * DAY, CALENDAR)
    single = [occurrences(cadence, first + n * DAY, first + n * DAY, CALENDAR) for n in range(length + 1)]
    assert set(whole) == {each for found in single for each in found}
    assert [(each.day, each.number) for each in whole] == sorted({(each.day, each.number) for each in whole})


@given(cadence=CADENCES, day=st.dates(date(2026, 2, 1), date(2026, 12, 1)))
def test_what_is_due_is_due_on_that_day_and_says_when_it_was_moved(cadence: Cadence, day: date) -> None:
    for each in occurrences(cadence, day, day, CALENDAR):
        assert each.day <= day <= each.until
        assert (each.moved_from is None) or cadence.shift != "none"
        assert cadence.shift == "none" or CALENDAR.is_workday(each.day)
