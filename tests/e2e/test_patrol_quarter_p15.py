"""The first three months of plan P15, lived day by day: the tasks are those of a table written by hand (PAT-01).

"全乡每年开展两次大面积灭鼠、灭蚊蝇活动": twice in the year. "每三月更换一次内容": once in each quarter. "每年开展四次
以上群众性健康教育服务": four times in the year. "坚持开展定期卫生检查评比": once a month (assumed). The plan begins on
1 March, in the middle of a quarter and of a year; a second version in April asks nothing twice. Qingming and Labour Day
move meetings alone: there the plan says so (assumed).
"""

from datetime import date

import pytest

from tests.e2e.living import Happening, announce, finish, live, lived, meetings, returns
from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    TOWN,
    County,
    bare,
    field_key,
    migrated,
    person,
)

pytestmark = [pytest.mark.rule("PAT-01", "PAT-02"), pytest.mark.timeout(600)]

UPPER, LOWER = "371321106245001", "371321106246001"
BEGINS, LAST = date(2026, 3, 1), date(2026, 5, 31)
STAFF, HEAD, OTHER_HEAD, NEW_HEAD = (person(name) for name in ("staff", "head", "other-head", "new-head"))
DOCTOR, NEW_DOCTOR = person("doctor"), person("new-doctor")
YEAR = (BEGINS, date(2026, 12, 31))
MONTHS = [(BEGINS, date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), LAST)]


def happenings(county: County) -> dict[date, Happening]:
    """What happens in the township, by the days on which it does."""

    def begin() -> None:
        county.grid(TOWN, 1)
        for grid, who in ((UPPER, HEAD), (LOWER, OTHER_HEAD)):
            county.grid(grid, 2, TOWN)
            county.appoint(who, "leader", grid)
        county.appoint(STAFF, "member", TOWN)
        county.appoint(DOCTOR, "instructor", UPPER)
        announce(county, "p15", BEGINS)

    def teach() -> None:
        finish(county, "health-education", DOCTOR, date(2026, 3, 20), UPPER)

    def catch_rats() -> None:
        finish(county, "pest-control", STAFF, date(2026, 4, 8), TOWN)

    def check() -> None:
        finish(county, "village-check", OTHER_HEAD, date(2026, 4, 10), LOWER)

    def replace_head() -> None:
        county.appoint(OTHER_HEAD, "leader", LOWER, ends=date(2026, 4, 14), sequence=2)
        county.appoint(NEW_HEAD, "leader", LOWER)

    def replace_doctor() -> None:
        county.appoint(DOCTOR, "instructor", UPPER, ends=date(2026, 5, 5), sequence=2)
        county.appoint(NEW_DOCTOR, "instructor", UPPER)

    return {
        BEGINS: begin,
        date(2026, 3, 20): teach,
        date(2026, 4, 8): catch_rats,
        date(2026, 4, 10): check,
        date(2026, 4, 15): replace_head,
        date(2026, 4, 20): lambda: announce(county, "p15", date(2026, 4, 20), version=2),
        date(2026, 5, 6): replace_doctor,
    }


def test_the_first_three_months(bare: County) -> None:  # noqa: F811
    county = bare
    live(county, BEGINS, LAST, happenings(county))

    march, april, may = MONTHS
    assert lived(county, BEGINS, LAST) == {
        ("pest-control", TOWN, STAFF.person_id): [YEAR, YEAR],
        ("display-window", TOWN, STAFF.person_id): [march, (date(2026, 4, 1), date(2026, 6, 30))],
        ("township-check", TOWN, STAFF.person_id): MONTHS,
        ("village-check", UPPER, HEAD.person_id): MONTHS,
        ("village-check", LOWER, OTHER_HEAD.person_id): [march, april],  # done in April before the successor came
        ("village-check", LOWER, NEW_HEAD.person_id): [may],
        ("health-education", UPPER, DOCTOR.person_id): [YEAR],  # the session that was held
        ("health-education", UPPER, NEW_DOCTOR.person_id): [YEAR, YEAR, YEAR],
        ("health-education", LOWER, None): [YEAR, YEAR, YEAR, YEAR],
    }
    assert meetings(county, BEGINS, LAST) == {
        ("mobilisation", TOWN): [(date(2026, 3, 2), BEGINS)],  # the plan's first day is a Sunday
        ("progress", TOWN): [
            (date(2026, 3, 5), None),
            (date(2026, 4, 7), date(2026, 4, 5)),  # Qingming is off from the 4th to the 6th
            (date(2026, 5, 6), date(2026, 5, 5)),  # Labour Day from the 1st to the 5th
        ],
    }
    # "及时层层上报": 3 working days from the 25th on (assumed)
    told = [
        (date(2026, 3, 25), date(2026, 3, 27)),
        (date(2026, 4, 25), date(2026, 4, 29)),
        (date(2026, 5, 25), date(2026, 5, 27)),
    ]
    assert returns(county, BEGINS, LAST) == {
        ("deeds", UPPER, HEAD.person_id): told,
        ("deeds", LOWER, NEW_HEAD.person_id): told,  # March's too, which the predecessor had left open
    }
