"""The day to take along has the visits with where to go, read under the caller's own rights; a batch may hold both."""

import grpc
import pytest

from tests.unit.gateway.test_patrol import AT, echo
from wangge.patrol.v1 import patrol_pb2, visits_pb2
from wangge.registry.v1 import care_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-07")]

OWED = {"household_id": "household-1", "state": "due", "help": "送药", "hours": "09:00-17:00"}


def visits(*more: dict[str, str]) -> visits_pb2.VisitsOfDay:
    return visits_pb2.VisitsOfDay(
        items=[visits_pb2.Visit(id="visit-1", **OWED), *(visits_pb2.Visit(**each) for each in more)]
    )


@pytest.fixture
def day(services):
    services.answers["GetDay"] = lambda *_: patrol_pb2.Day(day="2026-11-23")
    services.answers["GetVisitsOfDay"] = lambda *_: visits({"id": "visit-2", "household_id": "h-2", "state": "done"})
    card = care_pb2.Household(
        id="household-1", address="东村二组14号", contact="刘翠花", phone="13900001234", persons=2
    )
    services.answers["GetHouseholds"] = lambda *_: care_pb2.HouseholdList(items=[card])
    return services


async def test_the_day_says_where_to_go_for_what_is_still_to_be_made(client, day) -> None:
    reply = await client.get("/api/v1/patrol/day?day=2026-11-23")
    assert reply.status_code == 200
    first, second = reply.json()["visits"]
    assert first["household"] == {"address": "东村二组14号", "contact": "刘翠花", "phone": "13900001234", "persons": 2}
    assert (first["help"], second["household"]) == ("送药", None)
    asked, metadata = day.last("GetHouseholds")
    assert (list(asked.household_ids), asked.purpose) == (["household-1"], "care-visit")
    assert metadata["authorization"].startswith("Bearer ")
    assert day.last("GetVisitsOfDay")[0].day == "2026-11-23"


async def test_with_the_registry_away_the_day_comes_without_addresses(client, day) -> None:
    day.refuse("GetHouseholds", grpc.StatusCode.UNAVAILABLE)
    reply = await client.get("/api/v1/patrol/day")
    assert reply.status_code == 200
    assert [each["household"] for each in reply.json()["visits"]] == [None, None]


async def test_without_visits_no_household_is_looked_at(client, day) -> None:
    day.answers["GetVisitsOfDay"] = lambda *_: visits_pb2.VisitsOfDay()
    assert (await client.get("/api/v1/patrol/day")).json()["visits"] == []
    assert "GetHouseholds" not in [name for name, *_ in day.asked]


@pytest.mark.rule("PAT-11")
async def test_a_batch_holds_findings_and_visits(client, services) -> None:
    services.answers["Sync"] = echo
    found = {"client_id": "first", "task_id": "task-1", "at": AT, "item": "environment/water", "answer": "fine"}
    made = {"client_id": "second", "visit_id": "visit-1", "at": AT, "result": "met", "help_given": True, "words": "好"}
    reply = await client.post("/api/v1/patrol/sync", json={"entries": [found, made]})
    assert reply.status_code == 200
    sent = services.last("Sync")[0].entries[1]
    assert (sent.visit_id, sent.result, sent.help_given, sent.task_id) == ("visit-1", "met", True, "")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"visit_id": "v", "task_id": "t"}, "/entries/0/visit_id"),
        ({}, "/entries/0/task_id"),
        ({"visit_id": "v", "result": "dancing"}, "/entries/0/result"),
        ({"visit_id": "v", "help_given": "yes"}, "/entries/0/help_given"),
        ({"visit_id": "v", "words": "长" * 20_000}, "/entries/0/words"),
    ],
)
async def test_what_is_wrong_with_an_entry_is_said_where(client, services, wrong, pointer) -> None:
    reply = await client.post("/api/v1/patrol/sync", json={"entries": [{"client_id": "first", "at": AT, **wrong}]})
    assert (reply.status_code, [each["pointer"] for each in reply.json()["errors"]]) == (422, [pointer])
    assert services.asked == []


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/households", {"grid_code": "1", "persons": 1}, "/grid_code"),
        ("/households", {"grid_code": "371321106201001", "persons": "two"}, "/persons"),
        ("/households", {"grid_code": "371321106201001", "persons": 1, "contact": "长" * 61}, "/contact"),
        ("/households", {"grid_code": "371321106201001", "persons": 1, "needed_until": "soon"}, "/needed_until"),
        ("/households", {"grid_code": "371321106201001", "persons": 1, "lon": 200}, "/lon"),
        ("/households", {"grid_code": "371321106201001", "persons": 1, "religion": "x"}, "/religion"),
        ("/care", {"household_id": "h", "visit": "Not A Code"}, "/visit"),
        ("/care", {"household_id": "h", "visit": "v", "help": "长" * 201}, "/help"),
        ("/care/entry-1/decline", {}, "/reason"),
        ("/care/entry-1/withdraw", {"reason": "  "}, "/reason"),
        ("/patrol/visits/visit-1/excuse", {"reason": 7}, "/reason"),
    ],
)
async def test_what_is_wrong_with_a_body_is_said_where(client, services, path, body, pointer) -> None:
    reply = await client.post(f"/api/v1{path}", json=body)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
    assert services.asked == []


async def test_a_purpose_that_is_none_is_refused(client, services) -> None:
    reply = await client.get("/api/v1/households/h-1?purpose=curiosity")
    assert reply.status_code == 422
    assert services.asked == []
