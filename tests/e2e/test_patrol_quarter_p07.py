"""The first quarter of 2026 by plan P7, lived day by day: tasks and returns are those of a table written by hand
(PAT-01, PAT-12).

"坚持每天至少到网格巡查一次": every day, the Spring Festival (15 to 23 February) too. "于20xx年1月25日前完成划分,并将
结果上报": once, until 25 January. The plan comes into force on 9 January; a responsible person is replaced in February;
two grids become one in March.
"""

from datetime import date

import pytest

from tests.e2e.living import announce, days, live, lived, returns
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
BEGINS, REPLACED, MERGED, LAST = date(2026, 1, 9), date(2026, 2, 20), date(2026, 3, 10), date(2026, 3, 31)
EASTERN, WESTERN, SUCCESSOR, FARMER, CHIEF = (
    person(name) for name in ("eastern", "western", "heir", "farmer", "chief")
)


def test_the_first_quarter_of_2026(bare: County) -> None:  # noqa: F811
    county = bare

    def begin() -> None:
        county.grid(TOWN, 1)
        county.grid(COMMUNITY, 2, TOWN)
        county.appoint(CHIEF, "leader", COMMUNITY)
        for grid, who, kind in ((EAST, EASTERN, "area"), (WEST, WESTERN, "area"), (HAMLET, FARMER, "special")):
            county.grid(grid, 3, TOWN, COMMUNITY, kind=kind)
            county.appoint(who, "leader", grid)
        announce(county, "p07", BEGINS)

    def replace() -> None:
        county.appoint(EASTERN, "leader", EAST, ends=date(2026, 2, 19), sequence=2)
        county.appoint(SUCCESSOR, "leader", EAST)

    def merge() -> None:
        for grid in (EAST, WEST):
            county.grid(grid, 3, TOWN, COMMUNITY, active=False, sequence=2)
        county.grid(WHOLE, 3, TOWN, COMMUNITY)
        county.appoint(SUCCESSOR, "leader", WHOLE)

    live(county, BEGINS, LAST, {BEGINS: begin, REPLACED: replace, MERGED: merge})

    expected = {
        ("daily", EAST, EASTERN.person_id): days(BEGINS, date(2026, 2, 19)),
        ("daily", EAST, SUCCESSOR.person_id): days(REPLACED, date(2026, 3, 9)),
        ("daily", WEST, WESTERN.person_id): days(BEGINS, date(2026, 3, 9)),
        ("daily", WHOLE, SUCCESSOR.person_id): days(MERGED, LAST),
        ("daily", HAMLET, FARMER.person_id): days(BEGINS, LAST),
    }
    assert lived(county, BEGINS, LAST) == expected
    assert len(expected["daily", HAMLET, FARMER.person_id]) == 23 + 28 + 31
    divided = [(BEGINS, date(2026, 1, 25))]
    assert returns(county, BEGINS, LAST) == {("grid-division", COMMUNITY, CHIEF.person_id): divided}
