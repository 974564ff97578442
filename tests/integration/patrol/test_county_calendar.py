"""Years that chinesecalendar does not know follow the county's own table; what it moves says from which day and why
(PAT-01, INC-07)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.chassis.working_calendar import is_published
from tests.integration.patrol.conftest import WORK_AREA, County, person

pytestmark = pytest.mark.rule("PAT-01")

YEAR = 2027
NATIONAL_DAY = [(f"2027-10-0{day}", False) for day in range(1, 8)]
MADE_UP = [("2027-09-26", True), ("2027-10-09", True)]
"""A Sunday before and a Saturday after the holiday, both worked for it."""
FIRST = date(2027, 10, 1)


def tell(county: County, days: list[tuple[str, bool]], sequence: int = 1) -> None:
    told = [{"day": day, "worked": worked} for day, worked in days]
    county.hear("calendar-changed", str(YEAR), {"year": YEAR, "days": told}, sequence)
    county.run()


def live_to(county: County, day: date) -> None:
    """Let the days pass up to the morning of `day`, quickly over those that made nothing new."""
    county.clock.moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    county.run()


@pytest.fixture
def autumn(county: County) -> County:
    """The county at the end of September 2027, with a leader of the work area."""
    assert not is_published(YEAR)
    county.appoint(person("wang"), "leader", WORK_AREA)
    live_to(county, date(2027, 9, 28))
    return county


def joint(county: County) -> list[tuple[str, str, date | None]]:
    """The joint inspections of the last quarter: due from, until, moved from."""
    found = county.tasks(patrol="quarter", since="2027-09-01", states=("due", "overdue"))
    return [(str(each["day"]), str(each["until"]), each["moved_from"]) for each in found]


def the(county: County) -> dict[str, Any]:
    (task,) = county.tasks(patrol="quarter", since="2027-09-01", states=("due", "overdue"))
    return task


def test_the_countys_table_moves_the_first_of_october_behind_the_holiday_and_says_so(autumn: County) -> None:
    tell(autumn, [*NATIONAL_DAY, *MADE_UP])
    for day in range(29, 31):
        live_to(autumn, date(2027, 9, day))
    assert joint(autumn) == []
    live_to(autumn, date(2027, 10, 7))
    assert joint(autumn) == [("2027-10-08", "2027-10-13", FIRST)]  # the 8th, the made-up 9th, the 11th to the 13th
    assert the(autumn)["moved_why"] == "方案规定遇节假日顺延至下一个工作日"


def test_while_no_table_is_entered_weekdays_are_worked_and_nothing_moves(autumn: County) -> None:
    live_to(autumn, date(2027, 9, 30))
    assert joint(autumn) == [("2027-10-01", "2027-10-07", None)]
    assert the(autumn)["moved_why"] == ""


def test_a_table_that_comes_late_moves_what_is_there_already(autumn: County) -> None:
    live_to(autumn, date(2027, 9, 30))
    tell(autumn, [*NATIONAL_DAY, *MADE_UP])
    assert joint(autumn) == []
    live_to(autumn, date(2027, 10, 8))
    assert joint(autumn) == [("2027-10-08", "2027-10-13", FIRST)]


def test_a_corrected_table_counts_and_an_older_one_that_comes_late_does_not(autumn: County) -> None:
    tell(autumn, [*NATIONAL_DAY, *MADE_UP], sequence=2)
    tell(autumn, [], sequence=1)
    live_to(autumn, date(2027, 10, 7))
    assert joint(autumn) == [("2027-10-08", "2027-10-13", FIRST)]
    tell(autumn, [*NATIONAL_DAY, ("2027-10-08", False), *MADE_UP], sequence=3)  # one more day off
    live_to(autumn, date(2027, 10, 8))
    assert joint(autumn) == [("2027-10-09", "2027-10-14", FIRST)]


def test_what_was_begun_on_the_old_day_is_not_lost_when_the_table_moves_it(autumn: County) -> None:
    live_to(autumn, FIRST)
    begun = the(autumn)
    (answer,) = autumn.sync(autumn.entry(begun, "environment/water"), who=person("wang"))
    assert answer["outcome"] == "accepted", answer
    tell(autumn, [*NATIONAL_DAY, *MADE_UP])
    live_to(autumn, FIRST + timedelta(days=7))
    assert ("2027-10-01", "2027-10-07", None) in joint(autumn)
