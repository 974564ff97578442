"""Limits in all four units over weekends, holidays and make-up workdays of 2026, with pauses and extensions (INC-07).

The days are those of the State Council's notice for 2026 as chinesecalendar has them: the new year's holiday 1 to 3
January with Sunday 4 January worked, the spring festival 15 to 23 February with the Saturdays 14 and 28 February
worked, national day 1 to 7 October with Sunday 20 September and Saturday 10 October worked.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.chassis.working_calendar import UNITS, WorkingCalendar
from services.incident.model.limits import Amount, Limit, LimitRules, Notice

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkingCalendar("Asia/Shanghai", [(time(8, 30), time(12)), (time(14), time(17, 30))], assume_weekends=True)
NOTICES = (
    Notice("warning", "none", 0.75, ("handler",)),
    Notice("yellow", "yellow", 1.0, ("handler",)),
    Notice("red", "red", 1.0, ("county-leader",), Amount(1, "working-days")),
)
MICROSECONDS = timedelta(microseconds=50)


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def rules(amount: float, unit: str) -> LimitRules:
    return LimitRules(OFFICE, {"handle": Amount(amount, unit)}, NOTICES)


def started(limits: LimitRules, at: datetime) -> Limit:
    limit = limits.start("handle", 1, at.astimezone(UTC))
    assert limit is not None
    return limit


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        # over the new year's holiday: Thursday to Saturday free, Sunday 4 January worked
        (local(1, 4, 16), 2, "working-hours", local(1, 5, 9)),
        (local(1, 4, 16), 1, "working-days", local(1, 5, 16)),
        # over the spring festival: Saturday 14 February is worked, then nine days are free
        (local(2, 13, 16), 1, "working-days", local(2, 14, 16)),
        (local(2, 14, 16), 1, "working-days", local(2, 24, 16)),
        (local(2, 14, 17), 2, "working-hours", local(2, 24, 10)),
        (local(2, 14, 17), 24, "urgent-hours", local(2, 15, 17)),
        (local(2, 14, 17), 2, "calendar-days", local(2, 16, 17)),
        # Saturday 28 February is worked, Sunday 1 March is not
        (local(2, 27, 15), 2, "working-days", local(3, 2, 15)),
        # Sunday 20 September is worked, Saturday the 19th is not
        (local(9, 18, 17), 1, "working-days", local(9, 20, 17)),
        (local(9, 18, 17), 1, "working-hours", local(9, 20, 9)),
        # over national day: 1 to 7 October free, Saturday 10 October worked
        (local(9, 30, 9), 3, "working-days", local(10, 10, 9)),
        (local(10, 3, 11), 1, "working-days", local(10, 9, 8, 30)),
        (local(10, 3, 11), 1, "urgent-hours", local(10, 3, 12)),
        # an ordinary weekend, and the hours of noon
        (local(11, 27, 17), 1, "working-hours", local(11, 30, 9)),
        (local(11, 27, 11, 30), 1, "working-hours", local(11, 27, 14, 30)),
        (local(11, 27, 17), 3, "calendar-days", local(11, 30, 17)),
    ],
)
def test_a_limit_over_the_holidays_of_2026(start: datetime, amount: float, unit: str, due: datetime) -> None:
    assert started(rules(amount, unit), start).due_at == due


@pytest.mark.rule("INC-07")
def test_a_pause_over_the_spring_festival_gives_back_exactly_the_office_time_that_was_left() -> None:
    limits = rules(3, "working-days")
    limit = started(limits, local(2, 13, 9))  # Friday; the 14th is worked, then the festival
    assert limit.due_at == local(2, 25, 9)
    limits.pause(limit, local(2, 14, 9), local(2, 28, 9))
    assert limit.left == 2 and limit.light == "paused"
    assert limits.deadlines(limit) == {"handle:unanswered": local(2, 28, 9)}
    limits.resume(limit, local(2, 26, 9))
    assert limit.due_at == local(2, 28, 9) and limit.light == "green"
    assert limits.deadlines(limit)["handle:red"] == local(3, 2, 9)


@pytest.mark.rule("INC-07")
def test_an_extension_moves_the_limit_and_all_that_is_still_to_be_told() -> None:
    limits = rules(4, "working-days")
    limit = started(limits, local(11, 23, 9))
    limit.told = ("warning",)
    limits.extend(limit, 4, local(11, 26, 10))
    assert limit.due_at == local(12, 3, 9)
    assert limits.deadlines(limit) == {
        "handle:warning": local(12, 1, 9),  # three quarters of eight days: it lies ahead again
        "handle:yellow": local(12, 3, 9),
        "handle:red": local(12, 4, 9),
    }


MINUTES = st.integers(0, 365 * 24 * 60)
AMOUNTS = st.sampled_from([0.25, 0.5, 1, 1.5, 2, 3, 7, 24])


def moment(minutes: int) -> datetime:
    return (datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)).astimezone(UTC)


@pytest.mark.rule("INC-07")
@settings(deadline=None, max_examples=300)
@given(
    start=MINUTES,
    amount=AMOUNTS,
    unit=st.sampled_from(UNITS),
    shares=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 14 * 24 * 60)), max_size=3),
    granted=st.sampled_from([0, 0.5, 2]),
)
def test_time_before_and_after_all_pauses_is_the_limit_and_what_was_granted(
    start: int, amount: float, unit: str, shares: list[tuple[float, int]], granted: float
) -> None:
    limits, at = rules(amount, unit), moment(start)
    limit = started(limits, at)
    used, since = 0.0, at
    for share, stood in shares:
        paused = since + (limit.due_at - since) * share
        limits.pause(limit, paused, paused + timedelta(minutes=stood))
        used += OFFICE.elapsed(since, paused, unit)
        assert limit.on_time(paused + timedelta(days=100)), "a paused clock does not run"
        since = paused + timedelta(minutes=stood)
        limits.resume(limit, since)
        assert limit.due_at >= since
    if granted and limit.due_at > since:
        limits.extend(limit, granted, since)
        assert limit.total == amount + granted
    used += OFFICE.elapsed(since, limit.due_at, unit)
    assert used == pytest.approx(limit.total, abs=1e-6)


@pytest.mark.rule("INC-07")
@settings(deadline=None, max_examples=200)
@given(start=MINUTES, amount=AMOUNTS, unit=st.sampled_from(UNITS), share=st.floats(0.05, 0.95), stood=MINUTES)
def test_a_pause_never_takes_office_time_away_and_notices_keep_their_order(
    start: int, amount: float, unit: str, share: float, stood: int
) -> None:
    limits, at = rules(amount, unit), moment(start)
    limit = started(limits, at)
    before = limit.due_at
    paused = at + (before - at) * share
    limits.pause(limit, paused, paused)
    limits.resume(limit, paused + timedelta(minutes=stood % 20_000))
    due = limits.deadlines(limit)
    # closing time and the next opening are the same moment of office time
    assert OFFICE.elapsed(limit.due_at, before, unit) == pytest.approx(0, abs=1e-6)
    assert due["handle:warning"] <= due["handle:yellow"] + MICROSECONDS
    assert due["handle:yellow"] < due["handle:red"]


@pytest.mark.rule("INC-07")
@settings(deadline=None, max_examples=200)
@given(start=MINUTES, amount=AMOUNTS, unit=st.sampled_from(UNITS), day=st.integers(0, 364), worked=st.booleans())
def test_counting_anew_with_the_same_days_moves_nothing_and_hours_round_the_clock_never_move(
    start: int, amount: float, unit: str, day: int, worked: bool
) -> None:
    limit = started(rules(amount, unit), moment(start))
    assert not rules(amount, unit).recount(limit, limit.started_at)
    changed = date(2026, 1, 1) + timedelta(days=day)
    own = WorkingCalendar("Asia/Shanghai", OFFICE.office_hours, {changed: worked}, assume_weekends=True)
    assume(own.is_workday(changed) != OFFICE.is_workday(changed))
    before = limit.due_at
    moved = LimitRules(own, {}, NOTICES).recount(limit, limit.started_at)
    if unit in ("urgent-hours", "calendar-days"):
        assert not moved
    elif worked:
        assert limit.due_at <= before
    else:
        assert limit.due_at >= before
