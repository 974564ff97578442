"""The second quarter of 2026 by plan P7, lived day by day: the tasks are those of a table written by hand (PAT-01).

"坚持每天至少到网格巡查一次": every day, Labour Day (1 to 5 May) and the Dragon Boat Festival (19 to 21 June) too. The
plan comes into force on 9 April; a responsible person is replaced in May; two grids become one in June.
"""

from datetime import date

import pytest

from tests.e2e.living import announce, days, live, lived
from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    TOWN,
    County,
    bare,
    field_key,
    migrated,
    person,
)

pytestmark = [pytest.mark.rule("PAT-01", "PAT-02"), pytest.mark.timeout(600)]

COMMUNITY, EAST, WEST = "371321106245000", "371321106245001", "371321106245002"
WHOLE, HAMLET = "371321106245003", "371321106246001"
"""What East and West become; a village's grid, which is divided otherwise."""
BEGINS, REPLACED, MERGED, LAST = date(2026, 4, 9), date(2026, 5, 20), date(2026, 6, 10), date(2026, 6, 30)
EASTERN, WESTERN, SUCCESSOR, FARMER = (person(name) for name in ("eastern", "western", "heir", "farmer"))


def test_the_second_quarter_of_2026(bare: County) -> None:  # noqa: F811
    county = bare

    def begin() -> None:
        county.grid(TOWN, 1)
        county.grid(COMMUNITY, 2, TOWN)
        for grid, who, kind in ((EAST, EASTERN, "area"), (WEST, WESTERN, "area"), (HAMLET, FARMER, "special")):
            county.grid(grid, 3, TOWN, COMMUNITY, kind=kind)
            county.appoint(who, "leader", grid)
        announce(county, "p07", BEGINS)

    def replace() -> None:
        county.appoint(EASTERN, "leader", EAST, ends=date(2026, 5, 19), sequence=2)
        county.appoint(SUCCESSOR, "leader", EAST)

    def merge() -> None:
        for grid in (EAST, WEST):
            county.grid(grid, 3, TOWN, COMMUNITY, active=False, sequence=2)
        county.grid(WHOLE, 3, TOWN, COMMUNITY)
        county.appoint(SUCCESSOR, "leader", WHOLE)

    live(county, BEGINS, LAST, {BEGINS: begin, REPLACED: replace, MERGED: merge})

    expected = {
        ("daily", EAST, EASTERN.person_id): days(BEGINS, date(2026, 5, 19)),
        ("daily", EAST, SUCCESSOR.person_id): days(REPLACED, date(2026, 6, 9)),
        ("daily", WEST, WESTERN.person_id): days(BEGINS, date(2026, 6, 9)),
        ("daily", WHOLE, SUCCESSOR.person_id): days(MERGED, LAST),
        ("daily", HAMLET, FARMER.person_id): days(BEGINS, LAST),
    }
    assert lived(county, BEGINS, LAST) == expected
    assert len(expected["daily", HAMLET, FARMER.person_id]) == 22 + 31 + 30
