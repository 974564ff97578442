"""The latest day counts, in whatever order assessments and facts are entered; nothing is forgotten (REG-10)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.errors import PlaceRetired
from services.registry.messages.places import AssessPlace, PlaceFacts, PlaceValues
from services.registry.model.places import Place, assessment_faults, grades_of

pytestmark = pytest.mark.rule("REG-10")

NOW, TODAY = datetime(2026, 11, 23, tzinfo=UTC), date(2026, 11, 23)
VALUES = PlaceValues(
    kind="enterprise", name="东岭化工", grid_code="371321106201001", lon=118.0, lat=35.0, address="",
    pollution_source=False, responsible_name=None, responsible_phone=None,
)  # fmt: skip
DAYS = st.integers(0, 40).map(lambda days: TODAY - timedelta(days=days))


def entered() -> Place:
    place = Place("p")
    assert place.take(VALUES, None, "li", NOW, TODAY)
    return place


@given(st.lists(st.tuples(DAYS, st.sampled_from("ABCD"), st.booleans()), min_size=1, max_size=8))
def test_the_grade_is_that_of_the_latest_day_and_of_the_last_word_about_it(
    given_: list[tuple[date, str, bool]],
) -> None:
    place = entered()
    for day, grade, key in given_:
        said = AssessPlace(place_id="p", assessed_on=day.isoformat(), grade=grade, key=key, words="")
        place.assess(said, "li", NOW)
    latest = max(day for day, *_ in given_)
    assert (place.grade, place.key) == [(grade, key) for day, grade, key in given_ if day == latest][-1]
    assert [(each.on, each.grade, each.key) for each in place.records[1:]] == given_
    assert [each.sequence for each in place.collect()] == list(range(1, len(given_) + 2))
    assert place.version == len(given_) + 1


@given(st.lists(st.tuples(DAYS, st.integers(0, 500)), min_size=1, max_size=8))
def test_the_facts_are_those_of_the_latest_day(given_: list[tuple[date, int]]) -> None:
    place = entered()
    for day, employees in given_:
        place.state(
            PlaceFacts(operating="normal", employees=employees, party_members=None, organisation="none"), day, "li", NOW
        )
    latest = max(day for day, _ in given_)
    assert place.facts and place.facts["employees"] == [count for day, count in given_ if day == latest][-1]
    assert len(place.records) == len(given_) + 1


def test_a_retired_place_takes_nothing_more_and_what_is_said_twice_is_no_change() -> None:
    place = entered()
    assert not place.take(VALUES, None, "li", NOW, TODAY)
    place.retire("搬迁", "li", NOW, TODAY)
    with pytest.raises(PlaceRetired):
        place.take(VALUES, None, "li", NOW, TODAY)
    assert [each.what for each in place.records] == ["entered", "retired"]


def test_grades_are_those_that_the_plan_looks_at_places_by() -> None:
    plan = {"patrols": [{"by_grade": [{"grade": "甲级"}, {"grade": "乙级"}]}, {"by_grade": []}, {"id": "daily"}]}
    assert grades_of(plan) == ("甲级", "乙级") and grades_of(None) == ()
    wrong = AssessPlace(place_id="p", assessed_on="2026-11-20", grade="A", key=False, words="")
    assert [each.code for each in assessment_faults(wrong, grades_of(plan), TODAY)] == ["not-allowed"]
    assert not list(assessment_faults(wrong, (), TODAY))
