"""A quarter of plan P2, lived day by day: the tasks are those of a table written by hand (PAT-01).

日巡查 "每天"; 月排查 "每月1日和15日"; 季度联查 "每个季度初", 5 working days from the
first one on; 企业巡查 each Monday.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    GRID,
    MEMBER,
    WORK_AREA,
    County,
    bare,
    county,
    field_key,
    migrated,
    person,
    plan_document,
)

pytestmark = pytest.mark.rule("PAT-01", "PAT-02")

ENTERPRISE = "371321106000201"
HALF_MONTHS = [(10, 1), (10, 15), (11, 1), (11, 15), (12, 1), (12, 15)]
MONDAYS = [(10, 5), (10, 12), (10, 19), (10, 26), (11, 2), (11, 9), (11, 16), (11, 23), (11, 30), (12, 7), (12, 14),
           (12, 21), (12, 28)]  # fmt: skip
FIRST_OF_QUARTER = (date(2026, 10, 8), date(2026, 10, 13))
"""National Day is off until the 7th; the 10th is a Saturday that is worked, the 11th a free Sunday."""


@pytest.mark.timeout(300)
def test_the_fourth_quarter_of_2026(county: County) -> None:  # noqa: F811
    county.clock.moment = datetime(2026, 9, 30, 2, tzinfo=UTC)
    with county.service.engine.begin() as connection:  # as if the platform had come up at the end of September
        for table in ("finding", "task", "generation", "deadline"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    county.grid(ENTERPRISE, 2, "371321106000001", kind="enterprise")
    county.appoint(person("boss"), "leader", ENTERPRISE)
    county.appoint(person("wang"), "leader", WORK_AREA)
    for _ in range(92):
        county.run()
        county.clock.advance(days=1)
    county.run()
    lived = defaultdict(list)
    for task in all_tasks(county):
        if date(2026, 10, 1) <= task["day"] <= date(2026, 12, 31):
            lived[task["patrol"], task["grid"], task["person_id"]].append((task["day"], task["until"]))
    expected = {
        ("daily", GRID, MEMBER.person_id): [(each, each) for each in quarter()],
        ("half-month", GRID, "person-leader"): [(date(2026, *each), date(2026, *each)) for each in HALF_MONTHS],
        ("quarter", WORK_AREA, "person-wang"): [FIRST_OF_QUARTER],
        ("enterprise", ENTERPRISE, "person-boss"): [(date(2026, *each), date(2026, *each)) for each in MONDAYS],
    }
    assert {key: sorted(lived[key]) for key in expected} == expected
    assert {patrol for patrol, _, _ in lived} == {"daily", "half-month", "quarter", "enterprise"}


def quarter() -> list[date]:
    first = date(2026, 10, 1)
    return [first + timedelta(days=number) for number in range(92)]


def all_tasks(county: County) -> list[dict[str, object]]:  # noqa: F811
    query = "SELECT patrol, grid, person_id, day, until FROM task WHERE state <> 'withdrawn'"
    with county.service.engine.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(query).mappings()]
