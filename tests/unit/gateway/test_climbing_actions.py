"""Calling the level above and sending down over REST: what reaches the service, and wrong input (INC-06, ALL-05)."""

from typing import Any

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-06", "ALL-05")]

ESCALATE, SEND_DOWN = "/api/v1/cases/c1/escalate", "/api/v1/cases/c1/send-down"


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        (ESCALATE, {}, "/reason", "required"),
        (ESCALATE, {"reason": " "}, "/reason", "blank"),
        (ESCALATE, {"reason": "x", "consultation": 3}, "/consultation", "type"),
        (ESCALATE, {"reason": "x", "consultation": "长" * 2001}, "/consultation", "length"),
        (ESCALATE, {"reason": "x", "level": 1}, "/level", "unknown-field"),
        (SEND_DOWN, {}, "/reason", "required"),
        (SEND_DOWN, {"reason": None}, "/reason", "null"),
    ],
)
async def test_a_wrong_body_is_named(client, path: str, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


async def test_what_was_meant_reaches_the_service(client, services) -> None:
    await client.post(ESCALATE, json={"reason": "本级无力处置", "consultation": "11 月 20 日会商"})
    request, _ = services.last("Escalate")
    assert (request.case_id, request.reason, request.consultation) == ("c1", "本级无力处置", "11 月 20 日会商")
    await client.post(SEND_DOWN, json={"reason": "镇级可以处置"})
    assert services.last("SendDown")[0].reason == "镇级可以处置"
