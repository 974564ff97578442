"""What comes in goes to whoever is on duty at the centre's desk (REG-18)."""

from datetime import timedelta
from typing import Any

import pytest

from services.incident import messages
from tests.integration.incident.conftest import TOWN, County, hear
from tests.integration.incident.test_at_once import REPORT

pytestmark = pytest.mark.rule("REG-18")
DESK = ("role", "centre-operator")


def on_duty(county: County, person_id: str, sequence: int = 1, **changed: Any) -> None:
    """Let the service hear of a shift that runs now."""
    now = county.clock.now()
    data = {
        "shift_id": f"shift-{person_id}",
        "area": TOWN[:9],
        "role": "centre-operator",
        "person_id": person_id,
        "starts": (now - timedelta(hours=1)).isoformat(),
        "ends": (now + timedelta(hours=8)).isoformat(),
        "active": True,
        **changed,
    }
    hear(county.service, "registry.duty-roster-changed.v1", data["shift_id"], data, sequence)


def told(county: County, kind: str) -> list[tuple[str, str]]:
    rows = county.rows("SELECT audience_kind, audience, kind FROM message ORDER BY audience")
    return [(row.audience_kind, row.audience) for row in rows if row.kind == kind]


def returned(county: County) -> str:
    case_id = str(county.do(REPORT, county.member)["id"])
    county.do(messages.Return(case_id=case_id, reason="不属我办职责", proposed="water-station"), county.handler)
    return case_id


def test_with_nobody_on_duty_the_whole_desk_is_told_as_ever(county: County) -> None:
    returned(county)
    assert told(county, "report") == []
    assert told(county, "return") == [DESK]


def test_a_new_case_and_what_is_for_the_desk_go_to_whoever_is_on_duty(county: County) -> None:
    on_duty(county, "ma")
    on_duty(county, "ning")
    returned(county)
    both = [("person", "ma"), ("person", "ning")]
    assert told(county, "report") == both
    assert told(county, "return") == both
    assert "【值班】新案件" in county.rows("SELECT text FROM message WHERE kind = 'report'")[0].text


@pytest.mark.parametrize(
    "changed",
    [
        {"active": False},
        {"area": "371321107"},
        {"role": "verifier"},
        {"starts": "2020-01-01T00:00:00Z", "ends": "2020-01-01T09:00:00Z"},
        {"starts": "2099-01-01T00:00:00Z", "ends": "2099-01-01T09:00:00Z"},
    ],
)
def test_who_is_not_on_duty_for_it_now_is_not_told(county: County, changed: dict[str, Any]) -> None:
    on_duty(county, "ma", **changed)
    returned(county)
    assert told(county, "report") == []
    assert told(county, "return") == [DESK]


def test_a_swap_counts_by_its_sequence_whatever_order_it_arrives_in(county: County) -> None:
    on_duty(county, "ou", 2, shift_id="shift")
    on_duty(county, "ma", 1, shift_id="shift")
    returned(county)
    assert told(county, "report") == [("person", "ou")]
