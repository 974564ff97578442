"""Places are looked at one by one, each by its own grade, whatever becomes of them meanwhile (REG-10, PAT-01, P6)."""

import copy
from datetime import date
from typing import Any

import pytest

from services.patrol import messages
from tests.integration.patrol.conftest import COLLEAGUE, GRID, MEMBER, NEIGHBOUR, STRANGER, County

pytestmark = pytest.mark.rule("REG-10")

FACTORY, SHOP = "01936f2a-0000-7000-8000-000000000001", "01936f2a-0000-7000-8000-000000000002"
BY_GRADE = {
    "id": "safety",
    "name": "企业安全检查",
    "who": "grid-member",
    "level": "village-grid",
    "objects": "enterprises",
    "checklist": "six-classes",
    "by_grade": [
        {"grade": "A", "rule": "FREQ=MONTHLY;BYMONTHDAY=1"},
        {"grade": "D", "rule": "FREQ=DAILY"},
    ],
}


def tell(county: County, place: str, grade: str, sequence: int, grid: str = GRID, **more: Any) -> None:
    data = {"kind": "enterprise", "name": f"企业{place[-1]}", "grade": grade, "key": grade == "D", "active": True}
    point = {"lon": 118.4, "lat": 35.5, "pollution_source": False}
    county.hear("place-changed", place, {**data, **point, **more}, sequence, grid)


def visits(county: County, day: str = "2026-11-23") -> list[tuple[str, str | None, str, str]]:
    return sorted(
        (each["place"]["id"], each["person_id"], each["grid"], each["state"])
        for each in county.tasks(patrol="safety")
        if each["day"] == day
    )


def todays(county: County) -> dict[str, Any]:
    """The member's own task at the factory."""
    of_today = (each for each in county.tasks(patrol="safety") if each["day"] == "2026-11-23")
    return next(each for each in of_today if each["person_id"] == MEMBER.person_id)


@pytest.fixture
def by_grade(county: County, plan_document: dict[str, Any]) -> County:
    document = copy.deepcopy(plan_document)
    document["patrols"].append(BY_GRADE)
    county.activate(document, version=2)
    tell(county, FACTORY, "D", 1)
    tell(county, SHOP, "A", 1, NEIGHBOUR)
    county.run()
    return county


@pytest.mark.rule("PAT-01", "PAT-02")
def test_each_place_has_a_task_of_everybody_who_is_asked_on_the_days_of_its_grade(by_grade: County) -> None:
    everybody = [(FACTORY, who.person_id, GRID, "due") for who in (COLLEAGUE, MEMBER)]
    assert visits(by_grade) == everybody
    by_grade.clock.advance(days=(date(2026, 12, 1) - date(2026, 11, 23)).days)
    by_grade.run()
    assert (SHOP, STRANGER.person_id, NEIGHBOUR, "due") in visits(by_grade, "2026-12-01")
    shown = next(each for each in by_grade.tasks(place=SHOP))["place"]
    assert shown == {"id": SHOP, "name": "企业2", "grade": "A", "key": False, "lon": 118.4, "lat": 35.5}


@pytest.mark.rule("PAT-02")
def test_a_grade_that_changes_in_the_middle_of_a_period_changes_what_is_asked(by_grade: County) -> None:
    tell(by_grade, FACTORY, "A", 2)
    tell(by_grade, SHOP, "D", 2, NEIGHBOUR)
    by_grade.run()
    assert visits(by_grade) == [(SHOP, STRANGER.person_id, NEIGHBOUR, "due")]
    tell(by_grade, FACTORY, "D", 1)  # an older word that comes late changes nothing
    by_grade.run()
    assert [place for place, *_ in visits(by_grade)] == [SHOP]


@pytest.mark.rule("PAT-02")
def test_a_place_that_is_no_more_is_not_asked_for_but_what_was_begun_may_be_ended(by_grade: County) -> None:
    mine = todays(by_grade)
    assert by_grade.sync(by_grade.entry(mine, "safety/fire-hazard"))[0]["outcome"] == "accepted"
    tell(by_grade, FACTORY, "D", 2, active=False)
    by_grade.run()
    assert visits(by_grade) == [(FACTORY, MEMBER.person_id, GRID, "due")]
    assert by_grade.sync(by_grade.entry(mine))[0]["outcome"] == "accepted"


@pytest.mark.rule("PAT-02")
def test_a_place_that_comes_to_lie_in_another_grid_is_looked_at_by_the_people_there_once(by_grade: County) -> None:
    tell(by_grade, FACTORY, "D", 2, NEIGHBOUR)
    by_grade.run()
    assert visits(by_grade) == [(FACTORY, STRANGER.person_id, NEIGHBOUR, "due")]
    before = by_grade.tasks()
    tell(by_grade, FACTORY, "D", 3, NEIGHBOUR)
    by_grade.run()
    assert by_grade.tasks() == before


@pytest.mark.rule("PAT-03")
def test_a_problem_at_a_place_becomes_a_case_there(by_grade: County) -> None:
    mine, elsewhere = todays(by_grade), messages.GivenPoint(118.41, 35.51)
    entries = (
        by_grade.entry(mine, "safety/fire-hazard", answer="problem", words="灭火器过期"),
        by_grade.entry(mine, "safety/power-hazard", answer="problem", words="私拉电线", point=elsewhere),
    )
    assert [each["outcome"] for each in by_grade.sync(*entries)] == ["accepted", "accepted"]
    told = [each["data"] for each in by_grade.events("problem-found")]
    assert [each["title"] for each in told] == [
        f"企业安全检查·企业1·安全生产类·{what}" for what in ("消防隐患", "用电、燃气隐患")
    ]
    assert [(each["lon"], each["lat"]) for each in told] == [(118.4, 35.5), (118.41, 35.51)]
