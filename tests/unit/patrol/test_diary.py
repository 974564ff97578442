"""Weeks close on Monday in the county, and words have versions (PAT-08)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import StaleVersion
from services.patrol.errors import DayAhead, WeekClosed, WeekOpen
from services.patrol.model.diary import Words, closes_at, is_closed, require_closed, require_open

pytestmark = pytest.mark.rule("PAT-08")

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(DAYS, st.integers(-400, 400))
def test_a_week_is_closed_from_the_moment_on_that_is_told(day: date, later: int) -> None:
    today = day + timedelta(days=later)
    closing = closes_at(day, ZONE)
    assert closing.astimezone(ZONE).weekday() == 0
    assert 1 <= (closing.astimezone(ZONE).date() - day).days <= 7
    assert is_closed(day, today) == (today >= closing.astimezone(ZONE).date())


@given(DAYS, st.integers(-400, 400))
def test_a_day_takes_words_or_notes_or_has_not_come(day: date, later: int) -> None:
    today = day + timedelta(days=later)
    outcomes = set()
    for require, refusals in ((require_open, (DayAhead, WeekClosed)), (require_closed, (WeekOpen,))):
        try:
            require(day, today)
            outcomes.add(require.__name__)
        except refusals:
            pass
    assert outcomes == (set() if later < 0 else {"require_closed"} if is_closed(day, today) else {"require_open"})


def test_a_week_closes_at_midnight_of_the_county() -> None:
    assert closes_at(date(2026, 11, 29), ZONE) == datetime(2026, 11, 29, 16, tzinfo=UTC)
    assert closes_at(date(2026, 11, 30), ZONE) == datetime(2026, 12, 6, 16, tzinfo=UTC)


@given(st.lists(st.text(max_size=3)))
def test_a_version_counts_changes_alone(texts: list[str]) -> None:
    words, changes = Words(), 0
    for text in texts:
        changes += text != words.text
        words = words.written(text, words.version)
        assert (words.text, words.version) == (text, changes)
    with pytest.raises(StaleVersion):
        words.written("x", words.version + 1)
