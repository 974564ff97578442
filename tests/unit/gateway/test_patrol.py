"""Handing in what a device kept: an entry with somebody else's photo spoils no other (PAT-11)."""

import pytest

from tests.unit.gateway.test_uploads import picture, send
from wangge.patrol.v1 import patrol_pb2 as pb

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-11")]

AT = "2026-11-22T03:04:05Z"


def entry(name: str, **more: object) -> dict[str, object]:
    return {"client_id": name, "task_id": "task-1", "at": AT, "item": "environment/water", "answer": "fine", **more}


def echo(request: pb.SyncRequest, _: object) -> pb.SyncReply:
    return pb.SyncReply(items=[pb.Outcome(client_id=each.client_id, outcome="accepted") for each in request.entries])


async def test_an_entry_with_a_strangers_photo_is_refused_alone_and_in_its_place(
    client, administrator, services
) -> None:
    services.answers["Sync"] = echo
    mine = (await send(client, picture("PNG"))).json()["id"]
    theirs = (await send(client, picture("PNG", (9, 9)), **administrator)).json()["id"]
    entries = [entry("first"), entry("second", attachments=[theirs]), entry("third", attachments=[mine])]
    reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
    assert reply.status_code == 200
    told = [(each["client_id"], each["outcome"], each.get("path", "")) for each in reply.json()["items"]]
    assert told == [("first", "accepted", ""), ("second", "refused", "attachments"), ("third", "accepted", "")]
    assert [each.client_id for each in services.asked[-1][1].entries] == ["first", "third"]


async def test_what_is_no_entry_is_named_by_its_place(client, services) -> None:
    entries = [entry("first"), entry("second", at="yesterday", version=0), {"client_id": "third"}]
    reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
    assert reply.status_code == 422
    pointers = {error["pointer"] for error in reply.json()["errors"]}
    assert pointers == {"/entries/1/at", "/entries/1/version", "/entries/2/task_id", "/entries/2/at"}
    assert services.asked == []


async def test_no_entry_and_too_many_are_refused(client, services) -> None:
    for entries in ([], [entry(f"n{number}") for number in range(501)]):
        reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/entries")
    assert services.asked == []
