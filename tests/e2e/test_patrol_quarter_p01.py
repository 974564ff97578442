"""The first quarter of 2026 by plan P1, lived day by day: tasks, visits and meetings are those of a table written by
hand (PAT-01, PAT-07, PAT-09).

"旗、镇、村干部每周到所包村民组开展工作至少1次": once a week, on any day of it. "每月至少对网格内居民走访一遍": once
a month. "定期排查各类安全隐患": once a month (assumed). "村每周至少组织网格长和网格员召开1次民情分析会": on Mondays
(assumed). Spring Festival (15 to 23 February) moves nothing: the plan does not say so. The plan comes into force on a
Wednesday; a grid is split on another; a leader is replaced in March.
"""

from datetime import date

import pytest

from tests.e2e.living import Happening, announce, live, lived, meetings, visits, weeks
from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    TOWN,
    County,
    bare,
    field_key,
    migrated,
    person,
)

pytestmark = [pytest.mark.rule("PAT-01", "PAT-02"), pytest.mark.timeout(600)]

VILLAGE, EAST, WEST = "371321106245000", "371321106245001", "371321106245002"
NEAR, FAR = "371321106245003", "371321106245004"
"""What East is split into."""
CADRE, EASTERN, WESTERN, SUCCESSOR, MEMBER = (
    person(name) for name in ("cadre", "eastern", "western", "heir", "member")
)
BEGINS, SPLIT, REPLACED, LAST = date(2026, 1, 14), date(2026, 2, 11), date(2026, 3, 4), date(2026, 3, 31)
CONFIRMED, EXPIRES = date(2026, 1, 27), date(2026, 3, 18)
ALONE, NEEDY = "01936f2a-0000-7000-8000-0000000000a1", "01936f2a-0000-7000-8000-0000000000a2"
"""Entries of the care list: an old person who lives alone, and a needy household that is confirmed on a Tuesday."""
JANUARY, FEBRUARY, MARCH = (BEGINS, date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), LAST)
FIRST_WEEK = (BEGINS, date(2026, 1, 18))
"""From the plan's first day, a Wednesday, to that Sunday."""


def happenings(county: County) -> dict[date, Happening]:
    """What happens in the county, by the days on which it does."""

    def begin() -> None:
        county.grid(TOWN, 1)
        county.grid(VILLAGE, 2, TOWN)
        for grid, leader in ((EAST, EASTERN), (WEST, WESTERN)):
            county.grid(grid, 3, TOWN, VILLAGE)
            county.appoint(leader, "leader", grid)
            county.appoint(CADRE, "contact-leader", grid)
        county.appoint(MEMBER, "member", WEST)
        county.care(ALONE, "elderly-alone", grid=EAST, household="alone")
        announce(county, "p01", BEGINS)

    def split() -> None:
        county.grid(EAST, 3, TOWN, VILLAGE, active=False, sequence=2)
        for grid in (NEAR, FAR):
            county.grid(grid, 3, TOWN, VILLAGE)
            county.appoint(CADRE, "contact-leader", grid)
        county.appoint(EASTERN, "leader", NEAR)
        county.care(ALONE, "elderly-alone", grid=NEAR, household="alone", sequence=2)

    def replace() -> None:
        county.appoint(WESTERN, "leader", WEST, ends=date(2026, 3, 3), sequence=2)
        county.appoint(SUCCESSOR, "leader", WEST)

    def confirm() -> None:
        county.care(NEEDY, "needy", grid=WEST, household="needy", expires=EXPIRES)

    return {BEGINS: begin, CONFIRMED: confirm, SPLIT: split, REPLACED: replace}


def test_the_first_quarter_of_2026(bare: County) -> None:  # noqa: F811
    county = bare
    live(county, BEGINS, LAST, happenings(county))

    full = weeks(date(2026, 1, 19), LAST)  # 19 January is a Monday; the last begins on 30 March
    assert (full[0][0], full[-1]) == (date(2026, 1, 19), (date(2026, 3, 30), date(2026, 4, 5)))
    before, since = full[:3], full[3:]  # the week of the split is that from 9 February on
    cadre, leader, member = CADRE.person_id, EASTERN.person_id, MEMBER.person_id
    assert lived(county, BEGINS, LAST) == {
        ("cadre-weekly", EAST, cadre): [FIRST_WEEK, *before],
        ("cadre-weekly", NEAR, cadre): since,
        ("cadre-weekly", FAR, cadre): since,
        ("cadre-weekly", WEST, cadre): [FIRST_WEEK, *full],
        ("every-household", EAST, leader): [JANUARY],
        ("every-household", NEAR, leader): [FEBRUARY, MARCH],
        ("every-household", FAR, None): [FEBRUARY, MARCH],  # nobody leads it: the gap is seen
        ("every-household", WEST, WESTERN.person_id): [JANUARY, FEBRUARY],
        ("every-household", WEST, SUCCESSOR.person_id): [MARCH],  # what was open went over
        ("hazards", EAST, None): [JANUARY],
        ("hazards", NEAR, None): [FEBRUARY, MARCH],
        ("hazards", FAR, None): [FEBRUARY, MARCH],
        ("hazards", WEST, member): [JANUARY, FEBRUARY, MARCH],
    }  # fmt: skip
    mondays = [date(2026, 1, 19), date(2026, 1, 26)]
    mondays += [date(2026, 2, day) for day in (2, 9, 16, 23)]  # the 16th and the 23rd are holidays
    mondays += [date(2026, 3, day) for day in (2, 9, 16, 23, 30)]
    assert meetings(county, BEGINS, LAST) == {("people-situation", VILLAGE): [(day, None) for day in mondays]}
    # "网格长每周对生活困难家庭、空巢老人家庭……登门走访": once a week while the household is on the list
    on_the_list = weeks(date(2026, 1, 26), date(2026, 3, 9))
    assert visits(county, BEGINS, LAST) == {
        ("alone", EAST, leader): [FIRST_WEEK, *before],
        ("alone", NEAR, leader): since,
        ("needy", WEST, WESTERN.person_id): on_the_list[:5],
        ("needy", WEST, SUCCESSOR.person_id): [*on_the_list[5:], (date(2026, 3, 16), EXPIRES)],
    }
