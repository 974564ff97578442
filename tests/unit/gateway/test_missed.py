"""Judging a possible missed report by REST: what is let through, and what is named as wrong (INC-20)."""

from typing import Any

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-20", "ALL-05")]

PATH = "/api/v1/cases/01936f2a-7c00-7000-8000-000000000001/judge-missed"
GOOD = {"confirmed": True, "reason": "三天无巡查记录", "harm": True, "harm_words": "鱼塘受损"}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"confirmed": "true"}, "/confirmed", "type"),
    ({"confirmed": None}, "/confirmed", "null"),
    ({"harm": 1}, "/harm", "type"),
    ({"reason": ""}, "/reason", "length"),
    ({"reason": 5}, "/reason", "type"),
    ({"harm_words": "长" * 2001}, "/harm_words", "length"),
    ({"points": -2}, "/points", "unknown-field"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), WRONG)
async def test_a_wrong_body_is_named(client, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = await client.post(PATH, json={**GOOD, **change})
    assert answer.status_code == 422
    assert (pointer, code) in [(row["pointer"], row["code"]) for row in answer.json()["errors"]]


async def test_a_body_without_a_verdict_or_a_reason_is_named(client) -> None:
    answer = await client.post(PATH, json={})
    assert {row["pointer"] for row in answer.json()["errors"]} == {"/confirmed", "/reason"}


async def test_a_good_body_reaches_the_service(client, services) -> None:
    assert (await client.post(PATH, json=GOOD)).status_code == 200
    request, _ = services.last("JudgeMissed")
    assert (request.confirmed, request.harm, request.harm_words) == (True, True, "鱼塘受损")
