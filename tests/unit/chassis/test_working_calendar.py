"""The working calendar against the real holidays of 2026; its arithmetic by properties (INC-07, PAT-01)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.working_calendar import UNITS, CalendarUnknown, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = [(time(8, 30), time(12)), (time(13, 30), time(17, 30))]
CALENDAR = WorkingCalendar("Asia/Shanghai", HOURS)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 10, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001
amounts = st.integers(1, 30)
units = st.sampled_from(UNITS)


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.rule("PAT-01", "INC-07")
@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),  # Wednesday before National Day
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 7), False),  # last day of the holiday
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday, made up
        (date(2026, 10, 11), False),  # an ordinary Sunday
        (date(2026, 2, 14), True),  # a Saturday, made up for Spring Festival
        (date(2026, 2, 17), False),  # Spring Festival
    ],
)
def test_knows_holidays_and_make_up_workdays(day: date, works: bool) -> None:
    assert CALENDAR.is_workday(day) is works


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        (at(9, 30, 16), 2, "working-hours", at(10, 8, 9)),  # 1.5 h before the holiday, 0.5 h after it
        (at(9, 30, 16), 2, "working-days", at(10, 9, 16)),
        (at(9, 30, 16), 3, "working-days", at(10, 10, 16)),  # the Saturday is worked
        (at(9, 30, 16), 2, "calendar-days", at(10, 2, 16)),
        (at(9, 30, 16), 2, "urgent-hours", at(9, 30, 18)),
        (at(10, 2, 3), 1, "working-days", at(10, 9, 8, 30)),  # in the holiday: counts from the next opening
        (at(10, 8, 12, 15), 1, "working-hours", at(10, 8, 14, 30)),  # at lunch
        (at(10, 8, 17, 30), 1, "working-hours", at(10, 9, 9, 30)),  # closing is outside
        (
            at(10, 8, 8, 30),
            3.5,
            "working-hours",
            at(10, 8, 12),
        ),  # used up at closing, not at the next opening
        (at(10, 8, 8, 30), 1.5, "working-days", at(10, 9, 13, 45)),
        (at(10, 8, 8, 30), 1, "working-days", at(10, 9, 8, 30)),
    ],
)
def test_due_by_the_documented_rules(start: datetime, amount: float, unit: str, due: datetime) -> None:
    assert CALENDAR.due(start, amount, unit) == due


@pytest.mark.rule("INC-07")
@given(moments, amounts, units)
def test_due_is_later_and_elapsed_gives_the_amount_back(start: datetime, amount: int, unit: str) -> None:
    due = CALENDAR.due(start, amount, unit)
    assert due > start
    assert due.tzinfo is UTC
    assert CALENDAR.elapsed(start, due, unit) == pytest.approx(amount, abs=1e-9)


@pytest.mark.rule("INC-07")
@given(moments, moments, amounts, units)
def test_due_grows_with_the_start(one: datetime, other: datetime, amount: int, unit: str) -> None:
    first, last = sorted([one, other])
    assert CALENDAR.due(first, amount, unit) <= CALENDAR.due(last, amount, unit)


@pytest.mark.rule("INC-07")
@given(moments, st.floats(0.05, 20), st.floats(0.05, 20), units)
def test_due_grows_with_the_amount(start: datetime, one: float, other: float, unit: str) -> None:
    less, more = sorted([one, other])
    assert CALENDAR.due(start, less, unit) <= CALENDAR.due(start, more, unit)


@given(moments, moments, moments, units)
def test_elapsed_adds_up(a: datetime, b: datetime, c: datetime, unit: str) -> None:
    first, middle, last = sorted([a, b, c])
    parts = CALENDAR.elapsed(first, middle, unit) + CALENDAR.elapsed(middle, last, unit)
    assert CALENDAR.elapsed(first, last, unit) == pytest.approx(parts, abs=1e-6)


@given(moments, amounts, st.sampled_from(["working-hours", "working-days"]))
def test_working_units_end_in_office_hours_of_a_working_day(start: datetime, amount: int, unit: str) -> None:
    due = CALENDAR.due(start, amount, unit).astimezone(SHANGHAI)
    assert CALENDAR.is_workday(due.date())
    assert any(opens <= due.time() <= closes for opens, closes in HOURS)


def test_end_before_start_is_nothing() -> None:
    assert CALENDAR.elapsed(at(10, 8, 9), at(10, 8, 9), "working-hours") == 0
    assert CALENDAR.elapsed(at(10, 9, 9), at(10, 8, 9), "urgent-hours") == 0


@pytest.mark.rule("INC-07", "ALL-05")
def test_an_unknown_year_is_an_error_that_names_year_and_remedy() -> None:
    with pytest.raises(CalendarUnknown) as caught:
        CALENDAR.due(at(12, 31, 17, 0), 2, "working-days")
    assert caught.value.params == {"year": 2027}
    assert "2027年放假调休表" in caught.value.sentence("zh")
    assert CALENDAR.due(at(12, 31, 17, 0), 2, "calendar-days") == at(1, 2, 17, 0, year=2027)


@pytest.mark.rule("INC-07")
def test_own_table_covers_a_year_that_is_declared_complete() -> None:
    own = {date(2027, 1, 1): False, date(2027, 1, 2): True}
    calendar = WorkingCalendar("Asia/Shanghai", HOURS, own, own_years={2027})
    assert calendar.due(at(12, 31, 17, 0), 1, "working-days") == at(1, 2, 17, 0, year=2027)
    assert not calendar.is_workday(date(2027, 1, 3))
    assert calendar.is_workday(date(2027, 1, 4))
    assert calendar.assumed_years(date(2026, 1, 1), date(2028, 1, 1)) == frozenset()


def test_single_own_days_do_not_vouch_for_their_year() -> None:
    calendar = WorkingCalendar("Asia/Shanghai", HOURS, {date(2027, 1, 1): False, date(2026, 10, 8): False})
    assert not calendar.is_workday(date(2027, 1, 1))
    assert not calendar.is_workday(date(2026, 10, 8)), "the own table goes before the published one"
    with pytest.raises(CalendarUnknown):
        calendar.is_workday(date(2027, 1, 2))


def test_assumed_weekends_are_asked_for_and_flagged() -> None:
    calendar = WorkingCalendar("Asia/Shanghai", HOURS, assume_weekends=True)
    assert calendar.is_workday(date(2027, 1, 1)), "a Friday; nobody has said that it is a holiday"
    assert not calendar.is_workday(date(2027, 1, 2))
    assert calendar.assumed_years(date(2026, 12, 1), date(2027, 2, 1)) == {2027}
    assert calendar.assumed_years(date(2026, 1, 1), date(2026, 12, 31)) == frozenset()


@pytest.mark.parametrize(
    "hours",
    [
        [],
        [(time(9), time(9))],
        [(time(13), time(17)), (time(9), time(12))],
        [(time(9), time(12)), (time(11), time(17))],
    ],
)
def test_office_hours_must_ascend(hours: list[tuple[time, time]]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WorkingCalendar("Asia/Shanghai", hours)


def test_refuses_what_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.due(datetime(2026, 1, 5, 9), 1, "working-hours")  # noqa: DTZ001
    with pytest.raises(ValueError, match="above 0"):
        CALENDAR.due(at(1, 5), 0, "working-hours")
    with pytest.raises(ValueError, match="urgent-hours"):
        CALENDAR.due(at(1, 5), 1, "weeks")
