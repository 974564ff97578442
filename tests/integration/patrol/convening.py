"""People, cases and meetings for the tests of meetings."""

from typing import Any

from services.chassis.auth import Principal
from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from services.patrol import messages, schemas
from services.patrol.queries.meetings import MeetingFilter
from tests.integration.patrol.conftest import (
    CENTRE,
    GRID,
    TOWN,
    County,
)

POLICE_ELSEWHERE = Principal("person-p", "p", frozenset({"department-handler"}), "police-station", ("371321107",))
COUNTY = "371321"
PLATFORM = Principal("platform", "平台", frozenset({"platform"}))


def meetings(county: County, who: Principal = PLATFORM, **wanted: Any) -> list[dict[str, Any]]:
    return county.service.meetings.meetings(MeetingFilter(limit=200, **wanted), who)["items"]


def the(county: County, meeting: str, grid: str, day: str) -> dict[str, Any]:
    found = [each for each in meetings(county, meeting=meeting) if (each["grid"], each["day"]) == (grid, day)]
    assert len(found) == 1, found
    return county.service.meetings.meeting(found[0]["id"], PLATFORM)


def seen(county: County, meeting: dict[str, Any], who: Principal = PLATFORM) -> dict[str, Any]:
    return county.service.meetings.meeting(meeting["id"], who)


def do(county: County, command: messages.MeetingCommand | messages.DecisionCommand, who: Principal) -> dict[str, Any]:
    return county.service.bus.handle(command, who, new_id())


def tell(county: County, fact: str, case_id: str, state: str, sequence: int, grid: str = GRID, **more: Any) -> None:
    """Let the service hear one event of the incident service."""
    data = {"number": f"N-{case_id[-4:]}", "matter_code": "06026", "state": state, **more}
    envelope = Envelope(
        id=new_id(), source="/wangge/371321/incident", type=f"incident.{fact}.v1", subject=case_id,
        time=county.clock.now(), sequence=sequence, grid=grid, data=data,
    )  # fmt: skip
    county.service.bus.consume(schemas.read_case(envelope), "patrol.on.incident", envelope.id)


def unresolved(county: County, grid: str = GRID) -> str:
    case_id = new_id()
    tell(county, "reported", case_id, "reported", 1, grid)
    tell(county, "dispatched", case_id, "dispatched", 2, grid)
    tell(county, "consultation-asked", case_id, "handling", 3, grid)
    return case_id


def begin(county: County, **more: Any) -> dict[str, Any]:
    """The town's consultation of Friday, open, with one case on its agenda."""
    unresolved(county, **more)
    meeting = the(county, "consultation", TOWN, "2026-11-27")
    county.clock.advance(days=4)
    do(county, messages.OpenMeeting(meeting_id=meeting["id"]), CENTRE)
    return seen(county, meeting)
