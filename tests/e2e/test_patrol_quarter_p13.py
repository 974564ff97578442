"""The third quarter of 2026 by plan P13, lived day by day: the tasks are those of a table written by hand (PAT-01).

"二级网格每月一次,三级网格每周一次": the town and the park once a month, each village once a week. "对网格内污染源进行
定期巡查": each known source once a week (assumed), the whole grid where none is known. In August a new version of the
plan, in the middle of a week and a month, wants the sources looked at twice a week; a source is registered; the
informant of a village is replaced in July. The Mid-Autumn holiday (25 to 27 September) moves nothing.
"""

import copy
from datetime import date

import pytest

from tests.e2e.living import Happening, announce, finish, live, lived, meetings, returns, shipped, weeks
from tests.integration.patrol.conftest import (  # noqa: F401  (fixtures)
    TOWN,
    County,
    bare,
    field_key,
    migrated,
    person,
)

pytestmark = [pytest.mark.rule("PAT-01", "PAT-02"), pytest.mark.timeout(600)]

PARK, UPPER, LOWER = "371321106000301", "371321106245001", "371321106246001"
CHEMICALS, DYEWORKS = "chemicals", "dyeworks"
BEGINS, REPLACED, DONE, CHANGED, LAST = (
    date(2026, 7, 1), date(2026, 7, 22), date(2026, 8, 5), date(2026, 8, 12), date(2026, 9, 30),
)  # fmt: skip
MAYOR, DIRECTOR, HEAD, OTHER_HEAD = (person(name) for name in ("mayor", "director", "head", "other-head"))
INFORMANT, SUCCESSOR, OTHER = (person(name) for name in ("informant", "heir", "other"))
FIRST_WEEK = (BEGINS, date(2026, 7, 5))
MONTHS = [(BEGINS, date(2026, 7, 31)), (date(2026, 8, 1), date(2026, 8, 31)), (date(2026, 9, 1), LAST)]


def happenings(county: County) -> dict[date, Happening]:
    """What happens in the county, by the days on which it does."""

    def begin() -> None:
        county.grid(TOWN, 2)
        county.grid(PARK, 2, kind="special")
        for grid, who, looks in ((UPPER, HEAD, INFORMANT), (LOWER, OTHER_HEAD, OTHER)):
            county.grid(grid, 3, TOWN)
            county.appoint(who, "leader", grid)
            county.appoint(looks, "member", grid)
        county.appoint(MAYOR, "leader", TOWN)
        county.appoint(DIRECTOR, "leader", PARK)
        source(CHEMICALS, UPPER)
        announce(county, "p13", BEGINS)

    def source(place: str, grid: str) -> None:
        data = {
            "kind": "enterprise",
            "name": place,
            "grade": "",
            "key": False,
            "pollution_source": True,
            "active": True,
        }
        county.hear("place-changed", place, {**data, "lon": 118.4, "lat": 35.5}, 1, grid)

    def replace() -> None:
        county.appoint(INFORMANT, "member", UPPER, ends=date(2026, 7, 21), sequence=2)
        county.appoint(SUCCESSOR, "member", UPPER)

    def change() -> None:
        document = copy.deepcopy(shipped("p13"))
        next(each for each in document["patrols"] if each["id"] == "sources")["times"]["at_least"] = 2
        announce(county, "p13", CHANGED, version=2, document=document)
        source(DYEWORKS, LOWER)

    def look() -> None:
        finish(county, "town-monthly", MAYOR, DONE, TOWN)

    return {BEGINS: begin, REPLACED: replace, DONE: look, CHANGED: change}


def test_the_third_quarter_of_2026(bare: County) -> None:  # noqa: F811
    county = bare
    live(county, BEGINS, LAST, happenings(county))

    full = weeks(date(2026, 7, 6), LAST)  # 6 July is a Monday; the last begins on 28 September
    assert full[-1] == (date(2026, 9, 28), date(2026, 10, 4))
    until_replaced = [week for week in full if week[1] < REPLACED]  # open on the day of the change: the successor's
    once = [week for week in full if REPLACED <= week[1] < CHANGED]
    twice = [week for week in full if week[1] >= CHANGED for _ in range(2)]
    assert lived(county, BEGINS, LAST) == {
        ("town-monthly", TOWN, MAYOR.person_id): MONTHS,  # August was done before the plan changed: not asked again
        ("park-monthly", PARK, DIRECTOR.person_id): MONTHS,
        ("village-weekly", UPPER, HEAD.person_id): [FIRST_WEEK, *full],
        ("village-weekly", LOWER, OTHER_HEAD.person_id): [FIRST_WEEK, *full],
        ("sources", CHEMICALS, INFORMANT.person_id): [FIRST_WEEK, *until_replaced],
        ("sources", CHEMICALS, SUCCESSOR.person_id): [*once, *twice],
        ("sources", LOWER, OTHER.person_id): [FIRST_WEEK, *(week for week in full if week[1] < CHANGED)],
        ("sources", DYEWORKS, OTHER.person_id): twice,
    }
    # "原则上每季度召开一次": in the quarter's last month on the 15th (assumed), a Tuesday
    assert meetings(county, BEGINS, LAST) == {("joint-conference", TOWN): [(date(2026, 9, 15), None)]}
    # "每季度对本级网格运行情景进行自评", 5 working days from the 20th on (assumed), a Sunday worked for National Day
    evaluated = (date(2026, 9, 20), date(2026, 9, 24))
    assert returns(county, BEGINS, LAST) == {
        ("self-evaluation-village", UPPER, HEAD.person_id): [evaluated],
        ("self-evaluation-village", LOWER, OTHER_HEAD.person_id): [evaluated],
        ("self-evaluation-town", TOWN, MAYOR.person_id): [evaluated],
        ("self-evaluation-park", PARK, DIRECTOR.person_id): [evaluated],
        ("upper-evaluation", TOWN, MAYOR.person_id): [(date(2026, 9, 25), date(2026, 10, 9))],  # two holidays between
        ("platform", TOWN, MAYOR.person_id): [
            (date(2026, 7, 25), date(2026, 7, 29)),  # from a Saturday on
            (date(2026, 8, 25), date(2026, 8, 27)),
            (date(2026, 9, 25), date(2026, 9, 30)),
        ],
    }
