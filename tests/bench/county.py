"""The county that the benchmarks are run on: 18 towns, 320 grids, 17 departments, 40 matters, three years of cases."""

from datetime import UTC, datetime, timedelta

from services.chassis.auth import Principal

COUNTY = "371321"
NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
TOWNS = [f"{COUNTY}{number:03d}" for number in (1, *range(101, 118))]
GRIDS = [f"{TOWNS[number % 18]}{201 + number // 36:03d}{1 + number // 18 % 2:03d}" for number in range(320)]
DEPARTMENTS = [f"department-{number:02d}" for number in range(1, 18)]
CLOSED_OFFICE, SMALL_OFFICE = "department-closed", "department-small"  # only in the first year; with a few cases
MATTERS = [f"{number:05d}" for number in range(1001, 1041)]
WORKERS, CITIZENS = 1_200, 30_000
OPEN = ("reported", "filed", "dispatched", "handling", "answered", "spot-check", "verified")


def person(number: int) -> str:
    """The id of a worker (below WORKERS) or a citizen, as the seeding SQL makes it too."""
    return f"00000000-0000-7000-8000-{number:012d}"


def principal(role: str, *areas: str, department: str | None = None, number: int = 7) -> Principal:
    return Principal(person(number), "张三", frozenset({role}), department, areas)


OPERATOR = principal("centre-operator", COUNTY)
LEADER = principal("county-leader", COUNTY)
VERIFIER = principal("verifier", COUNTY, number=8)
TOWN_OPERATOR = principal("centre-operator", TOWNS[4])
MEMBER = principal("grid-member", GRIDS[0], number=0)
QUIET_MEMBER = principal("grid-member", GRIDS[-1], number=319)
GRID_LEADER = principal("grid-leader", GRIDS[40], GRIDS[41], GRIDS[60], number=41)
HANDLER = principal("department-handler", department=DEPARTMENTS[2])
COUNTY_HANDLER = principal("department-head", COUNTY, department=DEPARTMENTS[9])
FORMER_HANDLER = principal("department-handler", department=CLOSED_OFFICE)
SMALL_HANDLER = principal("department-handler", department=SMALL_OFFICE)
CITIZEN = principal("volunteer-informant", number=WORKERS + 11)
STRANGER = principal("volunteer-informant", number=999_999)
AUDITOR = principal("auditor", COUNTY)

ROLES = {
    "centre operator": OPERATOR,
    "county leader": LEADER,
    "verifier": VERIFIER,
    "operator of a town": TOWN_OPERATOR,
    "member, busy grid": MEMBER,
    "member, quiet grid": QUIET_MEMBER,
    "leader of 3 grids": GRID_LEADER,
    "handler": HANDLER,
    "head, whole county": COUNTY_HANDLER,
    "handler, closed office": FORMER_HANDLER,
    "handler, small office": SMALL_HANDLER,
    "citizen": CITIZEN,
    "citizen without cases": STRANGER,
}
