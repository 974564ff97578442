"""What a patrol found is a case by itself, reported by whoever found it (PAT-03)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from services.chassis.personal import Seal, SealBroken
from services.incident import schemas
from tests.contract import golden
from tests.integration.incident.conftest import GRID, INSIDE, MEMBER, County

pytestmark = pytest.mark.rule("PAT-03")


def found(county: County, **changed: Any) -> Envelope:
    """The golden event with what a seal of this county closes, for a case of its own."""
    data = {**golden.read("patrol.problem-found.v1")["data"], "case_id": new_id(), **changed}
    told = {"words": "排水口流黑水", "name": MEMBER.name, "roles": sorted(MEMBER.roles)}
    seal = Seal.from_file(county.service.config.field_key)
    data["sealed"] = seal.close(json.dumps(told), f"patrol.sealed:{changed.get('sealed_for', data['case_id'])}")
    data |= {"found_by": MEMBER.person_id, "lon": INSIDE[0], "lat": INSIDE[1]}
    return Envelope(
        id=new_id(), source="/wangge/371321/patrol", type="patrol.problem-found.v1", subject=new_id(),
        time=datetime.now(UTC), sequence=1, grid=GRID, data=data,
    )  # fmt: skip


def hear(county: County, envelope: Envelope) -> bool:
    return county.service.bus.consume(schemas.read_patrol(envelope), "incident.on.patrol", envelope.id)


def test_it_is_filed_and_dispatched_as_any_report_of_its_finder(county: County) -> None:
    envelope = found(county)
    assert hear(county, envelope)
    case = county.case(envelope.data["case_id"])
    assert (case["channel"], case["state"], case["department"]) == ("patrol", "dispatched", "env-office")
    assert case["description"] == "日巡查·环境保护类·河道污染:排水口流黑水"
    assert (case["reporter_id"], case["attachments"]) == (MEMBER.person_id, ["0123456789abcdef"])
    (row,) = county.rows('SELECT grid, external_reference FROM "case"')
    assert tuple(row) == (GRID, f"patrol:{envelope.subject}#environment/water")
    assert case["history"][0]["actor_name"] == MEMBER.name


def test_a_second_delivery_is_the_same_case(county: County) -> None:
    envelope = found(county)
    assert [hear(county, envelope), hear(county, envelope)] == [True, False]
    assert county.rows('SELECT count(*) FROM "case"')[0][0] == 1


def test_a_device_ahead_of_time_does_not_date_the_case_into_the_future(county: County) -> None:
    ahead = (county.clock.moment + timedelta(days=2)).isoformat()
    envelope = found(county, found_at=ahead)
    hear(county, envelope)
    (row,) = county.rows('SELECT occurred_at FROM "case"')
    assert row.occurred_at <= county.clock.moment


def test_words_sealed_for_another_case_are_not_taken_for_this_one(county: County) -> None:
    envelope = found(county, sealed_for=new_id())
    with pytest.raises(SealBroken):
        hear(county, envelope)
    assert county.rows('SELECT count(*) FROM "case"')[0][0] == 0
