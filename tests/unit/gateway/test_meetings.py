"""Meetings and what they decided at the edge: what is let through and what is refused, and where (PAT-09)."""

import pytest

from wangge.patrol.v1 import meetings_pb2 as pb
from wangge.patrol.v1 import patrol_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-09", "ALL-05")]

MEETING = "/api/v1/patrol/meetings/m1"
DECISION = "/api/v1/patrol/meetings/decisions/d1"
DECIDE = {"item_id": "i1", "kind": "task", "words": "现场核实"}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        (f"{MEETING}/arrange", {"day": "tomorrow"}, "/day", "format"),
        (f"{MEETING}/arrange", {"starts": "25:00"}, "/starts", "format"),
        (f"{MEETING}/arrange", {"place": "长" * 201}, "/place", "length"),
        (f"{MEETING}/items", {"words": 3}, "/words", "type"),
        (f"{MEETING}/items", {"title": "x"}, "/title", "unknown-field"),
        (f"{MEETING}/items/i1/remove", {"reason": "  "}, "/reason", "blank"),
        (f"{MEETING}/present", {"people": "li"}, "/people", "type"),
        (f"{MEETING}/present", {"people": ["li"] * 501}, "/people", "count"),
        (f"{MEETING}/decide", {**DECIDE, "kind": "wish"}, "/kind", "choice"),
        (f"{MEETING}/decide", {**DECIDE, "words": ""}, "/words", "length"),
        (f"{MEETING}/decide", {**DECIDE, "due_on": "2026-13-01"}, "/due_on", "format"),
        (f"{MEETING}/decide", {**DECIDE, "grid_code": "12"}, "/grid_code", "format"),
        (f"{MEETING}/close", {"minutes": "长" * 20_001}, "/minutes", "length"),
        (f"{MEETING}/cancel", {}, "/reason", "required"),
        (f"{DECISION}/finish", {"result": []}, "/result", "type"),
        (f"{DECISION}/cancel", {"reason": None}, "/reason", "null"),
    ],
)
async def test_wrong_input_is_refused_with_its_place(client, services, path, body, pointer, code) -> None:
    reply = await client.post(path, json=body)
    assert reply.status_code == 422
    assert (pointer, code) in {(each["pointer"], each["code"]) for each in reply.json()["errors"]}
    assert services.asked == []


async def test_a_decision_goes_through_with_the_version_that_was_seen(client, services) -> None:
    services.answers["Decide"] = lambda *_: patrol_pb2.Receipt(id="d1", version=5, state="open")
    body = {**DECIDE, "person_id": "person-1", "due_on": "2026-12-01"}
    reply = await client.post(f"{MEETING}/decide", json=body, headers={"If-Match": '"4"'})
    assert (reply.status_code, reply.headers["etag"]) == (200, '"5"')
    request, metadata = services.last("Decide")
    assert (request.meeting_id, request.kind, request.due_on) == ("m1", "task", "2026-12-01")
    assert metadata["expected-version"] == "4"


async def test_the_list_of_decisions_is_no_meeting_of_that_name(client, services) -> None:
    services.answers["ListDecisions"] = lambda *_: pb.DecisionList(items=[pb.Decision(id="d1", state="open")])
    reply = await client.get("/api/v1/patrol/meetings/decisions?mine=true&states=open&states=overdue")
    assert reply.status_code == 200
    assert [each["id"] for each in reply.json()["items"]] == ["d1"]
    assert (services.asked[-1][1].mine, list(services.asked[-1][1].states)) == (True, ["open", "overdue"])
