"""The fourth quarter of 2026 by plan P2, lived day by day: tasks and meetings are those of a table written by hand
(PAT-01, PAT-09).

日巡查 "每天"; 月排查 "每月1日和15日"; 季度联查 "每个季度初", 5 working days from the first one on; 企业巡查 each Monday
(assumed). Meetings: 会商 "每周", on Fridays (assumed) or the working day before; 研判会 "半月". National Day is off
until 7 October; the 10th is a Saturday that is worked. The grid member is replaced in November.
"""

from datetime import date

import pytest

from tests.e2e.living import announce, days, live, lived, meetings
from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    GRID,
    TOWN,
    WORK_AREA,
    County,
    bare,
    field_key,
    migrated,
    person,
)

pytestmark = [pytest.mark.rule("PAT-01", "PAT-02"), pytest.mark.timeout(600)]

ENTERPRISE = "371321106000201"
BEGINS, REPLACED, LAST = date(2026, 9, 30), date(2026, 11, 18), date(2026, 12, 31)
FIRST = date(2026, 10, 1)
HALF_MONTHS = [date(2026, month, day) for month in (10, 11, 12) for day in (1, 15)]
MONDAYS = [
    *(date(2026, 10, day) for day in (5, 12, 19, 26)),
    *(date(2026, 11, day) for day in (2, 9, 16, 23, 30)),
    *(date(2026, 12, day) for day in (7, 14, 21, 28)),
]
FRIDAYS = [
    *(date(2026, 10, day) for day in (9, 16, 23, 30)),
    *(date(2026, 11, day) for day in (6, 13, 20, 27)),
    *(date(2026, 12, day) for day in (4, 11, 18, 25)),
]
WORKER, SUCCESSOR, HEAD, SECRETARY, BOSS = (person(name) for name in ("worker", "heir", "head", "secretary", "boss"))


def test_the_fourth_quarter_of_2026(bare: County) -> None:  # noqa: F811
    county = bare

    def begin() -> None:
        county.grid(TOWN, 1)
        county.grid(WORK_AREA, 2, TOWN, kind="work-area")
        county.grid(ENTERPRISE, 2, TOWN, kind="enterprise")
        county.grid(GRID, 3, TOWN, WORK_AREA)
        county.appoint(WORKER, "member")
        county.appoint(HEAD, "leader")
        county.appoint(SECRETARY, "leader", WORK_AREA)
        county.appoint(BOSS, "leader", ENTERPRISE)
        announce(county, "p02", date(2026, 1, 1))

    def replace() -> None:
        county.appoint(WORKER, "member", ends=date(2026, 11, 17), sequence=2)
        county.appoint(SUCCESSOR, "member")

    live(county, BEGINS, LAST, {BEGINS: begin, REPLACED: replace})

    assert lived(county, FIRST, LAST) == {
        ("daily", GRID, WORKER.person_id): days(FIRST, date(2026, 11, 17)),
        ("daily", GRID, SUCCESSOR.person_id): days(REPLACED, LAST),
        ("half-month", GRID, HEAD.person_id): [(day, day) for day in HALF_MONTHS],
        ("quarter", WORK_AREA, SECRETARY.person_id): [(date(2026, 10, 8), date(2026, 10, 13))],
        ("enterprise", ENTERPRISE, BOSS.person_id): [(day, day) for day in MONDAYS],
    }
    assert meetings(county, BEGINS, LAST) == {
        ("consultation", TOWN): [
            (date(2026, 9, 30), date(2026, 10, 2)),  # the Friday lies in the holiday
            *((day, None) for day in FRIDAYS),
        ],
        ("village-half-month", GRID): [(day, None) for day in HALF_MONTHS],
    }
