"""Which cases are suggested as the same problem, against real PostgreSQL (INC-16)."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.incident import messages
from services.incident.errors import CaseNotFound, MatterUnknown, PlaceMissing
from services.incident.queries import Enquiry
from tests.integration.incident.conftest import GRID, INSIDE, NEIGHBOUR, County, person
from tests.integration.incident.test_loop import report

METRE = 1 / 111_000
CITIZEN = person("citizen", "citizen")
NORTH = (INSIDE[0], INSIDE[1] + 20 * METRE)

pytestmark = pytest.mark.rule("INC-16")


def at(place: tuple[float, float], **changes: object) -> messages.Report:
    return report(point=messages.GivenPoint(*place), **changes)


def ids(found: dict[str, Any]) -> list[str]:
    return [each["id"] for each in found["items"]]


def like(county: County, case_id: str) -> list[str]:
    return ids(county.service.queries.like_case(case_id, county.operator))


def test_a_second_report_is_suggested_with_score_and_reasons(county: County) -> None:
    first = county.do(at(INSIDE), county.member)["id"]
    county.clock.advance(hours=5)
    second = county.do(at(NORTH, description="黑水从排污口流出", channel="telephone"), CITIZEN)["id"]
    (found,) = county.case(second)["similar"]
    assert found["id"] == first
    assert found["metres"] == pytest.approx(20, abs=1)
    assert found["hours"] == pytest.approx(5, abs=0.1)
    assert 0 < found["words"] < 1
    assert 0 < found["score"] < 1
    assert "米" in found["why"]
    assert "13812345678" not in found["description"]
    assert like(county, first) == [second]


def test_who_may_not_merge_is_not_shown_what_is_similar(county: County) -> None:
    first = county.do(at(INSIDE), county.member)["id"]
    second = county.do(at(NORTH), CITIZEN)["id"]
    assert "similar" not in county.case(first, county.member)
    assert county.service.queries.like_case(second, CITIZEN) == {"items": []}
    with pytest.raises(CaseNotFound):
        county.service.queries.like_case(first, CITIZEN)


def test_far_other_and_long_closed_cases_are_not_suggested(county: County) -> None:
    old = county.do(at(INSIDE), county.member)["id"]
    county.do(at((INSIDE[0], INSIDE[1] + 60 * METRE)), county.member)
    county.do(at(INSIDE, matter_code="06025", replies=()), county.member)
    _close(county, old)
    county.clock.advance(days=2)
    recent = county.do(at(INSIDE), county.member)["id"]
    assert like(county, recent) == [old]
    county.clock.advance(days=2)
    assert like(county, county.do(at(INSIDE), county.member)["id"]) == [recent]


def _close(county: County, case_id: str) -> None:
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已清理"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    word = messages.Evaluate(case_id=case_id, contacted=True, solved=True, satisfaction="satisfied")
    county.do(word, county.member)


def test_nearer_and_more_alike_comes_first(county: County) -> None:
    far = county.do(at((INSIDE[0], INSIDE[1] + 45 * METRE), description="水沟边气味难闻"), county.member)["id"]
    near = county.do(at((INSIDE[0], INSIDE[1] - 3 * METRE)), county.member)["id"]
    assert like(county, county.do(at(INSIDE), county.member)["id"]) == [near, far]


def test_without_a_point_the_grid_is_the_place(county: County) -> None:
    nowhere = county.do(report(point=None, grid_code=GRID), county.operator)["id"]
    with_point = county.do(at(INSIDE), county.member)["id"]
    county.do(report(point=None, grid_code=NEIGHBOUR), county.operator)
    assert like(county, nowhere) == [with_point]
    assert like(county, with_point) == [nowhere]
    assert county.case(with_point)["similar"][0]["metres"] is None


def test_before_reporting_the_like_is_found_as_well(county: County) -> None:
    case_id = county.do(at(INSIDE), county.member)["id"]
    asked = Enquiry("06026", messages.GivenPoint(*NORTH), text="排污口黑水")
    found = county.service.queries.like_report(asked, county.operator)
    assert ids(found) == [case_id]
    assert ids(county.service.queries.like_report(asked, CITIZEN)) == []
    assert ids(county.service.queries.like_report(Enquiry("06026", grid_code=NEIGHBOUR), county.operator)) == []
    with pytest.raises(PlaceMissing):
        county.service.queries.like_report(Enquiry("06026"), county.operator)
    with pytest.raises(MatterUnknown):
        county.service.queries.like_report(Enquiry("99999", messages.GivenPoint(*INSIDE)), county.operator)


def test_a_matter_may_have_its_own_radius_and_span_the_whole_group(county: County) -> None:
    first = county.do(at(INSIDE, matter_code="06025", replies=()), county.member)["id"]
    own = '{"radius_metres": 5000, "within": {"amount": 3, "unit": "calendar-days"}, "same": "group"}'
    with county.service.engine.begin() as connection:
        change = (
            "UPDATE plan SET activated_at = now(), section = jsonb_set(section, '{matters}', (SELECT jsonb_agg("
            "CASE WHEN m->>'code' = '06026' THEN m || jsonb_build_object('duplicates', CAST(:own AS jsonb)) ELSE m END)"
            " FROM jsonb_array_elements(section->'matters') m))"
        )
        connection.execute(sa.text(change), {"own": own})
    far = county.do(at((INSIDE[0] + 0.04, INSIDE[1])), county.member)["id"]
    assert like(county, far) == [first]
