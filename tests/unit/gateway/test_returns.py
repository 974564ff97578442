"""Returns at the edge: what is let through and what is refused, and where (PAT-12)."""

import pytest

from wangge.patrol.v1 import patrol_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-12", "ALL-05")]

RETURN = "/api/v1/patrol/returns/r1"


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        (f"{RETURN}/submit", {"values": {"网格数": "1"}}, "/values", "type"),
        (f"{RETURN}/submit", {"values": [{"field": "网格数"}]}, "/values/0/value", "required"),
        (f"{RETURN}/submit", {"values": [{"field": "网格数", "value": 3}]}, "/values/0/value", "type"),
        (f"{RETURN}/submit", {"values": [{"field": "x", "value": "1"}] * 101}, "/values", "count"),
        (f"{RETURN}/submit", {"words": "长" * 20_001}, "/words", "length"),
        (f"{RETURN}/submit", {"nil": "yes"}, "/nil", "type"),
        (f"{RETURN}/send-back", {"reason": " "}, "/reason", "blank"),
        (f"{RETURN}/send-back", {}, "/reason", "required"),
    ],
)
async def test_wrong_input_is_refused_with_its_place(client, services, path, body, pointer, code) -> None:
    reply = await client.post(path, json=body)
    assert reply.status_code == 422
    assert (pointer, code) in {(each["pointer"], each["code"]) for each in reply.json()["errors"]}
    assert services.asked == []


async def test_a_form_reaches_the_service_with_the_version_that_was_seen(client, services) -> None:
    services.answers["SubmitReturn"] = lambda *_: patrol_pb2.Receipt(id="r1", version=3, state="submitted")
    body = {"values": [{"field": "下周打算", "value": "清理河道"}], "words": "附说明"}
    reply = await client.post(f"{RETURN}/submit", json=body, headers={"If-Match": '"2"'})
    assert (reply.status_code, reply.headers["etag"], reply.json()["state"]) == (200, '"3"', "submitted")
    request, metadata = services.last("SubmitReturn")
    assert (request.return_id, request.values[0].field, request.values[0].value) == ("r1", "下周打算", "清理河道")
    assert metadata["expected-version"] == "2"
