"""Bad input about places and inspections is refused at the edge, naming each field (ALL-05)."""

import pytest

from wangge.patrol.v1 import patrol_pb2
from wangge.registry.v1 import registry_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("ALL-05")]

PLACE = {"kind": "enterprise", "name": "东岭化工", "lon": 118.4, "lat": 35.5}
WRONG = {
    "/places": [
        ({}, {"/kind", "/name", "/lon", "/lat"}),
        ({**PLACE, "kind": "castle", "lon": 181, "lat": "north"}, {"/kind", "/lon", "/lat"}),
        ({**PLACE, "name": "x" * 121, "grid_code": "37"}, {"/name", "/grid_code"}),
        ({**PLACE, "responsible_phone": "call me"}, {"/responsible_phone"}),
        ({**PLACE, "owner_party_member": True}, {"/owner_party_member"}),
    ],
    "/places/p1/assessments": [
        ({}, {"/assessed_on", "/grade"}),
        ({"assessed_on": "soon", "grade": "x" * 21, "key": "maybe"}, {"/assessed_on", "/grade", "/key"}),
    ],
    "/places/p1/facts": [
        ({"stated_on": "2026-11-01"}, {"/facts"}),
        (
            {"stated_on": "2026-11-01", "facts": {"operating": "great", "organisation": "none", "employees": -1}},
            {"/facts/operating", "/facts/employees"},
        ),
    ],
    "/places/p1/retire": [({}, {"/reason"}), ({"reason": ""}, {"/reason"})],
    "/patrol/inspections": [
        ({}, {"/rule", "/grid", "/of"}),
        ({"rule": "a", "grid": "371321106245001", "of": "people", "ratio": 2}, {"/of", "/ratio"}),
        ({"rule": "a", "grid": "371321106245001", "of": "grids", "chosen": ["x"] * 501}, {"/chosen"}),
    ],
    "/patrol/inspections/i1/targets/t1": [
        ({"rest": "great"}, {"/rest"}),
        ({"answers": [{"answer": "fine"}, {"item": "a/b", "number": 1e12}]}, {"/answers/0/item", "/answers/1/number"}),
    ],
    "/patrol/corrections/c1/done": [({}, {"/words"})],
}  # fmt: skip


@pytest.mark.parametrize("path", WRONG)
async def test_each_field_at_fault_is_named_and_no_service_is_asked(client, services, administrator, path) -> None:
    for body, pointers in WRONG[path]:
        reply = await client.post(f"/api/v1{path}", json=body, headers=administrator)
        assert reply.status_code == 422
        assert {error["pointer"] for error in reply.json()["errors"]} == pointers
    assert services.asked == []


async def test_a_member_enters_no_places(client, services) -> None:
    reply = await client.post("/api/v1/places", json=PLACE)
    assert reply.status_code == 403
    assert services.asked == []


async def test_a_place_is_entered_flat_and_a_change_needs_no_more_than_its_version(
    client, services, administrator
) -> None:
    services.answers["EnterPlace"] = lambda *_: registry_pb2.Receipt(id="p1", version=1)
    services.answers["ChangePlace"] = lambda *_: registry_pb2.Receipt(id="p1", version=2)
    made = await client.post("/api/v1/places", json=PLACE, headers=administrator)
    assert (made.status_code, made.json()["id"]) == (201, "p1")
    headers = {**administrator, "If-Match": '"1"'}
    assert (await client.put("/api/v1/places/p1", json=PLACE, headers=headers)).status_code == 200
    request, metadata = services.last("ChangePlace")
    assert (request.place_id, request.name, metadata["expected-version"]) == ("p1", "东岭化工", "1")
    assert not request.HasField("responsible_name")


@pytest.mark.rule("PAT-13")
async def test_a_result_with_a_strangers_picture_is_refused(client, services, administrator) -> None:
    services.answers["RecordResult"] = lambda *_: patrol_pb2.Receipt(id="i1", version=2)
    path, answer = "/api/v1/patrol/inspections/i1/targets/t1", {"item": "a/b", "answer": "fine"}
    refused = await client.post(path, json={"answers": [{**answer, "attachments": ["0" * 16]}]})
    assert refused.status_code in (404, 422)
    assert services.asked == []
    taken = await client.post(path, json={"answers": [answer], "rest": "fine"})
    assert taken.status_code == 200
    request, _ = services.last("RecordResult")
    assert (request.inspection_id, request.target_id, request.answers[0].item) == ("i1", "t1", "a/b")
